// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One handle at a time, over all processes. The lock is an flock on a file
// beside the store, `NAME-lock`, which the kernel releases when the process
// dies, so a leftover file locks nothing. It holds the owner's process number
// for the message that the second one gets, and the note: the last log position
// that the owner made durable. A process that died leaves it behind, and who
// opens the store next can tell whether the journal still goes that far.

#ifndef TRATO_STORAGE_FILE_LOCK_H_
#define TRATO_STORAGE_FILE_LOCK_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace trato::core {

class FileLock {
 public:
  // FAILED_PRECONDITION when another handle holds it, UNAVAILABLE when the
  // folder cannot be written.
  static absl::StatusOr<FileLock> Acquire(const std::string& store_path);

  FileLock() = default;
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  // Removes the file, except when there is a note in it.
  ~FileLock();

  // The note of a process that died. In the file it stays until the next Note
  // or Clear, here until Clear.
  std::optional<uint64_t> left_position() const { return left_position_; }

  // Not synced, and no error when it cannot be written: a note that is behind
  // only tells less.
  void Note(uint64_t position);
  // The owner is done and the journal speaks for itself.
  void Clear();

  // The note of whoever has the store open, or had when it died.
  static std::optional<uint64_t> ReadNote(const std::string& store_path);

 private:
  FileLock(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  void Write(std::optional<uint64_t> note);

  std::string path_;
  int fd_ = -1;
  pid_t process_ = 0;  // that acquired it
  size_t size_ = 0;    // of what is in the file
  bool has_note_ = false;
  std::optional<uint64_t> left_position_;
};

}  // namespace trato::core

#endif  // TRATO_STORAGE_FILE_LOCK_H_
