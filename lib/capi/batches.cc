// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 15 of trato.h: contacts and batches.

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::ContactsImport;
using trato::core::Store;

static_assert(sizeof(trato_contact_column) == 40);

namespace {

absl::StatusOr<ContactsImport> ToImport(const trato_contacts_options* options) {
  ContactsImport import;
  if (options == nullptr) return import;
  TRATO_ASSIGN_OR_RETURN(trato_contacts_options it,
                         ReadStruct(options, "contacts_options"));
  if (it.dry_run > 1) {
    return absl::InvalidArgumentError(
        "contacts_options.dry_run is neither 0 nor 1");
  }
  if (it.reserved0 != 0) {
    return absl::InvalidArgumentError("contacts_options.reserved0 is not 0");
  }
  import.dry_run = it.dry_run == 1;
  import.date_order = it.date_order;
  TRATO_ASSIGN_OR_RETURN(import.name_space,
                         ToText(it.name_space, "contacts_options.name_space"));
  constexpr size_t kMaxColumns = 10000;
  if (it.column_count > kMaxColumns) {
    return absl::InvalidArgumentError(
        StrCat("contacts_options.column_count is above ", kMaxColumns));
  }
  if (it.column_count > 0) {
    TRATO_RETURN_IF_ERROR(CheckSet(it.columns, "contacts_options.columns"));
  }
  for (size_t i = 0; i < it.column_count; ++i) {
    const std::string name = StrCat("contacts_options.columns[", i, "]");
    const trato_contact_column& column = it.columns[i];
    if (column.reserved0 != 0) {
      return absl::InvalidArgumentError(StrCat(name, ".reserved0 is not 0"));
    }
    ContactsImport::Column& added = import.columns.emplace_back();
    TRATO_ASSIGN_OR_RETURN(added.header,
                           ToText(column.column, StrCat(name, ".column")));
    TRATO_ASSIGN_OR_RETURN(added.field,
                           ToText(column.field, StrCat(name, ".field")));
    added.rule = column.rule;
  }
  if (it.progress != nullptr) {
    import.progress = [progress = it.progress, context = it.progress_context](
                          uint64_t done, uint64_t total) {
      return progress(context, done, total) == 0;
    };
  }
  return import;
}

}  // namespace

extern "C" {

trato_status trato_contacts_import(
    trato_store* store, trato_read_fn read, void* read_context, int64_t now_us,
    const trato_contacts_options* contacts_options,
    const trato_write_options* options, trato_buf* out_report,
    trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(
        CheckSet(reinterpret_cast<const void*>(read), "read"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_report, "out_report"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(ContactsImport import, ToImport(contacts_options));
    return MoveInto(core->ImportContacts(
                        [&](char* buffer, size_t capacity) {
                          return read(read_context, buffer, capacity);
                        },
                        now_us, import, write),
                    out_report);
  });
}

trato_status trato_batch_list(const trato_store* store, trato_buf* out_json,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    return MoveInto(core->BatchListJson(), out_json);
  });
}

trato_status trato_batch_retract(trato_store* store, trato_str batch,
                                 int64_t now_us,
                                 const trato_retract_options* retract_options,
                                 const trato_write_options* options,
                                 trato_buf* out_report,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_report, "out_report"));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view name, ToText(batch, "batch"));
    trato::core::RetractOptions retract;
    if (retract_options != nullptr) {
      TRATO_ASSIGN_OR_RETURN(trato_retract_options it,
                             ReadStruct(retract_options, "retract_options"));
      if (it.dry_run > 1) {
        return absl::InvalidArgumentError(
            "retract_options.dry_run is neither 0 nor 1");
      }
      retract.dry_run = it.dry_run == 1;
      TRATO_ASSIGN_OR_RETURN(retract.reason,
                             ToText(it.reason, "retract_options.reason"));
    }
    return MoveInto(core->RetractBatch(name, retract, now_us, write),
                    out_report);
  });
}

}  // extern "C"
