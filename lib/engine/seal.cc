// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// From the journal into blocks. A seal packs what was written since the last
// one: interactions into a run of blocks, everything else as it was journaled,
// and takes it out of the journal in the same transaction. Runs are merged in
// steps of some records each; after each step the file and the memory say which
// run speaks for which records, so a merge goes on where it was cut off.
// Packing reads only what does not change, so readers go on; they wait for the
// moment in which the new runs take the place of the old ones.

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/bytes.h"
#include "base/fault.h"
#include "base/status.h"
#include "engine/sealed_form.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// A seal when so many rows wait; a step of a merge packs about so many, and
// one is due when so many were written.
constexpr size_t kSealRows = 65536;
constexpr uint64_t kMergeRows = 65536;
constexpr uint64_t kRowsPerMergeStep = 8192;
constexpr size_t kMaxRuns = 4;
// Or a seal when so much else waits.
constexpr size_t kSealBytes = size_t{32} << 20;

}  // namespace

absl::Status Store::Impl::AddBlocks(std::vector<PackedBlock> blocks, Run& run,
                                    Sealing* sealing) const {
  const auto put = [&](BlockId id, const std::string& bytes) -> absl::Status {
    if (path.empty()) return absl::OkStatus();
    if (sealing == nullptr) return file->Stage(id, bytes);
    sealing->put.emplace_back(id, bytes);
    return absl::OkStatus();
  };
  for (PackedBlock& block : blocks) {
    auto slot = std::make_shared<BlockSlot>();
    slot->place = {run.id, run.next_number++};
    slot->first_record = block.first_record;
    slot->record_count = block.record_count;
    slot->rows = block.rows;
    slot->size = static_cast<uint32_t>(block.packed.bytes.size());
    slot->has_keys = !block.packed.keys.empty();
    TRATO_RETURN_IF_ERROR(put(RowsId(slot->place, false), block.packed.bytes));
    if (slot->has_keys) {
      TRATO_RETURN_IF_ERROR(put(RowsId(slot->place, true), block.packed.keys));
    }
    TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> parsed,
                           Block::Parse(std::move(block.packed.bytes)));
    std::shared_ptr<const BlockKeys> keys;
    if (slot->has_keys && path.empty()) {
      TRATO_ASSIGN_OR_RETURN(
          keys, BlockKeys::Parse(std::move(block.packed.keys), *parsed));
    }
    run.rows += slot->rows;
    run.max_position = std::max(run.max_position, parsed->max_position());
    run.firsts.push_back(slot->first_record);
    run.blocks.push_back(slot);
    state->timeline.cache().Put(*slot, std::move(parsed), std::move(keys));
  }
  return absl::OkStatus();
}

