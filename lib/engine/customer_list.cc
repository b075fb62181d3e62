// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/customer_list.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "base/fold.h"
#include "base/status.h"
#include "base/text.h"

namespace trato::core {
namespace {

constexpr size_t kMaxKeyBytes = 256;
constexpr char kCursorVersion = 1;
constexpr std::string_view kAttribute = "attribute.";

enum class By { kId, kName, kCreated, kLastInteraction, kAttribute };

struct SortOrder {
  By by = By::kId;
  uint32_t attribute = 0;  // interned
  bool descending = false;
};

absl::StatusOr<SortOrder> ToOrder(const State& state, std::string_view sort,
                                  bool descending) {
  SortOrder order;
  order.descending = descending;
  if (sort.empty() || sort == "id") return order;
  if (sort == "name") return order.by = By::kName, order;
  if (sort == "created") return order.by = By::kCreated, order;
  if (sort == "last_interaction") {
    return order.by = By::kLastInteraction, order;
  }
  std::string_view name = sort;
  if (name.starts_with(kAttribute)) name.remove_prefix(kAttribute.size());
  auto defined = state.schema.Attribute("sort", Subject::kCustomer, name);
  if (!defined.ok()) {
    return absl::Status(
        defined.status().code(),
        ToAbsl(StrCat(ToStd(defined.status().message()),
                      "; it is also id, name, created or last_interaction")));
  }
  order.by = By::kAttribute;
  order.attribute = *state.names.Find((*defined)->name);
  return order;
}

Value ToKey(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? value : Value(FoldText(*text, kMaxKeyBytes));
}

// Whether one comes before the other: what has no value comes last, either way
// up. Equal ones are put in order of their ids.
int Compare(const Value& a, const Value& b, bool descending) {
  const bool has_a = TypeOf(a) != ValueType::kNone;
  const bool has_b = TypeOf(b) != ValueType::kNone;
  if (has_a != has_b) return has_a ? -1 : 1;
  int order = 0;
  const auto compare = [&](const auto& x, const auto& y) {
    order = x < y ? -1 : y < x ? 1 : 0;
  };
  if (a.index() != b.index()) {
    compare(a.index(), b.index());
  } else if (const auto* money = std::get_if<Money>(&a)) {
    const Money& other = std::get<Money>(b);
    compare(std::pair(money->currency.code(), money->minor),
            std::pair(other.currency.code(), other.minor));
  } else if (const auto* flag = std::get_if<bool>(&a)) {
    compare(*flag, std::get<bool>(b));
  } else if (const auto* integer = std::get_if<int64_t>(&a)) {
    compare(*integer, std::get<int64_t>(b));
  } else if (const auto* number = std::get_if<double>(&a)) {
    compare(*number, std::get<double>(b));
  } else if (const auto* text = std::get_if<std::string>(&a)) {
    compare(*text, std::get<std::string>(b));
  } else if (const auto* time = std::get_if<Timestamp>(&a)) {
    compare(*time, std::get<Timestamp>(b));
  }
  return descending ? -order : order;
}

Value ValueOf(const State& state, const SortOrder& order, RecordNumber leader,
              int64_t now_us) {
  const CustomerStore& customers = state.customers;
  switch (order.by) {
    case By::kId:
      return {};
    case By::kName:
      return std::string(customers.RecordName(leader));
    case By::kCreated: {
      int64_t first_us = std::numeric_limits<int64_t>::max();
      for (RecordNumber record : customers.RecordsOf(leader)) {
        first_us = std::min(first_us, customers.FirstSeen(record));
      }
      return Timestamp{first_us};
    }
    case By::kLastInteraction: {
      std::optional<int64_t> last_us;
      for (RecordNumber record : customers.RecordsOf(leader)) {
        for (uint32_t type : state.timeline.TypesOf(record)) {
          state.timeline.ForEach(
              record, type, Window::Until(now_us),
              [&](const InteractionRef& it) {
                last_us = std::max(last_us.value_or(it.at_us()), it.at_us());
                return true;
              });
        }
      }
      if (!last_us) return {};
      return Timestamp{*last_us};
    }
    case By::kAttribute:
      break;
  }
  const AttributeValue value =
      customers.AttributeAt(leader, order.attribute, now_us);
  if (value.version == nullptr) return {};
  return value.version->value;
}

// ---- The cursor: version, which list it is of, id, kind and value of the key.

void PutNumber(uint64_t number, std::string& bytes) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(number >> shift & 0xff));
  }
}

