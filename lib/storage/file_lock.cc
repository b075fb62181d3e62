// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/strings.h"

namespace trato::core {
namespace {

std::string OwnerIn(int fd) {
  char text[32];
  const ssize_t size = pread(fd, text, sizeof(text), 0);
  if (size <= 0) return "another process";
  std::string number(text, static_cast<size_t>(size));
  if (number == StrCat(getpid())) return "this process";
  return StrCat("process ", number);
}

// A lock holds nothing but a process number.
bool IsOurs(int fd) {
  char text[32];
  const ssize_t size = pread(fd, text, sizeof(text), 0);
  return size >= 0 && static_cast<size_t>(size) < sizeof(text) &&
         std::all_of(text, text + size,
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool IsAt(const std::string& path, int fd) {
  struct stat by_fd, by_path;
  return fstat(fd, &by_fd) == 0 && lstat(path.c_str(), &by_path) == 0 &&
         by_fd.st_ino == by_path.st_ino && by_fd.st_dev == by_path.st_dev;
}

}  // namespace

absl::StatusOr<FileLock> FileLock::Acquire(const std::string& store_path) {
  const std::string path = StrCat(store_path, "-lock");
  // The owner removes the file when it is done, so a file that was locked may
  // be one that is no longer there: then start again.
  for (;;) {
    const int fd =
        open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0) {
      return absl::UnavailableError(
          StrCat("cannot write ", store_path, ": ", std::strerror(errno)));
    }
    FileLock lock(path, -1);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
      const std::string owner = OwnerIn(fd);
      close(fd);
      return absl::FailedPreconditionError(
          StrCat("the store ", store_path, " is open in ", owner));
    }
    if (!IsOurs(fd)) {
      close(fd);
      return absl::FailedPreconditionError(
          StrCat(path, " is in the way: it is no lock of a store"));
    }
    if (IsAt(path, fd)) {
      const std::string owner = StrCat(getpid());
      if (ftruncate(fd, 0) != 0 ||
          pwrite(fd, owner.data(), owner.size(), 0) < 0) {
        // The number is only for a message; the lock itself holds without it.
      }
      lock.fd_ = fd;
      lock.process_ = getpid();
      return lock;
    }
    close(fd);
  }
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      process_(other.process_) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(process_, other.process_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ < 0) return;
  // Not the parent's, in a process that was forked off.
  if (getpid() == process_ && IsAt(path_, fd_)) unlink(path_.c_str());
  close(fd_);
}

}  // namespace trato::core
