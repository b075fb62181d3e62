// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "vector/rows.h"

#include <utility>

#include "expression/attribute_values.h"

namespace trato::core {
namespace {

Column OfLines(const Rows& rows, const Node& node, const TextTable* names) {
  const size_t count = rows.size();
  const bool is_plain = rows.part->plain != nullptr;
  const auto column = [&](ColumnId id) {
    return is_plain ? PackedColumn() : rows.part->cluster->column(id);
  };
  switch (node.member) {
    case Member::kProduct: {
      Column result = Column::OfForm(Column::Form::kText, Kind::kString, count);
      result.table = names;
      const PackedColumn products = column(ColumnId::kProduct);
      if (!is_plain && count > 0 &&
          rows.lines.back() - rows.lines.front() == count - 1) {
        products.Read(rows.lines.front(), count, result.codes.data());
        return result;
      }
      for (size_t k = 0; k < count; ++k) {
        result.codes[k] = is_plain
                              ? rows.plain_lines[k]->product
                              : static_cast<uint32_t>(products[rows.lines[k]]);
      }
      return result;
    }
    case Member::kQuantity:
    case Member::kUnitPrice: {
      Column result = Column::OfForm(Column::Form::kReal, Kind::kDouble, count);
      const bool is_price = node.member == Member::kUnitPrice;
      const PackedColumn values =
          column(is_price ? ColumnId::kUnitPrice : ColumnId::kQuantity);
      for (size_t k = 0; k < count; ++k) {
        const int64_t millionths = !is_plain  ? values[rows.lines[k]]
                                   : is_price ? rows.plain_lines[k]->unit_price
                                              : rows.plain_lines[k]->quantity;
        result.reals[k] = static_cast<double>(millionths) / 1e6;
      }
      return result;
    }
    default:
      break;
  }
  Column result = Column::OfForm(Column::Form::kDatum, Kind::kMoney, count);
  for (size_t k = 0; k < count; ++k) {
    const InteractionRef of = rows.part->Row(rows.rows[k]);
    const int64_t minor =
        is_plain
            ? rows.plain_lines[k]->amount_minor
            : rows.part->cluster
                  ->line(rows.part->RowInCluster(rows.rows[k]), rows.lines[k])
                  .amount_minor;
    result.datums[k] = Money{minor, of.amount().currency};
  }
  return result;
}

Column Amounts(const Rows& rows) {
  const TypeScan::Part& part = *rows.part;
  const size_t count = rows.size();
  if (part.currencies.size() == 1) {
    Column result = Column::OfForm(Column::Form::kWhole, Kind::kMoney, count);
    result.currency = part.currencies[0];
    for (size_t k = 0; k < count; ++k) {
      result.wholes[k] = part.amounts[rows.rows[k]];
    }
    return result;
  }
  Column result = Column::OfForm(Column::Form::kDatum, Kind::kMoney, count);
  for (size_t k = 0; k < count; ++k) {
    const uint32_t row = rows.rows[k];
    result.datums[k] = Money{part.amounts[row], part.currencies[row]};
  }
  return result;
}

template <typename T>
std::vector<T> Picked(const std::vector<T>& from,
                      const std::vector<uint32_t>& slots) {
  std::vector<T> to;
  if (from.empty()) return to;
  to.resize(slots.size());
  for (size_t k = 0; k < slots.size(); ++k) to[k] = from[slots[k]];
  return to;
}

}  // namespace

void Rows::Clear() {
  rows.clear();
  slots.clear();
  lines.clear();
  plain_lines.clear();
  is_of_lines = false;
}

void SelectRows(const TypeScan::Part& part, uint32_t type,
                uint32_t first_record, int64_t from_us, int64_t until_us,
                bool is_whole, Rows& rows) {
  rows.Clear();
  rows.part = &part;
  rows.type = type;
  const size_t count = part.row_count();
  rows.rows.resize(count);
  rows.slots.resize(count);
  uint32_t row = 0;
  if (is_whole) {
    for (size_t i = 0; i < part.size(); ++i) {
      const uint32_t slot = part.RecordAt(i) - first_record;
      for (; row < part.ends[i]; ++row) {
        rows.rows[row] = row;
        rows.slots[row] = slot;
      }
    }
    return;
  }
  size_t kept = 0;
  for (size_t i = 0; i < part.size(); ++i) {
    const uint32_t slot = part.RecordAt(i) - first_record;
    for (; row < part.ends[i]; ++row) {
      rows.rows[kept] = row;
      rows.slots[kept] = slot;
      // Without a branch, as it is hard to guess.
      kept += (part.at_us[row] > from_us) & (part.at_us[row] <= until_us);
    }
  }
  rows.rows.resize(kept);
  rows.slots.resize(kept);
}

void ToLines(Rows& rows) {
  std::vector<uint32_t> of;
  std::vector<uint32_t> slots;
  rows.is_of_lines = true;
  const TypeScan::Part& part = *rows.part;
  if (part.plain != nullptr) {
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t row = rows.rows[k];
      for (const Line& line : part.plain[row]->lines) {
        rows.plain_lines.push_back(&line);
      }
      of.insert(of.end(), part.plain[row]->lines.size(), row);
      slots.insert(slots.end(), part.plain[row]->lines.size(), rows.slots[k]);
    }
  } else if (part.cluster->has_lines() && rows.size() > 0) {
    // Where the lines of all rows of the part end, and before its first.
    const uint32_t first = part.RowInCluster(rows.rows.front());
    const uint32_t last = part.RowInCluster(rows.rows.back());
    std::vector<uint32_t> ends(last - first + 2);
    ends[0] = part.cluster->LinesOf(first).first;
    part.cluster->column(ColumnId::kLineEnd)
        .Read(first, last - first + 1, ends.data() + 1);
    const size_t most = ends.back() - ends.front();
    of.resize(most);
    slots.resize(most);
    rows.lines.resize(most);
    size_t count = 0;
    for (size_t k = 0; k < rows.size(); ++k) {
      const uint32_t at = part.RowInCluster(rows.rows[k]) - first;
      for (uint32_t line = ends[at]; line < ends[at + 1]; ++line) {
        of[count] = rows.rows[k];
        slots[count] = rows.slots[k];
        rows.lines[count++] = line;
      }
    }
    of.resize(count);
    slots.resize(count);
    rows.lines.resize(count);
  }
  rows.rows = std::move(of);
  rows.slots = std::move(slots);
}