std::optional<uint64_t> TakeNumber(std::string_view& bytes) {
  if (bytes.size() < 8) return std::nullopt;
  uint64_t number = 0;
  for (size_t i = 0; i < 8; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  bytes.remove_prefix(8);
  return number;
}

std::string ListOf(const ListOptions& options) {
  const std::string_view sort = options.sort.empty() ? "id" : options.sort;
  return Id::Of("list",
                {sort, options.descending ? "down" : "up", options.filter})
      .ToByteString()
      .substr(0, 8);
}

std::string ToCursor(const ListOptions& options, const CustomerList::Row& row) {
  std::string bytes(1, kCursorVersion);
  bytes += ListOf(options);
  bytes += row.id.ToByteString();
  bytes.push_back(static_cast<char>(TypeOf(row.key)));
  if (const auto* flag = std::get_if<bool>(&row.key)) PutNumber(*flag, bytes);
  if (const auto* it = std::get_if<int64_t>(&row.key)) {
    PutNumber(static_cast<uint64_t>(*it), bytes);
  }
  if (const auto* it = std::get_if<double>(&row.key)) {
    PutNumber(std::bit_cast<uint64_t>(*it), bytes);
  }
  if (const auto* it = std::get_if<Timestamp>(&row.key)) {
    PutNumber(static_cast<uint64_t>(it->us), bytes);
  }
  if (const auto* it = std::get_if<Money>(&row.key)) {
    PutNumber(static_cast<uint64_t>(it->minor), bytes);
    bytes += it->currency.code();
  }
  if (const auto* it = std::get_if<std::string>(&row.key)) bytes += *it;
  return absl::WebSafeBase64Escape(bytes);
}

absl::StatusOr<CustomerList::Row> FromCursor(const ListOptions& options) {
  const absl::Status malformed = absl::InvalidArgumentError(
      "cursor is not one that a list gave; begin anew without");
  std::string held;
  if (!absl::WebSafeBase64Unescape(ToAbsl(options.cursor), &held) ||
      held.size() < 26 || held[0] != kCursorVersion) {
    return malformed;
  }
  std::string_view bytes = held;
  if (bytes.substr(1, 8) != ListOf(options)) {
    return absl::InvalidArgumentError(
        "cursor is of a list with another sort, direction or filter");
  }
  CustomerList::Row row;
  row.id = RecordId{
      Id::FromBytes(reinterpret_cast<const unsigned char*>(bytes.data()) + 9)};
  const auto type = static_cast<unsigned char>(bytes[25]);
  bytes.remove_prefix(26);
  if (type >= kValueTypeCount) return malformed;
  switch (static_cast<ValueType>(type)) {
    case ValueType::kNone:
      break;
    case ValueType::kString:
      if (bytes.size() > kMaxKeyBytes || !IsUtf8(bytes)) return malformed;
      row.key = std::string(bytes);
      return row;
    default: {
      const auto number = TakeNumber(bytes);
      if (!number) return malformed;
      if (type == static_cast<int>(ValueType::kBool)) row.key = *number != 0;
      if (type == static_cast<int>(ValueType::kInt)) {
        row.key = static_cast<int64_t>(*number);
      }
      if (type == static_cast<int>(ValueType::kDouble)) {
        row.key = std::bit_cast<double>(*number);
      }
      if (type == static_cast<int>(ValueType::kTimestamp)) {
        row.key = Timestamp{static_cast<int64_t>(*number)};
      }
      if (type == static_cast<int>(ValueType::kMoney)) {
        auto currency = Currency::Parse(bytes);
        if (!currency.ok()) return malformed;
        row.key = Money{static_cast<int64_t>(*number), *currency};
        bytes = {};
      }
    }
  }
  if (!bytes.empty()) return malformed;
  return row;
}

}  // namespace

absl::StatusOr<CustomerList> ListCustomers(const State& state,
                                           const ListOptions& options,
                                           const Sight* sight, int64_t now_us) {
  TRATO_ASSIGN_OR_RETURN(const SortOrder order,
                         ToOrder(state, options.sort, options.descending));
  std::shared_ptr<const Program> filter;
  if (!options.filter.empty()) {
    TRATO_ASSIGN_OR_RETURN(
        filter, Program::Compile(options.filter, state.compile_context(),
                                 state.registry));
  }
  std::optional<CustomerList::Row> after;
  if (!options.cursor.empty()) {
    TRATO_ASSIGN_OR_RETURN(after, FromCursor(options));
  }
  const auto before = [&](const CustomerList::Row& a,
                          const CustomerList::Row& b) {
    const int compared = Compare(a.key, b.key, order.descending);
    if (compared != 0) return compared < 0;
    if (order.by == By::kId && order.descending) return b.id < a.id;
    return a.id < b.id;
  };
  CustomerList list;
  // A heap of the first ones so far, the last on top; one more than asked for
  // tells that there are more.
  const uint64_t most = state.customers.record_count();
  const size_t wanted =
      (options.limit == 0 ? most : std::min<uint64_t>(options.limit, most)) + 1;
  state.customers.ForEachCustomer(now_us, [&](RecordNumber leader) {
    if (sight != nullptr && !sight->Shows(leader, now_us)) return;
    if (filter != nullptr && !filter->Test(state.world, leader, now_us).holds) {
      return;
    }
    CustomerList::Row row;
    row.leader = leader;
    row.value = ValueOf(state, order, leader, now_us);
    row.key = ToKey(row.value);
    row.id = state.customers.IdOf(leader);
    if (after && !before(*after, row)) return;
    if (list.rows.size() == wanted) {
      if (!before(row, list.rows.front())) return;
      std::pop_heap(list.rows.begin(), list.rows.end(), before);
      list.rows.pop_back();
    }
    list.rows.push_back(std::move(row));
    if (wanted <= most) {
      std::push_heap(list.rows.begin(), list.rows.end(), before);
    }
  });
  std::sort(list.rows.begin(), list.rows.end(), before);
  if (list.rows.size() == wanted) {
    list.rows.pop_back();
    list.next = ToCursor(options, list.rows.back());
  }
  return list;
}

}  // namespace trato::core