void Store::Impl::PutState(Sealing& sealing,
                           const std::vector<std::shared_ptr<Run>>& runs,
                           RecordNumber records,
                           std::span<const std::pair<uint64_t, std::string>>
                               entries,
                           const std::vector<int64_t>* first_seen,
                           uint64_t added_rows) {
  const uint32_t seal = sealed.seals;
  std::string bytes;
  const auto names = static_cast<uint32_t>(state->names.size());
  if (names > sealed.names) {
    PutVarint(bytes, sealed.names);
    for (uint32_t i = sealed.names; i < names; ++i) {
      PutBytes(bytes, state->names.Text(i));
    }
    sealing.put.emplace_back(BlockId{kNames, 0, seal},
                             std::exchange(bytes, {}));
  }
  const CustomerStore& customers = state->customers;
  std::vector<RecordNumber> changed = state->customers.TakeEarlier(records);
  if (first_seen != nullptr) {
    for (RecordNumber i = 0; i < sealed.records; ++i) {
      if ((*first_seen)[i] < customers.FirstSeen(i)) changed.push_back(i);
    }
  }
  if (records > sealed.records) {
    PutVarint(bytes, sealed.records);
    for (RecordNumber i = sealed.records; i < records; ++i) {
      PutBytes(bytes, customers.RecordName(i));
    }
    sealing.put.emplace_back(BlockId{kRecords, 0, seal},
                             std::exchange(bytes, {}));
  }
  std::vector<uint32_t> parts;
  for (RecordNumber record : changed) {
    parts.push_back(record / kRecordsPerBlock);
  }
  const uint32_t first_new = sealed.records / kRecordsPerBlock;
  for (uint32_t part = first_new;
       records > sealed.records && part * kRecordsPerBlock < records; ++part) {
    parts.push_back(part);
  }
  std::sort(parts.begin(), parts.end());
  parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
  std::vector<int64_t> values;
  for (uint32_t part : parts) {
    const RecordNumber begin = part * kRecordsPerBlock;
    const RecordNumber end = std::min(begin + kRecordsPerBlock, records);
    values.clear();
    for (RecordNumber i = begin; i < end; ++i) {
      int64_t first_us = customers.FirstSeen(i);
      // Nobody asks, but it must fit in with the others.
      if (IsTombstone(customers.RecordName(i))) {
        first_us = values.empty() ? 0 : values.back();
      }
      if (first_seen != nullptr)
        first_us = std::min(first_us, (*first_seen)[i]);
      values.push_back(first_us);
    }
    sealing.put.emplace_back(BlockId{kFirstSeen, 0, part},
                             EncodeFirstSeen(values));
    if (end <= sealed.records) continue;
    for (RecordNumber i = begin; i < end; ++i) {
      const Salt& salt = chain.SaltOf(i);
      bytes.append(reinterpret_cast<const char*>(salt.data()), salt.size());
    }
    sealing.put.emplace_back(BlockId{kSalts, 0, part},
                             std::exchange(bytes, {}));
  }
  if (!entries.empty()) {
    for (const auto& [at, entry] : entries) {
      PutVarint(bytes, at);
      PutBytes(bytes, entry);
    }
    sealing.put.emplace_back(BlockId{kFacts, 0, seal},
                             std::exchange(bytes, {}));
  }
  if (!link_ends.empty()) {
    uint64_t before = 0;
    for (uint64_t end : link_ends) {
      PutVarint(bytes, end - before);
      before = end;
    }
    sealing.put.emplace_back(BlockId{kLinks, 0, seal},
                             std::exchange(bytes, {}));
  }
  for (const AmendedInteraction* it :
       state->timeline.amendments().newly_found()) {
    bytes += it->fact.ToByteString();
    PutVarint(bytes, it->record);
    PutVarint(bytes, it->type);
    PutSigned(bytes, it->at_us);
    PutVarint(bytes, it->source);
    PutVarint(bytes, it->position);
    PutBytes(bytes, it->key);
  }
  if (!bytes.empty()) {
    sealing.put.emplace_back(BlockId{kFound, 0, seal},
                             std::exchange(bytes, {}));
  }
  for (const auto& run : runs) {
    std::vector<uint32_t> inputs;
    if (merge && merge->output == run) {
      for (const auto& input : merge->inputs) inputs.push_back(input->id);
    }
    sealing.put.emplace_back(BlockId{kDirectory, 0, run->id},
                             EncodeRun(*run, inputs));
  }
  ++sealed.seals;
  sealed.names = names;
  sealed.records = records;
  sealed.interactions = state->interactions + added_rows;
  PutManifest(sealing, runs);
}

void Store::Impl::PutManifest(
    Sealing& sealing, const std::vector<std::shared_ptr<Run>>& runs) const {
  std::string bytes;
  PutVarint(bytes, 1);  // version of this form
  PutVarint(bytes, sealed.seals);
  PutVarint(bytes, sealed.names);
  PutVarint(bytes, sealed.records);
  PutVarint(bytes, sealed.next_run);
  PutVarint(bytes, sealed.interactions);
  PutVarint(bytes, runs.size());
  for (const auto& run : runs) PutVarint(bytes, run->id);
  sealing.put.emplace_back(BlockId{kManifest, 0, 0}, std::move(bytes));
}

absl::Status Store::Impl::Seal() {
  return Seal(static_cast<RecordNumber>(state->customers.record_count()));
}

