// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/memory_file.h"

#include <iterator>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "base/strings.h"
#include "storage/format.h"

namespace trato::core {
namespace {

class MemoryFile final : public StoreFile {
 public:
  explicit MemoryFile(Head head) : head_(head) {}

  absl::Status ScanJournal(
      const std::function<absl::Status(uint64_t, std::string_view)>&) override {
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<uint64_t>> RowEnds() override {
    return std::vector<uint64_t>();
  }
  Head head() const override { return head_; }

  absl::StatusOr<uint64_t> Append(std::string_view entry) override {
    pending_bytes_ += entry.size();
    ++pending_entries_;
    return head_.position + pending_entries_;
  }
  size_t pending_bytes() const override { return pending_bytes_; }
  uint64_t pending_entries() const override { return pending_entries_; }

  absl::Status Sync(const Head::Chain& chain) override {
    if (pending_entries_ > 0) Advance(chain);
    return absl::OkStatus();
  }

  absl::Status Stage(BlockId id, std::string_view payload) override {
    if (!id.IsValid()) return Refused(id);
    staged_.insert_or_assign(id, std::string(payload));
    return absl::OkStatus();
  }
  absl::Status DropStaged() override {
    staged_.clear();
    return absl::OkStatus();
  }

  absl::Status Seal(const Sealing& sealing, const Head::Chain& chain) override {
    // Copied first: when memory runs out here, nothing has changed.
    std::map<BlockId, std::string> put = std::exchange(staged_, {});
    for (const auto& [id, payload] : sealing.put) {
      if (!id.IsValid()) return Refused(id);
      put.insert_or_assign(id, payload);
    }
    {
      WriterMutexLock lock(&mutex_);
      for (const BlockId& id : sealing.erase) blocks_.erase(id);
      for (auto at = put.begin(); at != put.end();) {
        const auto next = std::next(at);
        blocks_.erase(at->first);
        blocks_.insert(put.extract(at));
        at = next;
      }
    }
    Advance(chain);
    return absl::OkStatus();
  }

  absl::Status Purge() override { return absl::OkStatus(); }

  absl::StatusOr<std::string> ReadBlock(BlockId id) const override {
    ReaderMutexLock lock(&mutex_);
    const auto found = blocks_.find(id);
    if (found == blocks_.end()) {
      return absl::NotFoundError(StrCat("there is no ", NameOf(id)));
    }
    return found->second;
  }

  absl::StatusOr<std::vector<BlockId>> ListBlocks(uint8_t kind) const override {
    std::vector<BlockId> ids;
    ReaderMutexLock lock(&mutex_);
    for (auto at = blocks_.lower_bound(BlockId{kind, 0, 0});
         at != blocks_.end() && at->first.kind == kind; ++at) {
      ids.push_back(at->first);
    }
    return ids;
  }

  absl::Status Backup(const std::string&, const FileProgress&) const override {
    return absl::FailedPreconditionError(
        "a store in memory has no file to copy");
  }
  // A store without a file keeps its blocks itself.
  absl::StatusOr<std::unique_ptr<StoreFile>> Fork() const override {
    return MakeMemoryFile(head_);
  }
  absl::Status Verify(const FileProgress&,
                      std::vector<Damage>&) const override {
    return absl::OkStatus();
  }

  bool read_only() const override { return false; }
  absl::Status Refresh() override { return absl::OkStatus(); }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  absl::Status Refused(BlockId id) {
    pending_entries_ = 0;
    pending_bytes_ = 0;
    staged_.clear();
    return absl::InvalidArgumentError(
        StrCat(NameOf(id), ": a kind is 1 to 127, a run below 2^24"));
  }
  void Advance(const Head::Chain& chain) {
    head_.position += pending_entries_;
    head_.chain = chain;
    pending_entries_ = 0;
    pending_bytes_ = 0;
  }

  Head head_;  // of what it was forked from, and then its own
  uint64_t pending_entries_ = 0;
  size_t pending_bytes_ = 0;
  std::map<BlockId, std::string> staged_;
  mutable SharedMutex mutex_;
  std::map<BlockId, std::string> blocks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<StoreFile> MakeMemoryFile(Head head) {
  return std::make_unique<MemoryFile>(head);
}

}  // namespace trato::core
