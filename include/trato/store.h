// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The store of the compiled core, for C++20 programs built with the same
// toolchain and the same Abseil. It is what trato.h calls; what a function
// does, its units and its errors are told there, under the same words. A
// program that wants binary stability uses trato.hpp.

#ifndef TRATO_STORE_H_
#define TRATO_STORE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "trato/batch.h"
#include "trato/offer.h"

namespace trato::core {


// As an event time: the call's now_us.
inline constexpr int64_t kAtNow = std::numeric_limits<int64_t>::min();

struct StoreOptions {
  enum class Mode { kOpenOrCreate, kOpenExisting, kCreateNew, kRead };
  Mode mode = Mode::kOpenOrCreate;
  std::string_view zone;
  std::string_view currency;
  uint64_t memory_limit = 0;
  std::string_view erasures;  // empty: none
  std::string_view key;  // 32 secret bytes, or none
  uint64_t seed = 0;
  // Runs task(i) for each i below the count; empty: on the calling thread.
  std::function<void(const std::function<void(size_t)>& task, size_t count)>
      run;
};

struct WriteOptions {
  bool buffered = false;
  bool wants_id = true;  // of the first fact
  std::string_view actor;
  std::string_view source;  // empty: "host"
  std::string_view batch;
};

// A typed value; the kinds are numbered as in trato.h.
struct ValueInput {
  uint32_t kind = 0;
  int64_t integer = 0;
  double number = 0;
  std::string_view text;
  std::string_view currency;  // empty: the store's
};

struct NamespaceInput {
  std::string_view name;
  bool unique = false;
  bool single = false;
  uint32_t max_records = 0;  // 0: the default
  // Where the namespace is defined already, the two above stay as they are.
  bool unique_alone = false;
};

struct AttributeInput {
  int64_t at_us = kAtNow;
  std::string_view customer;
  std::string_view name;
  ValueInput value;
  std::string_view key;
  std::string_view about;
  double strength = 0;
  bool removed = false;
  bool inferred = false;
};

// Enums are by number, as in trato.h.
struct AttributeDefinitionInput {
  std::string_view name;
  uint32_t subject = 0;
  uint32_t kind = 0;
  std::string_view description;
  std::string_view unit;
  std::vector<std::string_view> allowed;
  bool many = false;
  uint32_t sensitivity = 0;
  uint32_t per = 0;
  uint32_t reconciliation = 0;
  std::vector<std::string_view> sources;
  bool retired = false;
  // Where the attribute is defined already, all but type and description stay.
  bool plain = false;
};

struct RelationDefinitionInput {
  std::string_view name;
  std::string_view inverse;  // empty or the name: without direction
  std::string_view description;
  bool acyclic = false;
};

struct RelationInput {
  int64_t at_us = kAtNow;
  std::string_view customer;
  std::string_view relation;  // its name or its inverse
  std::string_view other;
  bool ended = false;
  std::string_view key;
};

struct LineView {
  std::string_view product;
  std::string_view unit;
  int64_t quantity = 0;
  int64_t unit_price = 0;
  int64_t amount_minor = 0;
};

struct InteractionInput {
  int64_t at_us = kAtNow;
  bool outbound = false;
  std::string_view customer;
  std::string_view type;
  std::string_view channel;
  std::string_view currency;
  int64_t amount_minor = 0;
  std::vector<LineView> lines;
  std::vector<std::pair<std::string_view, ValueInput>> fields;
  std::optional<IdBytes> reply_to;
  std::string_view key;
};

struct CompetitorInput {
  uint32_t action = 0;  // TRATO_COMPETITOR_...
  int64_t at_us = kAtNow;
  std::string_view customer;
  std::string_view competitor;
  std::string_view product;
  std::string_view currency;
  int64_t price_minor = 0;  // 0: not known
  std::string_view channel;
  std::string_view key;
};

struct CorrectionInput {
  int64_t at_us = kAtNow;
  std::string_view record;
  IdBytes interaction{};
  const InteractionInput* content = nullptr;  // null: it never happened
  std::string_view reason;
  std::string_view key;
};

// What a write did.
struct Written {
  IdBytes fact{};    // of the first fact
  size_t added = 0;  // how many were not known before
};

// One interaction as read. The views live as long as the store object; those of
// key and fields until the reader gives the next one.
struct TimelineItem {
  IdBytes fact{};
  int64_t at_us = 0;
  int64_t recorded_us = 0;
  std::string_view record;
  std::string_view type;
  std::string_view channel;
  std::string_view source;
  std::string_view key;
  bool outbound = false;
  std::string_view currency;
  int64_t amount_minor = 0;
  std::vector<LineView> lines;
  std::vector<std::pair<std::string_view, ValueInput>> fields;
  std::optional<IdBytes> reply_to;
};

struct TimelineOptions {
  bool newest_first = false;
  bool without_ids = false;  // leaves out `fact`
  uint64_t limit = 0;
  std::string_view type;
};

// A value that holds of a customer, and who says it.
struct CustomerValue {
  std::string_view name;
  std::string_view about;  // a product or need; empty: the customer
  ValueInput value;
  int64_t since_us = 0;
  std::string_view source;
  size_t record = 0;  // which of the customer's
  double strength = 0;
  bool inferred = false;
};

// What her records say of a customer; trato_customer tells more.
struct CustomerView {
  IdBytes id{};
  uint32_t kind = 0;  // TRATO_KIND_...
  bool restricted = false;
  // By id, each with its own.
  std::vector<std::pair<IdBytes, std::string_view>> records;
  std::vector<std::string_view> identifiers;
  std::vector<CustomerValue> values;
};

// A snapshot of one customer's interactions, in order.
class TimelineReader {
 public:
  TimelineReader(TimelineReader&&) noexcept;
  TimelineReader& operator=(TimelineReader&&) noexcept;
  ~TimelineReader();

