// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Taking a person out. Everything is sealed first, so that she lies in blocks
// only; then, in one transaction, each block that holds rows or facts of hers
// is replaced by one without them, her records' names and salts go, and a fact
// says that somebody was erased. What the chain was made of is gone with her,
// so the commitments that it needs take its place; they say nothing. Then the
// write-ahead log is emptied, and the state is read anew from what is left.
//
// A process that dies before the transaction has erased nothing, and one that
// dies after it leaves a log that the next writer empties as it opens.

#include <sodium.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "base/bytes.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/erasure_answers.h"
#include "codec/fact_codec.h"
#include "engine/store_impl.h"

namespace trato::core {

// Finds what goes, and makes what stands in its place.
class Eraser {
 public:
  Eraser(Store::Impl& impl, std::span<const RecordNumber> records)
      : impl_(impl),
        state_(*impl.state),
        form_(&state_.names),
        erased_(records.begin(), records.end()) {}

  // Reads only.
  absl::Status Find();
  // The blocks as they are to be. Without a file only the runs are made.
  absl::Status Put(Sealing& sealing);

  uint64_t facts() const { return facts_ + interactions_; }
  uint64_t interactions() const { return interactions_; }
  const std::vector<std::shared_ptr<Run>>& runs() const { return runs_; }
  // The blocks that go; somebody may be reading them.
  const std::vector<std::shared_ptr<BlockSlot>>& retired() const {
    return retired_;
  }
  // Without a file: the entries that are left, and the names.
  std::vector<std::pair<uint64_t, std::string>>& entries() { return entries_; }
  std::string_view NameOf(uint32_t name) const {
    return state_.names.Text(name);
  }
  bool NameGoes(uint32_t name) const { return names_.contains(name); }
  bool Goes(RecordNumber record) const { return erased_.contains(record); }
  // When somebody who stays was first named, where that has changed.
  const std::map<RecordNumber, int64_t>& first_seen() const {
    return first_seen_;
  }

 private:
  bool Goes(const Fact& fact) const;
  // Somebody else's interaction that was hers in truth: that it was not theirs
  // is all that stays.
  bool MustForget(const Fact& fact) const {
    const auto* it = std::get_if<CorrectionFact>(&fact.payload);
    return it != nullptr && it->content && IsErased(it->content->record) &&
           !IsErased(it->record);
  }
  static void Forget(Fact& fact) {
    auto& it = std::get<CorrectionFact>(fact.payload);
    it.content.reset();
    it.content_at_us = 0;
    it.reason.clear();
  }
  bool IsErased(std::string_view name) const {
    const auto record = state_.customers.FindRecord(name);
    return record && erased_.contains(*record);
  }
  // The facts that are left of an entry, as they are then; says whether that
  // changes any.
  bool Reduce(std::vector<Fact>& facts) const;
  // Whether the entry holds any of the texts.
  static bool Holds(std::string_view entry,
                    const std::vector<std::string>& texts) {
    return std::any_of(texts.begin(), texts.end(), [&](const auto& text) {
      return entry.find(text) != std::string_view::npos;
    });
  }
  // Calls `visit` for all entries that hold no interactions.
  absl::Status ForEachEntry(
      const std::function<absl::Status(uint64_t, std::string_view)>& visit);
  uint32_t LinkOf(uint64_t position) const {
    return static_cast<uint32_t>(
        std::lower_bound(ends_.begin(), ends_.end(), position) - ends_.begin());
  }
  void AddNames(const Fact& fact);
  absl::Status FindFacts();
  absl::Status FindFirstSeen();
  absl::Status FindCommitments();
  absl::Status FindNames();
  absl::Status MakeRuns(Sealing& sealing);
  absl::Status PutFacts(Sealing& sealing);
  absl::Status PutNames(Sealing& sealing);
  absl::Status PutRecords(Sealing& sealing);
  absl::Status PutFound(Sealing& sealing);

