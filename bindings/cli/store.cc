// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "bindings/cli/store.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <thread>
#include <vector>

#include "bindings/cli/failure.h"
#include "bindings/cli/input.h"
#include "bindings/cli/text.h"

namespace trato_cli {
namespace {

// Runs the tasks on as many threads as the context says.
void RunOnThreads(void* context, trato_task_fn task, void* task_context,
                  std::size_t count) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) task(task_context, i);
  };
  const auto wanted = reinterpret_cast<std::uintptr_t>(context);
  std::vector<std::thread> helpers;
  try {
    while (helpers.size() + 1 < std::min<std::size_t>(wanted, count)) {
      helpers.emplace_back(work);
    }
  } catch (const std::exception&) {
    // No more threads: those there are do the rest.
  }
  work();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace

void SetThreads(unsigned threads, trato_run_fn& run, void*& context) {
  if (threads <= 1) return;
  run = RunOnThreads;
  context = reinterpret_cast<void*>(std::uintptr_t{threads});
}

namespace {

// What is opened instead, and where; see StandIn.
const std::string* stand_in_path = nullptr;
trato_store* stand_in = nullptr;

// Closes what is this command's to close.
trato_status CloseOwn(trato_store* store, trato_error* error) {
  if (store != nullptr && store == stand_in) return TRATO_OK;
  return trato_store_close(store, error);
}

// The host's key: bytes, or their hexadecimal digits and perhaps a line end.
std::string Key() {
  const char* path = std::getenv("TRATO_KEY_FILE");
  if (path == nullptr || *path == '\0') return "";
  constexpr std::size_t kBytes = 32;
  std::string text = ReadAll(path);
  if (text.size() == kBytes) return text;
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) {
    text.pop_back();
  }
  std::uint8_t bytes[kBytes];
  if (!ParseHex(text, bytes, kBytes)) {
    throw Failure(
        "TRATO_KEY_FILE: 32 bytes or 64 hexadecimal digits are "
        "needed in " +
        std::string(path));
  }
  return std::string(bytes, bytes + kBytes);
}

trato_store* Open(const std::string& path, std::uint32_t mode,
                  std::string_view zone, std::string_view currency,
                  unsigned threads = 1, std::string_view erasures = "") {
  if (stand_in != nullptr) {
    if (path == *stand_in_path && mode != TRATO_CREATE_NEW) return stand_in;
    throw Failure("a change is made to " + *stand_in_path + ", not to " + path);
  }
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.mode = mode;
  options.zone = View(zone);
  options.currency = View(currency);
  options.erasures = View(erasures);
  const std::string key = Key();
  options.key = View(key);
  SetThreads(threads, options.run, options.run_context);
  trato_store* store = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  const trato_status status =
      trato_store_open(View(path), &options, &store, &error);
  if (status == TRATO_NOT_FOUND && mode != TRATO_CREATE_NEW) {
    throw Failure("no store at " + path + "; create one with: trato init " +
                  ShellWord(path) + " --zone Europe/London --currency GBP");
  }
  if (status == TRATO_ALREADY_EXISTS && mode == TRATO_CREATE_NEW) {
    throw Failure("there is a file at " + path +
                  " already; init makes new stores only");
  }
  Check(status, error);
  return store;
}

std::string ToTheSecond(const std::string& time) {
  return time.substr(0, time.find('.'));
}

}  // namespace

trato_str View(std::string_view text) { return {text.data(), text.size()}; }

std::string_view View(trato_str text) {
  return text.data == nullptr ? std::string_view()
                              : std::string_view(text.data, text.size);
}

void Check(trato_status status, const trato_error& error,
           std::string_view expression) {
  if (status == TRATO_OK) return;
  Buffer excerpt;
  if (!expression.empty() && error.line > 0) {
    trato_error ignored = TRATO_ERROR_INIT;
    if (trato_error_excerpt(&error, View(expression), excerpt.out(),
                            &ignored) != TRATO_OK) {
      throw Failure(error.message);
    }
  }
  const std::string message =
      error.message[0] != '\0' ? error.message : trato_status_name(status);
  throw Failure(message, std::string(excerpt.view()));
}

StandIn::StandIn(const std::string& path, trato_store* store) : path_(path) {
  stand_in_path = &path_;
  stand_in = store;
}

StandIn::~StandIn() {
  stand_in_path = nullptr;
  stand_in = nullptr;
}

Store::Store(const std::string& path)
    : path_(path), store_(Open(path, TRATO_OPEN_EXISTING, "", "")) {}