  size_t size() const;
  // Fills `item` with the next one; false at the end.
  bool Next(TimelineItem& item);

 private:
  friend class Store;
  struct Impl;
  explicit TimelineReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Customers in an order, part by part; trato_list_options tells more.
struct ListOptions {
  std::string_view sort;  // empty: the public id
  bool descending = false;
  std::string_view filter;
  std::string_view cursor;
  uint64_t limit = 0;
};

// Which customers a view shows; trato_view_options tells more.
struct ViewOptions {
  // Names and values.
  std::vector<std::pair<std::string_view, std::string_view>> tags;
  bool any = false;
  std::string_view filter;
};

struct ExportOptions {
  int64_t from_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = std::numeric_limits<int64_t>::max();
  // Empty and not given: all.
  std::optional<std::vector<std::string_view>> customers;
  std::string_view type;
  // Which, and in which order; empty and not given: all, by name.
  std::optional<ListOptions> list;
};

// Everything of many customers, in parts; a snapshot that is read while others
// write.
class Exporter {
 public:
  Exporter(Exporter&&) noexcept;
  ~Exporter();

  // Calls `add` for interactions, customer after customer, until it gives
  // false; says whether there is more.
  absl::StatusOr<bool> ReadInteractions(
      const std::function<bool(std::string_view customer,
                               const TimelineItem& item)>& add);
  // The same for customers.
  absl::StatusOr<bool> ReadCustomers(
      const std::function<bool(
          std::string_view customer, const IdBytes& id, int64_t records,
          std::span<const std::pair<std::string_view, ValueInput>> attributes)>&
          add);

