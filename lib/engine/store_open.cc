// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <sodium.h>

#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

constexpr std::string_view kDefaultZone = "UTC";
constexpr std::string_view kDefaultCurrency = "EUR";

OpenMode ToMode(StoreOptions::Mode mode) {
  switch (mode) {
    case StoreOptions::Mode::kOpenExisting:
      return OpenMode::kOpenExisting;
    case StoreOptions::Mode::kCreateNew:
      return OpenMode::kCreateNew;
    case StoreOptions::Mode::kOpenOrCreate:
      break;
  }
  return OpenMode::kOpenOrCreate;
}

absl::Status CheckSame(std::string_view field, std::string_view given,
                       std::string_view own) {
  if (given.empty() || given == own) return absl::OkStatus();
  return absl::FailedPreconditionError(
      StrCat(field, ": the store was made with ", own, ", not ", given));
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Store::~Store() { Close().IgnoreError(); }

absl::StatusOr<std::shared_ptr<Store>> Store::Open(
    std::string_view path, const StoreOptions& options) {
  // Picks the fastest code for this machine; safe to repeat.
  if (sodium_init() < 0) {
    return absl::InternalError("libsodium finds no source of entropy");
  }
  TRATO_RETURN_IF_ERROR(CheckText("path", path, 4096));
  if (path.find('\0') != std::string_view::npos) {
    return absl::InvalidArgumentError("path holds a NUL");
  }
  // Before the file exists, so that a mistake leaves nothing behind.
  const std::string zone(options.zone.empty() ? kDefaultZone : options.zone);
  const std::string currency(options.currency.empty() ? kDefaultCurrency
                                                      : options.currency);
  TRATO_RETURN_IF_ERROR(LoadZone(zone).status());
  TRATO_RETURN_IF_ERROR(Currency::Parse(currency).status());

  auto impl = std::make_unique<Impl>();
  impl->path = std::string(path);
  TRATO_RETURN_IF_ERROR(impl->Load(options, {zone, currency}));
  return std::shared_ptr<Store>(new Store(std::move(impl)));
}

absl::Status Store::Impl::Load(const StoreOptions& options,
                               StoreSettings settings) {
  absl::MutexLock lock(&mutex);
  TRATO_ASSIGN_OR_RETURN(file, StoreFile::Open(path, ToMode(options.mode)));
  // The lock is held in here too, which the analysis cannot see.
  const auto replay = [this](uint64_t at, std::string_view entry)
                          ABSL_NO_THREAD_SAFETY_ANALYSIS -> absl::Status {
    const std::string prefix = StrCat("log position ", at, ": ");
    auto facts = DecodeEntry(entry);
    if (!facts.ok()) return Prefixed(facts.status(), prefix);
    position = at;
    return Prefixed(state.Replay(*std::move(facts)), prefix);
  };
  TRATO_RETURN_IF_ERROR(file->ScanJournal(replay));
  if (position == 0) {
    // The first fact of every store. It is dated by nobody: what the store's
    // times mean holds for all times.
    Fact fact = Envelope(0, 0, {});
    fact.payload = std::move(settings);
    TRATO_RETURN_IF_ERROR(
        Commit(NewFact{std::move(fact), true}, 0, false).status());
  }
  TRATO_RETURN_IF_ERROR(CheckSame("zone", options.zone, state.zone_name));
  return CheckSame("currency", options.currency, state.currency.code());
}

absl::Status Store::Close() {
  absl::MutexLock lock(&impl_->mutex);
  if (impl_->file == nullptr) return absl::OkStatus();
  absl::Status status = impl_->file->Sync({});
  if (absl::Status closed = impl_->file->Close(); status.ok()) status = closed;
  impl_->file = nullptr;
  return status;
}

absl::Status Store::Flush() {
  absl::MutexLock lock(&impl_->mutex);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  return impl_->SyncFile();
}

}  // namespace trato::core
