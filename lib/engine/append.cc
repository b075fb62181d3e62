// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tables in. Few interactions go the way of single ones; many are packed into
// blocks at once and sealed with one entry of the log, in one transaction.

#include <algorithm>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "codec/fact_codec.h"
#include "engine/bulk.h"
#include "engine/store_impl.h"

namespace trato::core {
namespace {

// From here on packing beats the journal.
constexpr size_t kBulkRows = 10000;

absl::Status Cancelled() {
  return absl::CancelledError("the append was cancelled; nothing was stored");
}

}  // namespace

absl::StatusOr<Appended> Store::AppendInteractions(
    const BatchReader<InteractionBatch>& next, int64_t now_us,
    const AppendOptions& append_options, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (!append_options.name_space.empty()) {
    TRATO_RETURN_IF_ERROR(CheckName("name_space", append_options.name_space));
  }
  Fact envelope = Impl::Envelope(kAtNow, now_us, options);
  {
    // The envelope is checked as any fact's.
    Fact probe = envelope;
    probe.payload = StoreSettings{};
    TRATO_RETURN_IF_ERROR(
        CheckFact(*impl_->state, impl_->state->schema, probe));
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  BulkRows rows(impl_->state.get(), &impl_->mutex, std::move(envelope),
                append_options.name_space);
  Appended appended;
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(InteractionBatch batch, next());
    if (batch.rows == 0) break;
    TRATO_RETURN_IF_ERROR(rows.Add(batch));
    appended.rows += batch.rows;
    if (append_options.progress && !append_options.progress(appended.rows, 0)) {
      return Cancelled();
    }
  }
  TRATO_RETURN_IF_ERROR(rows.Finish());
  TRATO_RETURN_IF_ERROR(impl_->Append(rows, now_us, append_options.dry_run,
                                      options.buffered, appended));
  if (append_options.progress) {
    append_options.progress(appended.rows, appended.rows);
  }
  return appended;
}

absl::Status Store::Impl::Append(BulkRows& rows, int64_t now_us, bool dry_run,
                                 bool buffered, Appended& appended) {
  if (rows.size() < kBulkRows) {
    std::vector<NewFact> facts;
    facts.reserve(rows.size());
    for (Fact& fact : rows.ToFacts()) facts.push_back({std::move(fact), true});
    // They come to exist with the facts.
    rows.TakeBackRecords();
    CommitOptions commit;
    commit.buffered = buffered;
    commit.dry_run = dry_run;
    commit.wants_id = false;
    const size_t count = facts.size();
    TRATO_ASSIGN_OR_RETURN(Written written,
                           Commit(std::move(facts), now_us, commit));
    appended.added = written.added;
    appended.known = count - written.added;
    return absl::OkStatus();
  }
  std::vector<uint64_t> keys;
  if (rows.has_keys()) {
    TRATO_RETURN_IF_ERROR(DropKnown(rows, appended, keys));
  }
  appended.added = rows.size() - appended.known;
  if (dry_run || appended.added == 0) return absl::OkStatus();
  const RecordNumber known_records = rows.first_new_record();
  // What came before goes first, so that the journal is empty.
  if (!path.empty()) {
    TRATO_RETURN_IF_ERROR(LoadSalts());
    TRATO_RETURN_IF_ERROR(Seal(known_records));
  }
  absl::Cleanup forget_salts = [&] {
    chain.salts().resize(std::min<size_t>(chain.salts().size(), known_records));
  };
  std::vector<int64_t> first_seen(state->customers.record_count(),
                                  std::numeric_limits<int64_t>::max());
  Link link;
  Sealing sealing;
  auto run = std::make_shared<Run>();
  const SealedCounts before = sealed;
  absl::Cleanup uncount = [&] {
    file->DropStaged().IgnoreError();
    sealed = before;
    for (const auto& slot : run->blocks) state->timeline.cache().Retire(slot);
  };
  run->id = sealed.next_run++;
  TRATO_RETURN_IF_ERROR(rows.Pack(
      position + 1, path.empty() ? nullptr : &chain, &link, first_seen,
      [this](size_t count, const std::function<void(size_t)>& task) {
        ForEachTask(count, task);
      },
      [&](std::vector<PackedBlock> blocks) {
        return AddBlocks(std::move(blocks), *run, nullptr);
      }));
  std::vector<std::shared_ptr<Run>> runs = state->timeline.runs();
  runs.push_back(run);
  if (!path.empty()) {
    const trato::core::Head head = file->head();
    const Hash256 next_chain = link.Close(head.chain, position + 1);
    TRATO_ASSIGN_OR_RETURN(std::string entry, EncodeEntry(now_us, {}));
    link_ends.push_back(position + 1);
    absl::Status status = file->Append(entry).status();
    if (status.ok()) {
      // Readers see them when all of it is on disk.
      PutState(sealing, runs,
               static_cast<RecordNumber>(state->customers.record_count()), {},
               &first_seen, appended.added);
      sealing.journal_until = position + 1;
      status = file->Seal(sealing, next_chain);
    }
    if (!status.ok()) {
      link_ends.pop_back();
      return status;
    }
    link_ends.clear();
  }
  if (path.empty()) {
    TRATO_RETURN_IF_ERROR(file->Append({}).status());
    TRATO_RETURN_IF_ERROR(file->Sync({}));
  }
  std::move(forget_salts).Cancel();
  std::move(uncount).Cancel();
  WriterMutexLock lock(&mutex);
  if (!watches.empty()) watches.BeforeEntry(now_us);
  broken = true;
  rows.KeepRecords();
  ++position;
  CustomerStore& customers = state->customers;
  for (RecordNumber i = 0; i < first_seen.size(); ++i) {
    customers.TouchRecord(i, first_seen[i]);
  }
  for (RecordNumber i = known_records; i < first_seen.size(); ++i) {
    customers.Admit(i);
  }
  if (!path.empty()) {
    customers.TakeEarlier(static_cast<RecordNumber>(customers.record_count()));
  }
  state->timeline.SetRuns(std::move(runs));
  state->timeline.ResolveSealed(*run);
  state->keys.InsertSorted(std::move(keys));
  state->interactions += appended.added;
  if (!watches.empty()) watches.AfterTable(position);
  broken = false;
  return absl::OkStatus();
}

absl::Status Store::Impl::DropKnown(BulkRows& rows, Appended& appended,
                                    std::vector<uint64_t>& keys) {
  if (state->has_sealed_keys) TRATO_RETURN_IF_ERROR(LoadKeys());
  keys = rows.KeyHashes();
  return rows.DropRepeated(
      keys, [this](uint64_t hash) { return state->keys.Contains(hash); },
      [this](const Fact& fact) -> absl::StatusOr<std::optional<KnownFact>> {
        absl::Status status;
        std::optional<KnownFact> known = FindKey(fact, status);
        TRATO_RETURN_IF_ERROR(status);
        return known;
      },
      appended.known);
}

absl::StatusOr<Appended> Store::AppendCustomers(
    const BatchReader<CustomerBatch>& next, int64_t now_us,
    const AppendOptions& append_options, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Appended appended;
  std::vector<NewFact> facts;
  std::vector<uint64_t> rows;
  const auto full_name = [&](std::string_view name) {
    return append_options.name_space.empty() ||
                   name.find(':') != std::string_view::npos
               ? std::string(name)
               : StrCat(append_options.name_space, ":", name);
  };
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(CustomerBatch batch, next());
    if (batch.rows == 0) break;
    // Facts are large, and take time to move.
    const size_t most = facts.size() + batch.rows * (batch.attributes.size() +
                                                     batch.identifiers.size());
    if (most > facts.capacity()) {
      facts.reserve(std::max(most, facts.capacity() + facts.capacity() / 2));
      rows.reserve(facts.capacity());
    }
    for (size_t i = 0; i < batch.rows; ++i) {
      const uint64_t row = batch.first_row + i;
      if (batch.customer.IsNull(i)) {
        return absl::InvalidArgumentError(
            StrCat("column 'customer', row ", row, ": a value is missing"));
      }
      const std::string customer = full_name(batch.customer.At(i));
      const bool is_dated = batch.at_us.present && !batch.at_us.IsNull(i);
      const int64_t at_us = is_dated ? batch.at_us.values[i] : kAtNow;
      for (const ValueColumn& column : batch.attributes) {
        ValueInput input;
        input.kind = column.kind;
        switch (static_cast<ValueType>(column.kind)) {
          case ValueType::kString:
            if (column.text.IsNull(i)) continue;
            input.text = column.text.At(i);
            break;
          case ValueType::kDouble:
            if (column.number.IsNull(i)) continue;
            input.number = column.number.values[i];
            break;
          default:
            if (column.integer.IsNull(i)) continue;
            input.integer = column.integer.values[i];
            if (column.currency.present && !column.currency.IsNull(i)) {
              input.currency = column.currency.At(i);
            }
        }
        auto value = impl_->ToValue(input);
        if (!value.ok()) {
          return Prefixed(value.status(), StrCat("column '", column.name,
                                                 "', row ", row, ": "));
        }
        Fact fact = Impl::Envelope(at_us, now_us, options);
        fact.payload = AttributeFact{customer, column.name, *std::move(value)};
        facts.push_back({std::move(fact), is_dated});
        rows.push_back(row);
      }
      for (const auto& [name_space, identifiers] : batch.identifiers) {
        if (identifiers.IsNull(i)) continue;
        Fact fact = Impl::Envelope(at_us, now_us, options);
        const std::string_view identifier = identifiers.At(i);
        fact.payload = ClaimFact{
            customer, name_space.empty() ? std::string(identifier)
                                         : StrCat(name_space, ":", identifier)};
        facts.push_back({std::move(fact), is_dated});
        rows.push_back(row);
      }
    }
    appended.rows += batch.rows;
    if (append_options.progress && !append_options.progress(appended.rows, 0)) {
      return Cancelled();
    }
  }
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  commit.dry_run = append_options.dry_run;
  commit.wants_id = false;
  commit.prefix = [&](size_t i) { return StrCat("row ", rows[i], ": "); };
  MutexLock lock(&impl_->writer);
  const size_t count = facts.size();
  TRATO_ASSIGN_OR_RETURN(Written written,
                         impl_->Commit(std::move(facts), now_us, commit));
  appended.added = written.added;
  appended.known = count - written.added;
  return appended;
}