absl::Status Store::Impl::Seal(RecordNumber records) {
  Timeline& timeline = state->timeline;
  if (timeline.tail_rows() == 0 && unsealed.empty() &&
      file->pending_entries() == 0) {
    return absl::OkStatus();
  }
  // Salts are sealed by parts, which hold older ones too.
  TRATO_RETURN_IF_ERROR(LoadSalts());
  TRATO_RETURN_IF_ERROR(Sync());
  Sealing sealing;
  std::vector<std::shared_ptr<Run>> runs = timeline.runs();
  const SealedCounts before = sealed;
  if (timeline.tail_rows() > 0) {
    auto run = std::make_shared<Run>();
    run->id = sealed.next_run++;
    TRATO_RETURN_IF_ERROR(AddBlocks(timeline.PackTail(), *run, &sealing));
    runs.push_back(std::move(run));
  }
  std::shared_ptr<const RecordParts> next_parts;
  if (!path.empty()) {
    std::vector<std::pair<uint64_t, std::string>> entries;
    auto put = PutRecordFacts(sealing, records, entries);
    if (!put.ok()) {
      sealed = before;
      return put.status();
    }
    next_parts = *std::move(put);
    // The tail is in the runs now.
    PutState(sealing, runs, records, entries);
    sealing.journal_until = position;
    if (absl::Status status = file->Seal(sealing, file->head().chain);
        !status.ok()) {
      sealed = before;
      return status;
    }
  }
  // In memory they are the only copy.
  if (!path.empty()) {
    unsealed = {};
    unsealed_bytes = 0;
  }
  link_ends.clear();
  std::shared_ptr<const void> sealed_tail;  // goes when readers go on
  WriterMutexLock lock(&mutex);
  if (next_parts != nullptr) {
    parts = std::move(next_parts);
    parts_are_merged = false;
    has_groups = true;
    state->customers.SetGroupsSealed();
    if (is_lazy()) {
      state->customers.SetParts(parts, true);
      state->consents.SetParts(parts, true);
      state->record_facts = {};
    }
  }
  timeline.amendments().SetFoundSealed();
  timeline.SetRuns(std::move(runs));
  sealed_tail = timeline.TakeTail();
  return absl::OkStatus();
}

bool Store::Impl::MergeIsDue() {
  return RunsAreDue() || (parts != nullptr && !parts_are_merged);
}

bool Store::Impl::RunsAreDue() {
  if (merge) return true;
  std::vector<std::shared_ptr<Run>> runs = state->timeline.runs();
  if (runs.size() < 2) return false;
  std::sort(runs.begin(), runs.end(),
            [](const auto& a, const auto& b) { return a->rows < b->rows; });
  uint64_t young = 0;
  for (size_t i = 0; i + 1 < runs.size(); ++i) young += runs[i]->rows;
  if (4 * young < runs.back()->rows) {
    // The large one stays; the small ones are merged when they are too many,
    // each with what is not much larger than all before it.
    if (runs.size() <= kMaxRuns) return false;
    size_t take = 2;
    uint64_t taken = runs[0]->rows + runs[1]->rows;
    while (take + 1 < runs.size() && runs[take]->rows <= 2 * taken) {
      taken += runs[take++]->rows;
    }
    runs.resize(take);
  }
  merge.emplace();
  merge->inputs = std::move(runs);
  return true;
}