 private:
  friend class Store;
  struct Impl;
  explicit Exporter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A name and the kind of its values.
using NamedKind = std::pair<std::string, uint32_t>;

struct StoreHead {
  uint64_t position = 0;
  std::array<uint8_t, 32> chain{};
};

struct VerifyOptions {
  bool rebuild = false;
  std::optional<StoreHead> head;
  std::function<bool(uint64_t, uint64_t)> progress;
};

struct SegmentSize {
  uint64_t members = 0;
  uint64_t customers = 0;
  uint64_t undecided = 0;
};

// How two segments lie to each other.
struct SegmentOverlap {
  uint64_t first_only = 0;
  uint64_t second_only = 0;
  uint64_t both = 0;
  uint64_t customers = 0;
  uint64_t undecided = 0;  // in either
};

struct SegmentMember {
  IdBytes id{};
  std::string_view name;  // lives as long as the store object
};

struct ConsentInput {
  uint32_t state = 0;  // numbered as in trato.h
  int64_t at_us = kAtNow;
  int64_t valid_until_us = std::numeric_limits<int64_t>::max();
  std::string_view customer;
  std::string_view purpose;
  std::string_view channel;
  std::string_view wording;
  std::string_view proof;
  std::string_view key;
};

struct ObjectionInput {
  bool lifted = false;
  int64_t at_us = kAtNow;
  std::string_view customer;
  std::string_view proof;
  std::string_view key;
};

struct ConsentResult {
  uint32_t state = 0;
  bool allowed = false;
  int64_t since_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = std::numeric_limits<int64_t>::max();
  IdBytes fact{};
};

struct RetentionInput {
  uint32_t kind = 0;       // TRATO_RETAIN_...
  std::string_view name;   // "*": every other
  std::string_view purpose;
  std::string_view keep;   // empty: the rule ends
};

struct SuppressionInput {
  std::string_view list;
  // Identifiers, one a line, or what an export gave.
  std::string_view text;
  int64_t at_us = kAtNow;  // the date of the list
  bool adds = false;       // to what is on it, instead of replacing that
};

struct RetractOptions {
  bool dry_run = false;
  std::string_view reason;
};

// What coupons give and for how long; the numbers are those of trato.h.
struct CouponInput {
  uint32_t gives = 0;  // 0: the offer's discount as it is now
  uint32_t basis_points = 0;
  int64_t amount_minor = 0;
  std::string_view currency;  // empty: the offer's
  std::string_view product;
  uint32_t uses = 0;  // 0: one
  bool for_ever = false;
  int64_t valid_until_us = std::numeric_limits<int64_t>::max();
  std::string_view span;  // empty: the offer's coupon_span
  std::optional<IdBytes> decision;
};
inline constexpr uint64_t kMaxCoupons = 1'000'000;  // of one issue

struct RedemptionInput {
  std::string_view code;
  std::string_view customer;  // empty: not said
  std::string_view key;
  int64_t at_us = kAtNow;
  IdBytes purchase{};  // zeros: not said
  bool has_basket = false;
  int64_t basket_minor = 0;
  std::string_view currency;  // of the basket; empty: the store's
  bool reported = false;      // it happened elsewhere, and is only told
  bool dry_run = false;
};

// What a redemption gives. The texts live as long as the state.
struct CouponResult {
  IdBytes redemption{};
  uint32_t gives = 0;
  uint32_t basis_points = 0;
  int64_t amount_minor = 0;  // off the basket
  std::string_view currency;
  std::string_view product;
  std::string_view offer;
  uint32_t uses_left = 0;
  bool holds = true;
  bool repeated = false;
};

struct ImportOptions {
  bool dry_run = false;
  std::string_view name_space;  // empty: "shop"
  // Told (rows done, rows in all or 0); false cancels. May be empty.
  std::function<bool(uint64_t, uint64_t)> progress;
};

struct ContactsImport {
  struct Column {
    std::string_view header;
    std::string_view field;  // empty: as it is recognised
    uint32_t rule = 0;       // numbered as in trato.h
  };
  bool dry_run = false;
  std::string_view name_space;  // empty: "contact"
  uint32_t date_order = 0;      // numbered as in trato.h
  std::vector<Column> columns;
  std::function<bool(uint64_t, uint64_t)> progress;
};

struct Model;
class Scope;
class Sight;

// Any thread may call any function. Functions that are const run in parallel;
// the others take turns.
class Store {
 public:
  static absl::StatusOr<std::shared_ptr<Store>> Open(
      std::string_view path, const StoreOptions& options);
  ~Store();

