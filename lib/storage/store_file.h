// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The store's file: a journal of entries, each the bytes of one transaction,
// numbered 1, 2, 3 ... by log position. The container is a SQLite database, and
// nothing above this module knows it. What SQLite does not give is added here:
// a checksum per entry (SQLite checks its structure, not its content), and a
// handle that is poisoned by the first failed write, because after a failed
// sync nobody knows what the disk holds.

#ifndef TRATO_STORAGE_STORE_FILE_H_
#define TRATO_STORAGE_STORE_FILE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace trato::core {

// The version of the file format that this code writes; it reads it and all
// before it.
inline constexpr int kFormatVersion = 1;

enum class OpenMode { kOpenOrCreate, kOpenExisting, kCreateNew };

class StoreFile {
 public:
  // An empty path keeps the journal nowhere: the store lives in memory.
  static absl::StatusOr<std::unique_ptr<StoreFile>> Open(
      const std::string& path, OpenMode mode);
  virtual ~StoreFile() = default;

  // Calls `visit` for each entry in order of position; stops at its first
  // error. DATA_LOSS when an entry is damaged or missing.
  virtual absl::Status Scan(
      const std::function<absl::Status(uint64_t position,
                                       std::string_view entry)>& visit) = 0;

  // Takes the next entry and gives its position. It is not on disk before the
  // next Sync.
  virtual absl::StatusOr<uint64_t> Append(std::string entry) = 0;

  // Returns when every entry taken is on disk: all of them, in one transaction,
  // or none.
  virtual absl::Status Sync() = 0;

  // Bytes that a Sync would write.
  virtual size_t pending_bytes() const = 0;

  // Syncs and ends the use of the file; the last call.
  virtual absl::Status Close() = 0;
};

}  // namespace trato::core

#endif  // TRATO_STORAGE_STORE_FILE_H_
