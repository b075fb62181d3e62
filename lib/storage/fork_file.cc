// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A file that lies over another one which does not change. What is written here
// is kept beside it, and hides what it takes the place of.

#include "storage/fork_file.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/strings.h"
#include "storage/format.h"

namespace trato::core {
namespace {

// One Sync's entries; they never change, so forks of this share them.
struct Row {
  uint64_t first = 0;
  std::vector<std::string> entries;

  uint64_t last() const { return first + entries.size() - 1; }
};

class ForkFile final : public StoreFile {
 public:
  explicit ForkFile(std::shared_ptr<StoreFile> base)
      : base_(std::move(base)), head_(base_->head()) {}

  absl::Status ScanJournal(
      const std::function<absl::Status(uint64_t, std::string_view)>& visit)
      override {
    TRATO_RETURN_IF_ERROR(
        base_->ScanJournal([&](uint64_t at, std::string_view entry) {
          return at <= sealed_until_ ? absl::OkStatus() : visit(at, entry);
        }));
    for (const auto& row : rows_) {
      uint64_t at = row->first;
      for (const std::string& entry : row->entries) {
        TRATO_RETURN_IF_ERROR(visit(at++, entry));
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<uint64_t>> RowEnds() override {
    TRATO_ASSIGN_OR_RETURN(std::vector<uint64_t> ends, base_->RowEnds());
    std::erase_if(ends, [&](uint64_t end) { return end <= sealed_until_; });
    for (const auto& row : rows_) ends.push_back(row->last());
    return ends;
  }

  Head head() const override { return head_; }

  absl::StatusOr<uint64_t> Append(std::string_view entry) override {
    pending_.emplace_back(entry);
    pending_bytes_ += entry.size();
    return head_.position + pending_.size();
  }
  size_t pending_bytes() const override { return pending_bytes_; }
  uint64_t pending_entries() const override { return pending_.size(); }

  absl::Status Sync(const Head::Chain& chain) override {
    if (!pending_.empty()) Advance(chain);
    return absl::OkStatus();
  }

  absl::Status Stage(BlockId id, std::string_view payload) override {
    if (!id.IsValid()) return Refused(id);
    staged_[id] = std::make_shared<const std::string>(payload);
    return absl::OkStatus();
  }
  absl::Status DropStaged() override {
    staged_.clear();
    return absl::OkStatus();
  }

  absl::Status Seal(const Sealing& sealing, const Head::Chain& chain) override {
    // Made first: when memory runs out here, nothing has changed.
    Blocks put = std::exchange(staged_, {});
    for (const BlockId& id : sealing.erase) put.try_emplace(id, nullptr);
    for (const auto& [id, payload] : sealing.put) {
      if (!id.IsValid()) return Refused(id);
      put[id] = std::make_shared<const std::string>(payload);
    }
    {
      WriterMutexLock lock(&mutex_);
      for (auto at = put.begin(); at != put.end();) {
        const auto next = std::next(at);
        blocks_.erase(at->first);
        blocks_.insert(put.extract(at));
        at = next;
      }
    }
    if (!pending_.empty()) {
      Advance(chain);
    } else {
      head_.chain = chain;
    }
    sealed_until_ = std::max(sealed_until_, sealing.journal_until);
    std::erase_if(rows_, [&](const auto& row) {
      return row->last() <= sealed_until_;
    });
    return absl::OkStatus();
  }

  // The other one holds the bytes still.
  absl::Status Purge() override {
    return absl::FailedPreconditionError(
        "the store that this is a fork of keeps what was there");
  }

  absl::StatusOr<std::string> ReadBlock(BlockId id) const override {
    {
      ReaderMutexLock lock(&mutex_);
      const auto found = blocks_.find(id);
      if (found != blocks_.end()) {
        if (found->second != nullptr) return *found->second;
        return absl::NotFoundError(StrCat("there is no ", NameOf(id)));
      }
    }
    return base_->ReadBlock(id);
  }

  absl::StatusOr<std::vector<BlockId>> ListBlocks(uint8_t kind) const override {
    TRATO_ASSIGN_OR_RETURN(const std::vector<BlockId> below,
                           base_->ListBlocks(kind));
    std::set<BlockId> ids(below.begin(), below.end());
    ReaderMutexLock lock(&mutex_);
    for (auto at = blocks_.lower_bound(BlockId{kind, 0, 0});
         at != blocks_.end() && at->first.kind == kind; ++at) {
      if (at->second != nullptr) {
        ids.insert(at->first);
      } else {
        ids.erase(at->first);
      }
    }
    return std::vector<BlockId>(ids.begin(), ids.end());
  }

  absl::Status Backup(const std::string&, const FileProgress&) const override {
    return absl::FailedPreconditionError(
        "a fork is in memory: there is no file to copy");
  }

  absl::StatusOr<std::unique_ptr<StoreFile>> Fork() const override {
    auto fork = std::make_unique<ForkFile>(base_);
    fork->head_ = head_;
    fork->rows_ = rows_;
    fork->sealed_until_ = sealed_until_;
    ReaderMutexLock lock(&mutex_);
    fork->SetBlocks(blocks_);
    return fork;
  }

  absl::Status Verify(const FileProgress& progress,
                      std::vector<Damage>& damage) const override {
    return base_->Verify(progress, damage);
  }

  bool read_only() const override { return false; }
  absl::Status Refresh() override { return absl::OkStatus(); }
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  // Null: there was one, and it is erased.
  using Blocks = std::map<BlockId, std::shared_ptr<const std::string>>;

  void SetBlocks(const Blocks& blocks) {
    WriterMutexLock lock(&mutex_);
    blocks_ = blocks;
  }
  absl::Status Refused(BlockId id) {
    pending_.clear();
    pending_bytes_ = 0;
    staged_.clear();
    return absl::InvalidArgumentError(
        StrCat(NameOf(id), ": a kind is 1 to 127, a run below 2^24"));
  }
  void Advance(const Head::Chain& chain) {
    auto row = std::make_shared<Row>();
    row->first = head_.position + 1;
    row->entries = std::exchange(pending_, {});
    pending_bytes_ = 0;
    head_.position = row->last();
    head_.chain = chain;
    rows_.push_back(std::move(row));
  }

  const std::shared_ptr<StoreFile> base_;
  Head head_;
  std::vector<std::shared_ptr<const Row>> rows_;  // those written here
  uint64_t sealed_until_ = 0;  // earlier rows are gone
  std::vector<std::string> pending_;
  size_t pending_bytes_ = 0;
  Blocks staged_;
  mutable SharedMutex mutex_;
  Blocks blocks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<StoreFile> MakeForkFile(std::shared_ptr<StoreFile> base) {
  return std::make_unique<ForkFile>(std::move(base));
}

}  // namespace trato::core
