// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What every function of the C interface begins and ends with: one guard that
// turns what goes wrong into a status, and one way to read what a host passes.

#ifndef TRATO_CAPI_SUPPORT_H_
#define TRATO_CAPI_SUPPORT_H_

#include <cstring>
#include <functional>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "base/strings.h"
#include "trato.h"
#include "trato/store.h"

struct trato_store {
  std::shared_ptr<trato::core::Store> store;
};

namespace trato::capi {

using core::StrCat;

// Fills *error, if there is one, and gives the code. A failure for want of
// memory has no absl::Status, which would want some.
trato_status Report(absl::StatusCode code, std::string_view message,
                    trato_error* error) noexcept;
trato_status Report(const absl::Status& status, trato_error* error);

// The only try in the library: runs `body`, which gives an absl::Status.
template <typename Body>
trato_status Run(trato_error* error, Body body) noexcept {
  try {
    const absl::Status status = body();
    return status.ok() ? TRATO_OK : Report(status, error);
  } catch (const std::bad_alloc&) {
    return Report(absl::StatusCode::kResourceExhausted, "out of memory", error);
  } catch (const std::length_error&) {
    return Report(absl::StatusCode::kResourceExhausted, "out of memory", error);
  } catch (const std::exception&) {
    return Report(absl::StatusCode::kInternal, "unexpected failure", error);
  } catch (...) {
    return Report(absl::StatusCode::kInternal, "a callback failed", error);
  }
}

// Whoever wants to know what the thread's calls have changed is called.
void CallNudges() noexcept;

template <typename Body>
trato_status Guard(trato_error* error, Body body) noexcept {
  const trato_status status = Run(error, std::move(body));
  CallNudges();
  return status;
}

// INVALID_ARGUMENT unless the pointer is set.
absl::Status CheckSet(const void* pointer, std::string_view name);

// The core's store, with the same constness as the handle. Refused of a view:
// what is asked for goes beyond the customers that it shows.
absl::StatusOr<core::Store*> Unwrap(trato_store* store);
absl::StatusOr<const core::Store*> Unwrap(const trato_store* store);
// The same for what a view limits, or what tells of no customer.
absl::StatusOr<const core::Store*> UnwrapSeen(const trato_store* store);

// Text that is UTF-8; a NULL with a size is an error.
absl::StatusOr<std::string_view> ToText(trato_str text, std::string_view name);
// Several; not so many that a count can only be a mistake.
absl::StatusOr<std::vector<std::string_view>> ToTexts(const trato_str* texts,
                                                      size_t count,
                                                      std::string_view name);
// Bytes of any kind.
absl::StatusOr<std::string_view> ToBytes(trato_str bytes,
                                         std::string_view name);

// Reads a size-first struct: a tail that this version does not know must be
// zero.
inline constexpr uint32_t kMaxStructSize = 64 << 10;
template <typename Struct>
absl::StatusOr<Struct> ReadStruct(const Struct* from, std::string_view name) {
  TRATO_RETURN_IF_ERROR(CheckSet(from, name));
  const uint32_t size = from->struct_size;
  if (size < sizeof(Struct) || size > kMaxStructSize) {
    return absl::InvalidArgumentError(
        StrCat(name, ".struct_size is ", size, ", start from the _INIT value"));
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(from);
  for (size_t i = sizeof(Struct); i < size; ++i) {
    if (bytes[i] != 0) {
      return absl::UnimplementedError(StrCat(
          name, " sets a field that this version of Trato does not know"));
    }
  }
  Struct read;
  std::memcpy(&read, from, sizeof(Struct));
  return read;
}

absl::StatusOr<core::WriteOptions> ToWriteOptions(
    const trato_write_options* options);
// NULL: the defaults.
absl::StatusOr<core::ListOptions> ToListOptions(
    const trato_list_options* options, std::string_view name);
absl::StatusOr<core::ValueInput> ToValue(const trato_value& value,
                                         std::string_view name);
trato_value FromValue(const core::ValueInput& value);

inline core::IdBytes FromId(const trato_id& id) {
  core::IdBytes bytes;
  std::memcpy(bytes.data(), id.bytes, bytes.size());
  return bytes;
}
inline trato_id ToId(const core::IdBytes& bytes) {
  trato_id id;
  std::memcpy(id.bytes, bytes.data(), bytes.size());
  return id;
}
inline trato_str ToStr(std::string_view text) {
  return {text.data(), text.size()};
}
void CopyCurrency(std::string_view code, char (&to)[4]);

// What tells of progress; empty where the host gave none.
std::function<bool(uint64_t, uint64_t)> ToProgress(trato_progress_fn progress,
                                                   void* context);

// Gives the bytes to the caller.
absl::Status MoveInto(const std::string& bytes, trato_buf* out);
template <typename Result>
absl::Status MoveInto(const absl::StatusOr<Result>& bytes, trato_buf* out) {
  TRATO_RETURN_IF_ERROR(CheckSet(out, "the output"));
  TRATO_RETURN_IF_ERROR(bytes.status());
  return MoveInto(*bytes, out);
}

inline bool IsZero(const trato_id& id) {
  for (unsigned char byte : id.bytes) {
    if (byte != 0) return false;
  }
  return true;
}

// Gives the fact's id to the caller, who may not want it.
absl::Status GiveFact(const absl::StatusOr<core::Written>& written,
                      trato_id* out_fact);

}  // namespace trato::capi

#endif  // TRATO_CAPI_SUPPORT_H_