  // Part of the customers, over the same store; to read only. What does not go
  // by customer (digest, counts of the store, lists of batches) a view does not
  // limit: a host that hands views out asks the store itself for it.
  absl::StatusOr<std::shared_ptr<Store>> View(const ViewOptions& options) const;
  bool is_view() const { return scope_ != nullptr; }

  // Ends the use of the file; what was read stays readable.
  absl::Status Close();
  absl::Status Flush();
  // Gives whether there is more to do.
  absl::StatusOr<bool> Checkpoint(uint32_t steps);
  absl::StatusOr<StoreHead> Head();
  absl::StatusOr<std::array<uint8_t, 32>> Digest(int64_t now_us) const;
  absl::StatusOr<std::string> VerifyJson(const VerifyOptions& options) const;
  absl::Status Backup(std::string_view path,
                      const std::function<bool(uint64_t, uint64_t)>& progress);
  absl::Status Refresh();
  absl::StatusOr<std::shared_ptr<Store>> AsOf(int64_t as_of_us,
                                              uint64_t known_at) const;

  // A store in memory that begins as this one is now; 0: the limit of this one.
  absl::StatusOr<std::shared_ptr<Store>> Fork(uint64_t memory_limit) const;

  absl::StatusOr<int64_t> ParseTime(std::string_view text) const;
  absl::StatusOr<std::string> FormatTime(int64_t at_us) const;
  absl::StatusOr<std::string> InfoJson(int64_t now_us) const;

  absl::Status Apply(std::string_view definitions, int64_t now_us,
                     const WriteOptions& options);
  absl::Status DefineAttribute(const AttributeDefinitionInput& definition,
                               int64_t now_us, const WriteOptions& options);
  std::string AttributeListJson() const;
  // `kind`: TRATO_DEFINITION_...
  absl::Status RenameDefinition(uint32_t kind, std::string_view name,
                                std::string_view new_name, int64_t now_us,
                                const WriteOptions& options);
  // The same; `retired` false: it takes what is new again.
  absl::Status RetireDefinition(uint32_t kind, std::string_view name,
                                bool retired, int64_t now_us,
                                const WriteOptions& options);
  // `kind`: TRATO_DEFINITION_...
  absl::StatusOr<std::string> DependentsJson(uint32_t kind,
                                             std::string_view name) const;
  absl::StatusOr<std::string> AttributeHistoryJson(std::string_view customer,
                                                   std::string_view name,
                                                   int64_t now_us) const;
  absl::Status DefineNamespace(const NamespaceInput& name_space, int64_t now_us,
                               const WriteOptions& options);

