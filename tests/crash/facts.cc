// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "facts.h"

#include <algorithm>
#include <deque>

namespace trato::crash {
namespace {

void Put(std::string& out, std::string_view text) {
  out.append(text);
  out.push_back('|');
}
void Put(std::string& out, int64_t number) { Put(out, std::to_string(number)); }

}  // namespace

std::string CustomerName(int number) {
  return "shop:" + std::to_string(number);
}

std::vector<Spec> SpecsOf(uint64_t seed, uint64_t number, size_t count,
                          size_t note_bytes) {
  Random random(seed * 1000003 + number);
  constexpr size_t kCounts[] = {1, 1, 1, 2, 7, 40};
  if (count == 0) count = kCounts[random.Below(6)];
  std::vector<Spec> specs(count);
  for (size_t i = 0; i < count; ++i) {
    Spec& spec = specs[i];
    spec.key = "c" + std::to_string(number) + "." + std::to_string(i);
    // A large call concerns everybody.
    const uint64_t customer =
        count < 12 ? random.Below(kCustomers) : i % kCustomers;
    spec.customer = CustomerName(static_cast<int>(customer));
    constexpr const char* kTypes[] = {"purchase", "return", "visit"};
    spec.type = kTypes[random.Below(3)];
    spec.channel = random.OneIn(2) ? "web" : "";
    spec.at_us = kNow - static_cast<int64_t>(
                            random.Below(static_cast<uint64_t>(400 * kDay)));
    spec.amount_minor = static_cast<int64_t>(random.Below(100000));
    if (spec.type == "purchase" && random.OneIn(2)) {
      const int64_t first = spec.amount_minor / 3;
      spec.lines = {{"tea", 2000000, first},
                    {"cup", 1000000, spec.amount_minor - first}};
    }
    if (!random.OneIn(4)) {
      spec.note = std::string(
          1 + random.Below(note_bytes),
          static_cast<char>('a' + static_cast<int>(random.Below(26))));
    }
    spec.n = static_cast<int64_t>(number);
  }
  return specs;
}

std::vector<Spec> FlatSpecsOf(uint64_t seed, uint64_t number, size_t count,
                              size_t note_bytes) {
  // Many of them are to be many, not long.
  auto specs = SpecsOf(seed, number, count, count < 1000 ? note_bytes : 8);
  for (Spec& spec : specs) {
    spec.lines.clear();
    if (spec.note.empty()) spec.note = "none";
  }
  return specs;
}

std::string Describe(const Spec& spec) {
  std::string out;
  for (std::string_view text :
       {std::string_view(spec.key), std::string_view(spec.customer),
        std::string_view(spec.type), std::string_view(spec.channel)}) {
    Put(out, text);
  }
  Put(out, spec.at_us);
  Put(out, "host");
  Put(out, "EUR");
  Put(out, spec.amount_minor);
  for (const LineSpec& line : spec.lines) {
    Put(out, line.product);
    Put(out, line.quantity);
    Put(out, line.amount_minor);
  }
  if (!spec.note.empty()) {
    Put(out, "note");
    Put(out, spec.note);
  }
  Put(out, "n");
  Put(out, spec.n);
  return out;
}

std::string Describe(const trato_timeline_entry& entry) {
  std::string out;
  Put(out, View(entry.key));
  Put(out, View(entry.record));
  Put(out, View(entry.type));
  Put(out, View(entry.channel));
  Put(out, entry.at_us);
  Put(out, View(entry.source));
  Put(out, std::string_view(entry.currency));
  Put(out, entry.amount_minor);
  for (size_t i = 0; i < entry.line_count; ++i) {
    const trato_line& line = entry.lines[i];
    Put(out, View(line.product));
    Put(out, line.quantity);
    Put(out, line.amount_minor);
    if (line.unit.size != 0) Put(out, View(line.unit));
    if (line.unit_price != 0) Put(out, line.unit_price);
  }
  std::vector<std::string> fields;
  for (size_t i = 0; i < entry.field_count; ++i) {
    const trato_field& field = entry.fields[i];
    std::string text;
    Put(text, View(field.name));
    if (field.value.kind == TRATO_VALUE_STRING) {
      Put(text, View(field.value.text));
    } else if (field.value.kind == TRATO_VALUE_DOUBLE) {
      Put(text, std::to_string(field.value.number));
    } else {
      Put(text, field.value.integer);
    }
    fields.push_back(std::move(text));
  }
  // Longest name first; of one length there are none.
  std::sort(fields.begin(), fields.end(), [](const auto& a, const auto& b) {
    return a.find('|') > b.find('|');
  });
  for (const std::string& field : fields) out += field;
  return out;
}

bool NumberOf(std::string_view key, uint64_t* number) {
  if (key.size() < 4 || key[0] != 'c') return false;
  *number = 0;
  size_t i = 1;
  for (; i < key.size() && key[i] >= '0' && key[i] <= '9'; ++i) {
    *number = *number * 10 + static_cast<uint64_t>(key[i] - '0');
  }
  return i > 1 && i < key.size() && key[i] == '.';
}

Shape::Shape(const Spec& spec) {
  shape_.at_us = spec.at_us;
  shape_.customer = Str(spec.customer);
  shape_.type = Str(spec.type);
  shape_.channel = Str(spec.channel);
  shape_.key = Str(spec.key);
  for (const LineSpec& line : spec.lines) {
    trato_line shape = TRATO_LINE_INIT;
    shape.product = Str(line.product);
    shape.quantity = line.quantity;
    shape.amount_minor = line.amount_minor;
    lines_.push_back(shape);
  }
  shape_.amount_minor = lines_.empty() ? spec.amount_minor : 0;
  shape_.lines = lines_.data();
  shape_.line_count = lines_.size();
  fields_[0] = {Str("n"), TRATO_VALUE_INIT};
  fields_[0].value.kind = TRATO_VALUE_INT;
  fields_[0].value.integer = spec.n;
  fields_[1] = {Str("note"), TRATO_VALUE_INIT};
  fields_[1].value.kind = TRATO_VALUE_STRING;
  fields_[1].value.text = Str(spec.note);
  shape_.fields = fields_;
  shape_.field_count = spec.note.empty() ? 1 : 2;
}

Said DefineFields(trato_store* store) {
  return Say([&](trato_error* error) {
    trato_status status =
        trato_attribute_define(store, Str("n"), TRATO_OF_INTERACTION,
                               TRATO_VALUE_INT, Str(""), kNow, nullptr, error);
    if (status != TRATO_OK) return status;
    return trato_attribute_define(store, Str("note"), TRATO_OF_INTERACTION,
                                  TRATO_VALUE_STRING, Str(""), kNow, nullptr,
                                  error);
  });
}

Said Record(trato_store* store, const std::vector<Spec>& specs, int64_t now_us,
            bool buffered) {
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.durability = buffered ? TRATO_BUFFERED : TRATO_SYNCED;
  std::deque<Shape> shapes;
  std::vector<trato_interaction> interactions;
  for (const Spec& spec : specs) {
    interactions.push_back(*shapes.emplace_back(spec).get());
  }
  return Say([&](trato_error* error) {
    if (interactions.size() == 1) {
      return trato_interaction_record(store, interactions.data(), now_us,
                                      &options, nullptr, error);
    }
    return trato_interaction_record_many(store, interactions.data(),
                                         interactions.size(), now_us, &options,
                                         nullptr, error);
  });
}

}  // namespace trato::crash
