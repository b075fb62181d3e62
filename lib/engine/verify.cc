// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Checks a store from the file up: the container, the form of every block, the
// chain over all facts from its beginning, and what is derived and kept.

#include <algorithm>
#include <map>
#include <utility>

#include "base/status.h"
#include "codec/answers.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// A fact that is no interaction, under each record that it names.
struct OtherFact {
  uint32_t link;
  std::string form;
};

}  // namespace

absl::StatusOr<std::string> Store::VerifyJson(
    const VerifyOptions& options) const {
  VerifyReport report;
  Timeline timeline(&impl_->state->names, nullptr);
  std::shared_ptr<StoreFile> file;
  std::shared_ptr<State> state;
  std::vector<std::pair<uint64_t, std::string>> unsealed;
  std::shared_ptr<const RecordParts> parts;
  std::vector<uint64_t> ends;
  std::vector<Salt> salts;
  trato::core::Head head;
  RecordNumber records = 0;
  {
    // What is checked is as of one instant; others write on meanwhile.
    MutexLock lock(&impl_->writer);
    if (impl_->file == nullptr) return impl_->CheckOpen();
    if (impl_->is_past || impl_->path.empty()) {
      return absl::FailedPreconditionError(
          "there is no file to verify: ask the store itself");
    }
    if (!impl_->file->read_only()) {
      TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
      TRATO_RETURN_IF_ERROR(impl_->Sync());
    }
    for (const Damage& it : impl_->damage) report.damage.push_back(it.what);
    file = impl_->file;
    state = impl_->state;
    unsealed = impl_->unsealed;
    parts = impl_->parts;
    head = file->head();
    records = static_cast<RecordNumber>(state->customers.record_count());
    absl::Status status = impl_->LoadSalts();
    if (status.ok()) {
      salts = impl_->chain.salts();
      auto sealed_ends = impl_->LinkEnds();
      status = sealed_ends.status();
      if (status.ok()) ends = *std::move(sealed_ends);
    }
    if (!status.ok()) report.damage.emplace_back(status.message());
    state->timeline.ShareWith(timeline);
  }
  std::vector<Damage> damage;
  uint64_t bytes = 0;  // of all, once they are read
  const auto progress = [&](uint64_t done, uint64_t total) {
    bytes = total;
    return !options.progress || options.progress(done, total);
  };
  TRATO_RETURN_IF_ERROR(file->Verify(progress, damage));
  for (const Damage& it : damage) report.damage.push_back(it.what);
  report.position = head.position;
  report.records = records;
  report.links = ends.size();
  salts.resize(records);

  const auto link_of = [&](uint64_t position) {
    return static_cast<uint32_t>(
        std::lower_bound(ends.begin(), ends.end(), position) - ends.begin());
  };
  // What is no interaction, by record.
  std::map<uint32_t, std::vector<OtherFact>> others;
  const auto add_entry = [&](uint64_t at,
                             std::string_view entry) -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    for (const Fact& fact : decoded.facts) {
      ++report.facts;
      OtherFact it{link_of(at), {}};
      CanonicalForm::Append(fact, it.form);
      bool any = false;
      ForEachRecordName(fact, [&](std::string_view name) {
        any = true;
        if (auto record = state->customers.FindRecord(name)) {
          others[*record].push_back(it);
        }
      });
      if (!any) others[kNoRecord].push_back(it);
    }
    return absl::OkStatus();
  };
  absl::Status status = Impl::ForEachSealedEntry(*file, add_entry);
  for (const auto& [at, entry] : unsealed) {
    if (status.ok() && at <= head.position) status = add_entry(at, entry);
  }
  if (!status.ok()) report.damage.emplace_back(status.message());

  // The commitments of all links, record after record.
  ReadScope scope;
  CanonicalForm form(&state->names);
  std::vector<std::pair<uint32_t, Hash256>> commitments;
  // Where facts were erased, what is left of them says no more.
  auto kept = Impl::LoadKept(*file);
  if (!kept.ok()) report.damage.emplace_back(kept.status().message());
  absl::flat_hash_set<std::pair<uint32_t, uint32_t>> is_kept;
  if (kept.ok()) {
    for (const KeptCommitment& it : *kept) {
      is_kept.emplace(it.record, it.link);
      commitments.emplace_back(it.link, it.commitment);
    }
  }
  report.erasures = state->erasures.size();
  std::vector<std::pair<uint32_t, std::string>> facts;
  std::vector<std::string_view> of_link;
  const auto commit = [&](uint32_t record) {
    std::sort(facts.begin(), facts.end());
    for (size_t begin = 0; begin < facts.size();) {
      const uint32_t link = facts[begin].first;
      of_link.clear();
      for (; begin < facts.size() && facts[begin].first == link; ++begin) {
        of_link.push_back(facts[begin].second);
      }
      if (is_kept.contains({record, link})) continue;
      static constexpr Salt kNone{};
      commitments.emplace_back(
          link, Link::Commit(record == kNoRecord ? kNone : salts[record],
                             record == kNoRecord
                                 ? std::string_view()
                                 : state->customers.RecordName(record),
                             of_link));
    }
    facts.clear();
  };
  uint64_t interactions = 0;
  std::optional<RangeReader> reader;
  if (parts != nullptr) reader.emplace(*parts);
  for (RecordNumber record = 0; record < records; ++record) {
    if (reader) {
      const absl::Status read =
          reader->ForEachFact(record, [&](const RecordFact& it) {
            ++report.facts;
            auto& [link, bytes] = facts.emplace_back(link_of(it.position), "");
            CanonicalForm::Append(
                ToFact(it, state->customers.RecordName(record)), bytes);
          });
      if (!read.ok()) ReadScope::Report(read);
    }
    timeline.ForEachRawOf(record, [&](const InteractionRef& it) {
      ++interactions;
      auto& [link, bytes] = facts.emplace_back(link_of(it.position()), "");
      form.Append(it, timeline.KeyOf(it), bytes);
    });
    if (auto found = others.find(record); found != others.end()) {
      for (const OtherFact& it : found->second) {
        facts.emplace_back(it.link, it.form);
      }
    }
    commit(record);
    if (record % 65536 == 0 && !progress(bytes, bytes)) {
      return absl::CancelledError("the check was cancelled");
    }
  }
  for (const OtherFact& it : others[kNoRecord]) {
    facts.emplace_back(it.link, it.form);
  }
  commit(kNoRecord);
  report.interactions = interactions;
  if (!scope.status().ok()) {
    report.damage.emplace_back(scope.status().message());
  }
  std::sort(commitments.begin(), commitments.end());
  Hash256 chain{};
  bool found_head = !options.head || options.head->position == 0;
  size_t next = 0;
  for (uint32_t i = 0; i < ends.size(); ++i) {
    Link link;
    for (; next < commitments.size() && commitments[next].first == i; ++next) {
      link.AddCommitment(commitments[next].second);
    }
    chain = link.Close(chain, ends[i]);
    if (options.head && options.head->position == ends[i]) {
      found_head = true;
      if (options.head->chain != chain) {
        report.damage.push_back(
            StrCat("the log up to position ", ends[i],
                   " is not the one that the head was taken of: something in "
                   "it was rewritten, removed or added"));
      }
    }
  }
  if (next < commitments.size()) {
    report.damage.emplace_back("facts lie behind the end of the log");
  }
  if (chain != head.chain) {
    report.damage.push_back(
        StrCat("the chain over the facts up to log position ", head.position,
               " does not give the head: something was rewritten, removed or "
               "added"));
  }
  if (!found_head) {
    report.damage.push_back(
        options.head->position > head.position
            ? StrCat("the log ends at position ", head.position,
                     ", before the head's ", options.head->position)
            : StrCat("no transaction ends at the head's position ",
                     options.head->position, " any more"));
  }
  if (options.rebuild) {
    TRATO_RETURN_IF_ERROR(
        impl_->VerifyDerived(*state, timeline, report.damage));
  }
  return trato::core::VerifyJson(report);
}

