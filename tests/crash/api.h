// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The C interface as the crash programme uses it: statuses with their text, a
// handle that closes itself, and calls that the library may not have yet.

#ifndef TRATO_TESTS_CRASH_API_H_
#define TRATO_TESTS_CRASH_API_H_

#include <dlfcn.h>

#include <cstdint>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "trato.h"

namespace trato::crash {

// What a call answered.
struct Said {
  trato_status code = TRATO_OK;
  std::string message;

  bool ok() const { return code == TRATO_OK; }
  std::string text() const {
    return std::string(trato_status_name(code)) + ": " + message;
  }
};

inline trato_str Str(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view View(trato_str text) { return {text.data, text.size}; }

// Whether this thread is in a call of the library: what it allocates there may
// be made to fail.
extern thread_local int in_library;

// The programme's own work inside a call of the library, as in the VFS.
class OutsideLibrary {
 public:
  OutsideLibrary() : saved_(std::exchange(in_library, 0)) {}
  OutsideLibrary(const OutsideLibrary&) = delete;
  OutsideLibrary& operator=(const OutsideLibrary&) = delete;
  ~OutsideLibrary() { in_library = saved_; }

 private:
  const int saved_;
};

// Runs `call` with an error to fill.
template <typename Call>
Said Say(const Call& call) {
  trato_error error = TRATO_ERROR_INIT;
  Said said;
  ++in_library;
  try {
    said.code = call(&error);
  } catch (const std::bad_alloc&) {
    // Of what `call` itself prepares: the library throws nothing.
    said = {TRATO_RESOURCE_EXHAUSTED, "the caller's own memory"};
    --in_library;
    return said;
  }
  --in_library;
  if (!said.ok()) said.message = error.message;
  return said;
}

// Bytes that the library made.
class Buf {
 public:
  Buf() = default;
  Buf(const Buf&) = delete;
  Buf& operator=(const Buf&) = delete;
  ~Buf() { trato_buf_dispose(&buf_); }
  trato_buf* out() { return &buf_; }
  std::string_view view() const { return {buf_.data, buf_.size}; }

 private:
  trato_buf buf_ = TRATO_BUF_INIT;
};

class Store {
 public:
  Store() = default;
  Store(Store&& other) noexcept
      : store_(std::exchange(other.store_, nullptr)) {}
  Store& operator=(Store&& other) noexcept {
    std::swap(store_, other.store_);
    return *this;
  }
  ~Store() { Close(); }

  Said Open(const std::string& path, uint32_t mode = TRATO_OPEN_OR_CREATE) {
    Close();
    trato_store_options options = TRATO_STORE_OPTIONS_INIT;
    options.mode = mode;
    return Say([&](trato_error* error) {
      return trato_store_open(Str(path), &options, &store_, error);
    });
  }
  Said Close() {
    trato_store* store = std::exchange(store_, nullptr);
    return Say(
        [&](trato_error* error) { return trato_store_close(store, error); });
  }
  // Leaves the handle as a process that dies leaves it.
  void Abandon() { store_ = nullptr; }

  trato_store* get() const { return store_; }
  bool is_open() const { return store_ != nullptr; }

 private:
  trato_store* store_ = nullptr;
};

// A call that the header names, or null where the library lacks it.
#define TRATO_CRASH_FIND(name) \
  (reinterpret_cast<decltype(&name)>(dlsym(RTLD_DEFAULT, #name)))

}  // namespace trato::crash

#endif  // TRATO_TESTS_CRASH_API_H_