void Keep(Rows& rows, const std::vector<uint8_t>& conditions) {
  const auto keep = [&](auto& values) {
    if (values.empty()) return;
    size_t kept = 0;
    for (size_t k = 0; k < conditions.size(); ++k) {
      values[kept] = values[k];
      kept += conditions[k] == kTrue;
    }
    values.resize(kept);
  };
  keep(rows.rows);
  keep(rows.slots);
  keep(rows.lines);
  keep(rows.plain_lines);
}

Column LoadMember(const Rows& rows, const Node& node, const RowTables& tables) {
  const size_t count = rows.size();
  if (rows.is_of_lines) return OfLines(rows, node, &tables.names);
  switch (node.member) {
    case Member::kAmount:
      return Amounts(rows);
    case Member::kAt: {
      Column result =
          Column::OfForm(Column::Form::kWhole, Kind::kTimestamp, count);
      for (size_t k = 0; k < count; ++k) result.wholes[k] = rows.TimeAt(k);
      return result;
    }
    case Member::kType:
      return Column::Constant(tables.names.Text(rows.type));
    case Member::kChannel:
    case Member::kDirection: {
      Column result = Column::OfForm(Column::Form::kText, Kind::kString, count);
      const bool is_channel = node.member == Member::kChannel;
      if (is_channel) {
        result.table = &tables.names;
      } else {
        result.table = &tables.directions;
      }
      for (size_t k = 0; k < count; ++k) {
        const InteractionRef it = rows.part->Row(rows.rows[k]);
        result.codes[k] =
            is_channel ? it.channel() : static_cast<uint32_t>(it.direction());
      }
      return result;
    }
    default:
      break;
  }
  Column result = Column::OfForm(Column::Form::kDatum, Kind::kDyn, count);
  for (size_t k = 0; k < count; ++k) {
    const auto field = rows.part->Row(rows.rows[k]).FindField(node.number);
    if (!field) {
      result.datums[k] = Fail(Failure::Reason::kAbsent, node);
    } else {
      result.datums[k] = FieldDatum(*field, node);
    }
  }
  return result;
}

Column LoadHasField(const Rows& rows, const Node& node) {
  Column result =
      Column::OfForm(Column::Form::kCondition, Kind::kBool, rows.size());
  for (size_t k = 0; k < rows.size(); ++k) {
    result.bytes[k] =
        rows.part->Row(rows.rows[k]).FindField(node.number).has_value();
  }
  return result;
}

Column Spread(const Column& column, const std::vector<uint32_t>& slots) {
  if (column.is_constant) return column;
  Column result;
  result.form = column.form;
  result.kind = column.kind;
  result.has_bare_zeros = column.has_bare_zeros;
  result.currency = column.currency;
  result.table = column.table;
  result.bytes = Picked(column.bytes, slots);
  result.states = Picked(column.states, slots);
  result.wholes = Picked(column.wholes, slots);
  result.reals = Picked(column.reals, slots);
  result.codes = Picked(column.codes, slots);
  result.datums = Picked(column.datums, slots);
  return result;
}

}  // namespace trato::core