  absl::StatusOr<Written> SetAttribute(const AttributeInput& attribute,
                                       int64_t now_us,
                                       const WriteOptions& options);
  absl::StatusOr<Written> ClaimIdentifier(std::string_view customer,
                                          std::string_view identifier,
                                          int64_t now_us,
                                          const WriteOptions& options);
  absl::StatusOr<Written> RecordCompetitor(const CompetitorInput& seen,
                                           int64_t now_us,
                                           const WriteOptions& options);
  absl::StatusOr<Written> SetCustomerKind(std::string_view customer,
                                          uint32_t kind, int64_t at_us,
                                          int64_t now_us,
                                          const WriteOptions& options);
  // `overridden`: the TRATO_GUARD_... that do not count.
  absl::Status LinkRecords(std::string_view one, std::string_view other,
                           std::string_view reason, uint32_t overridden,
                           int64_t now_us, const WriteOptions& options);
  absl::Status UnlinkRecords(std::string_view one, std::string_view other,
                             std::string_view reason, int64_t now_us,
                             const WriteOptions& options);
  absl::Status CannotLinkRecords(std::string_view one, std::string_view other,
                                 std::string_view reason, int64_t now_us,
                                 const WriteOptions& options);
  absl::Status DefineRelation(const RelationDefinitionInput& relation,
                              int64_t now_us, const WriteOptions& options);
  absl::StatusOr<Written> Relate(const RelationInput& relation, int64_t now_us,
                                 const WriteOptions& options);
  std::string RelationListJson() const;
  // `levels`: how far to go; 0: as far as it goes.
  absl::StatusOr<std::string> RelatedJson(std::string_view customer,
                                          std::string_view relation,
                                          uint32_t levels,
                                          int64_t now_us) const;
  absl::StatusOr<std::string> LinkPreviewJson(std::string_view one,
                                              std::string_view other,
                                              int64_t now_us) const;
  absl::StatusOr<IdBytes> ResolveCustomer(std::string_view customer,
                                          int64_t now_us) const;
  // Calls `give` with the customer, of whom nothing is good after it returns.
  // It must not ask the store.
  absl::Status ReadCustomer(
      std::string_view customer, int64_t now_us,
      const std::function<absl::Status(const CustomerView&)>& give) const;
  absl::StatusOr<std::string> CustomerJson(std::string_view customer,
                                           int64_t now_us) const;
  absl::StatusOr<std::string> EraseCustomer(std::string_view customer,
                                            std::string_view reason,
                                            int64_t now_us,
                                            const WriteOptions& options);
  std::string Erasures() const;
  absl::Status DefineRetention(const RetentionInput& rule, int64_t now_us,
                               const WriteOptions& options);
  absl::StatusOr<std::string> RetentionListJson(int64_t now_us) const;
  absl::StatusOr<std::string> ApplyRetention(bool dry_run,
                                             std::string_view reason,
                                             int64_t now_us,
                                             const WriteOptions& options);

  absl::Status DefinePurpose(std::string_view name, bool direct_marketing,
                             std::string_view description, int64_t now_us,
                             const WriteOptions& options);
  absl::StatusOr<Written> RecordConsent(const ConsentInput& consent,
                                        int64_t now_us,
                                        const WriteOptions& options);
  absl::StatusOr<Written> RecordObjection(const ObjectionInput& objection,
                                          int64_t now_us,
                                          const WriteOptions& options);
  absl::StatusOr<ConsentResult> TestConsent(std::string_view customer,
                                            std::string_view purpose,
                                            std::string_view channel,
                                            int64_t now_us) const;
  absl::StatusOr<std::string> ExplainConsentJson(std::string_view customer,
                                                 std::string_view purpose,
                                                 std::string_view channel,
                                                 int64_t now_us) const;
  absl::StatusOr<std::string> ConsentJson(std::string_view customer,
                                          int64_t now_us) const;
  absl::StatusOr<std::string> ConsentHistoryJson(std::string_view customer,
                                                 int64_t now_us) const;

  absl::Status DefineSuppressionList(std::string_view name,
                                     std::string_view max_age,
                                     std::string_view description,
                                     int64_t now_us,
                                     const WriteOptions& options);
  absl::StatusOr<std::string> ImportSuppressions(const SuppressionInput& input,
                                                 int64_t now_us,
                                                 const WriteOptions& options);
  absl::StatusOr<std::string> ExportSuppressions(std::string_view list,
                                                 int64_t now_us) const;
  absl::StatusOr<std::string> SuppressionJson(int64_t now_us) const;