  Store::Impl& impl_;
  const State& state_;
  CanonicalForm form_;
  const absl::flat_hash_set<RecordNumber> erased_;
  absl::flat_hash_set<Id> decisions_;
  absl::flat_hash_set<Id> coupons_;
  std::vector<uint64_t> ends_;  // of links
  uint64_t facts_ = 0;
  uint64_t interactions_ = 0;
  // The links in which facts of a record change; kNoRecord too.
  std::map<uint32_t, std::set<uint32_t>> links_;
  std::map<RecordNumber, int64_t> first_seen_;
  std::vector<KeptCommitment> kept_;
  absl::flat_hash_set<uint32_t> names_;  // that nobody else uses
  std::vector<std::shared_ptr<Run>> runs_;
  std::vector<std::shared_ptr<BlockSlot>> retired_;
  std::vector<std::pair<uint64_t, std::string>> entries_;
};

bool Eraser::Goes(const Fact& fact) const {
  if (const auto* it = std::get_if<OutcomeFact>(&fact.payload)) {
    return decisions_.contains(it->decision);
  }
  if (const auto* it = std::get_if<CouponRedemptionFact>(&fact.payload)) {
    return coupons_.contains(it->hash);
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
  const auto* correction = std::get_if<CorrectionFact>(&fact.payload);
  if (correction == nullptr || !correction->content) return;
  for (const LineFact& line : correction->content->lines) {
    add(line.product);
    add(line.unit);
  }
}

absl::Status Eraser::Find() {
  for (RecordNumber record : erased_) {
    for (const Decision* it : state_.decisions.Of(record)) {
      decisions_.insert(it->id);
    }
    for (const Coupon* it : state_.coupons.Of(record)) {
      coupons_.insert(it->hash);
    }
  }
  if (!impl_.path.empty()) {
    TRATO_ASSIGN_OR_RETURN(ends_, impl_.LinkEnds());
  }
  ReadScope scope;
  for (RecordNumber record : erased_) {
    state_.timeline.ForEachRawOf(record, [&](const InteractionRef& it) {
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
    });
  }
  TRATO_RETURN_IF_ERROR(scope.status());
  TRATO_RETURN_IF_ERROR(FindFacts());
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
  for (const Id& id : coupons_) texts.push_back(id.ToByteString());
  // Looking for many texts takes longer than reading.
  const bool is_few = texts.size() <= 16;
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
      facts_ += goes;
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

absl::Status Eraser::FindFirstSeen() {
  std::vector<std::string> texts;
  for (const auto& [record, links] : links_) {
    if (record == kNoRecord || erased_.contains(record)) continue;
    int64_t& first_us = first_seen_[record];
    first_us = std::numeric_limits<int64_t>::max();
    texts.emplace_back(state_.customers.RecordName(record));
    ReadScope scope;
    state_.timeline.ForEachRawOf(record, [&](const InteractionRef& it) {
      first_us = std::min(first_us, it.at_us());
    });
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  if (texts.empty()) return absl::OkStatus();
  return ForEachEntry([&](uint64_t, std::string_view entry) -> absl::Status {
    if (!Holds(entry, texts)) return absl::OkStatus();
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
  });
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
          if (erased_.contains(slot->first_record + at)) return;
          for (uint32_t row = begin; row < end && !names_.empty(); ++row) {
            const InteractionRef it(&cluster, row, slot.get());
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

absl::Status Eraser::MakeRuns(Sealing& sealing) {
  const auto goes = [&](uint32_t record) { return erased_.contains(record); };
  for (const auto& run : state_.timeline.runs()) {
    const auto concerns = [&](const BlockSlot& slot) {
      return std::any_of(
          erased_.begin(), erased_.end(), [&](RecordNumber record) {
            return record >= slot.first_record &&
                   record - slot.first_record < slot.record_count;
          });
    };
    if (std::none_of(run->blocks.begin(), run->blocks.end(),
                     [&](const auto& slot) { return concerns(*slot); })) {
      runs_.push_back(run);
      continue;
    }
    auto fresh = std::make_shared<Run>(*run);
    fresh->blocks.clear();
    fresh->firsts.clear();
    fresh->rows = 0;
    for (const auto& slot : run->blocks) {
      uint64_t gone = 0;
      std::vector<PackedBlock> blocks;
      if (concerns(*slot)) {
        TRATO_ASSIGN_OR_RETURN(
            blocks, state_.timeline.PackWithout(
                        *slot, goes, [&](const InteractionRef&) { ++gone; }));
      }
      if (gone == 0) {
        fresh->firsts.push_back(slot->first_record);
        fresh->blocks.push_back(slot);
        fresh->rows += slot->rows;
        continue;
      }
      retired_.push_back(slot);
      sealing.erase.push_back(RowsId(slot->place, false));
      if (slot->has_keys) sealing.erase.push_back(RowsId(slot->place, true));
      TRATO_RETURN_IF_ERROR(
          impl_.AddBlocks(std::move(blocks), *fresh, sealing));
    }
    std::vector<uint32_t> inputs;
    if (impl_.merge && impl_.merge->output != nullptr &&
        impl_.merge->output->id == run->id) {
      for (const auto& input : impl_.merge->inputs) inputs.push_back(input->id);
    }
    sealing.put.emplace_back(BlockId{kDirectory, 0, fresh->id},
                             EncodeRun(*fresh, inputs));
    runs_.push_back(std::move(fresh));
  }
  return absl::OkStatus();
}

absl::Status Eraser::Put(Sealing& sealing) {
  TRATO_RETURN_IF_ERROR(MakeRuns(sealing));
  TRATO_RETURN_IF_ERROR(FindNames());
  if (impl_.path.empty()) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(PutFacts(sealing));
  TRATO_RETURN_IF_ERROR(PutNames(sealing));
  TRATO_RETURN_IF_ERROR(PutRecords(sealing));
  TRATO_RETURN_IF_ERROR(PutFound(sealing));
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> before,
                         impl_.file->ListBlocks(kKept));
  const uint32_t number = before.empty() ? 0 : before.back().number + 1;
  sealing.put.emplace_back(BlockId{kKept, 0, number}, EncodeKept(kept_));
  return absl::OkStatus();
}

absl::Status Eraser::PutFacts(Sealing& sealing) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids,
                         impl_.file->ListBlocks(kFacts));
  std::vector<std::string> texts;
  for (RecordNumber record : erased_) {
    texts.emplace_back(state_.customers.RecordName(record));
  }
  for (const Id& id : decisions_) texts.push_back(id.ToByteString());
  for (const Id& id : coupons_) texts.push_back(id.ToByteString());
  const bool is_few = texts.size() <= 16;
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, impl_.file->ReadBlock(id));
    if (is_few && !Holds(bytes, texts)) continue;
    std::string fresh;
    bool is_changed = false;
    ByteReader reader(bytes);
    while (!reader.rest().empty()) {
      const uint64_t at = reader.Varint();
      std::string_view entry = reader.Bytes();
      if (!reader.ok()) return Unreadable("list of facts");
      std::string rest;
      if (!is_few || Holds(entry, texts)) {
        TRATO_ASSIGN_OR_RETURN(DecodedEntry decoded, DecodeEntry(entry));
        const int64_t recorded_us =
            decoded.facts.empty() ? 0 : decoded.facts.front().recorded_us;
        if (Reduce(decoded.facts) || !decoded.salts.empty()) {
          is_changed = true;
          if (decoded.facts.empty()) continue;
          // Without the salts, which are sealed elsewhere.
          TRATO_ASSIGN_OR_RETURN(rest, EncodeEntry(recorded_us, decoded.facts));
          entry = rest;
        }
      }
      PutVarint(fresh, at);
      PutBytes(fresh, entry);
    }
    if (!is_changed) continue;
    if (fresh.empty()) {
      sealing.erase.push_back(id);
    } else {
      sealing.put.emplace_back(id, std::move(fresh));
    }
  }
  return absl::OkStatus();
}

namespace {

// Lists of texts that are led by how many come before them.
absl::Status ReplaceTexts(const StoreFile& file, uint8_t kind,
                          std::string_view what,
                          const std::function<bool(uint32_t number)>& goes,
                          Sealing& sealing) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids, file.ListBlocks(kind));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, file.ReadBlock(id));
    ByteReader reader(bytes);
    auto number = static_cast<uint32_t>(reader.Varint());
    std::string fresh;
    PutVarint(fresh, number);
    bool is_changed = false;
    for (; !reader.rest().empty(); ++number) {
      const std::string_view text = reader.Bytes();
      if (!reader.ok()) return Unreadable(what);
      const bool is_hers = goes(number);
      is_changed = is_changed || is_hers;
      PutBytes(fresh, is_hers ? Tombstone(number) : std::string(text));
    }
    if (is_changed) sealing.put.emplace_back(id, std::move(fresh));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Eraser::PutNames(Sealing& sealing) {
  if (names_.empty()) return absl::OkStatus();
  return ReplaceTexts(
      *impl_.file, kNames, "list of names",
      [&](uint32_t number) { return names_.contains(number); }, sealing);
}