Store::Store(const std::string& path, const Reading& reading)
    : path_(path),
      store_(Open(path, TRATO_OPEN_READ, "", "", reading.threads)) {
  try {
    if (!reading.as_of.empty() || reading.known_at) {
      trato_as_of as_of = TRATO_AS_OF_INIT;
      if (!reading.as_of.empty()) {
        as_of.as_of_us = ParseTime(reading.as_of, "--as-of");
      }
      if (reading.known_at) as_of.known_at = *reading.known_at;
      trato_store* past = nullptr;
      trato_error error = TRATO_ERROR_INIT;
      Check(trato_store_as_of(store_, &as_of, &past, &error), error);
      CloseOwn(store_, nullptr);
      store_ = past;
    }
    See(reading);
  } catch (...) {
    CloseOwn(store_, nullptr);
    throw;
  }
}

void Store::See(const Reading& reading) {
  if (reading.tags.empty() && reading.view.empty()) return;
  std::vector<trato_tag> tags;
  for (const std::string& tag : reading.tags) {
    const std::size_t at = tag.find('=');
    if (at == std::string::npos) {
      throw Failure("--tag: \"" + tag + "\" is not NAME=VALUE");
    }
    const std::string_view text = tag;
    tags.push_back({View(text.substr(0, at)), View(text.substr(at + 1))});
  }
  trato_view_options how = TRATO_VIEW_OPTIONS_INIT;
  how.tags = tags.data();
  how.tag_count = tags.size();
  how.filter = View(reading.view);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_view(store_, &how, &view_, &error), error, reading.view);
}

Store::Store(const std::string& path, std::string_view zone,
             std::string_view currency)
    : path_(path), store_(Open(path, TRATO_CREATE_NEW, zone, currency)) {}

Store::Store(const std::string& path, Erasures erasures)
    : path_(path),
      store_(Open(path, TRATO_OPEN_EXISTING, "", "", 1, erasures.list)) {}

Store::~Store() {
  trato_store_close(view_, nullptr);
  CloseOwn(store_, nullptr);
}

void Store::Close() {
  trato_store* store = store_;
  store_ = nullptr;
  trato_error error = TRATO_ERROR_INIT;
  Check(CloseOwn(store, &error), error);
}

Json Store::Info(std::int64_t now_us) const {
  Buffer json;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_info(store_, now_us, json.out(), &error), error);
  return json.json();
}

std::string Store::Currency() const {
  // The settings do not depend on the time; at the epoch there is little else
  // to count.
  return Text(Info(0), "currency");
}

std::int64_t Store::ParseTime(std::string_view text,
                              std::string_view what) const {
  std::int64_t at_us = 0;
  trato_error error = TRATO_ERROR_INIT;
  if (trato_time_parse(store_, View(text), &at_us, &error) != TRATO_OK) {
    throw Failure(std::string(what) + ": " + error.message);
  }
  return at_us;
}

std::string Store::FormatTime(std::int64_t at_us) const {
  Buffer text;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_time_format(store_, at_us, text.out(), &error), error);
  return std::string(text.view());
}

std::string Store::Moment(std::int64_t at_us) const {
  return ToTheSecond(FormatTime(at_us));
}

std::string HexText(const std::uint8_t* bytes, std::size_t size) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

bool ParseHex(std::string_view text, std::uint8_t* bytes, std::size_t size) {
  const bool digits = std::all_of(text.begin(), text.end(), [](char c) {
    return std::isxdigit(static_cast<unsigned char>(c)) != 0;
  });
  if (text.size() != 2 * size || !digits) return false;
  const auto digit = [&](std::size_t i) {
    const char c = text[i];
    return static_cast<std::uint8_t>(c <= '9' ? c - '0'
                                              : (c | 0x20) - 'a' + 10);
  };
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::uint8_t>(digit(2 * i) << 4 | digit(2 * i + 1));
  }
  return true;
}

Json AnswerAt(const Store& store, std::int64_t now_us) {
  Json answer;
  answer["now"] = store.FormatTime(now_us);
  answer["now_us"] = now_us;
  return answer;
}

std::string IdText(const trato_id& id) {
  return HexText(id.bytes, sizeof(id.bytes));
}

trato_id ParseId(std::string_view text, std::string_view what) {
  trato_id id = {};
  if (!ParseHex(text, id.bytes, sizeof(id.bytes))) {
    throw Failure(std::string(what) + ": \"" + std::string(text) +
                  "\" is not an id of 32 hexadecimal digits");
  }
  return id;
}

std::string Text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_string()
             ? std::string()
             : found->get<std::string>();
}

std::string Moment(const Json& object, const char* name) {
  return ToTheSecond(Text(object, name));
}

std::uint64_t Counted(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_number()
             ? 0
             : found->get<std::uint64_t>();
}

}  // namespace trato_cli
