// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "sides/trato_store.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

namespace trato::bench {
namespace {

trato_str Text(std::string_view text) { return {text.data(), text.size()}; }

// A length-delimited protobuf field; short enough for a length of one byte.
std::string Delimited(int number, const std::string& content) {
  return std::string{static_cast<char>(number << 3 | 2),
                     static_cast<char>(content.size())} +
         content;
}

// trato.v1.Definitions with the interaction types that are not built in.
std::string Definitions() {
  std::string definitions;
  for (uint8_t type = 0; type < shop::kTypes; ++type) {
    if (shop::IsBuiltIn(type)) continue;
    const std::string name = Delimited(1, std::string(shop::TypeName(type)));
    definitions += Delimited(1, Delimited(2, name));
  }
  return definitions;
}

trato_write_options Writing(uint32_t durability) {
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.durability = durability;
  return options;
}

}  // namespace

void Check(trato_status status, const trato_error& error) {
  if (status != TRATO_OK) {
    Fail(std::string("trato: ") + trato_status_name(status) + ": " +
         error.message);
  }
}

Recording::Recording(const shop::Shop& shop, uint64_t index, bool corrected,
                     bool key) {
  const shop::Row row = shop.At(index, corrected);
  customer_ = shop::CustomerName(row.customer);
  if (key) key_ = std::to_string(row.key);
  interaction_ = TRATO_INTERACTION_INIT;
  interaction_.at_us = row.at_us;
  interaction_.customer = Text(customer_);
  interaction_.type = Text(shop::TypeName(row.type));
  interaction_.channel = Text(shop::ChannelName(row.channel));
  interaction_.amount_minor = row.amount_minor;
  interaction_.key = Text(key_);
}

Recording::Recording(const shop::Row& row, bool key) {
  customer_ = shop::CustomerName(row.customer);
  if (key) key_ = std::to_string(row.key);
  interaction_ = TRATO_INTERACTION_INIT;
  interaction_.at_us = row.at_us;
  interaction_.customer = Text(customer_);
  interaction_.type = Text(shop::TypeName(row.type));
  interaction_.channel = Text(shop::ChannelName(row.channel));
  interaction_.amount_minor = row.amount_minor;
  interaction_.key = Text(key_);
  for (int i = 0; i < row.line_count; ++i) {
    const auto at = static_cast<size_t>(i);
    products_[at] = shop::ProductName(row.lines[i].product);
    lines_[at].product = Text(products_[at]);
    lines_[at].quantity = int64_t{row.lines[i].quantity} * 1000000;
    lines_[at].unit_price = row.lines[i].unit_price * 10000;
    lines_[at].amount_minor = row.lines[i].amount_minor;
  }
  interaction_.lines = lines_.data();
  interaction_.line_count = static_cast<size_t>(row.line_count);
}

TratoStore::TratoStore(const std::string& path, uint32_t mode,
                       uint64_t memory_limit, trato_run_fn run,
                       void* run_context) {
  trato_store_options options = TRATO_STORE_OPTIONS_INIT;
  options.mode = mode;
  options.memory_limit = memory_limit;
  options.run = run;
  options.run_context = run_context;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_open(Text(path), &options, &store_, &error), error);
  if (mode == TRATO_CREATE_NEW) {
    const std::string definitions = Definitions();
    Check(trato_store_apply(store_, Text(definitions), shop::kEnd, nullptr,
                            &error),
          error);
  }
}

uint64_t TratoStore::Append(std::shared_ptr<const shop::Table> table) {
  ArrowArrayStream stream;
  shop::MakeStream(std::move(table), 1000000, &stream);
  trato_appended appended = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_interactions_append(store_, &stream, shop::kEnd, nullptr, nullptr,
                                  &appended, &error),
        error);
  return appended.added;
}

void TratoStore::Record(const trato_interaction& interaction,
                        uint32_t durability, int64_t now_us) {
  const trato_write_options options = Writing(durability);
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_interaction_record(store_, &interaction, now_us, &options,
                                 nullptr, &error),
        error);
}

void TratoStore::Correct(const shop::Shop& shop, uint64_t index,
                         bool with_lines) {
  const Recording plain(shop, index, /*corrected=*/true, /*key=*/false);
  const Recording whole(shop.At(index, /*corrected=*/true), /*key=*/false);
  const Recording& truth = with_lines ? whole : plain;
  const std::string key = std::to_string(shop.At(index).key);
  trato_correction correction = TRATO_CORRECTION_INIT;
  correction.record = truth.get().customer;
  correction.content = &truth.get();
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_fact_id(trato_cstr("host"), Text(key), &correction.interaction,
                      &error),
        error);
  const trato_write_options buffered = Writing(TRATO_BUFFERED);
  Check(trato_interaction_correct(store_, &correction, shop::kEnd, &buffered,
                                  nullptr, &error),
        error);
}