absl::Status Eraser::PutRecords(Sealing& sealing) {
  TRATO_RETURN_IF_ERROR(ReplaceTexts(
      *impl_.file, kRecords, "list of records",
      [&](uint32_t number) { return erased_.contains(number); }, sealing));
  std::set<uint32_t> salted;
  std::set<uint32_t> seen;
  for (RecordNumber record : erased_) {
    salted.insert(record / kRecordsPerBlock);
    seen.insert(record / kRecordsPerBlock);
  }
  for (const auto& [record, first_us] : first_seen_) {
    seen.insert(record / kRecordsPerBlock);
  }
  for (uint32_t part : salted) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes,
                           impl_.file->ReadBlock({kSalts, 0, part}));
    for (RecordNumber record : erased_) {
      if (record / kRecordsPerBlock != part) continue;
      const size_t at = record % kRecordsPerBlock * sizeof(Salt);
      if (at + sizeof(Salt) > bytes.size()) return Unreadable("list of salts");
      std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), sizeof(Salt),
                  '\0');
    }
    sealing.put.emplace_back(BlockId{kSalts, 0, part}, std::move(bytes));
  }
  for (uint32_t part : seen) {
    const RecordNumber begin = part * kRecordsPerBlock;
    const auto count = static_cast<RecordNumber>(
        std::min<uint64_t>(kRecordsPerBlock, impl_.sealed.records - begin));
    TRATO_ASSIGN_OR_RETURN(const std::string bytes,
                           impl_.file->ReadBlock({kFirstSeen, 0, part}));
    TRATO_ASSIGN_OR_RETURN(std::vector<int64_t> first_us,
                           DecodeFirstSeen(bytes, count));
    for (RecordNumber i = 0; i < count; ++i) {
      if (erased_.contains(begin + i))
        first_us[i] = i == 0 ? 0 : first_us[i - 1];
      if (auto it = first_seen_.find(begin + i); it != first_seen_.end()) {
        first_us[i] = it->second;
      }
    }
    sealing.put.emplace_back(BlockId{kFirstSeen, 0, part},
                             EncodeFirstSeen(first_us));
  }
  return absl::OkStatus();
}

