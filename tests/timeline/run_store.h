// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the engine does with blocks, without its file: keeps their bytes, makes
// runs of them and reads them back for the cache.

#ifndef TRATO_TESTS_TIMELINE_RUN_STORE_H_
#define TRATO_TESTS_TIMELINE_RUN_STORE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "timeline/timeline.h"

namespace trato::core {

class RunStore {
 public:
  BlockCache::Load Loader() {
    return [this](BlockPlace place, bool keys) -> absl::StatusOr<std::string> {
      ++loads;
      auto found = bytes_.find({place.run, place.number, keys});
      if (found == bytes_.end()) return absl::NotFoundError("no such block");
      return found->second;
    };
  }

  std::shared_ptr<Run> NewRun() {
    auto run = std::make_shared<Run>();
    run->id = next_run_++;
    return run;
  }

  void AddBlocks(std::vector<PackedBlock> blocks, Run& run, BlockCache& cache) {
    for (PackedBlock& block : blocks) {
      auto slot = std::make_shared<BlockSlot>();
      slot->place = {run.id, run.next_number++};
      slot->first_record = block.first_record;
      slot->record_count = block.record_count;
      slot->rows = block.rows;
      slot->size = static_cast<uint32_t>(block.packed.bytes.size());
      slot->has_keys = !block.packed.keys.empty();
      bytes_[{run.id, slot->place.number, false}] = block.packed.bytes;
      if (slot->has_keys) {
        bytes_[{run.id, slot->place.number, true}] = block.packed.keys;
      }
      auto parsed = Block::Parse(std::move(block.packed.bytes));
      ASSERT_TRUE(parsed.ok()) << parsed.status();
      std::shared_ptr<const BlockKeys> keys;
      if (slot->has_keys) {
        auto read = BlockKeys::Parse(std::move(block.packed.keys), **parsed);
        ASSERT_TRUE(read.ok()) << read.status();
        keys = *std::move(read);
      }
      EXPECT_EQ((*parsed)->rows(), block.rows);
      run.rows += slot->rows;
      run.max_position = std::max(run.max_position, (*parsed)->max_position());
      run.firsts.push_back(slot->first_record);
      run.blocks.push_back(slot);
      cache.Put(*slot, *std::move(parsed), std::move(keys));
    }
  }

  void Erase(const BlockSlot& slot) {
    bytes_.erase({slot.place.run, slot.place.number, false});
    bytes_.erase({slot.place.run, slot.place.number, true});
  }

  // The run as it is after the store was opened again: nothing in memory.
  static std::shared_ptr<Run> Reopened(const Run& run) {
    auto again = std::make_shared<Run>(run);
    again->blocks.clear();
    for (const auto& slot : run.blocks) {
      auto fresh = std::make_shared<BlockSlot>();
      fresh->place = slot->place;
      fresh->first_record = slot->first_record;
      fresh->record_count = slot->record_count;
      fresh->rows = slot->rows;
      fresh->size = slot->size;
      fresh->has_keys = slot->has_keys;
      again->blocks.push_back(std::move(fresh));
    }
    return again;
  }

  int loads = 0;

 private:
  uint32_t next_run_ = 1;
  std::map<std::tuple<uint32_t, uint32_t, bool>, std::string> bytes_;
};

// Packs the tail into a run of its own.
inline void Seal(Timeline& timeline, RunStore& store) {
  if (timeline.tail_rows() == 0) return;
  auto run = store.NewRun();
  store.AddBlocks(timeline.PackTail(), *run, timeline.cache());
  EXPECT_EQ(run->rows, timeline.tail_rows());
  auto runs = timeline.runs();
  runs.push_back(std::move(run));
  timeline.amendments().SetFoundSealed();
  timeline.SetRuns(std::move(runs));
  const auto sealed = timeline.TakeTail();
}

// Merges runs into one, a part at a time.
class Merger {
 public:
  Merger(RunStore* store, std::vector<std::shared_ptr<Run>> inputs)
      : store_(store), inputs_(std::move(inputs)), output_(store->NewRun()) {}

  // True when it is done.
  bool Step(Timeline& timeline, uint64_t rows) {
    uint32_t until = 0;
    auto blocks = timeline.PackRuns(inputs_, next_record_, rows, until);
    EXPECT_TRUE(blocks.ok()) << blocks.status();
    if (!blocks.ok()) return true;
    EXPECT_GT(until, next_record_);
    auto output = std::make_shared<Run>(*output_);
    store_->AddBlocks(*std::move(blocks), *output, timeline.cache());
    output->until = until;
    std::vector<std::shared_ptr<Run>> runs, left;
    std::vector<std::shared_ptr<BlockSlot>> retired;
    for (const auto& run : timeline.runs()) {
      if (run->id == output->id) continue;
      if (std::none_of(inputs_.begin(), inputs_.end(), [&](const auto& input) {
            return input->id == run->id;
          })) {
        runs.push_back(run);
        continue;
      }
      auto rest = std::make_shared<Run>(*run);
      rest->from = until;
      rest->firsts.clear();
      rest->blocks.clear();
      rest->rows = 0;
      for (const auto& slot : run->blocks) {
        if (slot->first_record + uint64_t{slot->record_count} <= until) {
          retired.push_back(slot);
          continue;
        }
        rest->firsts.push_back(slot->first_record);
        rest->blocks.push_back(slot);
        rest->rows += slot->rows;
      }
      if (rest->blocks.empty()) continue;
      left.push_back(rest);
      runs.push_back(std::move(rest));
    }
    if (left.empty()) output->until = std::numeric_limits<uint32_t>::max();
    runs.push_back(output);
    inputs_ = std::move(left);
    output_ = std::move(output);
    next_record_ = until;
    timeline.SetRuns(std::move(runs));
    for (const auto& slot : retired) {
      timeline.cache().Retire(slot);
      store_->Erase(*slot);
    }
    return inputs_.empty();
  }

 private:
  RunStore* store_;
  std::vector<std::shared_ptr<Run>> inputs_;
  std::shared_ptr<Run> output_;
  uint32_t next_record_ = 0;
};

}  // namespace trato::core

#endif  // TRATO_TESTS_TIMELINE_RUN_STORE_H_
