// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside timeline only: gathers rows, record after record, into blocks of about
// one size.

#ifndef TRATO_TIMELINE_BLOCK_PACKER_H_
#define TRATO_TIMELINE_BLOCK_PACKER_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "timeline/timeline.h"

namespace trato::core {

// Small enough that reading one from the system's cache takes some 40 us, large
// enough that what describes a block is a few per cent of it.
inline constexpr uint32_t kBlockRows = 8192;

class BlockPacker {
 public:
  // Rows of the record that come next belong to it; records only go up.
  void Begin(uint32_t record);
  // Where the record's rows of the type are to be added, in order.
  ClusterRows& Rows(uint32_t type);
  // What is complete so far, and at the end everything.
  std::vector<PackedBlock> Take() { return std::move(blocks_); }
  void Finish();

 private:
  void EndRecord();

  std::vector<PackedBlock> blocks_;
  std::vector<ClusterRows> clusters_;
  absl::flat_hash_map<uint32_t, size_t> of_type_;
  std::vector<size_t> touched_;  // clusters, by this record
  bool open_ = false;
  uint32_t first_ = 0;
  uint32_t record_ = 0;
  uint32_t rows_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_TIMELINE_BLOCK_PACKER_H_
