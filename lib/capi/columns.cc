// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 9 of trato.h: columns in and out.

#include <utility>
#include <vector>

#include "capi/columns.h"
#include "columnar/export_rows.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Appended;
using trato::core::AppendOptions;
using trato::core::Exporter;
using trato::core::Store;

namespace {

constexpr uint32_t kBatchRows = 65536;

absl::StatusOr<HowToAppend> ToAppend(const Store* store, bool of_interactions,
                                     const trato_append_options* options) {
  TRATO_ASSIGN_OR_RETURN(HowToAppend how, ReadAppendOptions(options));
  for (auto& [name, kind] : store->Attributes(of_interactions)) {
    how.input.attributes.push_back({name, kind});
  }
  how.input.digits_of = [store](std::string_view code) {
    return store->CurrencyDigits(code);
  };
  how.input.local_to_utc = [store](int64_t us) {
    return store->LocalToUtc(us);
  };
  return how;
}

// What the three appends have in common. `read` opens the stream, `append`
// takes its batches.
template <typename Read, typename Append>
absl::Status AppendStream(trato_store* store, ArrowArrayStream* stream,
                          bool of_interactions,
                          const trato_append_options* append_options,
                          const trato_write_options* options,
                          trato_appended* out_appended, Read read,
                          Append append) {
  const StreamOwner owner(stream);
  TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
  TRATO_RETURN_IF_ERROR(CheckSet(stream, "stream"));
  TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
  TRATO_ASSIGN_OR_RETURN(HowToAppend how,
                         ToAppend(core, of_interactions, append_options));
  TRATO_ASSIGN_OR_RETURN(auto next, read(stream, std::move(how.input)));
  TRATO_ASSIGN_OR_RETURN(Appended appended,
                         append(*core, next, how.options, write));
  if (out_appended != nullptr) {
    *out_appended = {appended.rows, appended.added, appended.known};
  }
  return absl::OkStatus();
}

struct HowToExport {
  trato::core::ExportOptions options;
  uint32_t batch_rows = kBatchRows;
};

absl::StatusOr<HowToExport> ToExport(const trato_export_options* options) {
  HowToExport how;
  if (options == nullptr) return how;
  TRATO_ASSIGN_OR_RETURN(trato_export_options it,
                         ReadStruct(options, "options"));
  if (it.batch_rows != 0) how.batch_rows = it.batch_rows;
  how.options.from_us = it.from_us;
  how.options.until_us = it.until_us;
  TRATO_ASSIGN_OR_RETURN(how.options.type, ToText(it.type, "options.type"));
  if (it.customers == nullptr && it.customer_count > 0) {
    return CheckSet(it.customers, "options.customers");
  }
  if (it.customers != nullptr) {
    auto& customers = how.options.customers.emplace();
    for (size_t i = 0; i < it.customer_count; ++i) {
      TRATO_ASSIGN_OR_RETURN(
          std::string_view customer,
          ToText(it.customers[i], StrCat("options.customers[", i, "]")));
      customers.push_back(customer);
    }
  }
  if (it.list != nullptr) {
    TRATO_ASSIGN_OR_RETURN(how.options.list,
                           ToListOptions(it.list, "options.list"));
  }
  return how;
}

std::vector<trato::core::NamedAttribute> ColumnsOf(const Store* store,
                                                    bool of_interactions) {
  std::vector<trato::core::NamedAttribute> columns;
  for (auto& [name, kind] : store->Attributes(of_interactions)) {
    columns.push_back({name, kind});
  }
  return columns;
}

// Makes a stream of the rows that `read(exporter, rows, until_full)` gives.
template <typename Rows, typename Read>
absl::Status ExportStream(const trato_store* store, int64_t now_us,
                          const trato_export_options* options,
                          ArrowArrayStream* out_stream, bool of_interactions,
                          Read read) {
  TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
  TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
  TRATO_ASSIGN_OR_RETURN(HowToExport how, ToExport(options));
  TRATO_ASSIGN_OR_RETURN(Exporter opened, core->Export(now_us, how.options));
  struct State {
    std::shared_ptr<Store> store;  // outlives the exporter
    Exporter exporter;
    Rows rows;
    bool more = true;
  };
  auto state = std::make_shared<State>(State{
      store->store, std::move(opened), Rows(ColumnsOf(core, of_interactions))});
  std::vector<trato::core::OutputField> schema = state->rows.Schema();
  trato::core::MakeStream(
      std::move(schema),
      [state, read, batch_rows = static_cast<int64_t>(how.batch_rows)]()
          -> absl::StatusOr<std::optional<trato::core::OutputBatch>> {
        State& it = *state;
        const auto is_full = [&] {
          return it.rows.size() >= batch_rows || it.rows.Full();
        };
        if (it.more) {
          TRATO_ASSIGN_OR_RETURN(it.more, read(it.exporter, it.rows, is_full));
        }
        if (it.rows.size() == 0) return std::nullopt;
        return it.rows.Take();
      },
      out_stream);
  return absl::OkStatus();
}

}  // namespace

