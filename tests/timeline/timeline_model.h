// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a timeline says, computed the slow way from a plain list of rows and a
// plain list of amendments.

#ifndef TRATO_TESTS_TIMELINE_TIMELINE_MODEL_H_
#define TRATO_TESTS_TIMELINE_TIMELINE_MODEL_H_

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "random_rows.h"
#include "timeline/timeline.h"

namespace trato::core {

// What two interactions without key must agree in to be alike.
inline std::string ContentOf(const InteractionRef& it, const Interner& names) {
  std::string text = absl::StrCat(
      it.at_us(), " ", it.type(), " ", std::string(names.Text(it.source())),
      " ", it.channel(), " ", static_cast<int>(it.direction()), " ",
      it.amount().minor, std::string(it.amount().currency.code()), " ",
      it.reply_to() ? it.reply_to()->Hex() : "");
  it.ForEachLine([&](const Line& line) {
    absl::StrAppend(&text, " ", line.product, "/", line.unit, "/",
                    line.quantity, "/", line.unit_price, "/",
                    line.amount_minor);
    return true;
  });
  for (const FieldView& field : it.fields()) {
    absl::StrAppend(&text, " ", field.name, "=", ToText(field.ToValue()));
  }
  return text;
}

inline Timeline::IdFunction IdsBy(const Interner* names) {
  return [names](uint32_t record, const InteractionRef& it,
                 std::string_view key, uint32_t n) {
    if (!key.empty()) return FactId::OfKey(names->Text(it.source()), key);
    return FactId{Id::Of(
        "content",
        {std::to_string(record), ContentOf(it, *names), std::to_string(n)})};
  };
}

struct PlainTimeline {
  struct Row {
    uint32_t record;
    Interaction it;
    FactId id;
  };
  struct PlainAmendment {
    uint32_t record;
    FactId target;
    Amendment amendment;
  };

  // Adds a row that came after all others.
  void Add(uint32_t record, const Interaction& it) {
    const InteractionRef ref(&it);
    uint32_t n = 0;
    for (const Row& row : rows) {
      n += row.record == record && row.it.key.empty() &&
           ContentOf(InteractionRef(&row.it), *names) == ContentOf(ref, *names);
    }
    rows.push_back({record, it, IdsBy(names)(record, ref, it.key, n)});
  }

  const PlainAmendment* InForce(uint32_t record, const FactId& target,
                                const Window& window,
                                const Horizon& horizon) const {
    const PlainAmendment* last = nullptr;
    const auto rank = [&](const Amendment& it) {
      return std::tuple(it.at_us, names->Text(it.source), it.fact);
    };
    for (const PlainAmendment& it : amendments) {
      if (it.record != record || it.target != target ||
          it.amendment.at_us > std::min(window.now_us, horizon.as_of_us) ||
          it.amendment.position > std::min(window.known_at, horizon.known_at)) {
        continue;
      }
      if (last == nullptr || rank(last->amendment) < rank(it.amendment)) {
        last = &it;
      }
    }
    return last;
  }

  // The interactions in order, each as text with its id.
  std::vector<std::string> Read(uint32_t record, uint32_t type,
                                const Window& window,
                                const Horizon& horizon) const {
    std::vector<std::tuple<int64_t, std::string, FactId, std::string>> found;
    const uint64_t known = std::min(window.known_at, horizon.known_at);
    const int64_t by = std::min(window.now_us, horizon.as_of_us);
    const auto add = [&](const Interaction& it, const FactId& id) {
      if (it.at_us <= window.from_us || it.at_us > window.until_us ||
          it.position > known) {
        return;
      }
      found.emplace_back(it.at_us, std::string(names->Text(it.source)), id,
                         id.Hex() + " " + ToText(it));
    };
    for (const Row& row : rows) {
      // What is not known yet has no amendments either. No window ends after
      // its now.
      if (row.it.at_us > by || row.it.position > known) continue;
      const PlainAmendment* in_force =
          InForce(row.record, row.id, window, horizon);
      if (in_force == nullptr) {
        if (row.record == record && row.it.type == type) add(row.it, row.id);
        continue;
      }
      const Amendment& amendment = in_force->amendment;
      // A past knows by when an amendment was found out, whatever it says of
      // the time.
      if (amendment.retracts || amendment.record != record ||
          amendment.content.type != type ||
          amendment.content.at_us > window.now_us) {
        continue;
      }
      Interaction content = amendment.content;
      content.source = row.it.source;
      content.key = row.it.key;
      add(content, row.id);
    }
    std::sort(found.begin(), found.end());
    std::vector<std::string> texts;
    for (auto& it : found) texts.push_back(std::move(std::get<3>(it)));
    return texts;
  }

  std::vector<uint32_t> TypesOf(uint32_t record) const {
    std::set<uint32_t> types;
    for (const Row& row : rows) {
      if (row.record == record) types.insert(row.it.type);
    }
    for (const PlainAmendment& it : amendments) {
      if (!it.amendment.retracts && it.amendment.record == record) {
        types.insert(it.amendment.content.type);
      }
    }
    return {types.begin(), types.end()};
  }

  const Interner* names = nullptr;
  std::vector<Row> rows;  // as they came
  std::vector<PlainAmendment> amendments;
};

}  // namespace trato::core

#endif  // TRATO_TESTS_TIMELINE_TIMELINE_MODEL_H_
