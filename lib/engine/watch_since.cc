// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/watch_since.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/chain.h"

namespace trato::core {
namespace {

// What of a fact bears on more than the records that it names. False: the store
// became another one.
bool Note(const State& state, const Fact& fact, LiveSegments::Since& since) {
  const auto& payload = fact.payload;
  if (std::holds_alternative<BatchRetractionFact>(payload) ||
      std::holds_alternative<ErasureFact>(payload) ||
      std::holds_alternative<RetentionFact>(payload)) {
    return false;
  }
  if (std::holds_alternative<ObjectionFact>(payload) ||
      std::holds_alternative<SuppressionUpdateFact>(payload)) {
    since.consents = true;
  } else if (const auto* claim = std::get_if<ClaimFact>(&payload)) {
    const auto record = state.customers.FindRecord(claim->record);
    since.consents |= record && state.consents.HasObjected(*record);
  } else if (const auto* definition = DefinitionIn(payload)) {
    if (const auto* segment = std::get_if<SegmentDefinition>(definition)) {
      since.redefined.emplace_back(state.segments.NameNow(segment->name));
    } else if (std::holds_alternative<InsightDefinition>(*definition)) {
      since.everybody = true;
    } else if (const auto* it = std::get_if<SchemaDefinition>(definition)) {
      const auto* retirement = std::get_if<RetirementDefinition>(it);
      if (retirement != nullptr &&
          retirement->kind == DefinitionKind::kSegment) {
        since.redefined.emplace_back(state.segments.NameNow(retirement->name));
      } else {
        since.everybody |=
            state.insights.asks_for_stages() ||
            (!std::holds_alternative<ProductDefinition>(*it) &&
             !std::holds_alternative<InteractionTypeDefinition>(*it) &&
             !std::holds_alternative<ChannelDefinition>(*it));
      }
    }
  }
  return true;
}

// Whom amendments of the record's interactions may have given something.
void NotePlaced(const State& state, RecordNumber record,
                LiveSegments::Since& since) {
  const Amendments& amendments = state.timeline.amendments();
  if (!amendments.Concern(record)) return;
  for (const AmendedInteraction* it : amendments.Of(record)) {
    for (const auto& amendment : it->amendments) {
      since.records.push_back(amendment->record);
    }
  }
}

}  // namespace

absl::StatusOr<std::optional<LiveSegments::Since>> ReadSince(
    Store::Impl& of, const trato::core::Head& head) {
  std::optional<LiveSegments::Since> none;
  const State& state = *of.state;
  const trato::core::Head now = of.file->head();
  if (of.is_past || of.path.empty() || head.position > now.position) {
    return none;
  }
  TRATO_ASSIGN_OR_RETURN(std::vector<uint64_t> ends, of.LinkEnds());
  const size_t sealed_links = ends.size() - of.link_ends.size();
  const uint64_t sealed_until = sealed_links == 0 ? 0 : ends[sealed_links - 1];
  const auto first = std::upper_bound(ends.begin(), ends.end(), head.position);
  if (first == ends.begin() || *(first - 1) != head.position) return none;
  ends.erase(ends.begin(), first);

  LiveSegments::Since since;
  bool is_same = true;
  // By link and record, the facts in canonical form.
  std::vector<std::tuple<uint32_t, uint32_t, std::string>> forms;
  // What is not durable yet is in no link, and is ours.
  const auto link_of = [&](uint64_t at) {
    return static_cast<uint32_t>(
        std::lower_bound(ends.begin(), ends.end(), at) - ends.begin());
  };
  const auto add = [&](uint64_t at, const Fact& fact) {
    is_same = is_same && Note(state, fact, since);
    std::string form;
    CanonicalForm::Append(fact, form);
    bool any = false;
    ForEachRecordName(fact, [&](std::string_view name) {
      any = true;
      const auto record = state.customers.FindRecord(name);
      if (!record) return;
      since.records.push_back(*record);
      NotePlaced(state, *record, since);
      forms.emplace_back(link_of(at), *record, form);
    });
    if (!any) forms.emplace_back(link_of(at), kNoRecord, form);
  };
  const auto add_entry = [&](uint64_t at,
                             std::string_view entry) -> absl::Status {
    if (at <= head.position || !is_same) return absl::OkStatus();
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    for (const Fact& fact : decoded.facts) add(at, fact);
    return absl::OkStatus();
  };
  for (const auto& [at, entry] : of.unsealed) {
    TRATO_RETURN_IF_ERROR(add_entry(at, entry));
  }
  if (sealed_until > head.position) {
    TRATO_RETURN_IF_ERROR(Store::Impl::ForEachSealedEntry(*of.file, add_entry));
    if (of.parts != nullptr) {
      RangeReader reader(*of.parts);
      TRATO_RETURN_IF_ERROR(reader.ForEachFact([&](const RecordFact& it) {
        if (it.position <= head.position) return;
        add(it.position, ToFact(it, state.customers.RecordName(it.record)));
      }));
    }
  }
  if (!is_same) return none;
  // The tail, and the runs that hold anything later.
  Timeline timeline(&state.names, nullptr);
  state.timeline.ShareWith(timeline);
  std::vector<std::shared_ptr<Run>> runs = timeline.runs();
  std::erase_if(runs, [&](const auto& run) {
    return run->max_position <= head.position;
  });
  timeline.SetRuns(std::move(runs));
  CanonicalForm canonical(&state.names);
  ReadScope scope;
  timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
    if (it.position() <= head.position) return;
    since.records.push_back(record);
    NotePlaced(state, record, since);
    auto& [link, named, form] =
        forms.emplace_back(link_of(it.position()), record, "");
    canonical.Append(it, timeline.KeyOf(it), form);
  });
  TRATO_RETURN_IF_ERROR(scope.status());

  TRATO_RETURN_IF_ERROR(of.LoadSalts());
  std::vector<Salt>& salts = of.chain.salts();
  std::sort(forms.begin(), forms.end());
  Hash256 chain = head.chain;
  std::vector<std::string_view> facts;
  size_t next = 0;
  for (uint32_t i = 0; i < ends.size(); ++i) {
    Link link;
    while (next < forms.size() && std::get<0>(forms[next]) == i) {
      const uint32_t record = std::get<1>(forms[next]);
      facts.clear();
      for (; next < forms.size() && std::get<0>(forms[next]) == i &&
             std::get<1>(forms[next]) == record;
           ++next) {
        facts.emplace_back(std::get<2>(forms[next]));
      }
      if (record != kNoRecord && record >= salts.size()) return none;
      static constexpr Salt kNone{};
      link.AddCommitment(Link::Commit(
          record == kNoRecord ? kNone : salts[record],
          record == kNoRecord ? std::string_view()
                              : state.customers.RecordName(record),
          facts));
    }
    chain = link.Close(chain, ends[i]);
  }
  if (chain != now.chain) return none;
  return std::optional<LiveSegments::Since>(std::move(since));
}

}  // namespace trato::core