absl::Status Store::Impl::MergeStep() {
  if (!RunsAreDue()) {
    return parts == nullptr ? absl::OkStatus() : MergeRecordsStep();
  }
  Timeline& timeline = state->timeline;
  uint32_t until = 0;
  TRATO_ASSIGN_OR_RETURN(
      std::vector<PackedBlock> blocks,
      timeline.PackRuns(merge->inputs, merge->next_record, kMergeRows, until));
  // Copies take the place of the runs that change.
  std::vector<std::shared_ptr<Run>> runs;
  std::vector<std::shared_ptr<BlockSlot>> retired;
  std::vector<std::shared_ptr<Run>> inputs;
  Sealing sealing;
  auto output = std::make_shared<Run>();
  if (merge->output != nullptr) {
    *output = *merge->output;
  } else {
    output->id = sealed.next_run;
  }
  uint64_t packed = 0;
  if (Fault("merge_loses_tail") && !blocks.empty()) blocks.pop_back();
  for (const PackedBlock& block : blocks) packed += block.rows;
  TRATO_RETURN_IF_ERROR(AddBlocks(std::move(blocks), *output, &sealing));
  output->until = until;
  for (const auto& run : timeline.runs()) {
    const bool is_input =
        std::any_of(merge->inputs.begin(), merge->inputs.end(),
                    [&](const auto& input) { return input->id == run->id; });
    if (!is_input) {
      if (run->id != output->id) runs.push_back(run);
      continue;
    }
    auto rest = std::make_shared<Run>(*run);
    rest->from = until;
    rest->firsts.clear();
    rest->blocks.clear();
    uint64_t rows_left = 0;
    for (const auto& slot : run->blocks) {
      if (slot->first_record + uint64_t{slot->record_count} <= until) {
        retired.push_back(slot);
        if (!path.empty()) {
          sealing.erase.push_back(RowsId(slot->place, false));
          if (slot->has_keys)
            sealing.erase.push_back(RowsId(slot->place, true));
        }
        continue;
      }
      rest->firsts.push_back(slot->first_record);
      rest->blocks.push_back(slot);
      rows_left += slot->rows;
    }
    rest->rows = rows_left;
    if (rest->blocks.empty()) {
      if (!path.empty()) sealing.erase.push_back({kDirectory, 0, run->id});
      continue;
    }
    inputs.push_back(rest);
    runs.push_back(std::move(rest));
  }
  const bool is_done = inputs.empty();
  if (is_done) output->until = std::numeric_limits<uint32_t>::max();
  runs.push_back(output);
  const std::optional<MergeJob> job = merge;
  const SealedCounts before = sealed;
  sealed.next_run = std::max(sealed.next_run, output->id + 1);
  if (is_done) {
    merge.reset();
  } else {
    merge->output = output;
    merge->inputs = inputs;
    merge->next_record = until;
  }
  // Before their bytes are gone: readers are at them, and a past may stay.
  for (const auto& slot : retired) timeline.cache().Retire(slot);
  if (!path.empty()) {
    // Only the runs are sealed anew.
    for (const auto& run : runs) {
      std::vector<uint32_t> ids;
      if (merge && merge->output == run) {
        for (const auto& input : merge->inputs) ids.push_back(input->id);
      } else if (run != output &&
                 std::find(inputs.begin(), inputs.end(), run) == inputs.end()) {
        continue;
      }
      sealing.put.emplace_back(BlockId{kDirectory, 0, run->id},
                               EncodeRun(*run, ids));
    }
    if (!Fault("stale_directory")) PutManifest(sealing, runs);
    absl::Status status = Sync();
    if (status.ok()) status = file->Seal(sealing, file->head().chain);
    if (!status.ok()) {
      merge = job;
      sealed = before;
      return status;
    }
  }
  WriterMutexLock lock(&mutex);
  timeline.SetRuns(std::move(runs));
  return absl::OkStatus();
}

void Store::Impl::Tidy(size_t rows_written) {
  if (file == nullptr || broken || is_past) return;
  const size_t tail = state->timeline.tail_rows();
  const bool is_heavy = !path.empty() && unsealed_bytes >=
                                             std::max(kSealBytes, seal_bytes_at);
  if (tail >= std::max(kSealRows, seal_at) || is_heavy) {
    // What waits for the disk is written by this call and sealed by the next
    // one, so that none waits for both.
    if (file->pending_bytes() >= kBytesOfSync && Sync().ok()) {
      merge_debt += rows_written;
      return;
    }
    // What cannot be sealed now waits in the journal, and is tried again later.
    const bool is_sealed = Seal().ok();
    seal_at = is_sealed ? 0 : tail + kSealRows;
    seal_bytes_at = is_sealed ? 0 : unsealed_bytes + kSealBytes;
    // Merging is for the calls after this one, so that none waits for both.
    merge_debt += rows_written;
    return;
  }
  merge_debt += rows_written;
  if (merge_debt < kRowsPerMergeStep) return;
  merge_debt = 0;
  if (MergeIsDue()) MergeStep().IgnoreError();
}

