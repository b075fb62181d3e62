// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// A file or the standard input, as it is or compressed by gzip.

#ifndef TRATO_BINDINGS_CLI_INPUT_H_
#define TRATO_BINDINGS_CLI_INPUT_H_

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace trato_cli {

class Input {
 public:
  // "-" is the standard input. Throws Failure when it cannot be read.
  explicit Input(const std::string& path);
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  // How it is called in what people read.
  const std::string& name() const { return name_; }

  // The next bytes: how many, 0 at the end, -1 on a failure, which failure()
  // tells from then on.
  std::int64_t Read(char* buffer, std::size_t capacity);
  const std::string& failure() const { return failure_; }

  // Bytes of the file, and how many of them were read; the size is 0 when
  // nobody knows it.
  std::uint64_t size() const { return size_; }
  std::uint64_t position() const;

 private:
  std::int64_t Fail(const std::string& reason);

  std::string name_;
  std::string failure_;
  gzFile file_ = nullptr;
  std::uint64_t size_ = 0;
  bool started_ = false;
};

// Everything that is in a file. Throws Failure.
std::string ReadAll(const std::string& path);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_INPUT_H_
