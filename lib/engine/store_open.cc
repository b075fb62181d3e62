// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include <sodium.h>

#include <cstring>
#include <utility>

#include "base/calendar.h"
#include "base/fault.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/fact_codec.h"
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
    case StoreOptions::Mode::kRead:
      return OpenMode::kRead;
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

  if (!options.key.empty() && options.key.size() != kSuppressionKeyBytes) {
    return absl::InvalidArgumentError(
        StrCat("key has ", options.key.size(), " bytes, ", kSuppressionKeyBytes,
               " are needed"));
  }

  auto impl = std::make_unique<Impl>();
  impl->path = std::string(path);
  TRATO_RETURN_IF_ERROR(impl->Load(options, {zone, currency}));
  return std::shared_ptr<Store>(new Store(std::move(impl)));
}

absl::Status Store::Impl::Load(const StoreOptions& options,
                               StoreSettings settings) {
  run = options.run;
  seed = options.seed;
  state->consents.lists().hasher().SetKey(options.key);
  const OpenMode mode = ToMode(options.mode);
  auto opened = StoreFile::Open(path, mode);
  if (opened.ok()) {
    file = *std::move(opened);
    const absl::Status status = LoadAll(options.memory_limit);
    if (!status.ok()) {
      return absl::IsDataLoss(status) ? DamagedError(status) : status;
    }
  } else if (!absl::IsDataLoss(opened.status())) {
    return opened.status();
  } else if (mode != OpenMode::kRead) {
    return DamagedError(opened.status());
  } else {
    TRATO_ASSIGN_OR_RETURN(file, StoreFile::OpenDamaged(path, damage));
    TRATO_RETURN_IF_ERROR(LoadAll(options.memory_limit));
  }
  if (position == 0) {
    if (file->read_only()) {
      return absl::FailedPreconditionError(
          StrCat(path, " holds no store yet: its first writer was cut off"));
    }
    // The first fact of every store. It is dated by nobody: what the store's
    // times mean holds for all times.
    MutexLock lock(&writer);
    Fact fact = Envelope(0, 0, {});
    fact.payload = std::move(settings);
    TRATO_RETURN_IF_ERROR(
        Commit(NewFact{std::move(fact), true}, 0, false).status());
  }
  TRATO_RETURN_IF_ERROR(CheckSame("zone", options.zone, state->zone_name));
  {
    MutexLock lock(&writer);
    TRATO_RETURN_IF_ERROR(ApplyErasures(options.erasures));
  }
  return CheckSame("currency", options.currency, state->currency.code());
}

absl::Status Store::Impl::DamagedError(const absl::Status& status) const {
  return absl::DataLossError(
      StrCat(status.message(),
             "; what is undamaged can be read by opening it to read "
             "(TRATO_OPEN_READ), and verify tells what is damaged"));
}