absl::Status Store::Impl::LoadSealed(uint64_t limit) {
  memory_limit = limit;
  state->timeline.SetCache(std::make_shared<BlockCache>(
      path.empty()
          ? BlockCache::Load()
          : [file = file](
                BlockPlace place,
                bool keys) { return file->ReadBlock(RowsId(place, keys)); },
      limit));
  const auto manifest = file->ReadBlock({kManifest, 0, 0});
  if (absl::IsNotFound(manifest.status())) {
    state->Begin();
    return absl::OkStatus();
  }
  TRATO_RETURN_IF_ERROR(manifest.status());
  ByteReader head(*manifest);
  if (head.Varint() != 1) {
    return absl::UnimplementedError(
        StrCat(path, " was sealed by a newer version of Trato"));
  }
  sealed.seals = static_cast<uint32_t>(head.Varint());
  sealed.names = static_cast<uint32_t>(head.Varint());
  sealed.records = static_cast<RecordNumber>(head.Varint());
  sealed.next_run = static_cast<uint32_t>(head.Varint());
  sealed.interactions = state->interactions = head.Varint();
  std::vector<uint32_t> run_ids;
  for (uint64_t count = head.Count(); count > 0; --count) {
    run_ids.push_back(static_cast<uint32_t>(head.Varint()));
  }
  if (!head.ok()) return Unreadable("manifest");

  // Each block of names and of records says how many come before it.
  std::vector<std::string> names;
  TRATO_ASSIGN_OR_RETURN(std::vector<BlockId> ids, file->ListBlocks(kNames));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes, file->ReadBlock(id));
    ByteReader reader(bytes);
    if (reader.Varint() != names.size()) return Unreadable("list of names");
    while (!reader.rest().empty()) names.emplace_back(reader.Bytes());
    if (!reader.ok()) return Unreadable("list of names");
  }
  if (names.size() != sealed.names) return Unreadable("list of names");
  state->Begin(names);
  for (uint32_t i = 0; i < names.size(); ++i) {
    if (state->names.Text(i) != names[i]) return Unreadable("list of names");
  }
  CustomerStore& customers = state->customers;
  customers.Reserve(sealed.records);
  TRATO_ASSIGN_OR_RETURN(ids, file->ListBlocks(kRecords));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes, file->ReadBlock(id));
    ByteReader reader(bytes);
    if (reader.Varint() != customers.record_count()) {
      return Unreadable("list of records");
    }
    std::vector<std::string_view> added;
    while (!reader.rest().empty()) {
      added.push_back(reader.Bytes());
      if (added.back().size() > NameTable::kMaxBytes) {
        return Unreadable("list of records");
      }
    }
    if (!reader.ok()) return Unreadable("list of records");
    customers.AddAll(added);
  }
  if (customers.record_count() != sealed.records) {
    return Unreadable("list of records");
  }
  for (RecordNumber begin = 0; begin < sealed.records;
       begin += kRecordsPerBlock) {
    const uint32_t part = begin / kRecordsPerBlock;
    const auto count =
        std::min<uint64_t>(kRecordsPerBlock, sealed.records - begin);
    TRATO_ASSIGN_OR_RETURN(std::string bytes,
                           file->ReadBlock({kFirstSeen, 0, part}));
    TRATO_ASSIGN_OR_RETURN(const std::vector<int64_t> first_seen,
                           DecodeFirstSeen(bytes, count));
    for (uint32_t i = 0; i < count; ++i) {
      if (IsTombstone(customers.RecordName(begin + i))) continue;
      customers.TouchRecord(begin + i, first_seen[i]);
    }
  }
  customers.TakeEarlier(sealed.records);

  std::vector<std::shared_ptr<Run>> runs;
  for (uint32_t id : run_ids) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes,
                           file->ReadBlock({kDirectory, 0, id}));
    TRATO_ASSIGN_OR_RETURN(DecodedRun decoded, DecodeRun(id, bytes));
    runs.push_back(decoded.run);
    if (decoded.inputs.empty()) continue;
    merge.emplace();
    merge->output = decoded.run;
    merge->next_record = decoded.run->until;
    for (uint32_t input : decoded.inputs) {
      merge->inputs.push_back(std::make_shared<Run>());
      merge->inputs.back()->id = input;
    }
  }
  if (merge) {
    for (auto& input : merge->inputs) {
      auto found = std::find_if(runs.begin(), runs.end(), [&](const auto& run) {
        return run->id == input->id;
      });
      if (found == runs.end()) return Unreadable("directory");
      input = *found;
    }
  }
  state->has_sealed_keys =
      std::any_of(runs.begin(), runs.end(), [](const auto& run) {
        return std::any_of(run->blocks.begin(), run->blocks.end(),
                           [](const auto& slot) { return slot->has_keys; });
      });
  state->timeline.SetRuns(std::move(runs));
  records_at_open = sealed.records;
  chain_is_loaded = false;
  TRATO_RETURN_IF_ERROR(LoadRecordParts());
  // Where nothing was ever sealed but tables, nobody was linked.
  std::string groups(2, '\0');
  if (parts != nullptr) {
    auto kept = file->ReadBlock({kGroups, 0, 0});
    has_groups = kept.ok();
    if (!kept.ok() && !absl::IsNotFound(kept.status())) return kept.status();
    if (kept.ok()) groups = *std::move(kept);
    customers.SetParts(parts, false);
    state->consents.SetParts(parts, false);
  }
  ReadScope scope;
  customers.BeginLoading();
  state->consents.BeginLoading();
  TRATO_RETURN_IF_ERROR(ReplaySealed({}));
  state->consents.EndLoading();
  TRATO_RETURN_IF_ERROR(customers.EndLoading(
      parts == nullptr || has_groups ? &groups : nullptr,
      parts == nullptr ? 0 : parts->grouped));
  return scope.status();
}