absl::Status Store::Impl::VerifyDerived(const State& then,
                                        const Timeline& timeline,
                                        std::vector<std::string>& found) const {
  // When each record was first named, and what was counted, from the facts.
  Impl fresh;
  fresh.path = path;
  fresh.file = file;
  std::vector<std::string> names;
  ReaderMutexLock lock(&mutex);
  for (uint32_t i = 0; i < then.names.size(); ++i) {
    names.emplace_back(then.names.Text(i));
  }
  fresh.state->Begin(names);
  fresh.state->voided = then.voided;
  CustomerStore& customers = fresh.state->customers;
  const auto records = static_cast<RecordNumber>(then.customers.record_count());
  for (RecordNumber i = 0; i < records; ++i) {
    customers.Add(then.customers.RecordName(i));
  }
  fresh.parts = parts;
  TRATO_RETURN_IF_ERROR(fresh.ReplaySealed({}));
  TRATO_RETURN_IF_ERROR(fresh.ReplayRecordFacts({}));
  for (const auto& [at, entry] : unsealed) {
    TRATO_RETURN_IF_ERROR(fresh.ReplayEntry(entry, at, {}));
  }
  uint64_t interactions = 0;
  ReadScope scope;
  absl::flat_hash_set<uint32_t> voided;
  for (const auto& [batch, keeps] : then.voided) {
    if (auto number = then.names.Find(batch)) voided.insert(*number);
  }
  timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
    ++interactions;
    if (voided.contains(it.batch())) return;
    const bool is_new = !customers.IsNamed(record);
    customers.TouchRecord(record, it.at_us());
    if (is_new) customers.Admit(record);
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  if (interactions != then.interactions) {
    found.push_back(StrCat("the store counts ", then.interactions,
                           " interactions and holds ", interactions));
  }
  for (RecordNumber i = 0; i < records; ++i) {
    if (customers.FirstSeen(i) != then.customers.FirstSeen(i)) {
      found.push_back(StrCat("record ", then.customers.RecordName(i),
                             " was not first named when the store says"));
      break;
    }
  }
  for (RecordNumber i = 0; i < records; ++i) {
    if (customers.LeaderOf(i) != then.customers.LeaderOf(i)) {
      found.push_back(StrCat("record ", then.customers.RecordName(i),
                             " is not with the customer that the store says"));
      break;
    }
  }
  if (then.customers.parts() == nullptr) return absl::OkStatus();
  const RecordParts& sealed_parts = *then.customers.parts();
  RangeReader reader(sealed_parts);
  bool is_indexed = true;
  TRATO_RETURN_IF_ERROR(reader.ForEachFact([&](const RecordFact& it) {
    if (it.kind != RecordFact::Kind::kClaim ||
        it.text == then.customers.RecordName(it.record)) {
      return;
    }
    // It goes on until it meets the record.
    is_indexed =
        is_indexed &&
        !sealed_parts.ForEachClaimant(
            it.text, [&](RecordNumber claimant) { return claimant != it.record; });
  }));
  TRATO_RETURN_IF_ERROR(scope.status());
  if (!is_indexed) {
    found.emplace_back("an identifier does not lead to who claims it");
  }
  return absl::OkStatus();
}

}  // namespace trato::core