absl::Status Eraser::PutFound(Sealing& sealing) {
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids,
                         impl_.file->ListBlocks(kFound));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, impl_.file->ReadBlock(id));
    ByteReader reader(bytes);
    std::string fresh;
    bool is_changed = false;
    while (!reader.rest().empty()) {
      const std::string_view begin = reader.rest();
      reader.Take(16);
      const auto record = static_cast<uint32_t>(reader.Varint());
      reader.Varint();
      reader.Signed();
      reader.Varint();
      reader.Varint();
      reader.Bytes();
      if (!reader.ok()) return Unreadable("list of corrections");
      if (erased_.contains(record)) {
        is_changed = true;
        continue;
      }
      fresh += begin.substr(0, begin.size() - reader.rest().size());
    }
    if (!is_changed) continue;
    if (fresh.empty()) {
      sealing.erase.push_back(id);
    } else {
      sealing.put.emplace_back(id, std::move(fresh));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<KeptCommitment>> Store::Impl::LoadKept(
    const StoreFile& file) {
  std::vector<KeptCommitment> kept;
  TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> ids,
                         file.ListBlocks(kKept));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(const std::string bytes, file.ReadBlock(id));
    TRATO_RETURN_IF_ERROR(DecodeKept(bytes, kept));
  }
  return kept;
}