absl::Status Store::Impl::ReplaySealed(const Horizon& horizon) {
  // Where the interactions lie that amendments refer to, before these come.
  std::vector<AmendedInteraction> places;
  TRATO_ASSIGN_OR_RETURN(std::vector<BlockId> ids, file->ListBlocks(kFound));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes, file->ReadBlock(id));
    ByteReader reader(bytes);
    while (!reader.rest().empty()) {
      AmendedInteraction& it = places.emplace_back();
      const std::string_view fact = reader.Take(16);
      if (fact.size() != 16) return Unreadable("list of corrections");
      it.fact = FactId{
          Id::FromBytes(reinterpret_cast<const unsigned char*>(fact.data()))};
      it.record = static_cast<uint32_t>(reader.Varint());
      it.type = static_cast<uint32_t>(reader.Varint());
      it.at_us = reader.Signed();
      it.source = static_cast<uint32_t>(reader.Varint());
      it.position = reader.Varint();
      it.key = reader.Bytes();
    }
    if (!reader.ok()) return Unreadable("list of corrections");
  }
  state->timeline.amendments().Expect(std::move(places));
  return ForEachSealedEntry(
      *file, [&](uint64_t at, std::string_view entry) -> absl::Status {
        return ReplayEntry(entry, at, horizon);
      });
}

absl::Status Store::Impl::ReplayRecordFacts(const Horizon& horizon) {
  std::vector<Fact> one;
  return ForEachRecordFact({}, [&](uint64_t at, Fact fact) -> absl::Status {
    if (at > horizon.known_at ||
        (is_past && fact.event_us > horizon.as_of_us)) {
      return absl::OkStatus();
    }
    one.clear();
    one.push_back(std::move(fact));
    return state->Replay(std::move(one), at);
  });
}