  absl::StatusOr<std::string> ImportContacts(
      const std::function<int64_t(char*, size_t)>& read, int64_t now_us,
      const ContactsImport& import, const WriteOptions& options);
  absl::StatusOr<std::string> BatchListJson() const;
  absl::StatusOr<std::string> RetractBatch(std::string_view batch,
                                           const RetractOptions& retract,
                                           int64_t now_us,
                                           const WriteOptions& options);
  // `limit` 0: 10.
  absl::StatusOr<std::string> FindCustomersJson(std::string_view text,
                                                uint32_t limit,
                                                int64_t now_us) const;
  // `limit` 0: 100.
  absl::StatusOr<std::string> ListCustomersJson(const ListOptions& options,
                                                int64_t now_us) const;
  absl::Status DefineAttributeSearch(std::string_view name, uint32_t search,
                                     int64_t now_us,
                                     const WriteOptions& options);
  absl::Status DefineIdentifierSearch(std::string_view name_space,
                                      uint32_t search, int64_t now_us,
                                      const WriteOptions& options);

  absl::Status RestrictCustomer(std::string_view customer, bool restricted,
                                std::string_view reason, int64_t at_us,
                                int64_t now_us, const WriteOptions& options);
  // Of the customer or the definition, of both, or of all where neither is
  // named; `limit` 0: all.
  absl::StatusOr<std::string> AuditJson(std::string_view customer,
                                        std::string_view definition,
                                        uint64_t limit, int64_t now_us) const;
  absl::StatusOr<std::string> CustomerDocument(std::string_view customer,
                                               bool as_text,
                                               int64_t now_us) const;

  absl::StatusOr<Written> RecordInteractions(
      std::span<const InteractionInput> interactions, int64_t now_us,
      const WriteOptions& options);
  absl::StatusOr<Written> CorrectInteraction(const CorrectionInput& correction,
                                             int64_t now_us,
                                             const WriteOptions& options);
  absl::StatusOr<Appended> AppendInteractions(
      const BatchReader<InteractionBatch>& next, int64_t now_us,
      const AppendOptions& append_options, const WriteOptions& options);
  absl::StatusOr<Appended> AppendCustomers(
      const BatchReader<CustomerBatch>& next, int64_t now_us,
      const AppendOptions& append_options, const WriteOptions& options);
  absl::StatusOr<Appended> AppendProducts(const BatchReader<ProductBatch>& next,
                                          int64_t now_us,
                                          const AppendOptions& append_options,
                                          const WriteOptions& options);
  absl::StatusOr<TimelineReader> ReadTimeline(
      std::string_view customer, int64_t now_us,
      const TimelineOptions& options) const;
  // The store must outlive it.
  absl::StatusOr<Exporter> Export(int64_t now_us,
                                  const ExportOptions& options) const;
  // The attributes that are defined, of customers or of interactions, by name.
  std::vector<NamedKind> Attributes(bool of_interactions) const;
  absl::StatusOr<int> CurrencyDigits(std::string_view code) const;
  absl::StatusOr<int64_t> LocalToUtc(int64_t local_us) const;
  absl::StatusOr<std::string> ProductName(std::string_view product) const;
  absl::StatusOr<std::string> ImportOrders(
      const std::function<int64_t(char*, size_t)>& read, int64_t now_us,
      const ImportOptions& import_options, const WriteOptions& options);