void TratoStore::LinkPairs(const shop::Shop& shop) {
  const trato_write_options buffered = Writing(TRATO_BUFFERED);
  for (uint32_t pair = 0; pair < shop.pairs(); ++pair) {
    const std::string one = shop::CustomerName(2 * pair);
    const std::string other = shop::CustomerName(2 * pair + 1);
    trato_error error = TRATO_ERROR_INIT;
    const trato_status status =
        trato_link(store_, Text(one), Text(other), trato_cstr("same person"), 0,
                   shop::kEnd, &buffered, &error);
    if (status != TRATO_NOT_FOUND) Check(status, error);
  }
}

bool TratoStore::Checkpoint(uint32_t steps) {
  trato_error error = TRATO_ERROR_INIT;
  uint32_t more = 0;
  Check(trato_store_checkpoint(store_, steps, &more, &error), error);
  return more != 0;
}

void TratoStore::Flush() {
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_flush(store_, &error), error);
}

void TratoStore::Close() {
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_close(store_, &error), error);
  store_ = nullptr;
}

TimelineAnswer TratoStore::Newest(const std::string& customer,
                                  bool with_ids) const {
  trato_timeline_options options = TRATO_TIMELINE_OPTIONS_INIT;
  options.newest_first = 1;
  options.limit = 100;
  options.without_ids = with_ids ? 0 : 1;
  trato_error error = TRATO_ERROR_INIT;
  trato_timeline* timeline = nullptr;
  TimelineAnswer answer;
  const trato_status status = trato_timeline_open(
      store_, Text(customer), shop::kEnd, &options, &timeline, &error);
  if (status == TRATO_NOT_FOUND) return answer;
  Check(status, error);
  const trato_timeline_entry* entry = nullptr;
  while (true) {
    Check(trato_timeline_next(timeline, &entry, &error), error);
    if (entry == nullptr) break;
    answer.Add(entry->at_us, entry->amount_minor);
  }
  trato_timeline_destroy(timeline);
  return answer;
}

uint64_t TratoStore::CountBehaviour() const {
  trato_segment_size size = {};
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_segment_preview(store_, trato_cstr(kBehaviour), shop::kEnd, &size,
                              &error),
        error);
  if (size.undecided != 0) Fail("trato: the behaviour is undecided for some");
  return size.members;
}

Json TratoStore::Info() const {
  trato_buf json = TRATO_BUF_INIT;
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_store_info(store_, shop::kEnd, &json, &error), error);
  Json info = Json::parse(std::string_view(json.data, json.size));
  trato_buf_dispose(&json);
  return info;
}

Json TypeTotals(const Json& info) {
  Json totals = Json::object();
  for (const Json& type : info.at("interactions")) {
    int64_t amount = 0;
    for (const Json& sum : type.at("amounts")) {
      amount += sum.at("minor").get<int64_t>();
    }
    totals[type.at("type").get<std::string>()] = {type.at("interactions"),
                                                  amount};
  }
  return totals;
}

const char* CountryOf(const shop::Shop& shop, uint32_t customer) {
  constexpr std::array<const char*, 12> kCountries = {
      "DE", "ES", "FR", "GB", "IE", "IT", "NL", "PL", "PT", "SE", "US", "BE"};
  return kCountries.at(shop.Person(customer) * 7919u % kCountries.size());
}

void SetCountries(TratoStore& store, const shop::Shop& shop) {
  trato_error error = TRATO_ERROR_INIT;
  Check(trato_attribute_define(store.get(), trato_cstr("country"),
                               TRATO_OF_CUSTOMER, TRATO_VALUE_STRING,
                               trato_cstr(""), shop::kStart, nullptr, &error),
        error);
  trato_write_options options = TRATO_WRITE_OPTIONS_INIT;
  options.durability = TRATO_BUFFERED;
  for (uint32_t customer = 0; customer < shop.customers(); ++customer) {
    const std::string name = shop::CustomerName(customer);
    trato_attribute attribute = TRATO_ATTRIBUTE_INIT;
    attribute.at_us = shop::kStart;
    attribute.customer = {name.data(), name.size()};
    attribute.name = trato_cstr("country");
    attribute.value.kind = TRATO_VALUE_STRING;
    attribute.value.text = trato_cstr(CountryOf(shop, customer));
    Check(trato_attribute_set(store.get(), &attribute, shop::kStart, &options,
                              nullptr, &error),
          error);
  }
  store.Flush();
}

void RunOnThreads(void* context, trato_task_fn task, void* task_context,
                  size_t count) {
  const auto threads = *static_cast<const uint64_t*>(context);
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) task(task_context, i);
  };
  std::vector<std::thread> others;
  for (uint64_t i = 1; i < threads && i < count; ++i) others.emplace_back(work);
  work();
  for (std::thread& it : others) it.join();
}

}  // namespace trato::bench