absl::Status Store::Impl::Reload() {
  Impl fresh;
  fresh.path = path;
  fresh.file = file;
  const absl::Status status = fresh.LoadAll(memory_limit);
  if (!status.ok()) {
    broken = true;
    return status;
  }
  absl::WriterMutexLock lock(&mutex);
  state = std::move(fresh.state);
  position = fresh.position;
  unsealed = std::move(fresh.unsealed);
  sealed = fresh.sealed;
  merge = std::move(fresh.merge);
  merge_debt = 0;
  seal_at = 0;
  chain = std::move(fresh.chain);
  chain_is_loaded = fresh.chain_is_loaded;
  records_at_open = fresh.records_at_open;
  link_ends = std::move(fresh.link_ends);
  known_kinds.clear();
  return absl::OkStatus();
}

absl::Status Store::Impl::Rebuild(Eraser& left) {
  Impl fresh;
  fresh.file = file;
  const State& then = *state;
  std::vector<std::string> names;
  for (uint32_t i = 0; i < then.names.size(); ++i) {
    names.emplace_back(left.NameGoes(i) ? Tombstone(i)
                                        : std::string(then.names.Text(i)));
  }
  fresh.state->Begin(names);
  CustomerStore& customers = fresh.state->customers;
  const auto records = static_cast<RecordNumber>(then.customers.record_count());
  customers.Reserve(records);
  for (RecordNumber i = 0; i < records; ++i) {
    if (left.Goes(i)) {
      customers.Add(Tombstone(i));
      continue;
    }
    customers.Add(then.customers.RecordName(i));
    const auto changed = left.first_seen().find(i);
    customers.TouchRecord(i, changed == left.first_seen().end()
                                 ? then.customers.FirstSeen(i)
                                 : changed->second);
  }
  Timeline& timeline = fresh.state->timeline;
  then.timeline.ShareWith(timeline);
  timeline.SetRuns(left.runs());
  std::vector<AmendedInteraction> places;
  then.timeline.amendments().ForEach([&](const AmendedInteraction& it) {
    if (!it.found || left.Goes(it.record)) return;
    AmendedInteraction& place = places.emplace_back();
    place.fact = it.fact;
    place.record = it.record;
    place.type = it.type;
    place.at_us = it.at_us;
    place.source = it.source;
    place.position = it.position;
    place.key = it.key;
  });
  timeline.amendments().Expect(std::move(places));
  fresh.state->interactions = then.interactions - left.interactions();
  ReadScope scope;
  timeline.ForEachRaw([&](uint32_t, const InteractionRef& it) {
    const std::string idempotency_key = timeline.KeyOf(it);
    if (idempotency_key.empty()) return;
    fresh.state->keys.insert(
        State::KeyHash(then.names.Text(it.source()), idempotency_key));
  });
  TRATO_RETURN_IF_ERROR(scope.status());
  fresh.state->has_sealed_keys = false;
  for (const auto& [at, entry] : left.entries()) {
    TRATO_RETURN_IF_ERROR(fresh.ReplayEntry(entry, at, {}));
  }
  absl::WriterMutexLock lock(&mutex);
  chain = Chain(&fresh.state->names);
  state = std::move(fresh.state);
  unsealed = std::move(left.entries());
  known_kinds.clear();
  // Runs that were being merged are read as they are, and merged anew.
  merge.reset();
  return absl::OkStatus();
}