absl::Status Store::Impl::LoadAll(uint64_t memory_limit) {
  TRATO_RETURN_IF_ERROR(LoadSealed(memory_limit));
  {
    ReadScope scope;
    TRATO_RETURN_IF_ERROR(LoadJournal());
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  return LeaveOutRetracted();
}

absl::Status Store::Impl::LoadJournal() {
  position = file->head().position;
  TRATO_ASSIGN_OR_RETURN(link_ends, file->RowEnds());
  return file->ScanJournal(
      [this](uint64_t at, std::string_view entry) -> absl::Status {
        const std::string prefix = StrCat("log position ", at, ": ");
        auto decoded = DecodeEntry(entry);
        if (!decoded.ok()) return Prefixed(decoded.status(), prefix);
        const size_t records = state->customers.record_count();
        std::vector<Fact> others;
        bool has_interactions = false;
        for (const Fact& fact : decoded->facts) {
          if (std::holds_alternative<InteractionFact>(fact.payload)) {
            has_interactions = true;
          } else {
            others.push_back(fact);
          }
        }
        TRATO_RETURN_IF_ERROR(
            Prefixed(state->Replay(std::move(decoded->facts), at), prefix));
        if (!others.empty()) {
          const int64_t recorded_us = others.front().recorded_us;
          std::string bytes(entry);
          if (has_interactions) {
            TRATO_ASSIGN_OR_RETURN(bytes, EncodeEntry(recorded_us, others));
          }
          unsealed_bytes += bytes.size();
          unsealed.emplace_back(at, std::move(bytes));
        }
        const size_t made = state->customers.record_count() - records;
        if (decoded->salts.size() != made * sizeof(Salt)) {
          return absl::DataLossError(
              StrCat(prefix, "its salts are not those of its records"));
        }
        std::vector<Salt>& salts = chain.salts();
        salts.resize(state->customers.record_count());
        if (made > 0) {
          std::memcpy(salts[records].data(), decoded->salts.data(),
                      decoded->salts.size());
        }
        return absl::OkStatus();
      });
}

void Store::Impl::ForEachTask(size_t count,
                              const std::function<void(size_t)>& task) const {
  if (run && count > 1) {
    run(task, count);
    return;
  }
  for (size_t i = 0; i < count; ++i) task(i);
}

absl::Status Store::Impl::CloseFile() {
  absl::Status status =
      file->read_only() || is_past || broken || Fault("closed_unsynced")
          ? absl::OkStatus()
          : Sync();
  // A store of the past that is still open reads on from the file.
  if (shared.use_count() == 1) {
    const absl::Status closed = file->Close();
    if (status.ok()) status = closed;
  }
  WriterMutexLock lock(&mutex);
  file = nullptr;
  return status;
}

absl::Status Store::Close() {
  if (is_view()) return absl::OkStatus();  // the file is the store's
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return absl::OkStatus();
  return impl_->CloseFile();
}

absl::Status Store::Flush() {
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  const absl::Status status = impl_->Sync();
  if (!status.ok()) impl_->broken = true;
  return status;
}

absl::StatusOr<bool> Store::Checkpoint(uint32_t steps) {
  for (uint32_t step = 0; steps == 0 || step < steps; ++step) {
    // Other writers get their turn between two steps.
    MutexLock lock(&impl_->writer);
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    if (impl_->file->pending_bytes() >= kBytesOfSync) {
      TRATO_RETURN_IF_ERROR(impl_->Sync());
    } else if (impl_->NeedsSeal()) {
      TRATO_RETURN_IF_ERROR(impl_->Seal());
    } else if (impl_->MergeIsDue()) {
      TRATO_RETURN_IF_ERROR(impl_->MergeStep());
    } else {
      return false;
    }
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  return impl_->NeedsSeal() || impl_->MergeIsDue();
}

absl::StatusOr<StoreHead> Store::Head() {
  MutexLock lock(&impl_->writer);
  if (impl_->file == nullptr) return impl_->CheckOpen();
  if (!impl_->file->read_only() && !impl_->is_past) {
    TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
    const absl::Status status = impl_->Sync();
    if (!status.ok()) impl_->broken = true;
    TRATO_RETURN_IF_ERROR(status);
  }
  const trato::core::Head head = impl_->file->head();
  return StoreHead{head.position, head.chain};
}

absl::Status Store::Backup(
    std::string_view path,
    const std::function<bool(uint64_t, uint64_t)>& progress) {
  TRATO_RETURN_IF_ERROR(CheckText("path", path, 4096));
  std::shared_ptr<StoreFile> file;
  {
    MutexLock lock(&impl_->writer);
    if (impl_->file == nullptr) return impl_->CheckOpen();
    if (impl_->path.empty()) {
      return absl::FailedPreconditionError(
          "the store is in memory: there is no file to copy");
    }
    if (impl_->is_past) return impl_->CheckOpen();
    if (!impl_->file->read_only()) {
      TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
      TRATO_RETURN_IF_ERROR(impl_->Sync());
    }
    file = impl_->file;
  }
  // Others write on meanwhile.
  return file->Backup(std::string(path), progress);
}

}  // namespace trato::core
