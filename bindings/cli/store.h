// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// trato.h with owners: what fails throws Failure, what is open is closed.

#ifndef TRATO_BINDINGS_CLI_STORE_H_
#define TRATO_BINDINGS_CLI_STORE_H_

#include <trato.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trato_cli {

using Json = nlohmann::ordered_json;

trato_str View(std::string_view text);
std::string_view View(trato_str text);

// Bytes of the library.
class Buffer {
 public:
  Buffer() = default;
  ~Buffer() { trato_buf_dispose(&buffer_); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  trato_buf* out() { return &buffer_; }
  std::string_view view() const {
    return buffer_.data == nullptr
               ? std::string_view()
               : std::string_view(buffer_.data, buffer_.size);
  }
  Json json() const { return Json::parse(view()); }

 private:
  trato_buf buffer_ = TRATO_BUF_INIT;
};

// Throws Failure unless the call went well. An error about a place in
// `expression` shows the place.
void Check(trato_status status, const trato_error& error,
           std::string_view expression = "");

// How a command reads.
struct Reading {
  std::string as_of;                      // a time; empty: the present
  std::optional<std::uint64_t> known_at;  // a log position
  unsigned threads = 1;
  std::vector<std::string> tags;  // NAME=VALUE: a view of those who have them
  std::string view;               // an expression that holds of who is shown
};

// Makes a call of the library work on so many threads.
void SetThreads(unsigned threads, trato_run_fn& run, void*& context);

// What trato_store_erasures gave.
struct Erasures {
  std::string_view list;
};

// An open store.
class Store {
 public:
  // Opens a store that exists, to write.
  explicit Store(const std::string& path);
  // Opens one to read, also while another process writes.
  Store(const std::string& path, const Reading& reading);
  // Makes a new one.
  Store(const std::string& path, std::string_view zone,
        std::string_view currency);
  // Opens one that exists, to write, and erases whom the list names.
  Store(const std::string& path, Erasures erasures);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Ends it, and throws when what was written is not safe.
  void Close();

  trato_store* get() const { return view_ != nullptr ? view_ : store_; }
  const std::string& path() const { return path_; }

  // The answer of trato_store_info.
  Json Info(std::int64_t now_us) const;
  // The store's own currency.
  std::string Currency() const;

  // `what` says in the error which time it is.
  std::int64_t ParseTime(std::string_view text, std::string_view what) const;
  std::string FormatTime(std::int64_t at_us) const;
  // The same for people: to the second.
  std::string Moment(std::int64_t at_us) const;

 private:
  void See(const Reading& reading);

  std::string path_;
  trato_store* store_ = nullptr;
  trato_store* view_ = nullptr;  // of the store, where a part is asked for
};

// While it lives, commands that open the store at the path work on another one,
// which they do not close, and open no other.
class StandIn {
 public:
  StandIn(const std::string& path, trato_store* store);
  ~StandIn();
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

 private:
  const std::string path_;
};

// Bytes as hexadecimal digits, and back: whether the text is that of `size`
// bytes.
std::string HexText(const std::uint8_t* bytes, std::size_t size);
bool ParseHex(std::string_view text, std::uint8_t* bytes, std::size_t size);

// The 32 hexadecimal digits of an id, and back.
std::string IdText(const trato_id& id);

// What JSON answers begin with.
Json AnswerAt(const Store& store, std::int64_t now_us);
trato_id ParseId(std::string_view text, std::string_view what);

// A member that may be missing or null: then "" or 0.
std::string Text(const Json& object, const char* name);
// A time for people: to the second.
std::string Moment(const Json& object, const char* name);
std::uint64_t Counted(const Json& object, const char* name);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_STORE_H_