absl::StatusOr<ErasureReport> Store::Impl::Erase(
    std::span<const RecordNumber> records, ErasureFact erasure, int64_t now_us,
    const WriteOptions& options) {
  if (shared.use_count() > 1) {
    return absl::FailedPreconditionError(
        "a store of the past is open, which still shows what is to be erased: "
        "close it first");
  }
  Fact fact = Envelope(kAtNow, now_us, options);
  ErasureReport report;
  report.id = erasure.id;
  report.at_us = fact.event_us;
  report.records = records.size();
  fact.payload = erasure;
  TRATO_RETURN_IF_ERROR(CheckFact(*state, state->schema, fact));
  TRATO_RETURN_IF_ERROR(Seal());
  Eraser eraser(*this, records);
  TRATO_RETURN_IF_ERROR(eraser.Find());
  Sealing sealing;
  TRATO_RETURN_IF_ERROR(eraser.Put(sealing));
  report.facts = erasure.facts = eraser.facts();
  report.interactions = erasure.interactions = eraser.interactions();
  fact.payload = std::move(erasure);
  merge_debt = 0;  // no merge before the blocks are in
  TRATO_RETURN_IF_ERROR(
      Commit(NewFact{std::move(fact), true}, now_us, true).status());
  report.position = position;
  if (path.empty()) {
    // The erasure itself is the last entry.
    eraser.entries().push_back(std::move(unsealed.back()));
    TRATO_RETURN_IF_ERROR(Rebuild(eraser));
    report.purged = true;
    return report;
  }
  for (const auto& slot : eraser.retired()) {
    state->timeline.cache().Retire(slot);
  }
  sealed.interactions -= eraser.interactions();
  PutManifest(sealing, eraser.runs());
  const trato::core::Head head = file->head();
  absl::Status status = file->Seal(
      sealing, chain.Next(head.chain, head.position + file->pending_entries(),
                          [this](uint32_t record) {
                            return state->customers.RecordName(record);
                          }));
  chain.Drop();
  if (status.ok()) report.purged = file->Purge().ok();
  // Where nothing was written, the file says what holds.
  const absl::Status reloaded = Reload();
  TRATO_RETURN_IF_ERROR(status);
  TRATO_RETURN_IF_ERROR(reloaded);
  return report;
}

absl::Status Store::Impl::ApplyErasures(std::string_view list) {
  if (list.empty()) return absl::OkStatus();
  TRATO_ASSIGN_OR_RETURN(const std::vector<Erasure> erasures,
                         DecodeErasures(list));
  absl::flat_hash_set<Id> known;
  for (const Erasure& it : state->erasures) known.insert(it.id);
  absl::flat_hash_map<Id, RecordNumber> records;  // by subject
  for (const Erasure& it : erasures) {
    if (known.contains(it.id)) continue;
    if (file->read_only()) {
      return absl::FailedPreconditionError(StrCat(
          "erasures: ", path,
          " is from before some of them; open it once to be written, so that "
          "they are made"));
    }
    if (records.empty()) {
      const CustomerStore& customers = state->customers;
      for (RecordNumber i = 0; i < customers.record_count(); ++i) {
        records.emplace(SubjectOf(key, customers.RecordName(i)), i);
      }
    }
    std::vector<RecordNumber> there;
    for (const Id& subject : it.subjects) {
      const auto found = records.find(subject);
      if (found != records.end()) there.push_back(found->second);
    }
    // Dated as it was: the list that this store gives out is the same.
    TRATO_RETURN_IF_ERROR(
        Erase(there, {it.id, it.subjects, 0, 0, ""}, it.at_us, {}).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Store::EraseCustomer(std::string_view customer,
                                                 std::string_view reason,
                                                 int64_t now_us,
                                                 const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  absl::MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  TRATO_RETURN_IF_ERROR(CheckIdentifier("customer", customer));
  const CustomerStore& customers = impl_->state->customers;
  TRATO_ASSIGN_OR_RETURN(const RecordNumber leader,
                         customers.Resolve(customer));
  const auto of_customer = customers.RecordsOf(leader);
  const std::vector<RecordNumber> records(of_customer.begin(),
                                          of_customer.end());
  ErasureFact erasure;
  unsigned char id[16];
  randombytes_buf(id, sizeof(id));
  erasure.id = Id::FromBytes(id);
  erasure.reason = reason;
  for (RecordNumber record : records) {
    erasure.subjects.push_back(
        SubjectOf(impl_->key, customers.RecordName(record)));
  }
  std::sort(erasure.subjects.begin(), erasure.subjects.end());
  TRATO_ASSIGN_OR_RETURN(
      const ErasureReport report,
      impl_->Erase(records, std::move(erasure), now_us, options));
  return ErasureJson(report, impl_->state->zone);
}

std::string Store::Erasures() const {
  absl::ReaderMutexLock lock(&impl_->mutex);
  return EncodeErasures(impl_->state->erasures);
}

}  // namespace trato::core