  absl::Status DefineSegment(std::string_view name, std::string_view expression,
                             int64_t now_us, const WriteOptions& options);
  absl::Status EnableSegment(std::string_view name, bool enabled,
                             int64_t now_us, const WriteOptions& options);
  // How the segment as it is (first) and as the expression would define it
  // (second; empty: its own, enabled) lie to each other.
  absl::StatusOr<SegmentOverlap> TrySegment(std::string_view name,
                                            std::string_view expression,
                                            int64_t now_us) const;
  // Who would enter or leave; as SegmentMembers.
  absl::StatusOr<std::vector<SegmentMember>> TrySegmentMembers(
      std::string_view name, std::string_view expression, bool entering,
      int64_t now_us, std::shared_ptr<const void>* held = nullptr) const;
  absl::StatusOr<SegmentSize> CountSegment(std::string_view name,
                                           int64_t now_us) const;
  absl::StatusOr<SegmentSize> PreviewSegment(std::string_view expression,
                                             int64_t now_us) const;
  absl::StatusOr<bool> TestSegment(std::string_view name,
                                   std::string_view customer,
                                   int64_t now_us) const;
  // The names live as long as `held`, which may be null: then as long as the
  // store, or until it is refreshed.
  absl::StatusOr<std::vector<SegmentMember>> SegmentMembers(
      std::string_view name, int64_t now_us,
      std::shared_ptr<const void>* held = nullptr) const;
  absl::StatusOr<SegmentOverlap> DiffSegments(std::string_view first,
                                              std::string_view second,
                                              int64_t now_us) const;
  // The members of the first that are not in the second; as SegmentMembers.
  absl::StatusOr<std::vector<SegmentMember>> SegmentDiffMembers(
      std::string_view first, std::string_view second, int64_t now_us,
      std::shared_ptr<const void>* held = nullptr) const;
  absl::StatusOr<std::string> ExplainSegmentJson(std::string_view name,
                                                 std::string_view customer,
                                                 int64_t now_us) const;
  // Calls `visit` for each instant in (from_us, until_us] at which the customer
  // enters or leaves the segment, by all that is known now, until it gives
  // false. Gives up to when it was followed: until_us, the last instant visited,
  // or how far kMaxHistorySteps went. `member_at_start` (may be null) gets
  // whether she is in at from_us.
  absl::StatusOr<int64_t> SegmentHistory(
      std::string_view name, std::string_view customer, int64_t from_us,
      int64_t until_us, bool* member_at_start,
      const std::function<bool(int64_t at_us, bool member)>& visit) const;
  static constexpr int kMaxHistorySteps = 100'000;
  absl::StatusOr<std::string> PlanJson(std::string_view expression) const;
  std::string SegmentListJson() const;

  absl::Status DefineOffer(const OfferInput& offer, int64_t now_us,
                           const WriteOptions& options);
  absl::Status DefinePolicy(const PolicyInput& policy, int64_t now_us,
                            const WriteOptions& options);
  absl::Status DefineArbitration(const ArbitrationInput& arbitration,
                                 int64_t now_us, const WriteOptions& options);
  absl::Status DefineProduct(const ProductInput& product, int64_t now_us,
                             const WriteOptions& options);
  absl::Status DefineChannel(std::string_view name, std::string_view address,
                             std::string_view description, int64_t now_us,
                             const WriteOptions& options);
  // Fills `results` from the front; says how many.
  absl::StatusOr<size_t> MatchOffers(std::string_view customer, int64_t now_us,
                                     std::string_view channel,
                                     std::span<MatchResult> results) const;
  absl::StatusOr<std::string> ExplainOffersJson(std::string_view customer,
                                                int64_t now_us,
                                                std::string_view channel) const;
  absl::StatusOr<std::string> WhyNotJson(std::string_view customer,
                                         std::string_view offer,
                                         int64_t now_us,
                                         std::string_view channel) const;
  absl::StatusOr<std::string> OfferReportJson(int64_t now_us) const;
  std::string OffersJson(bool with_history) const;
  std::string PoliciesJson() const;
  absl::StatusOr<DecisionResult> DecideOffer(std::string_view customer,
                                             const DecideInput& input,
                                             int64_t now_us,
                                             const WriteOptions& options);
  // One that was made elsewhere.
  absl::StatusOr<Written> RecordDecision(const PastDecisionInput& decision,
                                         int64_t now_us,
                                         const WriteOptions& options);
  // One after the other, after all were looked up; one sync in the end. With
  // options.dry_run they are matched, and nothing is stored.
  absl::StatusOr<std::vector<DecisionResult>> DecideOffers(
      std::span<const std::string> customers, std::string_view channel,
      const AppendOptions& options, int64_t now_us, const WriteOptions& write);
  absl::StatusOr<std::string> DecisionJson(const IdBytes& decision) const;
  // Works out the decisions dated in [since_us, until_us) once more.
  absl::StatusOr<std::string> ReplayJson(
      int64_t since_us, int64_t until_us,
      const std::function<bool(uint64_t, uint64_t)>& progress) const;
  absl::StatusOr<PermitResult> RequestPermit(std::string_view customer,
                                             const PermitInput& input,
                                             int64_t now_us,
                                             const WriteOptions& options);
  absl::Status UsePermit(const IdBytes& permit, int64_t now_us,
                         const WriteOptions& options);
  absl::StatusOr<std::string> PermitJson(const IdBytes& permit,
                                         int64_t now_us) const;
  absl::StatusOr<Written> LinkPurchase(std::string_view customer,
                                       const PurchaseLinkInput& input,
                                       int64_t now_us,
                                       const WriteOptions& options);
  absl::StatusOr<std::string> MatchPurchasesJson(int64_t since_us,
                                                 int64_t until_us,
                                                 int64_t now_us,
                                                 const WriteOptions& options);
  absl::StatusOr<std::string> HoldoutJson(std::string_view policy,
                                          std::string_view within,
                                          int64_t since_us, int64_t until_us,
                                          int64_t now_us) const;
  absl::StatusOr<Written> RecordOutcome(const OutcomeInput& outcome,
                                        int64_t now_us,
                                        const WriteOptions& options);

