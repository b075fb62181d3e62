// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/amendments.h"

#include <algorithm>
#include <utility>

namespace trato::core {

AmendedInteraction& Amendments::Add(uint32_t record, const FactId& interaction,
                                    Amendment amendment) {
  ++version_;
  auto [place, is_new] = by_id_.try_emplace({interaction, record});
  if (is_new) {
    place->second = &all_.emplace_back();
    place->second->fact = interaction;
    place->second->record = record;
    by_record_[record].push_back(place->second);
    ++unresolved_[record];
    SetConcerned(record);
  }
  AmendedInteraction& it = *place->second;
  if (is_new && !expected_.empty()) {
    auto expected = expected_.find({interaction, record});
    if (expected != expected_.end()) {
      const AmendedInteraction& at = expected->second;
      Found(it, at.type, at.at_us, at.source, at.position, at.key);
      newly_found_.pop_back();
      expected_.erase(expected);
    }
  }
  amendment.content.stands_for = interaction;
  if (it.found) {
    amendment.content.source = it.source;
    amendment.content.key = it.key;
  }
  if (!amendment.retracts) {
    auto& here = placed_[amendment.record];
    if (std::find(here.begin(), here.end(), &it) == here.end()) {
      here.push_back(&it);
    }
    SetConcerned(amendment.record);
  }
  const auto before = [&](const Amendment& a, const Amendment& b) {
    if (a.at_us != b.at_us) return a.at_us < b.at_us;
    if (a.source != b.source) {
      return names_->Text(a.source) < names_->Text(b.source);
    }
    return a.fact < b.fact;
  };
  auto& list = it.amendments;
  auto where = std::upper_bound(
      list.begin(), list.end(), amendment,
      [&](const Amendment& a, const auto& b) { return before(a, *b); });
  list.insert(where, std::make_unique<Amendment>(std::move(amendment)));
  return it;
}

void Amendments::Found(AmendedInteraction& it, uint32_t type, int64_t at_us,
                       uint32_t source, uint64_t position, std::string key) {
  if (it.found) return;
  ++version_;
  it.found = true;
  newly_found_.push_back(&it);
  it.type = type;
  it.at_us = at_us;
  it.source = source;
  it.position = position;
  it.key = std::move(key);
  for (const auto& amendment : it.amendments) {
    amendment->content.source = source;
    amendment->content.key = it.key;
  }
  auto left = unresolved_.find(it.record);
  if (--left->second == 0) unresolved_.erase(left);
}

void Amendments::Expect(std::vector<AmendedInteraction> places) {
  for (AmendedInteraction& it : places) {
    const std::pair<Id, uint32_t> key(it.fact, it.record);
    expected_.emplace(key, std::move(it));
  }
}

const std::vector<AmendedInteraction*>& Amendments::Find(const ByRecord& in,
                                                         uint32_t record) {
  static const auto& none = *new std::vector<AmendedInteraction*>();
  auto found = in.find(record);
  return found == in.end() ? none : found->second;
}

void Amendments::SetConcerned(uint32_t record) {
  if (record >= concerned_.size()) concerned_.resize(record + 1);
  concerned_[record] = true;
}

}  // namespace trato::core
