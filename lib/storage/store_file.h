// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The store's file: a journal of entries, each the bytes of one transaction,
// numbered 1, 2, 3 ... by log position, and blocks, into which the engine seals
// what the journal said. The container is a SQLite database, and nothing above
// this module knows it. What SQLite does not give is added here: a checksum on
// every entry and block (SQLite checks its structure, not its content), a head
// that shows when acknowledged entries are missing, and a handle that is
// poisoned by the first failed sync, because nobody knows after it what the
// disk holds.
//
// What entries, blocks and the chain mean is the engine's business.

#ifndef TRATO_STORAGE_STORE_FILE_H_
#define TRATO_STORAGE_STORE_FILE_H_

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trato::core {

// The version of the file format that this code writes. Those before were never
// released and are refused.
inline constexpr int kFormatVersion = 5;

// kRead takes no lock and sees the store as it was on disk at one instant, also
// while another process writes.
enum class OpenMode { kOpenOrCreate, kOpenExisting, kCreateNew, kRead };

// Where a block lies. The file's key is kind << 56 | run << 32 | number.
struct BlockId {
  uint8_t kind = 0;  // 1 to 127
  uint32_t run = 0;  // below 2^24
  uint32_t number = 0;

  bool IsValid() const {
    return kind >= 1 && kind <= 127 && run < (uint32_t{1} << 24);
  }
  int64_t Packed() const {
    return static_cast<int64_t>(uint64_t{kind} << 56 | uint64_t{run} << 32 |
                                number);
  }
  static BlockId FromPacked(int64_t packed) {
    const auto bits = static_cast<uint64_t>(packed);
    return {static_cast<uint8_t>(bits >> 56),
            static_cast<uint32_t>(bits >> 32 & 0xffffff),
            static_cast<uint32_t>(bits)};
  }
  auto operator<=>(const BlockId&) const = default;
};

// Of the last durable entry; 0 and zeros before the first one.
struct Head {
  using Chain = std::array<uint8_t, 32>;

  uint64_t position = 0;
  Chain chain{};  // opaque here

  bool operator==(const Head&) const = default;
};

// What becomes durable in one transaction with the entries that wait.
struct Sealing {
  // A block of the same id is replaced, also one that is erased here.
  std::vector<std::pair<BlockId, std::string>> put;
  std::vector<BlockId> erase;  // what is not there stays not there
  // Journal rows whose last entry is at or before it are deleted. A row is what
  // one Sync wrote, and goes whole or not at all.
  uint64_t journal_until = 0;
};

struct Damage {
  std::string what;  // one line that names log positions, a block or pages
};

// Done and total bytes; false cancels. May be empty.
using FileProgress = std::function<bool(uint64_t, uint64_t)>;

// ReadBlock, ListBlocks, Backup and Verify may be called by any thread, beside
// one thread that calls the others.
class StoreFile {
 public:
  // An empty path keeps no journal and its blocks in memory.
  //
  // Errors: NOT_FOUND, ALREADY_EXISTS, INVALID_ARGUMENT (not a store),
  // FAILED_PRECONDITION (open elsewhere; made by a preview), UNIMPLEMENTED
  // (newer), DATA_LOSS (see OpenDamaged), UNAVAILABLE.
  static absl::StatusOr<std::unique_ptr<StoreFile>> Open(
      const std::string& path, OpenMode mode);

  // Opens what Open refused with DATA_LOSS, to be read: as kRead, but damage
  // goes to `damage` instead of being an error, here and in ScanJournal, which
  // gives what is undamaged. `damage` must outlive the file. DATA_LOSS where
  // not even the tables are found.
  static absl::StatusOr<std::unique_ptr<StoreFile>> OpenDamaged(
      const std::string& path, std::vector<Damage>& damage);

  // Ends the use of the file as Close does, without its errors.
  virtual ~StoreFile() = default;

  // Calls `visit` for each entry that no Seal has taken away, in order; stops
  // at its first error. DATA_LOSS when an entry is damaged or missing, before
  // any entry of its row is visited. `visit` may read, not write.
  virtual absl::Status ScanJournal(
      const std::function<absl::Status(uint64_t position,
                                       std::string_view entry)>& visit) = 0;

  // The last positions of the journal's rows, each what one Sync wrote.
  virtual absl::StatusOr<std::vector<uint64_t>> RowEnds() = 0;

  virtual Head head() const = 0;

  // Takes the next entry and gives its position. It waits for the next Sync or
  // Seal. RESOURCE_EXHAUSTED when more waits than one row can hold.
  virtual absl::StatusOr<uint64_t> Append(std::string_view entry) = 0;
  virtual size_t pending_bytes() const = 0;
  virtual uint64_t pending_entries() const = 0;

  // Returns when every entry that waited is on disk: all of them in one
  // transaction, or none; `chain` is the head's after them. Nothing happens
  // when none waits.
  //
  // After an error none of them is in the file, nor waits any more: their
  // positions are given again. Where the disk is full (RESOURCE_EXHAUSTED) or
  // somebody holds the file (FAILED_PRECONDITION), the next write may succeed;
  // any other error poisons the handle, which refuses all writes from then on.
  virtual absl::Status Sync(const Head::Chain& chain) = 0;

  // Writes a block of the sealing to come ahead of it, so that many need not be
  // held until then: the next Seal commits them with what it is given, and
  // until then nobody sees them. Nothing may be synced between. After an error
  // nothing is staged, and the rest is as with Sync.
  virtual absl::Status Stage(BlockId id, std::string_view payload) = 0;
  // Takes back what is staged.
  virtual absl::Status DropStaged() = 0;

  // As Sync, together with `sealing`, and also when no entry waits.
  virtual absl::Status Seal(const Sealing& sealing,
                            const Head::Chain& chain) = 0;

  // Folds the write-ahead log back and empties it, so that no file holds bytes
  // any more that were deleted or replaced. FAILED_PRECONDITION while another
  // process reads what was there before; later calls may succeed.
  virtual absl::Status Purge() = 0;

  // NOT_FOUND, or DATA_LOSS when the block is damaged.
  virtual absl::StatusOr<std::string> ReadBlock(BlockId id) const = 0;
  virtual absl::StatusOr<std::vector<BlockId>> ListBlocks(
      uint8_t kind) const = 0;  // ascending

  // Copies what is durable into a new file. ALREADY_EXISTS, CANCELLED.
  virtual absl::Status Backup(const std::string& path,
                              const FileProgress& progress) const = 0;

  // A file in memory that begins with what is durable here, and of which neither
  // shows in the other. Blocks are not copied: it reads those that were here
  // from where they lie, as they are now. FAILED_PRECONDITION where a file that
  // was opened to be read is behind.
  virtual absl::StatusOr<std::unique_ptr<StoreFile>> Fork() const = 0;

  // Reads all that is durable and checks it: SQLite's structure, every journal
  // row, every block's checksum, and that no block is missing or an older
  // version of itself. Appends to `damage`. CANCELLED.
  virtual absl::Status Verify(const FileProgress& progress,
                              std::vector<Damage>& damage) const = 0;

  virtual bool read_only() const = 0;  // opened with kRead or OpenDamaged

  // kRead: from here on all that is read, and head(), is as of now. After an
  // error nothing can be read until a Refresh succeeds. Otherwise nothing.
  virtual absl::Status Refresh() = 0;

  // Ends the use of the file; the last call. FAILED_PRECONDITION when entries
  // waited, which are not kept.
  virtual absl::Status Close() = 0;
};

}  // namespace trato::core

#endif  // TRATO_STORAGE_STORE_FILE_H_