absl::Status Store::Impl::ForEachSealedEntry(
    const StoreFile& file,
    const std::function<absl::Status(uint64_t, std::string_view)>& visit) {
  TRATO_ASSIGN_OR_RETURN(std::vector<BlockId> ids, file.ListBlocks(kFacts));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes, file.ReadBlock(id));
    ByteReader reader(bytes);
    while (!reader.rest().empty()) {
      const uint64_t at = reader.Varint();
      const std::string_view entry = reader.Bytes();
      if (!reader.ok()) return Unreadable("list of facts");
      TRATO_RETURN_IF_ERROR(visit(at, entry));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<uint64_t>> Store::Impl::LinkEnds() const {
  std::vector<uint64_t> ends;
  TRATO_ASSIGN_OR_RETURN(std::vector<BlockId> ids, file->ListBlocks(kLinks));
  for (const BlockId& id : ids) {
    TRATO_ASSIGN_OR_RETURN(std::string bytes, file->ReadBlock(id));
    ByteReader reader(bytes);
    uint64_t end = 0;
    while (!reader.rest().empty()) ends.push_back(end += reader.Varint());
    if (!reader.ok()) return Unreadable("list of links");
  }
  ends.insert(ends.end(), link_ends.begin(), link_ends.end());
  return ends;
}

absl::Status Store::Impl::LoadSalts() {
  if (chain_is_loaded) return absl::OkStatus();
  std::vector<Salt>& salts = chain.salts();
  if (salts.size() < records_at_open) salts.resize(records_at_open);
  for (RecordNumber begin = 0; begin < records_at_open;
       begin += kRecordsPerBlock) {
    const RecordNumber end =
        std::min(begin + kRecordsPerBlock, records_at_open);
    TRATO_ASSIGN_OR_RETURN(
        std::string bytes,
        file->ReadBlock({kSalts, 0, begin / kRecordsPerBlock}));
    if (bytes.size() < (end - begin) * sizeof(Salt)) {
      return Unreadable("list of salts");
    }
    std::memcpy(salts[begin].data(), bytes.data(),
                (end - begin) * sizeof(Salt));
  }
  chain_is_loaded = true;
  return absl::OkStatus();
}

absl::Status Store::Impl::LoadKeys() {
  if (!state->has_sealed_keys) return absl::OkStatus();
  std::vector<uint64_t> hashes;
  const Timeline& timeline = state->timeline;
  for (const auto& run : timeline.runs()) {
    for (const auto& slot : run->blocks) {
      if (!slot->has_keys) continue;
      TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const Block> block,
                             timeline.cache().Read(*slot));
      TRATO_ASSIGN_OR_RETURN(std::string bytes,
                             file->ReadBlock(RowsId(slot->place, true)));
      TRATO_ASSIGN_OR_RETURN(std::shared_ptr<const BlockKeys> keys,
                             BlockKeys::Parse(std::move(bytes), *block));
      for (const Cluster& cluster : block->clusters()) {
        const PackedColumn& source = cluster.column(ColumnId::kSource);
        for (uint32_t row = 0; row < cluster.rows(); ++row) {
          const std::string key = keys->Key(cluster.index(), row);
          if (key.empty()) continue;
          hashes.push_back(State::KeyHash(
              state->names.Text(static_cast<uint32_t>(source[row])), key));
        }
      }
    }
  }
  if (state->customers.parts() != nullptr) {
    RangeReader reader(*parts);
    for (uint32_t range = 0; range < parts->ranges.size(); ++range) {
      const PartSlots& slots = parts->ranges[range];
      if (std::none_of(slots.begin(), slots.end(),
                       [](const auto& slot) { return slot->has_keys; })) {
        continue;
      }
      for (RecordNumber i = 0; i < kRecordsPerRange; ++i) {
        TRATO_RETURN_IF_ERROR(reader.ForEachFact(
            range * kRecordsPerRange + i, [&](const RecordFact& it) {
              if (it.key.empty()) return;
              hashes.push_back(State::KeyHash(it.source, it.key));
            }));
      }
    }
  }
  SortHashes(hashes);
  state->keys.InsertSorted(std::move(hashes));
  state->has_sealed_keys = false;
  return absl::OkStatus();
}

}  // namespace trato::core