namespace trato::capi {

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ToColumns(
    const trato_column* columns, size_t count, std::string_view owner) {
  constexpr size_t kMaxColumns = 10000;
  if (count > kMaxColumns) {
    return absl::InvalidArgumentError(
        StrCat(owner, ".column_count is above ", kMaxColumns));
  }
  if (count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(columns, StrCat(owner, ".columns")));
  }
  std::vector<std::pair<std::string, std::string>> read;
  for (size_t i = 0; i < count; ++i) {
    const std::string name = StrCat(owner, ".columns[", i, "]");
    TRATO_ASSIGN_OR_RETURN(std::string_view field,
                           ToText(columns[i].field, StrCat(name, ".field")));
    TRATO_ASSIGN_OR_RETURN(std::string_view column,
                           ToText(columns[i].column, StrCat(name, ".column")));
    read.emplace_back(field, column);
  }
  return read;
}

absl::StatusOr<HowToAppend> ReadAppendOptions(
    const trato_append_options* options) {
  HowToAppend how;
  if (options == nullptr) return how;
  TRATO_ASSIGN_OR_RETURN(trato_append_options it,
                         ReadStruct(options, "append_options"));
  if (it.dry_run > 1) {
    return absl::InvalidArgumentError(
        "append_options.dry_run is neither 0 nor 1");
  }
  how.options.dry_run = it.dry_run == 1;
  TRATO_ASSIGN_OR_RETURN(how.options.name_space,
                         ToText(it.name_space, "append_options.name_space"));
  TRATO_ASSIGN_OR_RETURN(
      how.input.columns,
      ToColumns(it.columns, it.column_count, "append_options"));
  if (it.progress != nullptr) {
    how.options.progress = [progress = it.progress,
                            context = it.progress_context](uint64_t done,
                                                           uint64_t total) {
      return progress(context, done, total) == 0;
    };
  }
  return how;
}

}  // namespace trato::capi

extern "C" {

trato_status trato_interactions_append(
    trato_store* store, ArrowArrayStream* stream, int64_t now_us,
    const trato_append_options* append_options,
    const trato_write_options* options, trato_appended* out_appended,
    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return AppendStream(store, stream, true, append_options, options,
                        out_appended, trato::core::ReadInteractions,
                        [&](Store& core, const auto& next,
                            const AppendOptions& how, const auto& write) {
                          return core.AppendInteractions(next, now_us, how,
                                                         write);
                        });
  });
}

trato_status trato_customers_append(trato_store* store,
                                    ArrowArrayStream* stream, int64_t now_us,
                                    const trato_append_options* append_options,
                                    const trato_write_options* options,
                                    trato_appended* out_appended,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return AppendStream(store, stream, false, append_options, options,
                        out_appended, trato::core::ReadCustomers,
                        [&](Store& core, const auto& next,
                            const AppendOptions& how, const auto& write) {
                          return core.AppendCustomers(next, now_us, how, write);
                        });
  });
}

trato_status trato_products_append(trato_store* store, ArrowArrayStream* stream,
                                   int64_t now_us,
                                   const trato_append_options* append_options,
                                   const trato_write_options* options,
                                   trato_appended* out_appended,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return AppendStream(store, stream, false, append_options, options,
                        out_appended, trato::core::ReadProducts,
                        [&](Store& core, const auto& next,
                            const AppendOptions& how, const auto& write) {
                          return core.AppendProducts(next, now_us, how, write);
                        });
  });
}

trato_status trato_interactions_export(const trato_store* store, int64_t now_us,
                                       const trato_export_options* options,
                                       ArrowArrayStream* out_stream,
                                       trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return ExportStream<trato::core::InteractionRows>(
        store, now_us, options, out_stream, true,
        [](Exporter& exporter, trato::core::InteractionRows& rows,
           const auto& is_full) {
          return exporter.ReadInteractions(
              [&](std::string_view customer,
                  const trato::core::TimelineItem& item) {
                rows.Add(customer, item);
                return !is_full();
              });
        });
  });
}

trato_status trato_customers_export(const trato_store* store, int64_t now_us,
                                    const trato_export_options* options,
                                    ArrowArrayStream* out_stream,
                                    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    return ExportStream<trato::core::CustomerRows>(
        store, now_us, options, out_stream, false,
        [](Exporter& exporter, trato::core::CustomerRows& rows,
           const auto& is_full) {
          return exporter.ReadCustomers(
              [&](std::string_view customer, const trato::core::IdBytes& id,
                  int64_t records, const auto& attributes) {
                rows.Add(customer, id, records, attributes);
                return !is_full();
              });
        });
  });
}

}  // extern "C"
