// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/sealed_form.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status.h"
#include "base/strings.h"

namespace trato::core {

std::string EncodeRun(const Run& run, std::span<const uint32_t> inputs) {
  std::string bytes;
  PutVarint(bytes, run.from);
  PutVarint(bytes, run.until);
  PutVarint(bytes, run.rows);
  PutVarint(bytes, run.max_position);
  PutVarint(bytes, run.next_number);
  PutVarint(bytes, inputs.size());
  for (uint32_t input : inputs) PutVarint(bytes, input);
  PutVarint(bytes, run.blocks.size());
  for (const auto& slot : run.blocks) {
    PutVarint(bytes, slot->place.number);
    PutVarint(bytes, slot->first_record);
    PutVarint(bytes, slot->record_count);
    PutVarint(bytes, slot->rows);
    PutVarint(bytes, slot->size);
    PutVarint(bytes, slot->has_keys ? 1 : 0);
  }
  return bytes;
}

absl::Status Unreadable(std::string_view what) {
  return absl::DataLossError(
      StrCat("the store is damaged: its ", what, " cannot be read"));
}

absl::StatusOr<DecodedRun> DecodeRun(uint32_t id, std::string_view bytes) {
  ByteReader reader(bytes);
  DecodedRun decoded{std::make_shared<Run>(), {}};
  Run& run = *decoded.run;
  run.id = id;
  run.from = static_cast<uint32_t>(reader.Varint());
  run.until = static_cast<uint32_t>(reader.Varint());
  run.rows = reader.Varint();
  run.max_position = reader.Varint();
  run.next_number = static_cast<uint32_t>(reader.Varint());
  for (uint64_t count = reader.Count(); count > 0; --count) {
    decoded.inputs.push_back(static_cast<uint32_t>(reader.Varint()));
  }
  for (uint64_t count = reader.Count(); count > 0; --count) {
    auto slot = std::make_shared<BlockSlot>();
    slot->place = {id, static_cast<uint32_t>(reader.Varint())};
    slot->first_record = static_cast<uint32_t>(reader.Varint());
    slot->record_count = static_cast<uint32_t>(reader.Varint());
    slot->rows = static_cast<uint32_t>(reader.Varint());
    slot->size = static_cast<uint32_t>(reader.Varint());
    slot->has_keys = reader.Varint() != 0;
    run.firsts.push_back(slot->first_record);
    run.blocks.push_back(std::move(slot));
  }
  if (!reader.ok()) return Unreadable("directory");
  return decoded;
}

std::string EncodeFirstSeen(std::span<const int64_t> first_us) {
  const std::vector<int64_t> values(first_us.begin(), first_us.end());
  std::string bytes;
  const PackedColumn::Shape shape = PackedColumn::Fit(values);
  PutVarint(bytes, values.size());
  PutVarint(bytes, shape.width);
  PutSigned(bytes, shape.base);
  PutVarint(bytes, shape.scale);
  PackedColumn::Append(values, shape, bytes);
  bytes.append(PackedColumn::kPadding, '\0');
  return bytes;
}

absl::StatusOr<std::vector<int64_t>> DecodeFirstSeen(std::string_view bytes,
                                                     size_t count) {
  ByteReader reader(bytes);
  PackedColumn::Shape shape;
  const uint64_t values = reader.Varint();
  shape.width = static_cast<uint8_t>(reader.Varint());
  shape.base = reader.Signed();
  shape.scale = reader.Varint();
  const std::string_view bits =
      reader.Take(PackedColumn::BytesFor(values, shape.width));
  if (!reader.ok() || values < count || shape.width > 64 ||
      reader.rest().size() < PackedColumn::kPadding) {
    return Unreadable("list of records");
  }
  const PackedColumn column(shape, bits.data());
  std::vector<int64_t> first_us(count);
  for (size_t i = 0; i < count; ++i) first_us[i] = column[i];
  return first_us;
}

std::string Tombstone(uint32_t number) {
  return StrCat("\xff", "erased:", number);
}

std::string EncodeKept(std::span<const KeptCommitment> kept) {
  std::string bytes;
  for (const KeptCommitment& it : kept) {
    PutVarint(bytes, it.link);
    PutVarint(bytes, it.record);
    bytes.append(reinterpret_cast<const char*>(it.commitment.data()),
                 it.commitment.size());
  }
  return bytes;
}

absl::Status DecodeKept(std::string_view bytes,
                        std::vector<KeptCommitment>& kept) {
  ByteReader reader(bytes);
  while (!reader.rest().empty()) {
    KeptCommitment& it = kept.emplace_back();
    it.link = static_cast<uint32_t>(reader.Varint());
    it.record = static_cast<uint32_t>(reader.Varint());
    const std::string_view hash = reader.Take(it.commitment.size());
    if (!reader.ok() || hash.size() != it.commitment.size()) {
      return Unreadable("list of erasures");
    }
    std::copy(hash.begin(), hash.end(), it.commitment.begin());
  }
  return absl::OkStatus();
}

}  // namespace trato::core
