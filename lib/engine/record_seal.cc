// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Sealing what is about one record alone, by record, and who is one customer;
// merging it, and reading it again. Opening reads the directory and who is one
// customer; the rest when somebody asks.

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/status.h"
#include "engine/record_facts.h"
#include "engine/sealed_form.h"
#include "engine/store_impl.h"

namespace trato::core {

std::shared_ptr<PartCache> Store::Impl::MakePartCache() {
  return std::make_shared<PartCache>(
      &state->names,
      [file = file](bool is_index, uint32_t number) {
        return file->ReadBlock(
            {is_index ? kIdentifiers : kRecordFacts, 0, number});
      },
      memory_limit / 4, state->timeline.cache().elsewhere());
}

absl::StatusOr<std::shared_ptr<const RecordParts>> Store::Impl::PutRecordFacts(
    Sealing& sealing, RecordNumber records,
    std::vector<std::pair<uint64_t, std::string>>& entries) {
  RecordSealer sealer(*state, parts.get(),
                      parts == nullptr ? MakePartCache() : nullptr);
  for (const auto& [at, entry] : unsealed) {
    TRATO_ASSIGN_OR_RETURN(std::string rest, sealer.Take(at, entry));
    if (!rest.empty()) entries.emplace_back(at, std::move(rest));
  }
  std::shared_ptr<RecordParts> next = sealer.Put(sealing);
  next->grouped = records;
  sealing.put.emplace_back(BlockId{kRecordDirectory, 0, 0}, next->Encode());
  PutGroups(sealing);
  return std::shared_ptr<const RecordParts>(std::move(next));
}

void Store::Impl::PutGroups(Sealing& sealing) const {
  if (has_groups && !state->customers.groups_changed()) return;
  sealing.put.emplace_back(BlockId{kGroups, 0, 0},
                           state->customers.EncodeGroups());
}

absl::Status Store::Impl::LoadRecordParts() {
  const auto directory = file->ReadBlock({kRecordDirectory, 0, 0});
  if (absl::IsNotFound(directory.status())) return absl::OkStatus();
  TRATO_RETURN_IF_ERROR(directory.status());
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<RecordParts> decoded,
                         RecordParts::Decode(*directory, MakePartCache()));
  if (decoded->grouped > sealed.records ||
      decoded->ranges.size() * uint64_t{kRecordsPerRange} >=
          sealed.records + uint64_t{kRecordsPerRange}) {
    return Unreadable("directory of records");
  }
  parts = std::move(decoded);
  for (const PartSlots& slots : parts->ranges) {
    for (const auto& slot : slots) {
      state->has_sealed_keys = state->has_sealed_keys || slot->has_keys;
    }
  }
  return absl::OkStatus();
}

absl::Status Store::Impl::MergeRecordsStep() {
  Sealing sealing;
  TRATO_ASSIGN_OR_RETURN(std::shared_ptr<RecordParts> next,
                         MergeRecordParts(*parts, sealing));
  if (next == nullptr) {
    parts_are_merged = true;
    return absl::OkStatus();
  }
  sealing.put.emplace_back(BlockId{kRecordDirectory, 0, 0}, next->Encode());
  TRATO_RETURN_IF_ERROR(Sync());
  TRATO_RETURN_IF_ERROR(file->Seal(sealing, file->head().chain));
  std::shared_ptr<const RecordParts> before;  // goes when readers go on
  WriterMutexLock lock(&mutex);
  before = std::exchange(parts, std::move(next));
  if (state->customers.parts() != nullptr) {
    state->customers.SetParts(parts, false);
    state->consents.SetParts(parts, false);
  }
  return absl::OkStatus();
}

absl::Status Store::Impl::ForEachRecordFact(
    std::optional<std::span<const RecordNumber>> records,
    const std::function<absl::Status(uint64_t, Fact)>& visit) const {
  if (parts == nullptr) return absl::OkStatus();
  RangeReader reader(*parts);
  absl::Status status;
  const auto each = [&](const RecordFact& it) {
    if (!status.ok()) return;
    status = visit(it.position,
                   ToFact(it, state->customers.RecordName(it.record)));
  };
  if (!records) {
    TRATO_RETURN_IF_ERROR(reader.ForEachFact(each));
    return status;
  }
  for (RecordNumber record : *records) {
    TRATO_RETURN_IF_ERROR(reader.ForEachFact(record, each));
  }
  return status;
}

}  // namespace trato::core
