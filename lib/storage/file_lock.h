// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// One handle at a time, over all processes. The lock is an flock on a file
// beside the store, `NAME-lock`, which the kernel releases when the process
// dies, so a leftover file locks nothing. It holds the owner's process number
// for the message that the second one gets.

#ifndef TRATO_STORAGE_FILE_LOCK_H_
#define TRATO_STORAGE_FILE_LOCK_H_

#include <sys/types.h>

#include <string>

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
  ~FileLock();

 private:
  FileLock(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  std::string path_;
  int fd_ = -1;
  pid_t process_ = 0;  // that acquired it
};

}  // namespace trato::core

#endif  // TRATO_STORAGE_FILE_LOCK_H_
