// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "bindings/cli/failure.h"

namespace trato_cli {
namespace {

constexpr unsigned kBufferSize = 256 * 1024;

std::string Reason(int error_number) { return std::strerror(error_number); }

}  // namespace

Input::Input(const std::string& path)
    : name_(path == "-" ? "standard input" : path) {
  const int descriptor = path == "-" ? dup(STDIN_FILENO)
                                     : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    throw Failure("cannot read " + name_ + ": " + Reason(errno));
  }
  struct stat status = {};
  if (fstat(descriptor, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      close(descriptor);
      throw Failure("cannot read " + name_ + ": it is a directory");
    }
    if (S_ISREG(status.st_mode)) {
      size_ = static_cast<std::uint64_t>(status.st_size);
    }
  }
  file_ = gzdopen(descriptor, "rb");
  if (file_ == nullptr) {
    close(descriptor);
    throw Failure("cannot read " + name_ + ": out of memory");
  }
  gzbuffer(file_, kBufferSize);
}

Input::~Input() { gzclose_r(file_); }

std::int64_t Input::Fail(const std::string& reason) {
  failure_ = "cannot read " + name_ + ": " + reason;
  return -1;
}

std::int64_t Input::Read(char* buffer, std::size_t capacity) {
  if (!failure_.empty()) return -1;
  const int count =
      gzread(file_, buffer,
             static_cast<unsigned>(std::min<std::size_t>(capacity, 1u << 30)));
  int code = Z_OK;
  const char* message = gzerror(file_, &code);
  if (code == Z_ERRNO) return Fail(Reason(errno));
  if (code == Z_BUF_ERROR) {
    return Fail("the gzip data ends too early; the file is not complete");
  }
  if (count < 0 || (code != Z_OK && code != Z_STREAM_END)) {
    return Fail("the gzip data is damaged (" + std::string(message) + ")");
  }
  if (!started_) {
    started_ = true;
    const std::string_view start(buffer, static_cast<std::size_t>(count));
    if (start.starts_with("PK\x03\x04")) {
      return Fail("it is a zip or Excel file; export it as CSV text first");
    }
    if (name_.ends_with(".gz") && count > 0 && gzdirect(file_) == 1) {
      return Fail("it is named .gz but is not gzip data");
    }
  }
  return count;
}

std::uint64_t Input::position() const {
  const z_off_t offset = gzoffset(file_);
  return offset < 0 ? 0 : static_cast<std::uint64_t>(offset);
}

std::string ReadAll(const std::string& path) {
  Input input(path);
  std::string all;
  std::string chunk(kBufferSize, '\0');
  while (true) {
    const std::int64_t count = input.Read(chunk.data(), chunk.size());
    if (count < 0) throw Failure(input.failure());
    if (count == 0) return all;
    all.append(chunk, 0, static_cast<std::size_t>(count));
  }
}

}  // namespace trato_cli