absl::StatusOr<Appended> Store::AppendProducts(
    const BatchReader<ProductBatch>& next, int64_t now_us,
    const AppendOptions& append_options, const WriteOptions& options) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  Appended appended;
  std::vector<Definition> definitions;
  for (;;) {
    TRATO_ASSIGN_OR_RETURN(ProductBatch batch, next());
    if (batch.rows == 0) break;
    for (size_t i = 0; i < batch.rows; ++i) {
      const uint64_t row = batch.first_row + i;
      for (const TextColumn* column : {&batch.product, &batch.name}) {
        if (column->IsNull(i)) {
          return absl::InvalidArgumentError(
              StrCat("column '", column == &batch.product ? "product" : "name",
                     "', row ", row, ": a value is missing"));
        }
      }
      definitions.push_back(SchemaDefinition(ProductDefinition{
          std::string(batch.product.At(i)), std::string(batch.name.At(i))}));
    }
    appended.rows += batch.rows;
    if (append_options.progress && !append_options.progress(appended.rows, 0)) {
      return Cancelled();
    }
  }
  MutexLock lock(&impl_->writer);
  TRATO_RETURN_IF_ERROR(impl_->CheckOpen());
  for (size_t i = 0; i < definitions.size(); ++i) {
    TRATO_RETURN_IF_ERROR(
        Prefixed(CheckDefinition(*impl_->state, definitions[i]),
                 StrCat("row ", i, ": ")));
  }
  std::vector<NewFact> facts =
      impl_->DefinitionFacts(std::move(definitions), now_us, options);
  appended.added = facts.size();
  appended.known = appended.rows - appended.added;
  Impl::CommitOptions commit;
  commit.buffered = options.buffered;
  commit.dry_run = append_options.dry_run;
  commit.wants_id = false;
  TRATO_RETURN_IF_ERROR(
      impl_->Commit(std::move(facts), now_us, commit).status());
  return appended;
}

}  // namespace trato::core