  // The codes of one issue. `customer` may be empty: then they are the
  // bearer's, and only then there may be many.
  absl::StatusOr<std::vector<std::string>> IssueCoupons(
      std::string_view customer, std::string_view offer, uint64_t count,
      const CouponInput& coupon, int64_t now_us, const WriteOptions& options);
  absl::StatusOr<CouponResult> RedeemCoupon(const RedemptionInput& redemption,
                                            int64_t now_us,
                                            const WriteOptions& options);
  // `redemption` may be null: the only one that holds.
  absl::Status ReverseCoupon(std::string_view code, const IdBytes* redemption,
                             std::string_view reason, std::string_view key,
                             int64_t now_us, const WriteOptions& options);
  absl::StatusOr<std::string> CouponJson(std::string_view code,
                                         int64_t now_us) const;
  absl::StatusOr<std::string> CouponListJson(std::string_view customer,
                                             std::string_view offer,
                                             uint64_t limit,
                                             int64_t now_us) const;

  struct Impl;
  // For the core's own tests and benchmarks.
  Impl& impl() { return *impl_; }
  std::shared_ptr<Impl> shared_impl() const { return impl_; }

 private:
  explicit Store(std::unique_ptr<Impl> impl);
  Store(std::shared_ptr<Impl> impl, std::shared_ptr<const Scope> scope);
  // Whom this shows; null: everybody. The caller holds the state still, as for
  // the two below.
  absl::StatusOr<std::shared_ptr<const Sight>> See(int64_t now_us) const;
  // The leader of the customer with this identifier, who is shown.
  absl::StatusOr<uint32_t> Resolve(std::string_view customer,
                                   int64_t now_us) const;
  absl::StatusOr<Model> ModelHere(int64_t now_us) const;

  std::shared_ptr<Impl> impl_;
  std::shared_ptr<const Scope> scope_;
};

// The id of the fact with this source (empty: "host") and idempotency key.
absl::StatusOr<IdBytes> FactIdOf(std::string_view source, std::string_view key);

// An error's place in an expression, counted from 1; zeros when it has none.
std::pair<uint32_t, uint32_t> ErrorPlace(const absl::Status& status);

// The line of `text` at the place and, below it, a caret under the column.
std::string Excerpt(std::string_view text, uint32_t line, uint32_t column);

}  // namespace trato::core

#endif  // TRATO_STORE_H_
