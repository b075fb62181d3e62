// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What goes: the facts, what the chain needs in their place, and the names that
// nobody else uses.

#include <algorithm>
#include <limits>

#include "base/status.h"
#include "codec/fact_codec.h"
#include "engine/eraser.h"

namespace trato::core {

bool Eraser::GoesRow(RecordNumber record, const InteractionRef& it) const {
  if (cut_ == nullptr) return erased_.contains(record);
  if (amended_records_.contains(record)) {
    const auto found = amended_.find(state_.timeline.IdOf(record, it));
    if (found != amended_.end()) return found->second;
  }
  return cut_->Goes(it.type(), it.at_us());
}

// What was corrected goes by what it was in truth.
void Eraser::FindAmended() {
  state_.timeline.amendments().ForEach([&](const AmendedInteraction& it) {
    if (!it.found || it.amendments.empty()) return;
    const Amendment& last = *it.amendments.back();
    const bool goes = last.retracts
                          ? cut_->Goes(it.type, it.at_us)
                          : cut_->Goes(last.content.type, last.content.at_us);
    if (goes) {
      earliest_us_ = std::max(
          earliest_us_,
          cut_->CutOf(last.retracts ? it.type : last.content.type));
    }
    amended_[it.fact] = goes;
    amended_records_.insert(it.record);
  });
}

void Eraser::CountOne(RetainedKind kind, std::string_view name,
                      int64_t at_us) {
  ++counts_[{kind, std::string(name)}];
  earliest_us_ = std::max(earliest_us_, at_us);
}

void Eraser::CountFact(const Fact& fact) {
  ++facts_;
  const auto at = cut_->CutOf(fact);
  if (at) CountOne(at->kind, at->name, at->cut_us);
}

absl::Status Eraser::FindRows() {
  ReadScope scope;
  const auto add = [&](RecordNumber record, const InteractionRef& it) {
    ++interactions_;
    links_[record].insert(LinkOf(it.position()));
    for (uint32_t name : {it.source(), it.actor(), it.batch()}) {
      names_.insert(name);
    }
    it.ForEachLine([&](const Line& line) {
      names_.insert(line.product);
      names_.insert(line.unit);
      return true;
    });
  };
  if (cut_ == nullptr) {
    for (RecordNumber record : erased_) {
      state_.timeline.ForEachRawOf(
          record, [&](const InteractionRef& it) { add(record, it); });
    }
    return scope.status();
  }
  FindAmended();
  state_.timeline.ForEachRaw([&](uint32_t record, const InteractionRef& it) {
    if (!GoesRow(record, it)) return;
    add(record, it);
    CountOne(RetainedKind::kInteractions, state_.names.Text(it.type()),
             cut_->CutOf(it.type()));
  });
  return scope.status();
}

void Eraser::FindReleased() {
  const CouponBook& book = state_.coupons;
  book.ForEach([&](const Coupon& coupon) {
    book.ForEachRedemption(coupon, [&](const CouponRedemption& it) {
      if (it.record == CouponRedemption::kNone) return;
      if (cut_ == nullptr ? !erased_.contains(it.record) : !it.has_purchase()) {
        return;
      }
      const CouponReleased released =
          ReleaseOf(book, state_.world, it, kMaxInstant);
      if (released.why == CouponRelease::kNone) return;
      // A reversal is a fact of its own that is never cut.
      if (cut_ != nullptr && released.why == CouponRelease::kReversed) return;
      released_.insert(it.fact);
      released_coupons_.insert(coupon.hash);
    });
  });
}

bool Eraser::IsReleased(const Fact& fact) const {
  if (released_.empty()) return false;
  if (const auto* it = std::get_if<CouponReversalFact>(&fact.payload)) {
    return released_.contains(it->redemption);
  }
  if (const auto* it = std::get_if<CouponBuyerFact>(&fact.payload)) {
    return released_.contains(it->redemption);
  }
  const auto* it = std::get_if<CouponRedemptionFact>(&fact.payload);
  if (it == nullptr || !released_coupons_.contains(it->hash)) return false;
  if (!fact.key.empty()) {
    return released_.contains(FactId::OfKey(fact.source, fact.key));
  }
  // Facts of the log have no ids yet; equal ones are few.
  const std::string payload = CanonicalPayload(fact);
  for (uint32_t n = 0; n < 16; ++n) {
    if (released_.contains(IdOfContent(fact, payload, n))) return true;
  }
  return false;
}

absl::Status Eraser::Count() {
  TRATO_RETURN_IF_ERROR(FindRows());
  {
    ReadScope scope;
    FindReleased();
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  state_.decisions.ForEach([&](const Decision& it) {
    if (cut_->GoesDecision(it.at_us)) NoteDecision(it);
  });
  const auto count = [&](uint64_t, std::string_view entry) -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    for (const Fact& fact : decoded.facts) {
      if (Goes(fact)) CountFact(fact);
    }
    return absl::OkStatus();
  };
  if (!impl_.path.empty()) {
    TRATO_RETURN_IF_ERROR(
        Store::Impl::ForEachSealedEntry(*impl_.file, count));
    TRATO_RETURN_IF_ERROR(
        impl_.ForEachRecordFact({}, [&](uint64_t, const Fact& fact) {
          if (Goes(fact)) CountFact(fact);
          return absl::OkStatus();
        }));
  }
  for (const auto& [at, entry] : impl_.unsealed) {
    TRATO_RETURN_IF_ERROR(count(at, entry));
  }
  return absl::OkStatus();
}

bool Eraser::Goes(const Fact& fact) const {
  if (IsReleased(fact)) return true;
  if (cut_ != nullptr) {
    // Interactions are kept apart, and asked for by GoesRow.
    if (std::holds_alternative<InteractionFact>(fact.payload)) return false;
    if (const auto* it = std::get_if<OutcomeFact>(&fact.payload)) {
      return GoesOutcome(*it);
    }
    if (const auto* it = std::get_if<CorrectionFact>(&fact.payload)) {
      return GoesAmended(it->interaction);
    }
    const auto at = cut_->CutOf(fact);
    return at && fact.event_us < at->cut_us;
  }
  if (const auto* it = std::get_if<OutcomeFact>(&fact.payload)) {
    return GoesOutcome(*it);
  }
  if (const auto* it = std::get_if<CouponRedemptionFact>(&fact.payload)) {
    return coupons_.contains(it->hash);
  }
  if (const auto* it = std::get_if<CouponReversalFact>(&fact.payload)) {
    return coupons_.contains(it->hash);
  }
  if (const auto* it = std::get_if<CouponBuyerFact>(&fact.payload);
      it != nullptr && coupons_.contains(it->hash)) {
    return true;
  }
  if (MustForget(fact)) return false;
  bool goes = false;
  ForEachRecordName(
      fact, [&](std::string_view name) { goes = goes || IsErased(name); });
  return goes;
}

bool Eraser::Reduce(std::vector<Fact>& facts) const {
  bool is_changed =
      std::erase_if(facts, [this](const Fact& fact) { return Goes(fact); }) > 0;
  for (Fact& fact : facts) {
    if (!MustForget(fact)) continue;
    Forget(fact);
    is_changed = true;
  }
  return is_changed;
}

absl::Status Eraser::ForEachEntry(
    const std::function<absl::Status(uint64_t, std::string_view)>& visit) {
  if (!impl_.path.empty()) {
    return Store::Impl::ForEachSealedEntry(*impl_.file, visit);
  }
  for (const auto& [at, entry] : impl_.unsealed) {
    TRATO_RETURN_IF_ERROR(visit(at, entry));
  }
  return absl::OkStatus();
}

void Eraser::AddNames(const Fact& fact) {
  const auto add = [&](std::string_view text) {
    if (auto number = state_.names.Find(text)) names_.insert(*number);
  };
  add(fact.source);
  add(fact.actor);
  add(fact.batch);
  if (const auto* it = std::get_if<AttributeFact>(&fact.payload)) {
    if (!it->about.empty()) add(it->about);
  }
  if (const auto* it = std::get_if<ConsentFact>(&fact.payload)) {
    add(it->wording);
  }
  const auto* correction = std::get_if<CorrectionFact>(&fact.payload);
  if (correction == nullptr || !correction->content) return;
  for (const LineFact& line : correction->content->lines) {
    add(line.product);
    add(line.unit);
  }
}

void Eraser::NoteDecision(const Decision& decision) {
  decisions_.insert(decision.id);
  if (!decision.conversation.empty()) {
    conversations_.insert(decision.conversation);
  }
}

bool Eraser::GoesOutcome(const OutcomeFact& it) const {
  return it.conversation.empty() ? decisions_.contains(it.decision)
                                 : conversations_.contains(it.conversation);
}

absl::Status Eraser::Find() {
  for (RecordNumber record : erased_) {
    for (const Decision* it : state_.decisions.Of(record)) {
      NoteDecision(*it);
    }
    for (const Coupon* it : state_.coupons.Of(record)) {
      coupons_.insert(it->hash);
    }
  }
  if (!impl_.path.empty()) {
    TRATO_ASSIGN_OR_RETURN(ends_, impl_.LinkEnds());
  }
  if (cut_ != nullptr) {
    state_.decisions.ForEach([&](const Decision& it) {
      if (cut_->GoesDecision(it.at_us)) NoteDecision(it);
    });
  }
  TRATO_RETURN_IF_ERROR(FindRows());
  {
    ReadScope scope;
    FindReleased();
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  TRATO_RETURN_IF_ERROR(FindFacts());
  if (impl_.parts != nullptr) TRATO_RETURN_IF_ERROR(FindRecordFacts());
  TRATO_RETURN_IF_ERROR(FindFirstSeen());
  if (!impl_.path.empty()) TRATO_RETURN_IF_ERROR(FindCommitments());
  return absl::OkStatus();
}

absl::Status Eraser::FindFacts() {
  std::vector<std::string> texts;
  for (RecordNumber record : erased_) {
    texts.emplace_back(state_.customers.RecordName(record));
  }
  for (const Id& id : decisions_) texts.push_back(id.ToByteString());
  for (const auto* hashes : {&coupons_, &released_coupons_}) {
    for (const Id& id : *hashes) texts.push_back(id.ToByteString());
  }
  texts.insert(texts.end(), conversations_.begin(), conversations_.end());
  // Looking for many texts takes longer than reading.
  const bool is_few = cut_ == nullptr && texts.size() <= 16;
  return ForEachEntry([&](uint64_t at, std::string_view entry) -> absl::Status {
    if (is_few && !Holds(entry, texts)) {
      if (impl_.path.empty()) entries_.emplace_back(at, entry);
      return absl::OkStatus();
    }
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    std::vector<Fact> left;
    for (Fact& fact : decoded.facts) {
      const bool goes = Goes(fact);
      if (!goes && !MustForget(fact)) {
        left.push_back(std::move(fact));
        continue;
      }
      if (goes && cut_ != nullptr) {
        CountFact(fact);
      } else {
        facts_ += goes;
      }
      AddNames(fact);
      bool any = false;
      ForEachRecordName(fact, [&](std::string_view name) {
        any = true;
        if (auto record = state_.customers.FindRecord(name)) {
          links_[*record].insert(LinkOf(at));
        }
      });
      if (!any) links_[kNoRecord].insert(LinkOf(at));
      if (goes) continue;
      Forget(fact);
      left.push_back(std::move(fact));
    }
    if (!impl_.path.empty() || left.empty()) return absl::OkStatus();
    TRATO_ASSIGN_OR_RETURN(
        std::string bytes,
        EncodeEntry(decoded.facts.front().recorded_us, left));
    entries_.emplace_back(at, std::move(bytes));
    return absl::OkStatus();
  });
}

absl::Status Eraser::FindRecordFacts() {
  RangeReader reader(*impl_.parts);
  const auto find = [&](const RecordFact& it) {
    const Fact fact = ToFact(it, state_.customers.RecordName(it.record));
    if (!Goes(fact)) return;
    if (cut_ != nullptr) {
      CountFact(fact);
    } else {
      ++facts_;
    }
    AddNames(fact);
    links_[it.record].insert(LinkOf(it.position));
    ranges_.insert(it.record / kRecordsPerRange);
  };
  if (cut_ != nullptr) return reader.ForEachFact(find);
  for (RecordNumber record : erased_) {
    TRATO_RETURN_IF_ERROR(reader.ForEachFact(record, find));
  }
  return absl::OkStatus();
}

absl::Status Eraser::FindFirstSeen() {
  std::vector<std::string> texts;
  for (const auto& [record, links] : links_) {
    if (record == kNoRecord || erased_.contains(record)) continue;
    int64_t& first_us = first_seen_[record];
    first_us = std::numeric_limits<int64_t>::max();
    texts.emplace_back(state_.customers.RecordName(record));
    ReadScope scope;
    const RecordNumber of = record;
    state_.timeline.ForEachRawOf(record, [&](const InteractionRef& it) {
      if (!GoesRow(of, it)) first_us = std::min(first_us, it.at_us());
    });
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  if (texts.empty()) return absl::OkStatus();
  if (impl_.parts != nullptr) {
    RangeReader reader(*impl_.parts);
    for (auto& [record, first] : first_seen_) {
      int64_t& first_us = first;
      TRATO_RETURN_IF_ERROR(
          reader.ForEachFact(record, [&](const RecordFact& it) {
            if (!Goes(it)) first_us = std::min(first_us, it.at_us);
          }));
    }
  }
  const bool is_few = texts.size() <= 16;
  TRATO_RETURN_IF_ERROR(
      ForEachEntry([&](uint64_t, std::string_view entry) -> absl::Status {
    if (is_few && !Holds(entry, texts)) return absl::OkStatus();
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    Reduce(decoded.facts);
    for (const Fact& fact : decoded.facts) {
      ForEachRecordName(fact, [&](std::string_view name) {
        const auto record = state_.customers.FindRecord(name);
        if (!record) return;
        if (auto it = first_seen_.find(*record); it != first_seen_.end()) {
          it->second = std::min(it->second, fact.event_us);
        }
      });
    }
    return absl::OkStatus();
  }));
  if (cut_ == nullptr) return absl::OkStatus();
  // Of whom nothing is left the name goes as well.
  for (auto it = first_seen_.begin(); it != first_seen_.end();) {
    if (it->second == std::numeric_limits<int64_t>::max()) {
      erased_.insert(it->first);
      it = first_seen_.erase(it);
    } else {
      ++it;
    }
  }
  return absl::OkStatus();
}

absl::Status Eraser::FindCommitments() {
  TRATO_RETURN_IF_ERROR(impl_.LoadSalts());
  TRATO_ASSIGN_OR_RETURN(const std::vector<KeptCommitment> before,
                         Store::Impl::LoadKept(*impl_.file));
  std::set<std::pair<uint32_t, uint32_t>> known;  // record, link
  for (const KeptCommitment& it : before) known.emplace(it.record, it.link);
  std::set<uint32_t> links;
  for (const auto& [record, of_record] : links_) {
    links.insert(of_record.begin(), of_record.end());
  }
  // The forms of the facts, by record and link.
  std::map<std::pair<uint32_t, uint32_t>, std::vector<std::string>> forms;
  const auto is_wanted = [&](uint32_t record, uint32_t link) {
    const auto of_record = links_.find(record);
    return of_record != links_.end() && of_record->second.contains(link) &&
           !known.contains({record, link});
  };
  ReadScope scope;
  for (const auto& [record, of_record] : links_) {
    if (record == kNoRecord) continue;
    const uint32_t number = record;
    state_.timeline.ForEachRawOf(number, [&](const InteractionRef& it) {
      const uint32_t link = LinkOf(it.position());
      if (!is_wanted(number, link)) return;
      form_.Append(it, state_.timeline.KeyOf(it),
                   forms[{number, link}].emplace_back());
    });
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  if (impl_.parts != nullptr) {
    RangeReader reader(*impl_.parts);
    for (const auto& [record, of_record] : links_) {
      if (record == kNoRecord) continue;
      const uint32_t number = record;
      TRATO_RETURN_IF_ERROR(
          reader.ForEachFact(number, [&](const RecordFact& it) {
            const uint32_t link = LinkOf(it.position);
            if (!is_wanted(number, link)) return;
            CanonicalForm::Append(
                ToFact(it, state_.customers.RecordName(number)),
                forms[{number, link}].emplace_back());
          }));
    }
  }
  TRATO_RETURN_IF_ERROR(
      ForEachEntry([&](uint64_t at, std::string_view entry) -> absl::Status {
        const uint32_t link = LinkOf(at);
        if (!links.contains(link)) return absl::OkStatus();
        TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
        for (const Fact& fact : decoded.facts) {
          std::string form;
          CanonicalForm::Append(fact, form);
          bool any = false;
          ForEachRecordName(fact, [&](std::string_view name) {
            any = true;
            const auto record = state_.customers.FindRecord(name);
            if (record && is_wanted(*record, link)) {
              forms[{*record, link}].push_back(form);
            }
          });
          if (!any && is_wanted(kNoRecord, link)) {
            forms[{kNoRecord, link}].push_back(form);
          }
        }
        return absl::OkStatus();
      }));
  static constexpr Salt kNone{};
  for (const auto& [place, of_place] : forms) {
    const auto [record, link] = place;
    std::vector<std::string_view> facts(of_place.begin(), of_place.end());
    kept_.push_back(
        {link, record,
         Link::Commit(record == kNoRecord ? kNone : impl_.chain.SaltOf(record),
                      record == kNoRecord ? std::string_view()
                                          : state_.customers.RecordName(record),
                      facts)});
  }
  return absl::OkStatus();
}

absl::Status Eraser::FindNames() {
  // What is defined stays; what others use stays.
  const auto use = [&](uint32_t name) { names_.erase(name); };
  use(0);
  for (const auto& defined :
       {state_.schema.InteractionTypeNames(), state_.schema.ChannelNames()}) {
    for (std::string_view text : defined) {
      if (auto number = state_.names.Find(text)) use(*number);
    }
  }
  for (const auto& run : state_.timeline.runs()) {
    for (const auto& slot : run->blocks) {
      if (names_.empty()) return absl::OkStatus();
      TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> block,
                             state_.timeline.cache().Read(*slot));
      for (const Cluster& cluster : block->clusters()) {
        cluster.ForEachEntry([&](uint32_t at, uint32_t begin, uint32_t end) {
          const RecordNumber record = slot->first_record + at;
          if (erased_.contains(record)) return;
          for (uint32_t row = begin; row < end && !names_.empty(); ++row) {
            const InteractionRef it(&cluster, row, slot.get());
            if (cut_ != nullptr && GoesRow(record, it)) continue;
            use(it.source());
            use(it.actor());
            use(it.batch());
            it.ForEachLine([&](const Line& line) {
              use(line.product);
              use(line.unit);
              return true;
            });
          }
        });
      }
    }
  }
  TRATO_RETURN_IF_ERROR(UseNamesOfParts());
  if (names_.empty()) return absl::OkStatus();
  return ForEachEntry([&](uint64_t, std::string_view entry) -> absl::Status {
    if (names_.empty()) return absl::OkStatus();
    std::vector<uint32_t> there;
    for (uint32_t name : names_) {
      if (entry.find(state_.names.Text(name)) != std::string_view::npos) {
        there.push_back(name);
      }
    }
    if (there.empty()) return absl::OkStatus();
    // Perhaps in a fact that goes.
    TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
    Reduce(decoded.facts);
    if (decoded.facts.empty()) return absl::OkStatus();
    TRATO_ASSIGN_OR_RETURN(
        const std::string left,
        EncodeEntry(decoded.facts.front().recorded_us, decoded.facts));
    for (uint32_t name : there) {
      if (left.find(state_.names.Text(name)) != std::string::npos) use(name);
    }
    return absl::OkStatus();
  });
}

}  // namespace trato::core
