// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "states.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace trato::crash {

void States::Add(std::string dump) {
  const int at = static_cast<int>(dumps_.size());
  auto [it, is_new] = by_dump_.emplace(dump, Range{at, at});
  it->second.last = at;
  dumps_.push_back(std::move(dump));
}

States::Range States::Find(const std::string& dump) const {
  const auto it = by_dump_.find(dump);
  return it == by_dump_.end() ? Range() : it->second;
}

std::string States::Difference(int at, const std::string& dump) const {
  const std::string& own = dumps_[static_cast<size_t>(
      std::clamp(at, 0, static_cast<int>(dumps_.size()) - 1))];
  const auto [a, b] =
      std::mismatch(own.begin(), own.end(), dump.begin(), dump.end());
  if (a == own.end() && b == dump.end()) return "";
  const auto around = [](const std::string& text, size_t place) {
    const size_t from = place < 40 ? 0 : place - 40;
    return from >= text.size() ? std::string("(end)") : text.substr(from, 140);
  };
  const auto place = static_cast<size_t>(a - own.begin());
  return "\n    found    ..." + around(dump, place) + "\n    state " +
         std::to_string(at) + " ..." + around(own, place);
}

std::string RunThrough(Session& session, const std::vector<Step>& steps,
                       States& states,
                       const std::function<void(int, bool)>& mark) {
  const auto add = [&]() -> Said {
    std::string dump;
    Said said = Dump(session.store.get(), session.handed, &dump);
    states.Add(std::move(dump));
    return said;
  };
  mark(-1, false);
  Said said = session.store.Open(session.path);
  if (!said.ok()) return "opening: " + said.text();
  mark(-1, true);
  said = add();
  for (size_t i = 0; said.ok() && i < steps.size(); ++i) {
    const auto fail = [&](const std::string& what) {
      return "step " + std::to_string(i) + " (" + NameOf(steps[i].kind) +
             "): " + what;
    };
    mark(static_cast<int>(i), false);
    said = Perform(session, steps[i]);
    if (!said.ok()) return fail(said.text());
    mark(static_cast<int>(i), true);
    said = add();
    if (!said.ok()) return fail("asking: " + said.text());
    // What the store shows while it is open is judged by what it was told.
    std::string dump;
    said = Dump(session.store.get(), session.handed, &dump);
    const std::string differs =
        Compare(Expected(session.seed, session.note_bytes, steps, i + 1),
                InteractionsOf(dump));
    if (!differs.empty()) return fail(differs);
  }
  if (!said.ok()) return said.text();
  said = session.store.Close();
  return said.ok() ? "" : "closing: " + said.text();
}

}  // namespace trato::crash
