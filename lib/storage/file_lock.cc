// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "storage/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/strings.h"

namespace trato::core {
namespace {

// "4711" or, with a note, "4711 " and the position and its checksum in a fixed
// width, so that a later note takes the place of an earlier one.
constexpr size_t kPositionDigits = 20;
constexpr size_t kNoteSize = 1 + kPositionDigits + 1 + 16;
constexpr size_t kMaxSize = 20 + kNoteSize;

// In a buffer and not a string: a note follows on a commit, after which nothing
// may fail.
struct Text {
  std::array<char, kMaxSize> bytes{};
  size_t size = 0;

  void Put(uint64_t value, int base, size_t width) {
    char digits[kPositionDigits] = {};
    const auto end =
        std::to_chars(digits, digits + sizeof(digits), value, base).ptr;
    const auto count = static_cast<size_t>(end - digits);
    for (size_t i = count; i < width; ++i) bytes[size++] = '0';
    for (size_t i = 0; i < count; ++i) bytes[size++] = digits[i];
  }
  void PutNote(uint64_t position) {
    const size_t start = size;
    bytes[size++] = ' ';
    Put(position, 10, kPositionDigits);
    const uint64_t checksum = XXH3_64bits(&bytes[start], size - start);
    bytes[size++] = ' ';
    Put(checksum, 16, 16);
  }
  std::string_view view() const { return {bytes.data(), size}; }
};

// One byte more than there may be, so that a longer file is seen.
std::string ContentOf(int fd) {
  char text[kMaxSize + 1];
  const ssize_t size = pread(fd, text, sizeof(text), 0);
  return size <= 0 ? std::string()
                   : std::string(text, static_cast<size_t>(size));
}

// None also when the note is not whole: the machine stopped, or its owner is
// writing it just now.
std::optional<uint64_t> NoteIn(std::string_view content) {
  const size_t at = content.find(' ');
  if (at == std::string_view::npos || content.size() != at + kNoteSize) {
    return std::nullopt;
  }
  uint64_t position = 0;
  for (const char c : content.substr(at + 1, kPositionDigits)) {
    if (c < '0' || c > '9') return std::nullopt;
    position = position * 10 + static_cast<uint64_t>(c - '0');
  }
  Text note;
  note.PutNote(position);
  if (note.view() != content.substr(at)) return std::nullopt;
  return position;
}

std::string OwnerIn(int fd) {
  const std::string content = ContentOf(fd);
  const std::string number = content.substr(0, content.find(' '));
  if (number.empty()) return "another process";
  if (number == StrCat(getpid())) return "this process";
  return StrCat("process ", number);
}

// A lock holds numbers, or zeros where the machine stopped.
bool IsOurs(int fd) {
  const std::string content = ContentOf(fd);
  return content.size() <= kMaxSize &&
         std::all_of(content.begin(), content.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
                  c == ' ' || c == '\0';
         });
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
      const std::string content = ContentOf(fd);
      lock.left_position_ = NoteIn(content);
      lock.size_ = content.size();
      lock.fd_ = fd;
      lock.process_ = getpid();
      lock.has_note_ = lock.left_position_.has_value();
      lock.Write(lock.left_position_);
      return lock;
    }
    close(fd);
  }
}

void FileLock::Write(std::optional<uint64_t> note) {
  Text content;
  content.Put(static_cast<uint64_t>(process_), 10, 0);
  if (note) content.PutNote(*note);
  // The lock itself holds without what is in it.
  if (pwrite(fd_, content.bytes.data(), content.size, 0) < 0) return;
  if (size_ > content.size &&
      ftruncate(fd_, static_cast<off_t>(content.size)) != 0) {
    return;
  }
  size_ = content.size;
}

void FileLock::Note(uint64_t position) {
  if (fd_ < 0) return;
  has_note_ = true;
  Write(position);
}

void FileLock::Clear() {
  if (fd_ < 0 || !has_note_) return;
  has_note_ = false;
  left_position_.reset();
  Write(std::nullopt);
}

std::optional<uint64_t> FileLock::ReadNote(const std::string& store_path) {
  const std::string path = StrCat(store_path, "-lock");
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return std::nullopt;
  const std::string content = ContentOf(fd);
  close(fd);
  return NoteIn(content);
}

FileLock::FileLock(FileLock&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      process_(other.process_),
      size_(other.size_),
      has_note_(other.has_note_),
      left_position_(other.left_position_) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(fd_, other.fd_);
  std::swap(process_, other.process_);
  std::swap(size_, other.size_);
  std::swap(has_note_, other.has_note_);
  std::swap(left_position_, other.left_position_);
  return *this;
}

FileLock::~FileLock() {
  if (fd_ < 0) return;
  // Not the parent's, in a process that was forked off.
  if (getpid() == process_ && !has_note_ && IsAt(path_, fd_)) {
    unlink(path_.c_str());
  }
  close(fd_);
}

}  // namespace trato::core
