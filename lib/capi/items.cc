// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 22 of trato.h: what goes with what.

#include <memory>
#include <utility>

#include "base/mutex.h"
#include "capi/purchases.h"
#include "engine/store_items.h"
#include "engine/store_scores.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using namespace trato::core;  // NOLINT

struct trato_items {
  explicit trato_items(std::unique_ptr<StoreItems> learned)
      : items(std::move(learned)) {}

  mutable SharedMutex mutex;  // an update waits for questions
  const std::unique_ptr<StoreItems> items;
};

namespace {

absl::StatusOr<const StoreItems*> Unwrapped(const trato_items* items) {
  TRATO_RETURN_IF_ERROR(CheckSet(items, "items"));
  return items->items.get();
}

absl::StatusOr<ItemKind> ToKind(uint32_t kind) {
  if (kind >= kItemKinds) {
    return absl::InvalidArgumentError(
        "kind is none of TRATO_ITEMS_TOGETHER, TRATO_ITEMS_INSTEAD, "
        "TRATO_ITEMS_NEXT");
  }
  return static_cast<ItemKind>(kind);
}

absl::StatusOr<ItemOptions> ToOptions(const trato_items_options* options) {
  ItemOptions result;
  if (options == nullptr) return result;
  TRATO_ASSIGN_OR_RETURN(const trato_items_options it,
                         ReadStruct(options, "options"));
  if (it.reserved0 != 0) {
    return absl::InvalidArgumentError("options.reserved0 is not 0");
  }
  TRATO_ASSIGN_OR_RETURN(const auto type, ToText(it.type, "options.type"));
  if (!type.empty()) result.type = type;
  TRATO_ASSIGN_OR_RETURN(result.half_life,
                         ToText(it.half_life, "options.half_life"));
  return result;
}

// The texts have to live until Give.
void GiveRows(const std::vector<StoreItems::Row>& rows,
              const std::vector<std::string>* first, bool because,
              ArrowArrayStream* out_stream) {
  const auto texts = [&](const char* name, auto of) {
    std::vector<std::string_view> values;
    for (const StoreItems::Row& row : rows) values.push_back(of(row));
    return Texts(name, values);
  };
  const auto numbers = [&](const char* name, double StoreItems::Row::*field) {
    std::vector<double> values;
    for (const StoreItems::Row& row : rows) values.push_back(row.*field);
    return Numbers(name, std::move(values));
  };
  using Row = StoreItems::Row;
  std::vector<NamedColumn> out;
  if (first != nullptr) {
    out.push_back(
        Texts("item", std::vector<std::string_view>(first->begin(),
                                                    first->end())));
  }
  out.push_back(texts(first != nullptr ? "other" : "item",
                      [](const Row& row) -> std::string_view {
                        return row.item;
                      }));
  out.push_back(numbers("score", &Row::score));
  if (because) {
    out.push_back(texts("because", [](const Row& row) -> std::string_view {
      return row.because;
    }));
  }
  out.push_back(numbers("llr", &Row::llr));
  out.push_back(numbers("support", &Row::support));
  out.push_back(numbers("lift", &Row::lift));
  out.push_back(numbers("confidence", &Row::confidence));
  Give(std::move(out), rows.size(), out_stream);
}

}  // namespace

extern "C" {

trato_status trato_items_learn(const trato_store* store,
                               const trato_items_options* options,
                               int64_t now_us, trato_items** out_items,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const ItemOptions given, ToOptions(options));
    TRATO_RETURN_IF_ERROR(CheckSet(out_items, "out_items"));
    TRATO_ASSIGN_OR_RETURN(auto items, StoreItems::Of(*core, given, now_us));
    *out_items = new trato_items(std::move(items));
    return absl::OkStatus();
  });
}

void trato_items_destroy(trato_items* items) noexcept { delete items; }

trato_status trato_items_update(trato_items* items, const trato_store* store,
                                int64_t now_us, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(items, "items"));
    TRATO_ASSIGN_OR_RETURN(const Store* of, Unwrap(store));
    WriterMutexLock lock(&items->mutex);
    return items->items->Update(*of, now_us);
  });
}

trato_status trato_items_size(const trato_items* items, uint64_t* out_orders,
                              uint64_t* out_items,
                              trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const StoreItems* core, Unwrapped(items));
    ReaderMutexLock lock(&items->mutex);
    if (out_orders != nullptr) {
      *out_orders = static_cast<uint64_t>(core->baskets());
    }
    if (out_items != nullptr) *out_items = core->items();
    return absl::OkStatus();
  });
}

trato_status trato_items_related(const trato_items* items, trato_str item,
                                 uint32_t kind, uint64_t limit,
                                 ArrowArrayStream* out_stream,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const StoreItems* core, Unwrapped(items));
    TRATO_ASSIGN_OR_RETURN(const auto name, ToText(item, "item"));
    TRATO_ASSIGN_OR_RETURN(const ItemKind wanted, ToKind(kind));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    ReaderMutexLock lock(&items->mutex);
    TRATO_ASSIGN_OR_RETURN(const auto rows,
                           core->RelatedTo(wanted, name, limit));
    GiveRows(rows, nullptr, false, out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_items_table(const trato_items* items, uint32_t kind,
                               uint64_t limit, ArrowArrayStream* out_stream,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const StoreItems* core, Unwrapped(items));
    TRATO_ASSIGN_OR_RETURN(const ItemKind wanted, ToKind(kind));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    ReaderMutexLock lock(&items->mutex);
    std::vector<std::string> first;
    const auto rows = core->Table(wanted, limit, first);
    GiveRows(rows, &first, false, out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_items_also_bought(const trato_items* items,
                                     const trato_store* store,
                                     trato_str customer, uint32_t kind,
                                     uint64_t limit, int64_t now_us,
                                     ArrowArrayStream* out_stream,
                                     trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const StoreItems* core, Unwrapped(items));
    TRATO_ASSIGN_OR_RETURN(const Store* of, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(const ItemKind wanted, ToKind(kind));
    TRATO_RETURN_IF_ERROR(CheckSet(out_stream, "out_stream"));
    ReaderMutexLock lock(&items->mutex);
    TRATO_ASSIGN_OR_RETURN(
        const auto rows, core->AlsoBought(*of, who, wanted, limit, now_us));
    GiveRows(rows, nullptr, true, out_stream);
    return absl::OkStatus();
  });
}

trato_status trato_items_define_score(const trato_items* items,
                                      trato_store* store, trato_str name,
                                      trato_str item, uint32_t kind,
                                      uint64_t limit, int64_t now_us,
                                      const trato_write_options* options,
                                      trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const StoreItems* core, Unwrapped(items));
    TRATO_ASSIGN_OR_RETURN(Store * to, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(const auto label, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(const auto of, ToText(item, "item"));
    TRATO_ASSIGN_OR_RETURN(const ItemKind wanted, ToKind(kind));
    TRATO_ASSIGN_OR_RETURN(const auto write, ToWriteOptions(options));
    const auto score = [&] {
      ReaderMutexLock lock(&items->mutex);
      return core->ScoreFor(label, of, wanted, limit);
    }();
    TRATO_RETURN_IF_ERROR(score.status());
    return DefineScore(*to, *score, now_us, write);
  });
}

}  // extern "C"
