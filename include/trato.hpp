// Trato for C++: an embeddable customer engine. This header wraps trato.h,
// which is the manual: what a word means there it means here.
//
// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
//   trato::Store store = trato::Store::open("shop.trato");
//   const int64_t now_us = trato::now();
//
//   trato::Interaction purchase;
//   purchase.customer = "shop:12748";
//   purchase.type = "purchase";
//   purchase.lines = {{"tea lights", "", trato::millionths(2), 0, 480}};
//   store.record_interaction(purchase, now_us);
//
//   for (const trato::Entry& entry : store.open_timeline("shop:12748", now_us))
//     show(entry.at_us, entry.type, entry.amount_minor);
//
// CONVENTIONS
//
// 1. A class wraps a handle or a struct of trato.h, a method wraps a function:
//    trato_segment_define is Store::define_segment. Parameters keep their
//    order: inputs, now_us, options. Left out options mean the defaults.
// 2. A call that fails throws trato::Error. Store::open with std::nothrow and
//    trato::attempt give a trato::Result instead. In a program without
//    exceptions (-fno-exceptions) every call gives one: an Answer<T> below is a
//    T with exceptions, and a Result<T> without.
// 3. Everything that a call gives owns its text; nothing borrows. Where it says
//    JSON, trato.h says what is in it.
// 4. All times are microseconds since 1970-01-01T00:00:00Z. The library reads
//    no clock: trato::now() does, in the code of the program.
// 5. Store may be used by any thread, its const methods run in parallel. One
//    Timeline or Members is for one thread at a time, and may outlive the
//    store. A moved-from object may only be assigned or destroyed.
//
// It needs C++17, the standard library and trato.h; it links to libtrato and is
// compiled into the program, so nothing of C++ crosses the library's boundary.
#ifndef TRATO_HPP
#define TRATO_HPP

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <istream>
#include <iterator>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "trato.h"

namespace trato {

// The same name has another type with and without exceptions, so the two live
// in different (inline) namespaces and may meet in one program.
#if defined(__cpp_exceptions)
inline namespace throwing {
#else
inline namespace results {
#endif

// ---------------------------------------------------------------------------
// 1. Version and time

/// The version of the library that is running: major * 10000 + minor * 100 +
/// patch. TRATO_VERSION_NUMBER is what the program was compiled with.
inline uint32_t version() noexcept { return trato_version(); }

/// The time of the system's clock, for the `now_us` of a call.
inline int64_t now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

/// As an event time: the call's now_us.
inline constexpr int64_t kAtNow = TRATO_AT_NOW;

/// A whole number in the millionths in which quantities and unit prices are
/// counted: 2 pieces are millionths(2).
constexpr int64_t millionths(int64_t whole) { return whole * 1'000'000; }

// ---------------------------------------------------------------------------
// 2. Status, error, result

/// The canonical status codes, with the numbers of trato_status.
enum class Status : int32_t {
  kOk = TRATO_OK,
  kCancelled = TRATO_CANCELLED,
  kUnknown = TRATO_UNKNOWN,
  kInvalidArgument = TRATO_INVALID_ARGUMENT,
  kDeadlineExceeded = TRATO_DEADLINE_EXCEEDED,
  kNotFound = TRATO_NOT_FOUND,
  kAlreadyExists = TRATO_ALREADY_EXISTS,
  kPermissionDenied = TRATO_PERMISSION_DENIED,
  kResourceExhausted = TRATO_RESOURCE_EXHAUSTED,
  kFailedPrecondition = TRATO_FAILED_PRECONDITION,
  kAborted = TRATO_ABORTED,
  kOutOfRange = TRATO_OUT_OF_RANGE,
  kUnimplemented = TRATO_UNIMPLEMENTED,
  kInternal = TRATO_INTERNAL,
  kUnavailable = TRATO_UNAVAILABLE,
  kDataLoss = TRATO_DATA_LOSS,
  kUnauthenticated = TRATO_UNAUTHENTICATED,
};

/// The name of a code, such as "NOT_FOUND".
inline std::string_view status_name(Status status) {
  return trato_status_name(static_cast<trato_status>(status));
}

/// Why a call failed. what() is one line for people, without the value of any
/// attribute; status() is for programs.
class Error : public std::runtime_error {
 public:
  explicit Error(Status status, const std::string& message, uint32_t line = 0,
                 uint32_t column = 0)
      : std::runtime_error(message),
        status_(status),
        line_(line),
        column_(column) {}

  Status status() const noexcept { return status_; }
  /// The place in an expression, from 1, in characters; 0 when the failure is
  /// not about one.
  uint32_t line() const noexcept { return line_; }
  uint32_t column() const noexcept { return column_; }

  /// The line of `text`, the expression that failed, with a caret below the
  /// place; empty when the error points at no place.
  std::string excerpt(std::string_view text) const;

 private:
  Status status_;
  uint32_t line_;
  uint32_t column_;
};

/// A T, or the Error that kept the call from giving one.
template <class T>
class [[nodiscard]] Result;

namespace internal {

// Throws; without exceptions it does nothing, and the caller goes on.
inline void raise([[maybe_unused]] const Error& error) {
#if defined(__cpp_exceptions)
  throw error;
#endif
}

}  // namespace internal

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  Status status() const noexcept {
    return ok() ? Status::kOk : error().status();
  }
  /// The error; only when there is one.
  const Error& error() const noexcept { return *std::get_if<1>(&state_); }

  /// The value. When there is none it throws the error; without exceptions it
  /// ends the program.
  T& value() & {
    need();
    return **this;
  }
  const T& value() const& {
    need();
    return **this;
  }
  T&& value() && {
    need();
    return *std::move(*this);
  }

  /// The value; only when there is one.
  T& operator*() & noexcept { return *std::get_if<0>(&state_); }
  const T& operator*() const& noexcept { return *std::get_if<0>(&state_); }
  T&& operator*() && noexcept { return std::move(*std::get_if<0>(&state_)); }
  T* operator->() noexcept { return std::get_if<0>(&state_); }
  const T* operator->() const noexcept { return std::get_if<0>(&state_); }

 private:
  void need() const {
    if (ok()) return;
    internal::raise(error());
    std::terminate();
  }

  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const noexcept { return !error_.has_value(); }
  explicit operator bool() const noexcept { return ok(); }
  Status status() const noexcept {
    return ok() ? Status::kOk : error().status();
  }
  /// The error; only when there is one.
  const Error& error() const noexcept { return *error_; }

  /// Returns when all went well. Otherwise it throws the error; without
  /// exceptions it ends the program.
  void value() const {
    if (ok()) return;
    internal::raise(error());
    std::terminate();
  }

 private:
  std::optional<Error> error_;
};

#if defined(__cpp_exceptions)
/// What a call gives: a T, or it throws an Error.
template <class T>
using Answer = T;

/// Runs `call` and gives its value, or the trato::Error that it threw; other
/// exceptions go on.
template <class Call>
auto attempt(Call&& call) -> Result<std::decay_t<std::invoke_result_t<Call>>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
      std::forward<Call>(call)();
      return {};
    } else {
      return std::forward<Call>(call)();
    }
  } catch (const Error& error) {
    return error;
  }
}
#else
/// What a call gives: a T or an Error.
template <class T>
using Answer = Result<T>;
#endif

// ---------------------------------------------------------------------------
// 3. Values

/// 128 bits that name a fact or a customer.
struct Id {
  std::array<uint8_t, 16> bytes{};

  /// The 32 lower-case hexadecimal digits that JSON answers show.
  std::string hex() const;
  /// Reads 32 hexadecimal digits of either case; nothing for other text.
  static std::optional<Id> from_hex(std::string_view text);

  friend bool operator==(const Id& a, const Id& b) noexcept {
    return a.bytes == b.bytes;
  }
  friend bool operator!=(const Id& a, const Id& b) noexcept {
    return a.bytes != b.bytes;
  }
  friend bool operator<(const Id& a, const Id& b) noexcept {
    return a.bytes < b.bytes;
  }
};

/// A hash of 256 bits over everything that a store answers at an instant.
struct Digest {
  std::array<uint8_t, 32> bytes{};

  /// 64 lower-case hexadecimal digits.
  std::string hex() const;

  friend bool operator==(const Digest& a, const Digest& b) noexcept {
    return a.bytes == b.bytes;
  }
  friend bool operator!=(const Digest& a, const Digest& b) noexcept {
    return a.bytes != b.bytes;
  }
};

/// The last log position on disk, and a hash over all facts up to it. Kept
/// elsewhere it proves later, with Store::verify, that nothing before it was
/// rewritten.
struct Head {
  uint64_t position = 0;
  std::array<uint8_t, 32> chain{};

  /// "POSITION:HEX", as the command line writes it.
  std::string text() const;
  /// Reads what text() wrote; nothing for other text.
  static std::optional<Head> from_text(std::string_view text);

  friend bool operator==(const Head& a, const Head& b) noexcept {
    return a.position == b.position && a.chain == b.chain;
  }
  friend bool operator!=(const Head& a, const Head& b) noexcept {
    return !(a == b);
  }
};

/// An amount in minor units (cents, pence) of an ISO 4217 currency; an empty
/// currency means the store's.
struct Money {
  int64_t minor = 0;
  std::string currency;

  friend bool operator==(const Money& a, const Money& b) {
    return a.minor == b.minor && a.currency == b.currency;
  }
  friend bool operator!=(const Money& a, const Money& b) { return !(a == b); }
};

/// An instant as a value, in microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t us = 0;

  friend bool operator==(Timestamp a, Timestamp b) { return a.us == b.us; }
  friend bool operator!=(Timestamp a, Timestamp b) { return a.us != b.us; }
};

enum class ValueKind : uint32_t {
  kNone = TRATO_VALUE_NONE,
  kBool = TRATO_VALUE_BOOL,
  kInt = TRATO_VALUE_INT,
  kDouble = TRATO_VALUE_DOUBLE,
  kString = TRATO_VALUE_STRING,
  kMoney = TRATO_VALUE_MONEY,
  kTimestamp = TRATO_VALUE_TIMESTAMP,
};

/// One typed value, or none. It is made from a bool, a number, text, Money or a
/// Timestamp, and keeps that type.
class Value {
 public:
  /// In the order of ValueKind.
  using Variant = std::variant<std::monostate, bool, int64_t, double,
                               std::string, Money, Timestamp>;

  /// None: as an attribute, it takes the attribute away.
  Value() = default;
  Value(const char* text) : variant_(std::string(text)) {}
  Value(std::string_view text) : variant_(std::string(text)) {}
  Value(std::string text) : variant_(std::move(text)) {}
  Value(Money money) : variant_(std::move(money)) {}
  Value(Timestamp timestamp) : variant_(timestamp) {}
  template <class Number,
            std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  Value(Number number) {
    if constexpr (std::is_same_v<Number, bool>) {
      variant_ = number;
    } else if constexpr (std::is_floating_point_v<Number>) {
      variant_ = static_cast<double>(number);
    } else {
      static_assert(std::is_signed_v<Number> || sizeof(Number) < 8,
                    "a value is at most INT64_MAX: convert it to int64_t");
      variant_ = static_cast<int64_t>(number);
    }
  }

  ValueKind kind() const noexcept {
    return static_cast<ValueKind>(variant_.index());
  }
  const Variant& variant() const noexcept { return variant_; }

  /// The value as a T, one of Variant's types, or a null pointer when it is of
  /// another.
  template <class T>
  const T* get_if() const noexcept {
    return std::get_if<T>(&variant_);
  }

  friend bool operator==(const Value& a, const Value& b) {
    return a.variant_ == b.variant_;
  }
  friend bool operator!=(const Value& a, const Value& b) { return !(a == b); }

 private:
  Variant variant_;
};

// ---------------------------------------------------------------------------
// 4. What calls take and give

enum class OpenMode : uint32_t {
  kOpenOrCreate = TRATO_OPEN_OR_CREATE,
  kOpenExisting = TRATO_OPEN_EXISTING,
  kCreateNew = TRATO_CREATE_NEW,
  kRead = TRATO_OPEN_READ,  ///< Also while another process writes.
};

/// Spreads long work over threads of the program: trato::threads(n), or what
/// the program has (see trato_run_fn). The context must outlive the store and
/// all that came from it.
struct Executor {
  trato_run_fn run = nullptr;  ///< None: the calling thread does it all.
  void* context = nullptr;
};

/// An executor of up to `count` threads, the calling one among them. They start
/// with each piece of work and end with it. 0: as many as the machine runs.
Executor threads(unsigned count = 0);

struct StoreOptions {
  OpenMode mode = OpenMode::kOpenOrCreate;
  std::string zone;      ///< IANA time zone of a new store; empty: UTC.
  std::string currency;  ///< ISO 4217 code of a new store; empty: EUR.
  /// Bytes of sealed interactions and records to keep in memory; 0: no limit.
  uint64_t memory_limit = 0;
  std::string key;    ///< 32 secret bytes; empty: none (trato.h, chapter 14).
  uint64_t seed = 0;  ///< Of what is drawn at random and can be drawn again.
  Executor run;
  /// A list that Store::erasures gave: who was erased since this file was copied
  /// is erased from it before anything can be read.
  std::string erasures;
};

/// What counts in the store as it was.
struct AsOf {
  /// Only what happened by then.
  int64_t as_of_us = std::numeric_limits<int64_t>::max();
  /// Only what was recorded up to this log position.
  uint64_t known_at = std::numeric_limits<uint64_t>::max();
};

/// Which customers a view shows: see trato_view_options.
struct ViewOptions {
  struct Tag {
    std::string name;  ///< An attribute of text with many values.
    std::string value;
  };
  std::vector<Tag> tags;
  bool any = false;    ///< One of the tags is enough, not one of each name.
  std::string filter;  ///< An expression that holds as well; may be empty.
};

/// What rules of retention are about.
enum class Retained : uint32_t {
  kInteractions = TRATO_RETAIN_INTERACTIONS,  ///< Of a type.
  kAttribute = TRATO_RETAIN_ATTRIBUTE,  ///< What was said of an attribute.
  kGrants = TRATO_RETAIN_GRANTS,        ///< Consent granted to a purpose.
  kDecisions = TRATO_RETAIN_DECISIONS,  ///< With their outcomes; of "*".
};

/// How long facts of a kind are kept, and what for: see trato_retention.
struct Retention {
  Retained kind = Retained::kInteractions;
  std::string name;     ///< "*": every one that has no rule of its own.
  std::string purpose;  ///< What they are kept for; may be empty.
  std::string keep;     ///< A span, such as "2y"; empty: the rule ends.
};

enum class Durability : uint32_t {
  kSynced = TRATO_SYNCED,      ///< The call returns when it is on disk.
  kBuffered = TRATO_BUFFERED,  ///< It returns at once; flush makes durable.
};

/// How a call writes, and who says so.
struct WriteOptions {
  Durability durability = Durability::kSynced;
  std::string actor;   ///< Who did it: a user, a process; may be empty.
  std::string source;  ///< The system that says it; empty: "host".
  std::string batch;   ///< The import or job it belongs to; may be empty.
};

enum class Subject : uint32_t {
  kCustomer = TRATO_OF_CUSTOMER,
  kInteraction = TRATO_OF_INTERACTION,
};

enum class CustomerKind : uint32_t {
  kUnknown = TRATO_KIND_UNKNOWN,
  kPerson = TRATO_KIND_PERSON,
  kOrganisation = TRATO_KIND_ORGANISATION,
  kAnonymous = TRATO_KIND_ANONYMOUS,  ///< Nobody knows who it is.
};

/// A record of a customer.
struct CustomerRecord {
  Id id;
  std::string name;
};

/// A value that holds of a customer, and who says it.
struct CustomerValue {
  std::string name;   ///< Of the attribute.
  std::string about;  ///< The product or need; empty: nothing but the customer.
  Value value;
  int64_t since_us = 0;
  std::string source;
  std::string record;     ///< That says it.
  double strength = 0;    ///< 0: not said.
  bool inferred = false;  ///< It was concluded, not told.
};

/// What her records say of one customer.
struct Customer {
  Id id;  ///< Public.
  CustomerKind kind = CustomerKind::kUnknown;
  bool restricted = false;
  /// By id: the first gives the public id, the others are its aliases.
  std::vector<CustomerRecord> records;
  /// That her records claim beside their names, in order, each once.
  std::vector<std::string> identifiers;
  /// In force, in order of name and about; of many values by event time.
  std::vector<CustomerValue> values;
};

/// What identifiers of a namespace say of who is who.
struct Namespace {
  std::string name;
  bool unique = false;  ///< Records that claim the same one are one customer.
  bool single = false;  ///< A customer has one of them only, as of passports.
  /// An identifier that more records claim is a hub and joins nothing; 0: 100.
  uint32_t max_records = 0;
};

/// What speaks against a link; several with |.
enum class Guard : uint32_t {
  kNone = 0,
  kApart = TRATO_GUARD_APART,    ///< The two are kept apart.
  kSingle = TRATO_GUARD_SINGLE,  ///< Identifiers of a single namespace differ.
  kKind = TRATO_GUARD_KIND,      ///< A person and an organisation.
  kSize = TRATO_GUARD_SIZE,      ///< More than 1,000 records.
};
constexpr Guard operator|(Guard a, Guard b) noexcept {
  return static_cast<Guard>(static_cast<uint32_t>(a) |
                            static_cast<uint32_t>(b));
}

/// How people look for an attribute of text, or for identifiers.
enum class Search : uint32_t {
  kByName = TRATO_SEARCH_BY_NAME,       ///< As its name says: see trato.h.
  kNot = TRATO_SEARCH_NOT,              ///< Not at all.
  kText = TRATO_SEARCH_TEXT,            ///< By any part.
  kTelephone = TRATO_SEARCH_TELEPHONE,  ///< By its digits, from the end.
};

/// How one value is found where several are said of a customer. Where a rule
/// leaves several, the latest holds.
enum class Reconciliation : uint32_t {
  kLatest = TRATO_RECONCILE_LATEST,      ///< By event time.
  kTrusted = TRATO_RECONCILE_TRUSTED,    ///< Of the first source that says any.
  kFrequent = TRATO_RECONCILE_FREQUENT,  ///< What most records and sources say.
  kLongest = TRATO_RECONCILE_LONGEST,    ///< The longest text.
};

enum class Sensitivity : uint32_t {
  kOrdinary = TRATO_SENSITIVITY_ORDINARY,
  kConfidential = TRATO_SENSITIVITY_CONFIDENTIAL,
  kSpecial = TRATO_SENSITIVITY_SPECIAL,  ///< Such as health.
};

/// What a value is about, beside the customer.
enum class Per : uint32_t {
  kNothing = TRATO_PER_NOTHING,
  kProduct = TRATO_PER_PRODUCT,
  kNeed = TRATO_PER_NEED,
};

/// An attribute with all that can be said of it.
struct AttributeDefinition {
  std::string name;
  Subject subject = Subject::kCustomer;
  ValueKind kind = ValueKind::kString;
  std::string description;
  std::string unit;                  ///< Such as "kg"; may be empty.
  std::vector<std::string> allowed;  ///< Of strings; empty: any.
  bool many = false;                 ///< A customer may have several at once.
  Sensitivity sensitivity = Sensitivity::kOrdinary;
  Per per = Per::kNothing;
  Reconciliation reconciliation = Reconciliation::kLatest;
  std::vector<std::string> sources;  ///< Of kTrusted, best first.
  bool retired = false;              ///< It takes no values any more.
};

enum class DefinitionKind : uint32_t {
  kAttribute = TRATO_DEFINITION_ATTRIBUTE,
  kField = TRATO_DEFINITION_FIELD,  ///< Of interactions.
  kInteractionType = TRATO_DEFINITION_INTERACTION_TYPE,
  kRelation = TRATO_DEFINITION_RELATION,
  kSegment = TRATO_DEFINITION_SEGMENT,
  kChannel = TRATO_DEFINITION_CHANNEL,
  kPurpose = TRATO_DEFINITION_PURPOSE,
  kNamespace = TRATO_DEFINITION_NAMESPACE,  ///< Of identifiers.
};

/// What a record says of its customer from at_us on. Of an attribute with many
/// values it adds one.
struct Attribute {
  int64_t at_us = kAtNow;
  std::string customer;  ///< Names the record, which comes to exist with this.
  std::string name;
  Value value;            ///< None takes the attribute away.
  std::string key;        ///< Idempotency key; may be empty.
  std::string about;      ///< The product or need, of an attribute per these.
  double strength = 0;    ///< Of an interest or need, up to 1; 0: not said.
  bool removed = false;   ///< Of many values this one is taken away.
  bool inferred = false;  ///< It was concluded, and not told.
};

/// A kind of relation between two customers, named from both sides.
struct RelationDefinition {
  std::string name;
  std::string inverse;  ///< Empty or the name: without direction.
  std::string description;
  bool acyclic = false;  ///< What would close a circle is refused.
};

/// Two records are related, from at_us on, or not any more.
struct Relation {
  int64_t at_us = kAtNow;
  std::string customer;  ///< A record; both come to exist with this.
  std::string relation;  ///< Its name or, seen from `customer`, its inverse.
  std::string other;
  bool ended = false;
  std::string key;  ///< Idempotency key; may be empty.
};

/// One article of an order, free when unit_price and amount_minor are both 0.
struct Line {
  std::string product;       ///< The product's id; not empty.
  std::string unit;          ///< Of quantity; empty: pieces.
  int64_t quantity = 0;      ///< In millionths: see trato::millionths.
  int64_t unit_price = 0;    ///< In millionths of the unit; 0: not known.
  int64_t amount_minor = 0;  ///< In minor units of the currency.
};

/// A named value of an interaction.
struct Field {
  std::string name;  ///< An attribute defined with Subject::kInteraction.
  Value value;
};

enum class Direction : uint32_t {
  kInbound = TRATO_INBOUND,    ///< From the customer to us.
  kOutbound = TRATO_OUTBOUND,  ///< From us to the customer.
};

/// One exchange with a customer. A purchase is one order with its lines; a
/// return carries negative quantities and amounts.
struct Interaction {
  Direction direction = Direction::kInbound;
  int64_t at_us = kAtNow;
  std::string customer;  ///< Names the record, which comes to exist with this.
  std::string type;      ///< "purchase", "return", "visit", ...
  std::string channel;   ///< "web", "email", "shop", ...; empty: not known.
  std::string currency;  ///< ISO 4217; empty: the store's.
  int64_t amount_minor = 0;  ///< Of the whole; with lines 0, or their sum.
  std::vector<Line> lines;
  std::vector<Field> fields;
  std::optional<Id> reply_to;  ///< The fact it answers, which may come later.
  std::string key;             ///< Idempotency key; may be empty.
};

/// What a customer did with a competitor.
enum class CompetitorAction : uint32_t {
  kSeen = TRATO_COMPETITOR_SEEN,
  kTried = TRATO_COMPETITOR_TRIED,
  kOffered = TRATO_COMPETITOR_OFFERED,  ///< Got an offer of theirs.
  kBought = TRATO_COMPETITOR_BOUGHT,    ///< Accepted it.
  kLeft = TRATO_COMPETITOR_LEFT,        ///< Went over to them.
};

/// A competitor observed at a customer.
struct Competitor {
  CompetitorAction action = CompetitorAction::kSeen;
  int64_t at_us = kAtNow;
  std::string customer;     ///< Names the record.
  std::string competitor;   ///< Who; not empty.
  std::string product;      ///< Theirs; may be empty.
  std::string currency;     ///< Of the price; empty: the store's.
  int64_t price_minor = 0;  ///< 0: not known.
  std::string channel;      ///< Where it was learned; may be empty.
  std::string key;          ///< Idempotency key; may be empty.
};

/// Says that an interaction was recorded wrongly, or never happened.
struct Correction {
  int64_t at_us = kAtNow;  ///< When this was found out.
  std::string record;      ///< The record that it was recorded for.
  Id interaction;          ///< Its fact id; it may arrive later.
  /// What it was in truth, as a whole, with a time and without key; none to
  /// retract.
  std::optional<Interaction> content;
  std::string reason;
  std::string key;  ///< Idempotency key of this correction; may be empty.
};

/// One interaction as a timeline gives it.
struct Entry {
  Id fact;
  int64_t at_us = 0;
  int64_t recorded_us = 0;
  std::string record;  ///< Which record of the customer it belongs to.
  std::string type;
  std::string channel;
  std::string source;
  std::string key;
  Direction direction = Direction::kInbound;
  std::string currency;
  int64_t amount_minor = 0;
  std::vector<Line> lines;
  std::vector<Field> fields;
  std::optional<Id> reply_to;
};

struct TimelineOptions {
  bool newest_first = false;
  uint64_t limit = 0;        ///< 0: no limit.
  std::string type;          ///< Empty: all types.
  bool without_ids = false;  ///< Leaves Entry::fact at zero, which is faster.
};

/// Gives the next bytes of an input: how many it wrote to `buffer`, 0 at the
/// end, a negative number on a failure. It may throw.
using Reader = std::function<int64_t(char* buffer, size_t capacity)>;

/// Told from time to time how far a call is (`total` is 0 while it is not
/// known): true goes on, false cancels. It may throw, which cancels too.
using Progress = std::function<bool(uint64_t done, uint64_t total)>;

struct VerifyOptions {
  bool rebuild = false;      ///< Also derive everything anew and compare.
  std::optional<Head> head;  ///< Kept from earlier.
  Progress progress;         ///< May be empty; counts bytes.
};

struct ImportOptions {
  bool dry_run = false;    ///< Read and report, record nothing.
  std::string name_space;  ///< Of the customers; empty: "shop".
  Progress progress;       ///< May be empty; counts lines.
};

enum class ColumnRule : uint32_t {
  kOverwrite = TRATO_COLUMN_OVERWRITE,   ///< In the place of another value.
  kFillBlank = TRATO_COLUMN_FILL_BLANK,  ///< Only where there is none.
  kNever = TRATO_COLUMN_NEVER,           ///< The column is not read.
};

/// What the program says of a column of a file of contacts.
struct ContactColumn {
  std::string column;  ///< Its header, as in the file.
  std::string field;   ///< As trato.h names it; empty: as the header says.
  ColumnRule rule = ColumnRule::kOverwrite;
};

enum class DateOrder : uint32_t {
  kYearFirst = TRATO_DATES_YEAR_FIRST,  ///< As ISO 8601; others are refused.
  kDayFirst = TRATO_DATES_DAY_FIRST,
  kMonthFirst = TRATO_DATES_MONTH_FIRST,
};

struct ContactsOptions {
  bool dry_run = false;    ///< Read, compare and report, record nothing.
  std::string name_space;  ///< Of the file's ids; empty: "contact".
  std::vector<ContactColumn> columns;
  DateOrder date_order = DateOrder::kYearFirst;
  Progress progress;  ///< May be empty; counts rows.
};

struct RetractOptions {
  bool dry_run = false;  ///< Say what would be, record nothing.
  std::string reason;
};

/// Says which column of a stream holds a field.
struct Column {
  std::string field;   ///< As trato.h names it: "customer", "at", ...
  std::string column;  ///< The stream's name for it.
};

struct AppendOptions {
  bool dry_run = false;         ///< Read and check, record nothing.
  std::vector<Column> columns;  ///< What is named otherwise.
  std::string name_space;       ///< Put before customers that are without one.
  Progress progress;            ///< May be empty; counts rows.
};

/// What an append did.
struct Appended {
  uint64_t rows = 0;   ///< Read from the stream.
  uint64_t added = 0;  ///< Facts that were not known before.
  uint64_t known = 0;  ///< Facts that were recorded already.
};

/// Customers in an order, part by part: see trato_list_options.
struct ListOptions {
  std::string sort;         ///< Empty: by public id.
  bool descending = false;  ///< The largest first.
  std::string filter;       ///< An expression; empty: all customers.
  std::string cursor;       ///< Where to go on; empty: from the first.
  uint64_t limit = 0;       ///< 0: 100 in a list, in an export all.
};

struct ExportOptions {
  uint32_t batch_rows = 0;  ///< Rows a batch of the stream; 0: 65,536.
  int64_t from_us = std::numeric_limits<int64_t>::min();   ///< Exclusive.
  int64_t until_us = std::numeric_limits<int64_t>::max();  ///< Inclusive.
  std::optional<std::vector<std::string>> customers;       ///< None: all.
  std::string type;                 ///< Of interactions; empty: all.
  std::optional<ListOptions> list;  ///< In place of customers.
};

/// How many customers a condition holds for.
struct SegmentSize {
  uint64_t members = 0;
  uint64_t customers = 0;  ///< All customers known at now_us.
  uint64_t undecided = 0;  ///< For whom the evaluation fails.
};

/// From when on a customer is in a segment, or is not.
struct SegmentStep {
  int64_t at_us = 0;
  bool member = false;  ///< Whether she enters; otherwise she leaves.
};

/// Up to where a host has dealt with changes: what it keeps between runs.
struct ChangeCursor {
  int64_t at_us = 0;
  uint64_t position = 0;
};

/// What to watch, and since when.
struct WatchOptions {
  std::vector<std::string> segments;  ///< Empty: all that are defined now.
  std::optional<ChangeCursor> since;  ///< None: from now_us on.
  bool net = false;  ///< Of the changes that wait only what is left of them.
  /// What Watch::save gave, instead of `since`; borrowed. Where the store is as
  /// it was then, nobody is tested anew.
  std::string_view saved;
};

enum class ChangeCause : uint32_t {
  kTime = TRATO_CHANGE_BY_TIME,
  kFact = TRATO_CHANGE_BY_FACT,
  kDefinition = TRATO_CHANGE_BY_DEFINITION,
  kLink = TRATO_CHANGE_BY_LINK,  ///< Records were linked or unlinked.
};

/// One customer entered or left one segment.
struct Change {
  int64_t at_us = 0;
  uint64_t position = 0;  ///< The last of the log that it was known from.
  std::string segment;
  std::string customer;  ///< The name of the record that gives the public id.
  Id id;
  bool entered = false;
  ChangeCause cause = ChangeCause::kTime;

  /// To keep once all changes with the same one, and before, are dealt with.
  ChangeCursor cursor() const { return {at_us, position}; }
};

/// How far a watch is.
struct WatchState {
  int64_t clock_us = 0;       ///< Up to here everything is told.
  uint64_t position = 0;      ///< The last of the log that it has seen.
  uint64_t pending = 0;       ///< Changes that wait to be taken.
  uint64_t wakeups = 0;       ///< How often time made it test a customer anew.
  uint64_t idle_wakeups = 0;  ///< ... and nothing had changed.
  bool is_done = false;       ///< Whether max_wakeups was not reached.
  bool nudge_failed = false;  ///< The callback failed and is not called any more.
};

/// How many customers are in one of two segments, or in both.
struct SegmentOverlap {
  uint64_t first_only = 0;
  uint64_t second_only = 0;
  uint64_t both = 0;
  uint64_t customers = 0;  ///< All customers known at now_us.
  uint64_t undecided = 0;  ///< For whom either evaluation fails.
};

/// One customer of a list.
struct Member {
  Id id;             ///< The public id.
  std::string name;  ///< The name of the record that gives the public id.
};

/// A product, or a category of products. What is empty stays as it was.
struct Product {
  std::string id;
  std::string name;
  std::string category;                  ///< What it stands below.
  std::vector<std::string> substitutes;  ///< Ids of what does instead.
};

/// An offer as it is made on one channel.
struct OfferVariant {
  std::string channel;
  std::string title;    ///< Empty: the offer's.
  std::string content;  ///< A text, or the name of a template of the host's.
};

/// What limits contact: see trato_contact_policy.
struct ContactPolicy {
  std::string name;
  std::string channel;
  std::string issue;
  std::string group;
  std::string offer;
  std::optional<uint32_t> at_most;  ///< Contacts within any such span:
  std::string within;               ///< "7d".
  int32_t quiet_from = -1;          ///< Minutes of the customer's day.
  int32_t quiet_until = -1;         ///< Exclusive.
  uint32_t holdout_basis_points = 0;
  std::string open_complaint;  ///< A type of interaction.
  bool retired = false;
};

/// How what is left is ranked.
struct Arbitration {
  double benefit_weight = 0.25;
  double exploration = 0;
  uint32_t per_issue = 0;
  uint32_t per_group = 0;
  double pacing = 0;  ///< Of prices for budgets and stock; 1: the usual step.
};

/// A proposal to buy, with or without a discount.
struct Offer {
  uint32_t discount_basis_points = 0;  ///< 1,000 is 10 %; 0: none.
  std::string name;
  std::string title;                  ///< For people; empty: the name.
  std::vector<std::string> products;  ///< The ids it proposes.
  std::string currency;        ///< Of value and discount; empty: the store's.
  int64_t value_minor = 0;     ///< Worth when taken, before discount.
  int64_t discount_minor = 0;  ///< Money off; instead of basis points.
  std::string eligibility;     ///< An expression; empty: everybody.
  int64_t valid_from_us = std::numeric_limits<int64_t>::min();
  int64_t valid_until_us =  ///< Exclusive.
      std::numeric_limits<int64_t>::max();
  std::string coupon_span;  ///< Deadline of its coupons after issue: "10d".
  /// Made to who consented to it only; empty: to all who do not object to direct
  /// marketing and are on no suppression list.
  std::string purpose;
  std::string channel;  ///< Of that consent; empty: on any one channel.
  std::string issue;
  std::string group;
  std::vector<std::string> categories;  ///< With all that stands below them.
  std::vector<std::string> needs;
  std::string applicability;  ///< An expression: whether it makes sense now.
  std::string suitability;    ///< An expression: whether it does her good.
  std::string context;        ///< An expression worth a number; empty: 1.
  int64_t cost_minor = 0;     ///< Of making it once.
  int64_t benefit_minor = 0;  ///< Worth to her, beside the discount.
  double lever = 1;
  int64_t stock = TRATO_UNLIMITED;
  int64_t budget_minor = TRATO_UNLIMITED;
  std::string respond_within;  ///< "14d"; empty: for ever.
  std::vector<OfferVariant> variants;
};

/// What is asked for of a match or a decision.
struct MatchOptions {
  std::string channel;       ///< On this one only; empty: on any.
  std::string conversation;  ///< Of a decision: outcomes may name it instead.
};

/// A decision that was made elsewhere; see trato_decision_record.
struct PastDecision {
  std::string customer;
  std::string offer;
  std::string channel;       ///< Empty: not said.
  std::string conversation;  ///< May be empty.
  std::string key;           ///< Idempotency key; may be empty.
  int64_t at_us = kAtNow;
  double score = 0;        ///< As it was given; 0: not said.
  double probability = 1;  ///< With which it was chosen.
};

/// Whom to contact, how and what about.
struct PermitRequest {
  std::optional<Id> decision;  ///< Gives offer and channel where these are empty.
  std::string channel;
  std::string purpose;  ///< Empty: the offer's.
  std::string offer;
  std::string lasts;  ///< Empty: "1d".
};

/// Leave to contact a customer once.
struct Permit {
  Id id;
  int64_t deadline_us = 0;  ///< Exclusive; unused by then it lapses.
  std::string address;      ///< Empty: the channel needs none.
};

/// One offer for one customer.
struct Match {
  std::string offer;
  double score = 0;         ///< In minor units of currency.
  double affinity = 0;      ///< 0 to 1.
  int64_t value_minor = 0;  ///< Worth when taken, after discount and cost.
  std::string currency;
  std::string channel;  ///< On which it may be made now; empty: wherever.
};

/// The result of a decision.
struct Decision {
  Id id;                       ///< Of the stored decision; outcomes name it.
  double probability = 0;      ///< With which the offer was chosen.
  std::optional<Match> match;  ///< The chosen offer; none when none was left.
};

enum class OutcomeKind : uint32_t {
  kShown = TRATO_OUTCOME_SHOWN,
  kAccepted = TRATO_OUTCOME_ACCEPTED,
  kRefused = TRATO_OUTCOME_REFUSED,
  kOpened = TRATO_OUTCOME_OPENED,
  kAnswered = TRATO_OUTCOME_ANSWERED,
  kBought = TRATO_OUTCOME_BOUGHT,
  kReturned = TRATO_OUTCOME_RETURNED,
  kNothing = TRATO_OUTCOME_NOTHING,  ///< No answer in time.
};

/// What became of a decision.
struct Outcome {
  OutcomeKind kind = OutcomeKind::kShown;
  int64_t at_us = kAtNow;
  Id decision;      ///< May arrive later than the outcome.
  std::string key;  ///< Idempotency key; may be empty.
  std::string conversation;       ///< Instead of the decision.
  std::optional<Id> interaction;  ///< What was bought or returned.
};

enum class CouponGives : uint32_t {
  kOffer = TRATO_COUPON_OFFER,      ///< The offer as it is.
  kMoney = TRATO_COUPON_MONEY,      ///< An amount off.
  kPercent = TRATO_COUPON_PERCENT,  ///< Basis points off.
  kGift = TRATO_COUPON_GIFT,        ///< A product.
};

/// What coupons give and for how long; see trato_coupon_options.
struct CouponOptions {
  CouponGives gives = CouponGives::kOffer;  ///< kOffer: the offer's discount.
  int64_t amount_minor = 0;                 ///< Of money.
  std::string currency;                     ///< Of money; empty: the offer's.
  uint32_t basis_points = 0;                ///< Of percent: 1,000 is 10 %.
  uint32_t uses = 1;                        ///< Of each coupon.
  std::string product;                      ///< Of a gift.
  int64_t valid_until_us =                  ///< Exclusive.
      std::numeric_limits<int64_t>::max();
  std::string span;       ///< Instead, by the customer's clock: "10d".
  bool for_ever = false;  ///< No deadline, whatever the offer says.
  std::optional<Id> decision;  ///< That it comes of: its use is an outcome.
};

/// A coupon at the till; see trato_coupon_redemption.
struct CouponRedemption {
  std::string code;
  std::string customer;     ///< Who redeems it; empty: not said.
  std::string key;          ///< Idempotency key; may be empty.
  int64_t at_us = kAtNow;   ///< Of what is reported.
  std::optional<Id> purchase;  ///< The interaction's fact id; may arrive later.
  std::optional<Money> basket;
  bool reported = false;  ///< It happened elsewhere, and is only told.
  bool dry_run = false;   ///< Checked, and recorded not.
};

/// What a redemption gives.
struct CouponResult {
  Id redemption;
  CouponGives gives = CouponGives::kOffer;
  uint32_t basis_points = 0;
  int64_t amount_minor = 0;  ///< Off the basket.
  std::string currency;
  uint32_t uses_left = 0;
  std::string product;
  std::string offer;
  bool holds = true;      ///< Else all uses were taken, of what is reported.
  bool repeated = false;  ///< The key was known.
};

enum class ConsentState : uint32_t {
  kNone = TRATO_CONSENT_NONE,            ///< An answer: nothing was said.
  kGranted = TRATO_CONSENT_GRANTED,      ///< Said, or an answer, as the next 2.
  kDenied = TRATO_CONSENT_DENIED,        ///< Asked, and refused.
  kWithdrawn = TRATO_CONSENT_WITHDRAWN,  ///< Taken back.
  kExpired = TRATO_CONSENT_EXPIRED,      ///< An answer: granted, and run out.
  kObjected = TRATO_CONSENT_OBJECTED,    ///< An answer: to direct marketing.
  kSuppressed = TRATO_CONSENT_SUPPRESSED,  ///< An answer: she is on a list.
  kUnchecked = TRATO_CONSENT_UNCHECKED,    ///< An answer: a list is too old.
};

/// What a customer said of being contacted for a purpose on a channel.
struct Consent {
  ConsentState state = ConsentState::kGranted;
  int64_t at_us = kAtNow;
  int64_t valid_until_us =  ///< Exclusive; of what is granted.
      std::numeric_limits<int64_t>::max();
  std::string customer;  ///< Names the record, which comes to exist with this.
  std::string purpose;   ///< "*" for every one.
  std::string channel;   ///< "*" for every one.
  std::string wording;   ///< The version of the text shown; may be empty.
  std::string proof;     ///< A text, or a hash of what is kept elsewhere.
  std::string key;       ///< Idempotency key; may be empty.
};

/// A record objects to direct marketing, or lifts the objection that it made.
struct Objection {
  bool lifted = false;
  int64_t at_us = kAtNow;
  std::string customer;  ///< Names the record, which comes to exist with this.
  std::string proof;     ///< What shows it; not empty when lifted.
  std::string key;       ///< Idempotency key; may be empty.
};

/// Whether a customer may be contacted, and since when.
struct ConsentAnswer {
  ConsentState state = ConsentState::kNone;
  bool allowed = false;
  int64_t since_us = std::numeric_limits<int64_t>::min();
  int64_t until_us = std::numeric_limits<int64_t>::max();  ///< Exclusive.
  std::optional<Id> fact;  ///< What decides; none when nothing does.
};

struct SuppressionOptions {
  bool adds = false;       ///< To what is on the list, not in its place.
  int64_t at_us = kAtNow;  ///< The date of the list.
};

// ---------------------------------------------------------------------------
// 5. Between C++ and C; nothing here is for the program

namespace internal {

// c(x) is what C takes for x, and borrows the text of x.

// A struct that C takes by its address.
template <class T>
struct Pointed {
  T value;
  operator const T*() const noexcept { return &value; }
};

template <class T>
auto c(T value) noexcept {
  if constexpr (std::is_enum_v<T>) {
    return static_cast<std::underlying_type_t<T>>(value);
  } else {
    return value;
  }
}

inline uint32_t c(bool value) noexcept { return value ? 1 : 0; }

inline trato_str c(std::string_view text) noexcept {
  return {text.data(), text.size()};
}

inline trato_str c(const std::string& text) noexcept {
  return {text.data(), text.size()};
}

inline Pointed<trato_id> c(const Id& id) noexcept {
  Pointed<trato_id> result;
  std::memcpy(result.value.bytes, id.bytes.data(), id.bytes.size());
  return result;
}

inline Pointed<trato_store_options> c(const StoreOptions& options) noexcept {
  trato_store_options result = TRATO_STORE_OPTIONS_INIT;
  result.mode = c(options.mode);
  result.zone = c(options.zone);
  result.currency = c(options.currency);
  result.memory_limit = options.memory_limit;
  result.run = options.run.run;
  result.run_context = options.run.context;
  result.erasures = c(options.erasures);
  result.key = c(options.key);
  result.seed = options.seed;
  return {result};
}

inline Pointed<trato_as_of> c(const AsOf& as_of) noexcept {
  trato_as_of result = TRATO_AS_OF_INIT;
  result.as_of_us = as_of.as_of_us;
  result.known_at = as_of.known_at;
  return {result};
}

inline Pointed<trato_competitor> c(const Competitor& seen) noexcept {
  trato_competitor result = TRATO_COMPETITOR_INIT;
  result.action = c(seen.action);
  result.at_us = seen.at_us;
  result.customer = c(seen.customer);
  result.competitor = c(seen.competitor);
  result.product = c(seen.product);
  result.currency = c(seen.currency);
  result.price_minor = seen.price_minor;
  result.channel = c(seen.channel);
  result.key = c(seen.key);
  return {result};
}

inline Pointed<trato_retention> c(const Retention& rule) noexcept {
  trato_retention result = TRATO_RETENTION_INIT;
  result.kind = c(rule.kind);
  result.name = c(rule.name);
  result.purpose = c(rule.purpose);
  result.keep = c(rule.keep);
  return {result};
}

// Keeps the tags that the struct points at.
struct CView {
  explicit CView(const ViewOptions& options) {
    for (const ViewOptions::Tag& tag : options.tags) {
      tags.push_back({c(tag.name), c(tag.value)});
    }
    value.any = options.any ? 1 : 0;
    value.tags = tags.data();
    value.tag_count = tags.size();
    value.filter = c(options.filter);
  }
  CView(const CView&) = delete;
  CView& operator=(const CView&) = delete;
  operator const trato_view_options*() const noexcept { return &value; }

  std::vector<trato_tag> tags;
  trato_view_options value = TRATO_VIEW_OPTIONS_INIT;
};

inline CView c(const ViewOptions& options) { return CView(options); }

inline Pointed<trato_write_options> c(const WriteOptions& options) noexcept {
  trato_write_options result = TRATO_WRITE_OPTIONS_INIT;
  result.durability = c(options.durability);
  result.actor = c(options.actor);
  result.source = c(options.source);
  result.batch = c(options.batch);
  return {result};
}

inline Pointed<trato_timeline_options> c(
    const TimelineOptions& options) noexcept {
  trato_timeline_options result = TRATO_TIMELINE_OPTIONS_INIT;
  result.newest_first = c(options.newest_first);
  result.limit = options.limit;
  result.type = c(options.type);
  result.without_ids = c(options.without_ids);
  return {result};
}

// Writes a currency of a frozen struct. One that is too long stays without a
// NUL, so that the library refuses it.
inline void set_currency(char (&out)[4], std::string_view currency) noexcept {
  for (size_t i = 0; i < 4; ++i) {
    out[i] = i < currency.size() ? currency[i] : '\0';
  }
}

inline trato_value c(const Value& value) noexcept {
  trato_value result = TRATO_VALUE_INIT;
  result.kind = c(value.kind());
  if (const auto* boolean = value.get_if<bool>()) {
    result.integer = *boolean ? 1 : 0;
  } else if (const auto* integer = value.get_if<int64_t>()) {
    result.integer = *integer;
  } else if (const auto* number = value.get_if<double>()) {
    result.number = *number;
  } else if (const auto* text = value.get_if<std::string>()) {
    result.text = c(*text);
  } else if (const auto* money = value.get_if<Money>()) {
    result.integer = money->minor;
    set_currency(result.currency, money->currency);
  } else if (const auto* timestamp = value.get_if<Timestamp>()) {
    result.integer = timestamp->us;
  }
  return result;
}

inline Pointed<trato_attribute> c(const Attribute& attribute) noexcept {
  trato_attribute result = TRATO_ATTRIBUTE_INIT;
  result.at_us = attribute.at_us;
  result.customer = c(attribute.customer);
  result.name = c(attribute.name);
  result.value = c(attribute.value);
  result.key = c(attribute.key);
  result.about = c(attribute.about);
  result.strength = attribute.strength;
  result.flags = (attribute.removed ? TRATO_ATTRIBUTE_REMOVED : 0) |
                 (attribute.inferred ? TRATO_ATTRIBUTE_INFERRED : 0);
  return {result};
}

/// A definition for C, with its lists of text.
class AttributeDefinitionView {
 public:
  explicit AttributeDefinitionView(const AttributeDefinition& it) {
    for (const std::string& text : it.allowed) allowed_.push_back(c(text));
    for (const std::string& text : it.sources) sources_.push_back(c(text));
    definition_.subject = c(it.subject);
    definition_.name = c(it.name);
    definition_.kind = c(it.kind);
    definition_.flags = (it.many ? TRATO_ATTRIBUTE_MANY : 0) |
                        (it.retired ? TRATO_ATTRIBUTE_RETIRED : 0);
    definition_.description = c(it.description);
    definition_.unit = c(it.unit);
    definition_.allowed = allowed_.data();
    definition_.allowed_count = allowed_.size();
    definition_.sensitivity = c(it.sensitivity);
    definition_.per = c(it.per);
    definition_.reconciliation = c(it.reconciliation);
    definition_.sources = sources_.data();
    definition_.sources_count = sources_.size();
  }
  AttributeDefinitionView(const AttributeDefinitionView&) = delete;
  AttributeDefinitionView& operator=(const AttributeDefinitionView&) = delete;
  operator const trato_attribute_definition*() const { return &definition_; }

 private:
  std::vector<trato_str> allowed_;
  std::vector<trato_str> sources_;
  trato_attribute_definition definition_ = TRATO_ATTRIBUTE_DEFINITION_INIT;
};

inline Pointed<trato_namespace> c(const Namespace& name_space) noexcept {
  trato_namespace result = TRATO_NAMESPACE_INIT;
  result.flags = (name_space.unique ? TRATO_NAMESPACE_UNIQUE : 0) |
                 (name_space.single ? TRATO_NAMESPACE_SINGLE : 0);
  result.name = c(name_space.name);
  result.max_records = name_space.max_records;
  return {result};
}

inline Pointed<trato_relation_definition> c(
    const RelationDefinition& relation) noexcept {
  trato_relation_definition result = TRATO_RELATION_DEFINITION_INIT;
  result.flags = relation.acyclic ? TRATO_RELATION_ACYCLIC : 0;
  result.name = c(relation.name);
  result.inverse = c(relation.inverse);
  result.description = c(relation.description);
  return {result};
}

inline Pointed<trato_relation> c(const Relation& relation) noexcept {
  trato_relation result = TRATO_RELATION_INIT;
  result.flags = relation.ended ? TRATO_RELATION_ENDED : 0;
  result.at_us = relation.at_us;
  result.customer = c(relation.customer);
  result.relation = c(relation.relation);
  result.other = c(relation.other);
  result.key = c(relation.key);
  return {result};
}

inline Pointed<trato_outcome> c(const Outcome& outcome) noexcept {
  trato_outcome result = TRATO_OUTCOME_INIT;
  result.kind = c(outcome.kind);
  result.at_us = outcome.at_us;
  result.decision = c(outcome.decision).value;
  result.key = c(outcome.key);
  result.conversation = c(outcome.conversation);
  if (outcome.interaction) result.interaction = c(*outcome.interaction).value;
  return {result};
}

inline Pointed<trato_contact_policy> c(const ContactPolicy& policy) noexcept {
  trato_contact_policy result = TRATO_CONTACT_POLICY_INIT;
  if (policy.at_most) result.at_most = *policy.at_most;
  result.name = c(policy.name);
  result.channel = c(policy.channel);
  result.issue = c(policy.issue);
  result.group = c(policy.group);
  result.offer = c(policy.offer);
  result.within = c(policy.within);
  result.quiet_from = policy.quiet_from;
  result.quiet_until = policy.quiet_until;
  result.holdout_basis_points = policy.holdout_basis_points;
  result.retired = policy.retired ? 1 : 0;
  result.open_complaint = c(policy.open_complaint);
  return {result};
}

inline Pointed<trato_arbitration> c(const Arbitration& arbitration) noexcept {
  trato_arbitration result = TRATO_ARBITRATION_INIT;
  result.benefit_weight = arbitration.benefit_weight;
  result.exploration = arbitration.exploration;
  result.per_issue = arbitration.per_issue;
  result.per_group = arbitration.per_group;
  result.pacing = arbitration.pacing;
  return {result};
}

inline Pointed<trato_match_options> c(const MatchOptions& options) noexcept {
  trato_match_options result = TRATO_MATCH_OPTIONS_INIT;
  result.channel = c(options.channel);
  result.conversation = c(options.conversation);
  return {result};
}

inline Pointed<trato_past_decision> c(const PastDecision& decision) noexcept {
  trato_past_decision result = TRATO_PAST_DECISION_INIT;
  result.customer = c(decision.customer);
  result.offer = c(decision.offer);
  result.channel = c(decision.channel);
  result.conversation = c(decision.conversation);
  result.key = c(decision.key);
  result.at_us = decision.at_us;
  result.score = decision.score;
  result.probability = decision.probability;
  return {result};
}

inline Pointed<trato_permit_request> c(const PermitRequest& request) noexcept {
  trato_permit_request result = TRATO_PERMIT_REQUEST_INIT;
  if (request.decision) {
    result.has_decision = 1;
    result.decision = c(*request.decision).value;
  }
  result.channel = c(request.channel);
  result.purpose = c(request.purpose);
  result.offer = c(request.offer);
  result.lasts = c(request.lasts);
  return {result};
}

inline Pointed<trato_coupon_options> c(const CouponOptions& coupon) noexcept {
  trato_coupon_options result = TRATO_COUPON_OPTIONS_INIT;
  result.gives = c(coupon.gives);
  result.amount_minor = coupon.amount_minor;
  result.currency = c(coupon.currency);
  result.basis_points = coupon.basis_points;
  result.uses = coupon.uses;
  result.product = c(coupon.product);
  result.valid_until_us = coupon.valid_until_us;
  result.span = c(coupon.span);
  result.flags = coupon.for_ever ? TRATO_COUPON_FOR_EVER : 0;
  if (coupon.decision) result.decision = c(*coupon.decision).value;
  return {result};
}

inline Pointed<trato_coupon_redemption> c(
    const CouponRedemption& redemption) noexcept {
  trato_coupon_redemption result = TRATO_COUPON_REDEMPTION_INIT;
  result.flags = (redemption.basket ? TRATO_REDEMPTION_HAS_BASKET : 0) |
                 (redemption.reported ? TRATO_REDEMPTION_REPORTED : 0) |
                 (redemption.dry_run ? TRATO_REDEMPTION_DRY_RUN : 0);
  result.code = c(redemption.code);
  result.customer = c(redemption.customer);
  result.key = c(redemption.key);
  result.at_us = redemption.at_us;
  if (redemption.purchase) result.purchase = c(*redemption.purchase).value;
  if (redemption.basket) {
    result.basket_minor = redemption.basket->minor;
    result.currency = c(redemption.basket->currency);
  }
  return {result};
}

inline Pointed<trato_consent> c(const Consent& consent) noexcept {
  trato_consent result = TRATO_CONSENT_INIT;
  result.state = c(consent.state);
  result.at_us = consent.at_us;
  result.valid_until_us = consent.valid_until_us;
  result.customer = c(consent.customer);
  result.purpose = c(consent.purpose);
  result.channel = c(consent.channel);
  result.wording = c(consent.wording);
  result.proof = c(consent.proof);
  result.key = c(consent.key);
  return {result};
}

inline Pointed<trato_suppression_options> c(
    const SuppressionOptions& options) noexcept {
  trato_suppression_options result = TRATO_SUPPRESSION_OPTIONS_INIT;
  result.adds = c(options.adds);
  result.at_us = options.at_us;
  return {result};
}

inline Pointed<trato_retract_options> c(
    const RetractOptions& options) noexcept {
  trato_retract_options result = TRATO_RETRACT_OPTIONS_INIT;
  result.dry_run = c(options.dry_run);
  result.reason = c(options.reason);
  return {result};
}

inline Pointed<trato_objection> c(const Objection& objection) noexcept {
  trato_objection result = TRATO_OBJECTION_INIT;
  result.lifted = c(objection.lifted);
  result.at_us = objection.at_us;
  result.customer = c(objection.customer);
  result.proof = c(objection.proof);
  result.key = c(objection.key);
  return {result};
}

// The C structs of some interactions.
class Interactions {
 public:
  Interactions(const Interaction* first, size_t count) {
    size_t lines = 0;
    size_t fields = 0;
    for (size_t i = 0; i < count; ++i) {
      lines += first[i].lines.size();
      fields += first[i].fields.size();
    }
    // No growth below: the interactions point into these.
    lines_.reserve(lines);
    fields_.reserve(fields);
    replies_.reserve(count);
    interactions_.reserve(count);
    for (size_t i = 0; i < count; ++i) add(first[i]);
  }

  operator const trato_interaction*() const noexcept {
    return interactions_.data();
  }

 private:
  void add(const Interaction& interaction) {
    trato_interaction result = TRATO_INTERACTION_INIT;
    result.direction = c(interaction.direction);
    result.at_us = interaction.at_us;
    result.customer = c(interaction.customer);
    result.type = c(interaction.type);
    result.channel = c(interaction.channel);
    result.currency = c(interaction.currency);
    result.amount_minor = interaction.amount_minor;
    result.key = c(interaction.key);
    result.lines = lines_.data() + lines_.size();
    result.line_count = interaction.lines.size();
    for (const Line& line : interaction.lines) {
      lines_.push_back({c(line.product), c(line.unit), line.quantity,
                        line.unit_price, line.amount_minor});
    }
    result.fields = fields_.data() + fields_.size();
    result.field_count = interaction.fields.size();
    for (const Field& field : interaction.fields) {
      fields_.push_back({c(field.name), c(field.value)});
    }
    if (interaction.reply_to) {
      replies_.push_back(c(*interaction.reply_to).value);
      result.reply_to = &replies_.back();
    }
    interactions_.push_back(result);
  }

  std::vector<trato_line> lines_;
  std::vector<trato_field> fields_;
  std::vector<trato_id> replies_;
  std::vector<trato_interaction> interactions_;
};

inline Interactions c(const Interaction& interaction) {
  return Interactions(&interaction, 1);
}

inline Interactions c(const std::vector<Interaction>& interactions) {
  return Interactions(interactions.data(), interactions.size());
}

// The C struct of a correction.
class CorrectionStruct {
 public:
  explicit CorrectionStruct(const Correction& correction)
      : content_(correction.content ? &*correction.content : nullptr,
                 correction.content ? 1 : 0) {
    correction_.at_us = correction.at_us;
    correction_.record = c(correction.record);
    correction_.interaction = c(correction.interaction).value;
    if (correction.content) correction_.content = content_;
    correction_.reason = c(correction.reason);
    correction_.key = c(correction.key);
  }

  operator const trato_correction*() const noexcept { return &correction_; }

 private:
  Interactions content_;
  trato_correction correction_ = TRATO_CORRECTION_INIT;
};

inline CorrectionStruct c(const Correction& correction) {
  return CorrectionStruct(correction);
}

inline Pointed<trato_list_options> c(const ListOptions& options) noexcept {
  trato_list_options result = TRATO_LIST_OPTIONS_INIT;
  result.descending = options.descending ? 1 : 0;
  result.sort = c(options.sort);
  result.filter = c(options.filter);
  result.cursor = c(options.cursor);
  result.limit = options.limit;
  return {result};
}

// The C struct of export options.
class ExportStruct {
 public:
  explicit ExportStruct(const ExportOptions& options) {
    options_.batch_rows = options.batch_rows;
    options_.from_us = options.from_us;
    options_.until_us = options.until_us;
    options_.type = c(options.type);
    if (options.list) {
      list_.emplace(c(*options.list));
      options_.list = *list_;
    }
    if (!options.customers) return;
    // One more, so that there is an address also for none of them.
    customers_.reserve(options.customers->size() + 1);
    for (const std::string& customer : *options.customers) {
      customers_.push_back(c(customer));
    }
    options_.customers = customers_.data();
    options_.customer_count = customers_.size();
  }

  // It points into itself.
  ExportStruct(const ExportStruct&) = delete;
  ExportStruct& operator=(const ExportStruct&) = delete;

  operator const trato_export_options*() const noexcept { return &options_; }

 private:
  std::vector<trato_str> customers_;
  std::optional<Pointed<trato_list_options>> list_;
  trato_export_options options_ = TRATO_EXPORT_OPTIONS_INIT;
};

inline ExportStruct c(const ExportOptions& options) {
  return ExportStruct(options);
}

// The C struct of an offer.
class OfferStruct {
 public:
  explicit OfferStruct(const Offer& offer) {
    offer_.discount_basis_points = offer.discount_basis_points;
    offer_.name = c(offer.name);
    offer_.title = c(offer.title);
    offer_.products = views(offer.products, products_);
    offer_.product_count = products_.size();
    offer_.categories = views(offer.categories, categories_);
    offer_.category_count = categories_.size();
    offer_.needs = views(offer.needs, needs_);
    offer_.need_count = needs_.size();
    for (const OfferVariant& it : offer.variants) {
      variants_.push_back({c(it.channel), c(it.title), c(it.content)});
    }
    offer_.variants = variants_.data();
    offer_.variant_count = variants_.size();
    offer_.issue = c(offer.issue);
    offer_.group = c(offer.group);
    offer_.applicability = c(offer.applicability);
    offer_.suitability = c(offer.suitability);
    offer_.context = c(offer.context);
    offer_.cost_minor = offer.cost_minor;
    offer_.benefit_minor = offer.benefit_minor;
    offer_.lever = offer.lever;
    offer_.stock = offer.stock;
    offer_.budget_minor = offer.budget_minor;
    offer_.respond_within = c(offer.respond_within);
    offer_.currency = c(offer.currency);
    offer_.value_minor = offer.value_minor;
    offer_.discount_minor = offer.discount_minor;
    offer_.eligibility = c(offer.eligibility);
    offer_.valid_from_us = offer.valid_from_us;
    offer_.valid_until_us = offer.valid_until_us;
    offer_.coupon_span = c(offer.coupon_span);
    offer_.purpose = c(offer.purpose);
    offer_.channel = c(offer.channel);
  }

  operator const trato_offer*() const noexcept { return &offer_; }

 private:
  static const trato_str* views(const std::vector<std::string>& texts,
                                std::vector<trato_str>& out) {
    for (const std::string& text : texts) out.push_back(c(text));
    return out.data();
  }

  std::vector<trato_str> products_;
  std::vector<trato_str> categories_;
  std::vector<trato_str> needs_;
  std::vector<trato_offer_variant> variants_;
  trato_offer offer_ = TRATO_OFFER_INIT;
};

// The C struct of a product.
class ProductStruct {
 public:
  explicit ProductStruct(const Product& product) {
    for (const std::string& id : product.substitutes) {
      substitutes_.push_back(c(id));
    }
    product_.id = c(product.id);
    product_.name = c(product.name);
    product_.category = c(product.category);
    product_.substitutes = substitutes_.data();
    product_.substitute_count = substitutes_.size();
  }

  operator const trato_product*() const noexcept { return &product_; }

 private:
  std::vector<trato_str> substitutes_;
  trato_product product_ = TRATO_PRODUCT_INIT;
};

inline ProductStruct c(const Product& product) {
  return ProductStruct(product);
}

inline OfferStruct c(const Offer& offer) { return OfferStruct(offer); }

// What C gives, as C++ that owns its text. The assign functions use the memory
// of `out` again.

inline void assign(std::string& out, const trato_str& text) {
  if (text.size == 0) {
    out.clear();
  } else {
    out.assign(text.data, text.size);
  }
}

inline std::string text(const trato_str& text) {
  return text.size == 0 ? std::string() : std::string(text.data, text.size);
}

inline std::string text(const char (&currency)[4]) {
  return std::string(currency, std::find(currency, currency + 4, '\0'));
}

inline Id id(const trato_id& id) noexcept {
  Id result;
  std::memcpy(result.bytes.data(), id.bytes, result.bytes.size());
  return result;
}

inline Value value(const trato_value& value) {
  switch (value.kind) {
    case TRATO_VALUE_BOOL:
      return value.integer != 0;
    case TRATO_VALUE_INT:
      return value.integer;
    case TRATO_VALUE_DOUBLE:
      return value.number;
    case TRATO_VALUE_STRING:
      return text(value.text);
    case TRATO_VALUE_MONEY:
      return Money{value.integer, text(value.currency)};
    case TRATO_VALUE_TIMESTAMP:
      return Timestamp{value.integer};
    default:
      return {};
  }
}

inline void assign(Entry& out, const trato_timeline_entry& entry) {
  out.fact = id(entry.fact);
  out.at_us = entry.at_us;
  out.recorded_us = entry.recorded_us;
  assign(out.record, entry.record);
  assign(out.type, entry.type);
  assign(out.channel, entry.channel);
  assign(out.source, entry.source);
  assign(out.key, entry.key);
  out.direction = static_cast<Direction>(entry.direction);
  out.currency = text(entry.currency);
  out.amount_minor = entry.amount_minor;
  out.lines.resize(entry.line_count);
  for (size_t i = 0; i < entry.line_count; ++i) {
    assign(out.lines[i].product, entry.lines[i].product);
    assign(out.lines[i].unit, entry.lines[i].unit);
    out.lines[i].quantity = entry.lines[i].quantity;
    out.lines[i].unit_price = entry.lines[i].unit_price;
    out.lines[i].amount_minor = entry.lines[i].amount_minor;
  }
  out.fields.resize(entry.field_count);
  for (size_t i = 0; i < entry.field_count; ++i) {
    assign(out.fields[i].name, entry.fields[i].name);
    out.fields[i].value = value(entry.fields[i].value);
  }
  out.reply_to.reset();
  if (entry.reply_to != nullptr) out.reply_to = id(*entry.reply_to);
}

inline void assign(Customer& out, const trato_customer& customer) {
  out.id = id(customer.id);
  out.kind = static_cast<CustomerKind>(customer.kind);
  out.restricted = customer.restricted != 0;
  for (size_t i = 0; i < customer.record_count; ++i) {
    const trato_customer_record& it = customer.records[i];
    out.records.push_back({id(it.id), text(it.name)});
  }
  for (size_t i = 0; i < customer.identifier_count; ++i) {
    out.identifiers.push_back(text(customer.identifiers[i]));
  }
  for (size_t i = 0; i < customer.value_count; ++i) {
    const trato_customer_value& it = customer.values[i];
    out.values.push_back({text(it.name), text(it.about), value(it.value),
                          it.since_us, text(it.source), text(it.record),
                          it.strength,
                          (it.flags & TRATO_ATTRIBUTE_INFERRED) != 0});
  }
}

inline Match match(const trato_match& match) {
  return {text(match.offer), match.score, match.affinity, match.value_minor,
          text(match.currency), text(match.channel)};
}

// An output of a C call: `made` is what C writes to, take() the T it stands
// for.
template <class T>
struct Output {
  T made{};
  T take() const { return made; }
};

template <>
struct Output<bool> {
  uint32_t made = 0;
  bool take() const { return made != 0; }
};

template <>
struct Output<std::string> {
  trato_buf made = TRATO_BUF_INIT;
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { trato_buf_dispose(&made); }
  std::string take() const { return text({made.data, made.size}); }
};

template <>
struct Output<Id> {
  trato_id made{};
  Id take() const { return id(made); }
};

template <>
struct Output<Customer> {
  trato_customer* made = nullptr;
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { trato_customer_destroy(made); }
  Customer take() const {
    Customer customer;
    assign(customer, *made);
    return customer;
  }
};

template <>
struct Output<Head> {
  trato_head made{};
  Head take() const {
    Head head;
    head.position = made.position;
    std::memcpy(head.chain.data(), made.chain, head.chain.size());
    return head;
  }
};

template <>
struct Output<Digest> {
  trato_digest made{};
  Digest take() const {
    Digest digest;
    std::memcpy(digest.bytes.data(), made.bytes, digest.bytes.size());
    return digest;
  }
};

template <>
struct Output<Appended> {
  trato_appended made{};
  Appended take() const { return {made.rows, made.added, made.known}; }
};

template <>
struct Output<SegmentSize> {
  trato_segment_size made{};
  SegmentSize take() const {
    return {made.members, made.customers, made.undecided};
  }
};

template <>
struct Output<WatchState> {
  trato_watch_state made{};
  WatchState take() const {
    return {made.clock_us, made.position,     made.pending,
            made.wakeups,  made.idle_wakeups, made.is_done != 0,
            made.nudge_failed != 0};
  }
};

template <>
struct Output<SegmentOverlap> {
  trato_segment_overlap made{};
  SegmentOverlap take() const {
    return {made.first_only, made.second_only, made.both, made.customers,
            made.undecided};
  }
};

template <>
struct Output<Decision> {
  trato_decision made{};
  Decision take() const {
    Decision decision;
    decision.id = id(made.id);
    decision.probability = made.probability;
    if (made.taken != 0) decision.match = match(made.match);
    return decision;
  }
};

template <>
struct Output<CouponResult> {
  trato_coupon_result made{};
  CouponResult take() const {
    return {id(made.redemption),
            static_cast<CouponGives>(made.gives),
            made.basis_points,
            made.amount_minor,
            text(made.currency),
            made.uses_left,
            text(made.product),
            text(made.offer),
            made.holds != 0,
            made.repeated != 0};
  }
};

template <>
struct Output<ConsentAnswer> {
  trato_consent_answer made{};
  ConsentAnswer take() const {
    ConsentAnswer answer;
    answer.state = static_cast<ConsentState>(made.state);
    answer.allowed = made.allowed != 0;
    answer.since_us = made.since_us;
    answer.until_us = made.until_us;
    const Id fact = id(made.fact);
    if (fact != Id{}) answer.fact = fact;
    return answer;
  }
};

// An output that is a handle, which T takes over.
template <class T, class Handle>
struct HandleOutput {
  Handle* made = nullptr;
  T take() const { return T(made); }
};

inline Error error(trato_status status, const trato_error& error) {
  return Error(static_cast<Status>(status), error.message, error.line,
               error.column);
}

// Gives a result in the way of the program: see Answer.
template <class T>
Answer<T> answer(Result<T> result) {
#if defined(__cpp_exceptions)
  return std::move(result).value();
#else
  return result;
#endif
}

// Calls a C function whose last parameters are an output and the error.
template <class T, class Function, class... Args>
Result<T> make(Function function, const Args&... args) {
  Output<T> output;
  trato_error failure = TRATO_ERROR_INIT;
  const trato_status status = function(c(args)..., &output.made, &failure);
  if (status != TRATO_OK) return error(status, failure);
  return output.take();
}

template <class T, class Function, class... Args>
Answer<T> get(Function function, const Args&... args) {
  return answer(make<T>(function, args...));
}

// Calls a C function without output.
template <class Function, class... Args>
Result<void> call(Function function, const Args&... args) {
  trato_error failure = TRATO_ERROR_INIT;
  const trato_status status = function(c(args)..., &failure);
  if (status != TRATO_OK) return error(status, failure);
  return {};
}

template <class Function, class... Args>
Answer<void> run(Function function, const Args&... args) {
  return answer(call(function, args...));
}

struct Closer {
  void operator()(trato_store* store) const noexcept {
    static_cast<void>(trato_store_close(store, nullptr));
  }
  void operator()(trato_timeline* timeline) const noexcept {
    trato_timeline_destroy(timeline);
  }
  void operator()(trato_members* members) const noexcept {
    trato_members_destroy(members);
  }
  void operator()(trato_watch* watch) const noexcept {
    trato_watch_destroy(watch);
  }
};

template <class Handle>
using Owned = std::unique_ptr<Handle, Closer>;

// The progress function of the program, across C: what it throws waits here
// until the C call has returned.
struct Reporting {
  const Progress& progress;
  std::exception_ptr thrown = nullptr;

  explicit Reporting(const Progress& function) : progress(function) {}

  // For a struct with progress and progress_context.
  template <class Options>
  void attach_to(Options& options) {
    options.progress = function();
    options.progress_context = this;
  }
  trato_progress_fn function() const noexcept {
    return progress ? &report : nullptr;
  }

  // What the call gave, unless something waits.
  template <class T>
  Answer<T> answer(Result<T> result) const {
    if (thrown) std::rethrow_exception(thrown);
    return internal::answer(std::move(result));
  }

  template <class T, class Call>
  T guard([[maybe_unused]] T otherwise, Call call) noexcept {
#if defined(__cpp_exceptions)
    try {
      return call();
    } catch (...) {
      thrown = std::current_exception();
      return otherwise;
    }
#else
    return call();
#endif
  }

  static int32_t report(void* context, uint64_t done, uint64_t total) noexcept {
    auto* self = static_cast<Reporting*>(context);
    return self->guard(int32_t{1}, [&] {
      return int32_t{self->progress(done, total) ? 0 : 1};
    });
  }
};

// The same with the reader of an import.
struct Callbacks : Reporting {
  const Reader& reader;

  Callbacks(const Reader& read_function, const Progress& function)
      : Reporting(function), reader(read_function) {}

  static int64_t read(void* context, char* buffer, size_t capacity) noexcept {
    auto* self = static_cast<Callbacks*>(context);
    return self->guard(int64_t{-1},
                       [&] { return self->reader(buffer, capacity); });
  }
};

// What a watch calls when changes wait.
struct Nudging {
  std::function<void()> changed;
  std::exception_ptr failure;

  static int32_t call(void* context) noexcept {
    auto* self = static_cast<Nudging*>(context);
#if defined(__cpp_exceptions)
    try {
      self->changed();
    } catch (...) {
      self->failure = std::current_exception();
      return 1;
    }
#else
    self->changed();
#endif
    return 0;
  }
};

// A trato_run_fn; the context is how many threads.
inline void run_on_threads(void* context, trato_task_fn task,
                           void* task_context, size_t count) noexcept {
  std::atomic<size_t> next{0};
  const auto work = [&next, task, task_context, count] {
    for (size_t i = next++; i < count; i = next++) task(task_context, i);
  };
  const auto wanted = reinterpret_cast<std::uintptr_t>(context);
  std::vector<std::thread> helpers;
  const auto start = [&] {
    while (helpers.size() + 1 < std::min<size_t>(wanted, count)) {
      helpers.emplace_back(work);
    }
  };
#if defined(__cpp_exceptions)
  try {
    start();
  } catch (...) {  // no more threads: those there are do the rest
  }
#else
  start();
#endif
  work();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace internal

// ---------------------------------------------------------------------------
// 6. Ranges

/// What Timeline and Members have in common: a range of T to go through once.
/// Each T is overwritten by the next; copy it to keep it. Iterators point to
/// the range: moving it ends them.
template <class Self, class T>
class InputRange {
 public:
  class iterator;

  /// The next T, or a null pointer at the end.
  Answer<const T*> next() { return internal::answer(self().fetch()); }

  /// What is left. With exceptions a failure on the way throws; without, it
  /// ends the range and stays in error().
  iterator begin() { return iterator(this); }
  iterator end() { return iterator(); }

  /// Why the range ended early, without exceptions.
  const std::optional<Error>& error() const noexcept { return error_; }

 private:
  friend Self;
  InputRange() = default;

  Self& self() { return static_cast<Self&>(*this); }

  const T* step() {
    Result<const T*> next = self().fetch();
    if (next.ok()) return *next;
    error_ = next.error();
    internal::raise(*error_);
    return nullptr;
  }

  std::optional<Error> error_;
};

template <class Self, class T>
class InputRange<Self, T>::iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = T;
  using difference_type = std::ptrdiff_t;
  using pointer = const T*;
  using reference = const T&;

  /// The end of every range.
  iterator() = default;
  explicit iterator(InputRange* range)
      : range_(range), current_(range->step()) {}

  reference operator*() const noexcept { return *current_; }
  pointer operator->() const noexcept { return current_; }
  iterator& operator++() {
    current_ = range_->step();
    return *this;
  }
  void operator++(int) { ++*this; }

  friend bool operator==(const iterator& a, const iterator& b) noexcept {
    return a.current_ == b.current_;
  }
  friend bool operator!=(const iterator& a, const iterator& b) noexcept {
    return a.current_ != b.current_;
  }

 private:
  InputRange* range_ = nullptr;
  const T* current_ = nullptr;
};

/// One customer's interactions in order: a snapshot.
///
///   for (const trato::Entry& entry : store.open_timeline(customer, now_us))
class Timeline : public InputRange<Timeline, Entry> {
 public:
  explicit Timeline(trato_timeline* handle) noexcept : handle_(handle) {}

 private:
  friend InputRange<Timeline, Entry>;

  Result<const Entry*> fetch() {
    const auto next = internal::make<const trato_timeline_entry*>(
        trato_timeline_next, handle_.get());
    if (!next.ok()) return next.error();
    if (*next == nullptr) return nullptr;
    internal::assign(entry_, **next);
    return &entry_;
  }

  internal::Owned<trato_timeline> handle_;
  Entry entry_;
};

/// The members of a segment by name: a snapshot.
///
///   for (const trato::Member& member : store.open_members("loyal", now_us))
class Members : public InputRange<Members, Member> {
 public:
  explicit Members(trato_members* handle) noexcept : handle_(handle) {}

 private:
  friend InputRange<Members, Member>;

  Result<const Member*> fetch() {
    if (used_ == count_) {
      used_ = count_ = 0;
      const auto count = internal::make<size_t>(
          trato_members_next, handle_.get(), batch_.data(), batch_.size());
      if (!count.ok()) return count.error();
      if (*count == 0) return nullptr;
      count_ = *count;
    }
    const trato_member& member = batch_[used_++];
    member_.id = internal::id(member.id);
    internal::assign(member_.name, member.name);
    return &member_;
  }

  internal::Owned<trato_members> handle_;
  std::array<trato_member, 64> batch_{};
  size_t count_ = 0;  // members in batch_
  size_t used_ = 0;   // of them given
  Member member_;
};

/// Some segments, kept exact from one instant on while facts come and time
/// passes; it tells who enters and leaves them. It is told of every write of its
/// store. How often it is advanced changes nothing of what it tells.
class Watch {
 public:
  explicit Watch(trato_watch* handle) noexcept : handle_(handle) {}
  Watch(Watch&&) noexcept = default;
  Watch& operator=(Watch&& other) noexcept {
    handle_ = std::move(other.handle_);  // first: it may be in a callback
    nudge_ = std::move(other.nudge_);
    return *this;
  }

  /// Moves the clock to now_us: whoever enters or leaves by time is told. With
  /// max_wakeups it stops after about as many tests of customers.
  /// Errors: kFailedPrecondition when the store has become another one as a
  ///   whole: open a new watch since the last change.
  Answer<WatchState> advance(int64_t now_us, uint64_t max_wakeups = 0) {
    return internal::get<WatchState>(trato_watch_advance, handle_.get(), now_us,
                                     max_wakeups);
  }

  /// Up to `limit` of the changes that wait, in order; empty: there are none.
  Answer<std::vector<Change>> take(std::size_t limit = 256);

  /// How many customers are in a watched segment at the clock.
  /// Errors: kNotFound when it is not watched.
  Answer<uint64_t> count(std::string_view segment) const {
    return internal::get<uint64_t>(trato_watch_count, handle_.get(), segment);
  }

  /// Has `changed` called whenever changes have come to wait: a nudge, on the
  /// thread whose write or advance made them, before that call returns and with
  /// no lock held; it may take, ask and write. What it writes itself makes no
  /// further call, so it takes until none waits. Where it throws it is not called
  /// any more: the write succeeds, WatchState::nudge_failed says so, and failure()
  /// gives what was thrown. Empty: nothing is called.
  /// Errors: kFailedPrecondition from within the callback.
  Answer<void> on_change(std::function<void()> changed);
  /// What a callback has thrown; null: nothing.
  std::exception_ptr failure() const {
    return nudge_ != nullptr ? nudge_->failure : nullptr;
  }

  /// The watch as bytes, for WatchOptions::saved of the next one.
  /// Errors: kFailedPrecondition while changes wait to be taken, and of a store
  ///   in memory. Cost: makes durable what was written; some 10 bytes a customer.
  Answer<std::string> save() const {
    return internal::get<std::string>(trato_watch_save, handle_.get());
  }

 private:
  std::unique_ptr<internal::Nudging> nudge_;
  internal::Owned<trato_watch> handle_;  // ends before what it calls
};

// ---------------------------------------------------------------------------
// 7. The store

/// The id that a fact of this source and idempotency key has or will have, so
/// that others can refer to it before it arrives.
inline Answer<Id> fact_id(std::string_view source, std::string_view key) {
  return internal::get<Id>(trato_fact_id, source, key);
}

/// A log of facts, and everything that follows from it. It owns its handle and
/// closes it.
class Store {
 public:
  /// Opens the store in the file `path`; an empty path makes a store in memory.
  /// A zone or currency given for a store that exists must be the store's own.
  /// Errors: kNotFound, kAlreadyExists (see OpenMode), kFailedPrecondition
  ///   (open elsewhere, or other settings), kInvalidArgument (not a store,
  ///   unknown zone or currency), kUnimplemented (made by a newer version),
  ///   kDataLoss (damaged), kUnavailable (cannot be read or written).
  static Answer<Store> open(std::string_view path,
                            const StoreOptions& options = {}) {
    return internal::answer(open(path, options, std::nothrow));
  }
  static Result<Store> open(std::string_view path, const std::nothrow_t&) {
    return open(path, {}, std::nothrow);
  }
  static Result<Store> open(std::string_view path, const StoreOptions& options,
                            const std::nothrow_t&) {
    return internal::make<Store>(trato_store_open, path, options);
  }

  /// Takes over a handle that the C interface made.
  explicit Store(trato_store* handle) noexcept : handle_(handle) {}

  /// The handle, for the functions of trato.h; the store keeps it.
  trato_store* handle() const noexcept { return handle_.get(); }

  /// Makes durable what was written buffered, and ends the handle, which is
  /// gone whatever the status. The destructor does the same and says nothing.
  Answer<void> close() {
    return internal::run(trato_store_close, handle_.release());
  }

  /// Returns when everything written so far is on disk.
  Answer<void> flush() { return internal::run(trato_store_flush, handle()); }

  /// Seals what was written one by one into packed columns, and merges, in up
  /// to `steps` steps (0: all there are), and gives whether there is more to
  /// do. Writing does such steps by itself. No answer changes.
  Answer<bool> checkpoint(uint32_t steps = 0) {
    return internal::get<bool>(trato_store_checkpoint, handle(), steps);
  }

  /// The head of the log; see Head. Syncs first.
  Answer<Head> head() {
    return internal::get<Head>(trato_store_head, handle());
  }

  /// A hash over everything that the store answers at now_us. Two stores that
  /// were told the same have the same. One pass over everything.
  Answer<Digest> digest(int64_t now_us) const {
    return internal::get<Digest>(trato_store_digest, handle(), now_us);
  }

  /// Reads the whole file again and checks it, and gives a report as JSON: "ok"
  /// and under "damage" what is damaged, missing or rewritten. A damaged store
  /// is no failure of the call. What the progress function throws ends it, and
  /// goes on from here.
  /// Errors: kCancelled.
  Answer<std::string> verify(const VerifyOptions& options = {}) const;

  /// Copies the store, as it is at one instant, into a new file, while others
  /// read and write.
  /// Errors: kAlreadyExists (the path), kCancelled, kUnavailable.
  Answer<void> backup(std::string_view path, const Progress& progress = {});

  /// Takes in what the writing process made durable since this store was opened
  /// with OpenMode::kRead, or since the last refresh.
  Answer<void> refresh() {
    return internal::run(trato_store_refresh, handle());
  }

  /// Opens the store as it was: a store of its own that answers as one that was
  /// told only what `as_of` says. It can be read only, does not change, and may
  /// outlive this one.
  Answer<Store> as_of(const AsOf& as_of) const;

  /// A store in memory that begins as this one is now; nothing that is written
  /// to one shows in the other, and no block is copied (trato_store_fork).
  /// `memory_limit` 0: that of this store. It may outlive this one.
  /// Errors: kFailedPrecondition (a view, a store of the past, a damaged one).
  Answer<Store> fork(std::uint64_t memory_limit = 0) const;

  /// Opens a part of the store, for who may see that part only: its customers
  /// are those that have the tags and for whom the filter holds. It can be read
  /// only, and refuses what does not go by customer (trato_store_view).
  /// Errors: kNotFound (undefined attribute), kFailedPrecondition (not of text
  /// with many values), kInvalidArgument (nothing given; a filter).
  Answer<Store> view(const ViewOptions& options) const;

  /// What the store holds at now_us, as JSON: settings, customers, records,
  /// interactions and amounts by type. One pass over everything.
  Answer<std::string> info(int64_t now_us) const {
    return internal::get<std::string>(trato_store_info, handle(), now_us);
  }

  /// Reads an instant in ISO 8601, in the store's zone unless "Z" or "+01:00"
  /// follows: "2011-12-10", "2011-12-10 09:30[:15[.25]]".
  Answer<int64_t> parse_time(std::string_view text) const {
    return internal::get<int64_t>(trato_time_parse, handle(), text);
  }

  /// Writes an instant in the store's zone: "2011-12-10 09:30", with seconds
  /// and microseconds where they are not zero.
  Answer<std::string> format_time(int64_t at_us) const {
    return internal::get<std::string>(trato_time_format, handle(), at_us);
  }

  /// Takes the bytes of a trato.v1.Definitions message: all of its definitions
  /// come into force, or none.
  /// Errors: kInvalidArgument names the definition and the field.
  Answer<void> apply(std::string_view definitions, int64_t now_us,
                     const WriteOptions& options = {}) {
    return internal::run(trato_store_apply, handle(), definitions, now_us,
                         options);
  }

  // Customers: attributes, identifiers, links.

  /// Defines an attribute: what it belongs to, its type and what it means. A
  /// name is a-z, 0-9 and _, from a letter. Defining it again may change the
  /// description, never the type.
  /// Errors: kAlreadyExists when it is defined with another type.
  Answer<void> define_attribute(std::string_view name, Subject subject,
                                ValueKind kind, std::string_view description,
                                int64_t now_us,
                                const WriteOptions& options = {}) {
    return internal::run(trato_attribute_define, handle(), name, subject, kind,
                         description, now_us, options);
  }

  /// Defines an attribute with all that can be said of it, or defines it anew:
  /// one value may become many, and whole numbers numbers with decimals; type,
  /// many and per do not change otherwise.
  Answer<void> define_attribute(const AttributeDefinition& definition,
                                int64_t now_us,
                                const WriteOptions& options = {}) {
    const internal::AttributeDefinitionView view(definition);
    const trato_attribute_definition* pointer = view;
    return internal::run(trato_attribute_define_as, handle(), pointer, now_us,
                         options);
  }

  /// All attributes that are defined, as a JSON list.
  Answer<std::string> list_attributes() const {
    return internal::get<std::string>(trato_attribute_list, handle());
  }

  /// The segments and offers whose conditions read a definition, and the rules of
  /// retention that name it, as JSON.
  /// Errors: kNotFound (not defined).
  Answer<std::string> dependents(DefinitionKind kind,
                                 std::string_view name) const {
    return internal::get<std::string>(trato_definition_dependents, handle(),
                                      kind, name);
  }

  /// Defines how long facts of a kind are kept; removes nothing itself.
  /// Errors: kNotFound (undefined type, attribute or purpose), kInvalidArgument
  /// (a malformed span).
  Answer<void> define_retention(const Retention& rule, int64_t now_us,
                                const WriteOptions& options = {}) {
    return internal::run(trato_retention_define, handle(), rule, now_us,
                         options);
  }

  /// The rules in force, and the instant before which reads are refused, as JSON.
  Answer<std::string> list_retention(int64_t now_us) const {
    return internal::get<std::string>(trato_retention_list, handle(), now_us);
  }

  /// Takes out what no rule keeps any more, and gives a report as JSON; with
  /// dry_run it only counts (trato_retention_apply).
  /// Errors: kFailedPrecondition (no rule; a store of the past is open).
  Answer<std::string> apply_retention(bool dry_run, std::string_view reason,
                                      int64_t now_us,
                                      const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_retention_apply, handle(), dry_run,
                                      reason, now_us, options);
  }

  /// Retires a definition, or takes that back: it takes nothing new, and what was
  /// said stays (trato_definition_retire).
  /// Errors: kNotFound (not defined), kFailedPrecondition (a segment or an offer
  /// reads it).
  Answer<void> retire_definition(DefinitionKind kind, std::string_view name,
                                 int64_t now_us, bool retired = true,
                                 const WriteOptions& options = {}) {
    return internal::run(trato_definition_retire, handle(), kind, name,
                         uint32_t{retired}, now_us, options);
  }

  /// Gives an attribute, a field, an interaction type, a relation, a segment, a
  /// channel or a purpose another name; the former ones go on meaning it (trato_definition_rename).
  /// Errors: kNotFound (not defined), kAlreadyExists (the new name is or was that
  /// of another one).
  Answer<void> rename_definition(DefinitionKind kind, std::string_view name,
                                 std::string_view new_name, int64_t now_us,
                                 const WriteOptions& options = {}) {
    return internal::run(trato_definition_rename, handle(), kind, name, new_name,
                         now_us, options);
  }

  /// The versions of an attribute of a customer up to now_us, as a JSON list.
  Answer<std::string> attribute_history(std::string_view customer,
                                        std::string_view name,
                                        int64_t now_us) const {
    return internal::get<std::string>(trato_attribute_history, handle(),
                                      customer, name, now_us);
  }

  /// Records one version of an attribute and gives the fact's id. Versions are
  /// ordered by event time, whatever the order of their arrival.
  /// Errors: kNotFound (undefined attribute), kInvalidArgument (wrong type).
  Answer<Id> set_attribute(const Attribute& attribute, int64_t now_us,
                           const WriteOptions& options = {}) {
    return internal::get<Id>(trato_attribute_set, handle(), attribute, now_us,
                             options);
  }

  /// Says whether identifiers of a namespace name one person only. Records that
  /// claim the same identifier of a unique namespace are one customer.
  Answer<void> define_identifier(std::string_view name_space, bool unique,
                                 int64_t now_us,
                                 const WriteOptions& options = {}) {
    return internal::run(trato_identifier_define, handle(), name_space, unique,
                         now_us, options);
  }

  /// Defines a namespace, or defines it anew: customers follow at once.
  Answer<void> define_namespace(const Namespace& name_space, int64_t now_us,
                                const WriteOptions& options = {}) {
    return internal::run(trato_namespace_define, handle(), name_space, now_us,
                         options);
  }

  /// Says what the record `customer` is from at_us on, and gives the fact's id.
  Answer<Id> set_customer_kind(std::string_view customer, CustomerKind kind,
                               int64_t at_us, int64_t now_us,
                               const WriteOptions& options = {}) {
    return internal::get<Id>(trato_customer_set_kind, handle(), customer, kind,
                             at_us, now_us, options);
  }

  /// Says that the record `customer` also goes by `identifier`, both written
  /// namespace:value, and gives the fact's id.
  Answer<Id> claim_identifier(std::string_view customer,
                              std::string_view identifier, int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::get<Id>(trato_identifier_claim, handle(), customer,
                             identifier, now_us, options);
  }

  /// Says that two records are one customer. Linking what is linked does
  /// nothing.
  /// Errors: kNotFound (no such record), kFailedPrecondition (a guard refuses,
  ///   the message says which).
  Answer<void> link(std::string_view one, std::string_view other,
                    std::string_view reason, int64_t now_us,
                    const WriteOptions& options = {}) {
    return link(one, other, reason, Guard::kNone, now_us, options);
  }

  /// The same, whatever the guards in `overridden` say.
  Answer<void> link(std::string_view one, std::string_view other,
                    std::string_view reason, Guard overridden, int64_t now_us,
                    const WriteOptions& options = {}) {
    return internal::run(trato_link, handle(), one, other, reason, overridden,
                         now_us, options);
  }

  /// Takes a link back: each customer gets back exactly what it had. Where
  /// unique identifiers join the two as well, they are kept apart.
  /// Errors: kNotFound (no such record), kFailedPrecondition (they would still
  ///   be joined by way of a third record, which the message names).
  Answer<void> unlink(std::string_view one, std::string_view other,
                      std::string_view reason, int64_t now_us,
                      const WriteOptions& options = {}) {
    return internal::run(trato_unlink, handle(), one, other, reason, now_us,
                         options);
  }

  /// Says that two records are never to be one customer, whatever identifiers
  /// they share.
  /// Errors: as unlink.
  Answer<void> cannot_link(std::string_view one, std::string_view other,
                           std::string_view reason, int64_t now_us,
                           const WriteOptions& options = {}) {
    return internal::run(trato_cannot_link, handle(), one, other, reason,
                         now_us, options);
  }

  /// What linking two records would do, as JSON: objections, the customers as
  /// they are and the joined one, attributes with who wins, segments.
  Answer<std::string> preview_link(std::string_view one, std::string_view other,
                                   int64_t now_us) const {
    return internal::get<std::string>(trato_link_preview, handle(), one, other,
                                      now_us);
  }

  /// Defines a relation, or defines it anew.
  Answer<void> define_relation(const RelationDefinition& relation,
                               int64_t now_us,
                               const WriteOptions& options = {}) {
    return internal::run(trato_relation_define, handle(), relation, now_us,
                         options);
  }

  /// All relations that are defined, as a JSON list.
  Answer<std::string> list_relations() const {
    return internal::get<std::string>(trato_relation_list, handle());
  }

  /// Says that two records are related, or that it ended, and gives the fact's
  /// id.
  /// Errors: kNotFound (undefined relation), kInvalidArgument (a record and
  ///   itself), kFailedPrecondition (a customer and herself, or a circle).
  Answer<Id> set_relation(const Relation& relation, int64_t now_us,
                          const WriteOptions& options = {}) {
    return internal::get<Id>(trato_relation_set, handle(), relation, now_us,
                             options);
  }

  /// The customers reached along a relation up to `levels` times (0: as far as
  /// it goes), as a JSON list, the nearest first.
  Answer<std::string> related(std::string_view customer,
                              std::string_view relation, uint32_t levels,
                              int64_t now_us) const {
    return internal::get<std::string>(trato_customer_related, handle(),
                                      customer, relation, levels, now_us);
  }

  /// The public id of the customer that goes by an identifier: the cheapest
  /// question about a customer.
  /// Errors: as get_customer.
  Answer<Id> resolve_customer(std::string_view customer, int64_t now_us) const {
    return internal::get<Id>(trato_customer_resolve, handle(), customer, now_us);
  }

  /// What her records say of one customer, without a document: kind, records,
  /// identifiers and the values in force at now_us.
  /// Errors: as get_customer.
  Answer<Customer> read_customer(std::string_view customer,
                                 int64_t now_us) const {
    return internal::get<Customer>(trato_customer_read, handle(), customer,
                                   now_us);
  }

  /// One customer as JSON: public id, kind, records, identifiers, links,
  /// attributes in force at now_us, segments, interactions by type, coupons.
  /// Errors: kNotFound; kFailedPrecondition when the identifier is not unique
  ///   and names several customers.
  Answer<std::string> get_customer(std::string_view customer,
                                   int64_t now_us) const {
    return internal::get<std::string>(trato_customer_get, handle(), customer,
                                      now_us);
  }

  /// Takes everything about a customer out of the store and its file; gives the
  /// receipt as JSON. Everybody else stays as they are.
  /// Errors: kNotFound; kFailedPrecondition while a store of the past is open,
  ///   or when the identifier names several customers.
  Answer<std::string> erase_customer(std::string_view customer,
                                     std::string_view reason, int64_t now_us,
                                     const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_customer_erase, handle(), customer,
                                      reason, now_us, options);
  }

  /// All erasures, for StoreOptions::erasures: keep them apart from the store.
  Answer<std::string> erasures() const {
    return internal::get<std::string>(trato_store_erasures, handle());
  }

  /// Finds customers as people type: part of a name or of an e-mail address,
  /// the end of a telephone number, several words in any order, without regard
  /// to case and accents. The answer is JSON, as trato_customer_find says.
  /// Errors: kInvalidArgument (a text of more than 1,024 bytes or 16 words).
  Answer<std::string> find_customers(std::string_view text, uint32_t limit,
                                     int64_t now_us) const {
    return internal::get<std::string>(trato_customer_find, handle(), text,
                                      limit, now_us);
  }

  /// Lists customers in an order, part by part. The answer is JSON, as
  /// trato_customer_list says.
  /// Errors: kNotFound (an attribute to sort by), kInvalidArgument (a filter,
  ///   with line and column; a cursor that is not one, or of another list).
  Answer<std::string> list_customers(const ListOptions& options,
                                     int64_t now_us) const {
    return internal::get<std::string>(trato_customer_list, handle(), options,
                                      now_us);
  }

  /// Says that a customer's data may be kept and not used, or may be used
  /// again: she is in no segment, and no offer is matched or decided.
  Answer<void> restrict_customer(std::string_view customer, bool restricted,
                                 std::string_view reason, int64_t at_us,
                                 int64_t now_us,
                                 const WriteOptions& options = {}) {
    return internal::run(trato_customer_restrict, handle(), customer,
                         restricted ? uint32_t{1} : uint32_t{0}, reason, at_us,
                         now_us, options);
  }

  /// Everything that is held on one person, all records: Markdown to read, or
  /// the same as JSON.
  Answer<std::string> customer_document(std::string_view customer, bool as_json,
                                        int64_t now_us) const {
    return internal::get<std::string>(
        trato_customer_document, handle(), customer,
        as_json ? TRATO_DOCUMENT_JSON : TRATO_DOCUMENT_TEXT, now_us);
  }

  /// Who changed what, when, from what to what, as JSON: of a customer, of a
  /// definition, of both, or of everything where both are empty; the last
  /// `limit` changes (0: all).
  Answer<std::string> audit(std::string_view customer,
                            std::string_view definition, uint64_t limit,
                            int64_t now_us) const {
    return internal::get<std::string>(trato_store_audit, handle(), customer,
                                      definition, limit, now_us);
  }

  /// Says how people look for an attribute of customers.
  /// Errors: kNotFound (undefined attribute), kInvalidArgument (not of text).
  Answer<void> define_attribute_search(std::string_view name, Search search,
                                       int64_t now_us,
                                       const WriteOptions& options = {}) {
    return internal::run(trato_attribute_define_search, handle(), name,
                         static_cast<uint32_t>(search), now_us, options);
  }

  /// Says how people look for the identifiers of a namespace, the names of
  /// records among them.
  Answer<void> define_identifier_search(std::string_view name_space,
                                        Search search, int64_t now_us,
                                        const WriteOptions& options = {}) {
    return internal::run(trato_identifier_define_search, handle(), name_space,
                         static_cast<uint32_t>(search), now_us, options);
  }

  // Interactions and the timeline.

  /// Records one interaction and gives the fact's id. With an idempotency key
  /// it is recorded once however often it is sent.
  /// Errors: kAlreadyExists (same source and key, other content), kNotFound
  ///   (undefined type, channel or field), kInvalidArgument, kOutOfRange.
  Answer<Id> record_interaction(const Interaction& interaction, int64_t now_us,
                                const WriteOptions& options = {}) {
    return internal::get<Id>(trato_interaction_record, handle(), interaction,
                             now_us, options);
  }

  /// Records interactions in one transaction and gives how many were not known
  /// before. Errors name the place as interactions[i].
  Answer<size_t> record_interactions(
      const std::vector<Interaction>& interactions, int64_t now_us,
      const WriteOptions& options = {}) {
    return internal::get<size_t>(trato_interaction_record_many, handle(),
                                 interactions, interactions.size(), now_us,
                                 options);
  }

  /// Puts correction.content in the place of an interaction, which keeps its
  /// fact id and may move in time, type and customer, and gives the id of the
  /// correction. Of several the last by (at_us, source, fact id) holds.
  /// Errors: as record_interaction.
  Answer<Id> correct_interaction(const Correction& correction, int64_t now_us,
                                 const WriteOptions& options = {}) {
    return internal::get<Id>(trato_interaction_correct, handle(), correction,
                             now_us, options);
  }

  /// Records what a customer did with a competitor, as an interaction of the
  /// type "competitor" with fields of its own (trato_competitor_record).
  Answer<Id> record_competitor(const Competitor& seen, int64_t now_us,
                               const WriteOptions& options = {}) {
    return internal::get<Id>(trato_competitor_record, handle(), seen, now_us,
                             options);
  }

  /// Says that an interaction never happened; the correction has no content. A
  /// later correction brings it back.
  Answer<Id> retract_interaction(const Correction& correction, int64_t now_us,
                                 const WriteOptions& options = {}) {
    return internal::get<Id>(trato_interaction_retract, handle(), correction,
                             now_us, options);
  }

  /// Opens one customer's interactions up to now_us, over all of the customer's
  /// records: a snapshot.
  /// Errors: kNotFound.
  Answer<Timeline> open_timeline(std::string_view customer, int64_t now_us,
                                 const TimelineOptions& options = {}) const {
    return internal::get<Timeline>(trato_timeline_open, handle(), customer,
                                   now_us, options);
  }

  /// The name that a product was defined or imported with; its id when it has
  /// none.
  Answer<std::string> product_name(std::string_view product) const {
    return internal::get<std::string>(trato_product_name, handle(), product);
  }

  // Orders from a file.

  /// Imports sales from CSV text with one row per order line, in one
  /// transaction, and gives a report as JSON; trato_orders_import says what it
  /// reads. What `reader` or the progress function throw ends the import, which
  /// then has recorded nothing, and goes on from here.
  /// Errors: kInvalidArgument (a needed column is missing), kAlreadyExists (an
  ///   order is recorded with other content), kCancelled, kUnavailable (read).
  Answer<std::string> import_orders(const Reader& reader, int64_t now_us,
                                    const ImportOptions& import_options = {},
                                    const WriteOptions& options = {});

  /// The same, from the rest of a stream.
  Answer<std::string> import_orders(std::istream& input, int64_t now_us,
                                    const ImportOptions& import_options = {},
                                    const WriteOptions& options = {});

  // Columns in and out, as Arrow C streams; trato.h says which columns.

  /// Appends interactions: by far the fastest way in. The stream is released in
  /// any case. All of it is one transaction. What the progress function throws
  /// ends it, and goes on from here.
  /// Errors: kInvalidArgument, kNotFound, kAlreadyExists, kCancelled, and
  ///   whatever the stream says when it fails.
  Answer<Appended> append_interactions(ArrowArrayStream* stream, int64_t now_us,
                                       const AppendOptions& append_options = {},
                                       const WriteOptions& options = {}) {
    return append(trato_interactions_append, stream, now_us, append_options,
                  options);
  }

  /// Appends what is said of customers. As above in all else.
  Answer<Appended> append_customers(ArrowArrayStream* stream, int64_t now_us,
                                    const AppendOptions& append_options = {},
                                    const WriteOptions& options = {}) {
    return append(trato_customers_append, stream, now_us, append_options,
                  options);
  }

  /// Appends products. As above in all else.
  Answer<Appended> append_products(ArrowArrayStream* stream, int64_t now_us,
                                   const AppendOptions& append_options = {},
                                   const WriteOptions& options = {}) {
    return append(trato_products_append, stream, now_us, append_options,
                  options);
  }

  /// Makes *out_stream the interactions, customer after customer: a snapshot
  /// that holds the store. The program releases it, as Arrow says.
  /// Errors: kNotFound (customer, type).
  Answer<void> export_interactions(int64_t now_us, const ExportOptions& options,
                                   ArrowArrayStream* out_stream) const {
    return internal::run(trato_interactions_export, handle(), now_us, options,
                         out_stream);
  }

  /// Makes *out_stream the customers known at now_us. As above in all else.
  Answer<void> export_customers(int64_t now_us, const ExportOptions& options,
                                ArrowArrayStream* out_stream) const {
    return internal::run(trato_customers_export, handle(), now_us, options,
                         out_stream);
  }

  // Segments.

  /// Defines the customers for whom `expression` is true, or redefines them.
  /// Errors: kInvalidArgument with line and column when the expression has an
  ///   error.
  Answer<void> define_segment(std::string_view name,
                              std::string_view expression, int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::run(trato_segment_define, handle(), name, expression,
                         now_us, options);
  }

  /// Disables a segment, so that nobody is in it, or enables it again.
  /// Errors: kNotFound; kInvalidArgument when it cannot be defined any more.
  Answer<void> enable_segment(std::string_view name, bool enabled,
                              int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::run(trato_segment_enable, handle(), name,
                         uint32_t{enabled}, now_us, options);
  }

  /// What a definition would change: who is in the segment as it is, or as it
  /// would be. Without an expression: its own, enabled. Changes nothing.
  /// Errors: as define_segment.
  Answer<SegmentOverlap> try_segment(std::string_view name,
                                     std::string_view expression,
                                     int64_t now_us) const {
    return internal::get<SegmentOverlap>(trato_segment_try, handle(), name,
                                         expression, now_us);
  }

  /// Opens those who would enter by such a definition, or leave, by name.
  /// Errors: as define_segment.
  Answer<Members> open_try_members(std::string_view name,
                                   std::string_view expression, bool entering,
                                   int64_t now_us) const {
    return internal::get<Members>(trato_segment_try_members, handle(), name,
                                  expression, uint32_t{entering}, now_us);
  }

  /// Counts a segment exactly at now_us; one evaluation per customer.
  /// Errors: kNotFound.
  Answer<SegmentSize> count_segment(std::string_view name,
                                    int64_t now_us) const {
    return internal::get<SegmentSize>(trato_segment_count, handle(), name,
                                      now_us);
  }

  /// Counts the audience of an expression without defining a segment.
  /// Errors: kInvalidArgument with line and column.
  Answer<SegmentSize> preview_segment(std::string_view expression,
                                      int64_t now_us) const {
    return internal::get<SegmentSize>(trato_segment_preview, handle(),
                                      expression, now_us);
  }

  /// Whether one customer is in a segment at now_us.
  /// Errors: kNotFound; kFailedPrecondition when the evaluation fails.
  Answer<bool> test_segment(std::string_view name, std::string_view customer,
                            int64_t now_us) const {
    return internal::get<bool>(trato_segment_test, handle(), name, customer,
                               now_us);
  }

  /// Why one customer is in a segment at now_us or is not, as JSON: what is
  /// missing, and the tree of the expression with values and facts.
  /// Errors: kNotFound.
  Answer<std::string> explain_segment(std::string_view name,
                                      std::string_view customer,
                                      int64_t now_us) const {
    return internal::get<std::string>(trato_segment_explain, handle(), name,
                                      customer, now_us);
  }

  /// The instants in (from_us, until_us] at which one customer enters or leaves
  /// a segment, in order, by all that is known now; after the present what
  /// happens if no fact comes. At most `limit` of them: go on from the last.
  /// Errors: kNotFound; kOutOfRange; kFailedPrecondition when nobody can say
  /// when a part of the expression changes.
  Answer<std::vector<SegmentStep>> segment_history(std::string_view name,
                                                   std::string_view customer,
                                                   int64_t from_us,
                                                   int64_t until_us,
                                                   std::size_t limit = 100) const;

  /// How an expression is evaluated and what it reads, as JSON.
  /// Errors: kInvalidArgument with line and column.
  Answer<std::string> plan_segment(std::string_view expression) const {
    return internal::get<std::string>(trato_segment_plan, handle(), expression);
  }

  /// Compares two segments at now_us; two evaluations per customer.
  /// Errors: kNotFound.
  Answer<SegmentOverlap> diff_segments(std::string_view first,
                                       std::string_view second,
                                       int64_t now_us) const {
    return internal::get<SegmentOverlap>(trato_segment_diff, handle(), first,
                                         second, now_us);
  }

  /// Opens the members of the first segment that are not in the second.
  /// Errors: kNotFound.
  Answer<Members> open_diff_members(std::string_view first,
                                    std::string_view second,
                                    int64_t now_us) const {
    return internal::get<Members>(trato_segment_diff_members, handle(), first,
                                  second, now_us);
  }

  /// Keeps segments exact from now_us on, or since a cursor.
  /// Errors: kNotFound; kOutOfRange; kFailedPrecondition when a segment cannot
  ///   be watched. Cost: a test of every customer for every segment.
  Answer<Watch> watch(int64_t now_us, const WatchOptions& options = {});

  /// All segments with name, expression, version and date, as JSON.
  Answer<std::string> list_segments() const {
    return internal::get<std::string>(trato_segment_list, handle());
  }

  /// Opens the members of a segment at now_us, by name: a snapshot.
  /// Errors: kNotFound.
  Answer<Members> open_members(std::string_view name, int64_t now_us) const {
    return internal::get<Members>(trato_segment_members, handle(), name,
                                  now_us);
  }

  // Offers, decisions, permits, outcomes.

  /// Defines a product, or a category of products.
  /// Errors: kInvalidArgument names the field.
  Answer<void> define_product(const Product& product, int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::run(trato_product_define, handle(), product, now_us,
                         options);
  }

  /// Defines a channel; `address` names the namespace or attribute that holds
  /// what to reach customers by: see trato_channel_define.
  /// Errors: kInvalidArgument, kNotFound (address).
  Answer<void> define_channel(std::string_view name, std::string_view address,
                              std::string_view description, int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::run(trato_channel_define, handle(), name, address,
                         description, now_us, options);
  }

  /// Defines what limits contact. Errors: kInvalidArgument names the field.
  Answer<void> define_policy(const ContactPolicy& policy, int64_t now_us,
                             const WriteOptions& options = {}) {
    return internal::run(trato_contact_policy_define, handle(), policy, now_us,
                         options);
  }

  /// Says how what is left is ranked. Errors: kInvalidArgument.
  Answer<void> define_arbitration(const Arbitration& arbitration,
                                  int64_t now_us,
                                  const WriteOptions& options = {}) {
    return internal::run(trato_arbitration_define, handle(), arbitration,
                         now_us, options);
  }

  /// The offers in force, with `history` the versions of each, as a JSON list.
  Answer<std::string> list_offers(bool history = false) const {
    return internal::get<std::string>(trato_offer_list, handle(), history);
  }

  /// The policies of contact and the arbitration in force, as JSON.
  Answer<std::string> list_policies() const {
    return internal::get<std::string>(trato_policy_list, handle());
  }

  /// Defines an offer, or redefines it.
  /// Errors: kInvalidArgument names the field; with line and column when the
  ///   eligibility expression has an error.
  Answer<void> define_offer(const Offer& offer, int64_t now_us,
                            const WriteOptions& options = {}) {
    return internal::run(trato_offer_define, handle(), offer, now_us, options);
  }

  /// Finds the next best offers for a customer at now_us, best first, at most
  /// `limit` of them; trato_offer_match says how they are ranked. A pure read.
  /// Errors: kNotFound (customer).
  Answer<std::vector<Match>> match_offers(std::string_view customer,
                                          int64_t now_us, size_t limit,
                                          const MatchOptions& match = {}) const;

  /// Every offer with what became of it for this customer, as JSON: kept and
  /// ranked, or dropped, with the reason.
  /// Errors: kNotFound (customer).
  Answer<std::string> explain_offers(std::string_view customer, int64_t now_us,
                                     const MatchOptions& match = {}) const {
    return internal::get<std::string>(trato_offer_explain, handle(), customer,
                                      now_us, match);
  }

  /// Everything that keeps an offer from a customer, each with when it could be
  /// gone at the earliest by itself, as JSON.
  /// Errors: kNotFound (customer, offer).
  Answer<std::string> why_not(std::string_view customer, std::string_view offer,
                              int64_t now_us,
                              const MatchOptions& match = {}) const {
    return internal::get<std::string>(trato_offer_why_not, handle(), customer,
                                      offer, now_us, match);
  }

  /// What the store has learned of each offer up to now_us, as JSON.
  Answer<std::string> report_offers(int64_t now_us) const {
    return internal::get<std::string>(trato_offer_report, handle(), now_us);
  }

  /// Decides the next best offer and stores the decision: see
  /// trato_offer_decide. Stock, budget and caps are never exceeded.
  /// Errors: kNotFound (customer).
  Answer<Decision> decide_offer(std::string_view customer, int64_t now_us,
                                const WriteOptions& options = {},
                                const MatchOptions& match = {}) {
    return internal::get<Decision>(trato_offer_decide, handle(), customer,
                                   now_us, match, options);
  }

  /// Stores a decision that was made elsewhere, and gives its id: its outcomes
  /// are learned from, and it counts for stock, budget and caps.
  /// Errors: kInvalidArgument, kNotFound (customer, offer, channel),
  ///   kAlreadyExists (the key, with other content).
  Answer<Id> record_decision(const PastDecision& decision, int64_t now_us,
                             const WriteOptions& options = {}) {
    return internal::get<Id>(trato_decision_record, handle(), decision, now_us,
                             options);
  }

  /// Decides for each row of a stream, in order, and makes *out_stream as many
  /// rows: see trato_offer_decide_all. The stream is released in any case; the
  /// program releases *out_stream, as Arrow says.
  /// Errors: kInvalidArgument, kNotFound (nothing was decided), kCancelled.
  Answer<void> decide_offers(ArrowArrayStream* stream, int64_t now_us,
                             ArrowArrayStream* out_stream,
                             const MatchOptions& match = {},
                             const AppendOptions& append_options = {},
                             const WriteOptions& options = {});

  /// Decides the period [since_us, until_us) once more, as if what this fork was
  /// told had held, and compares, as JSON (trato_decision_what_if); `rows`: with
  /// each decision.
  /// Errors: kInvalidArgument, kFailedPrecondition, kOutOfRange, kCancelled.
  Answer<std::string> what_if(std::int64_t since_us, std::int64_t until_us,
                              std::int64_t now_us, bool rows = false,
                              const Progress& progress = {}) const;

  /// Works out the decisions dated in [since_us, until_us) once more, each as of
  /// what was known then, and compares, as JSON. Errors: kCancelled.
  Answer<std::string> replay_decisions(int64_t since_us, int64_t until_us,
                                       const Progress& progress = {}) const;

  /// Leave to contact a customer once, with the address.
  /// Errors: kFailedPrecondition says what is in the way, kNotFound.
  Answer<Permit> give_permit(std::string_view customer,
                             const PermitRequest& request, int64_t now_us,
                             const WriteOptions& options = {});

  /// Says that the contact was made.
  /// Errors: kNotFound, kFailedPrecondition (used), kOutOfRange (lapsed).
  Answer<void> use_permit(const Id& permit, int64_t now_us,
                          const WriteOptions& options = {}) {
    return internal::run(trato_permit_use, handle(), permit, now_us, options);
  }

  /// A permit as it stands at now_us, as JSON. Errors: kNotFound.
  Answer<std::string> show_permit(const Id& permit, int64_t now_us) const {
    return internal::get<std::string>(trato_permit_show, handle(), permit,
                                      now_us);
  }

  /// Says which decision a purchase came of; none: of no decision.
  /// Errors: kNotFound (customer).
  Answer<void> link_purchase(std::string_view customer, const Id& purchase,
                             const std::optional<Id>& decision,
                             std::string_view reason, int64_t now_us,
                             const WriteOptions& options = {}) {
    const auto named = internal::c(decision.value_or(Id()));
    return internal::run(trato_purchase_link, handle(), customer, purchase,
                         decision ? &named.value : nullptr, reason, now_us,
                         options);
  }

  /// Links the purchases of a period of which nothing was said yet: see
  /// trato_purchases_match. Gives the counts as JSON.
  Answer<std::string> match_purchases(int64_t since_us, int64_t until_us,
                                      int64_t now_us,
                                      const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_purchases_match, handle(),
                                      since_us, until_us, now_us, options);
  }

  /// What the offers of a policy with a hold-out sold beyond it, as JSON.
  /// Errors: kNotFound (policy).
  Answer<std::string> report_holdout(std::string_view policy,
                                     std::string_view within, int64_t since_us,
                                     int64_t until_us, int64_t now_us) const {
    return internal::get<std::string>(trato_holdout_report, handle(), policy,
                                      within, since_us, until_us, now_us);
  }

  /// What offers (empty: all) sold that would not have been sold without them,
  /// as JSON (trato_offer_effects). Errors: kNotFound (offer).
  Answer<std::string> report_effects(std::string_view offer,
                                     std::string_view within, int64_t since_us,
                                     int64_t until_us, int64_t now_us,
                                     int64_t planned = 0) const {
    return internal::get<std::string>(trato_offer_effects, handle(), offer,
                                      within, since_us, until_us, planned,
                                      now_us);
  }

  /// A stored decision as JSON, with every candidate and why it was kept or
  /// dropped then.
  /// Errors: kNotFound.
  Answer<std::string> explain_decision(const Id& decision) const {
    return internal::get<std::string>(trato_decision_explain, handle(),
                                      decision);
  }

  /// Records what became of a decision and gives the fact's id. The decision
  /// may arrive later.
  Answer<Id> record_outcome(const Outcome& outcome, int64_t now_us,
                            const WriteOptions& options = {}) {
    return internal::get<Id>(trato_outcome_record, handle(), outcome, now_us,
                             options);
  }

  // Coupons.

  /// Issues a coupon for an offer and gives its code, which the store does not
  /// keep: the customer's, or with an empty `customer` the bearer's. What it
  /// gives and for how long is told in trato.h, as is all of chapter 12.
  /// Errors: kNotFound (customer, offer), kFailedPrecondition (the customer may
  ///   not be offered it), kInvalidArgument, kOutOfRange.
  Answer<std::string> issue_coupon(std::string_view customer,
                                   std::string_view offer,
                                   const CouponOptions& coupon, int64_t now_us,
                                   const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_coupon_issue, handle(), customer,
                                      offer, coupon, now_us, options);
  }
  Answer<std::string> issue_coupon(std::string_view customer,
                                   std::string_view offer, int64_t now_us,
                                   const WriteOptions& options = {}) {
    return issue_coupon(customer, offer, CouponOptions{}, now_us, options);
  }

  /// Issues bearer coupons in one transaction, up to 1,000,000, and gives their
  /// codes.
  Answer<std::vector<std::string>> issue_coupons(
      std::string_view offer, size_t count, int64_t now_us,
      const CouponOptions& coupon = {}, const WriteOptions& options = {});

  /// Redeems a coupon: of those who try at once, as many succeed as there are
  /// uses. With an idempotency key a redemption that is sent again succeeds
  /// again.
  /// Errors: kInvalidArgument (mistyped), kNotFound (no such coupon),
  ///   kPermissionDenied (another customer's), kFailedPrecondition (all uses are
  ///   taken), kOutOfRange (not valid yet, or past its deadline),
  ///   kAlreadyExists (the key with other content).
  Answer<CouponResult> redeem_coupon(const CouponRedemption& redemption,
                                     int64_t now_us,
                                     const WriteOptions& options = {}) {
    return internal::get<CouponResult>(trato_coupon_redeem, handle(),
                                       redemption, now_us, options);
  }
  Answer<CouponResult> redeem_coupon(std::string_view code,
                                     std::string_view customer,
                                     std::string_view key, int64_t now_us,
                                     const WriteOptions& options = {}) {
    CouponRedemption redemption;
    redemption.code = code;
    redemption.customer = customer;
    redemption.key = key;
    return redeem_coupon(redemption, now_us, options);
  }

  /// Takes a redemption back; none: the only one that takes a use.
  /// Errors: kInvalidArgument (mistyped), kNotFound (coupon, redemption),
  ///   kFailedPrecondition (no redemption takes a use, or several do).
  Answer<void> reverse_coupon(std::string_view code,
                              const std::optional<Id>& redemption,
                              std::string_view reason, std::string_view key,
                              int64_t now_us,
                              const WriteOptions& options = {}) {
    internal::Pointed<trato_id> id{};
    if (redemption) id = internal::c(*redemption);
    const trato_id* pointer = redemption ? &id.value : nullptr;
    return internal::run(trato_coupon_reverse, handle(), code, pointer, reason,
                         key, now_us, options);
  }

  /// A coupon as it stands at now_us, as JSON.
  /// Errors: kInvalidArgument (mistyped), kNotFound.
  Answer<std::string> show_coupon(std::string_view code, int64_t now_us) const {
    return internal::get<std::string>(trato_coupon_show, handle(), code,
                                      now_us);
  }

  /// What was issued by now_us, newest first, as JSON: of a customer and for an
  /// offer, each of which may be empty, at most `limit` issues.
  Answer<std::string> list_coupons(std::string_view customer,
                                   std::string_view offer, size_t limit,
                                   int64_t now_us) const {
    return internal::get<std::string>(trato_coupon_list, handle(), customer,
                                      offer, limit, now_us);
  }

  // Consent: the rule is told in trato.h.

  /// Defines what customers are contacted for, or redefines it. What is direct
  /// marketing stays so; every store has "marketing", which is.
  /// Errors: kAlreadyExists when it would no longer be direct marketing.
  Answer<void> define_purpose(std::string_view name, bool direct_marketing,
                              std::string_view description, int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::run(trato_purpose_define, handle(), name, direct_marketing,
                         description, now_us, options);
  }

  /// Records what a customer said and gives the fact's id.
  /// Errors: kNotFound (undefined purpose or channel), kInvalidArgument (a
  ///   refusal that runs out, a grant that ends before it begins),
  ///   kAlreadyExists (same source and key, other content).
  Answer<Id> record_consent(const Consent& consent, int64_t now_us,
                            const WriteOptions& options = {}) {
    return internal::get<Id>(trato_consent_record, handle(), consent, now_us,
                             options);
  }

  /// Records an objection to direct marketing, or its lifting, which is for the
  /// person alone and needs a proof; gives the fact's id.
  /// Errors: kInvalidArgument (lifted without proof), kAlreadyExists.
  Answer<Id> record_objection(const Objection& objection, int64_t now_us,
                              const WriteOptions& options = {}) {
    return internal::get<Id>(trato_objection_record, handle(), objection,
                             now_us, options);
  }

  /// Whether a customer may be contacted for a purpose on a channel at now_us.
  /// Errors: kNotFound (customer, purpose, channel).
  Answer<ConsentAnswer> test_consent(std::string_view customer,
                                     std::string_view purpose,
                                     std::string_view channel,
                                     int64_t now_us) const {
    return internal::get<ConsentAnswer>(trato_consent_test, handle(), customer,
                                        purpose, channel, now_us);
  }

  /// The same as JSON, with the reason in words and what bears on it.
  Answer<std::string> explain_consent(std::string_view customer,
                                      std::string_view purpose,
                                      std::string_view channel,
                                      int64_t now_us) const {
    return internal::get<std::string>(trato_consent_explain, handle(), customer,
                                      purpose, channel, now_us);
  }

  /// One customer's objection, and the answer for every purpose and channel of
  /// which anything was said, as JSON.
  Answer<std::string> show_consents(std::string_view customer,
                                    int64_t now_us) const {
    return internal::get<std::string>(trato_consent_show, handle(), customer,
                                      now_us);
  }

  // Contacts and batches.

  /// Imports contacts from CSV text as one batch; the report is JSON. What the
  /// reader throws comes out of this call.
  /// Errors: kInvalidArgument (two columns of one name; none says who somebody
  ///   is), kNotFound (a column that the file lacks), kCancelled.
  Answer<std::string> import_contacts(
      const Reader& reader, int64_t now_us,
      const ContactsOptions& contacts_options = {},
      const WriteOptions& options = {});
  Answer<std::string> import_contacts(
      std::istream& text, int64_t now_us,
      const ContactsOptions& contacts_options = {},
      const WriteOptions& options = {});

  /// All batches in the log, oldest first, as JSON.
  Answer<std::string> list_batches() const {
    return internal::get<std::string>(trato_batch_list, handle());
  }

  /// Takes a batch back: every answer is as if its facts had never come. The
  /// report is JSON.
  /// Errors: kNotFound (batch), kFailedPrecondition (retracted already).
  Answer<std::string> retract_batch(std::string_view batch, int64_t now_us,
                                    const RetractOptions& retract_options = {},
                                    const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_batch_retract, handle(), batch,
                                      now_us, retract_options, options);
  }

  // Suppression lists: what they are is told in trato.h.

  /// Defines a list, or redefines it. `max_age` is a span such as "31d"; empty:
  /// any age will do.
  Answer<void> define_suppression(std::string_view list,
                                  std::string_view max_age,
                                  std::string_view description, int64_t now_us,
                                  const WriteOptions& options = {}) {
    return internal::run(trato_suppression_define, handle(), list, max_age,
                         description, now_us, options);
  }

  /// Imports identifiers, one a line, or what export_suppressions gave; the
  /// report is JSON.
  /// Errors: kNotFound (undefined list), kInvalidArgument names the line,
  ///   kFailedPrecondition (exported under another key).
  Answer<std::string> import_suppressions(
      std::string_view list, std::string_view text, int64_t now_us,
      const SuppressionOptions& suppression_options = {},
      const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_suppression_import, handle(), list,
                                      text, now_us, suppression_options,
                                      options);
  }

  /// A list as text that only a store with the same key can use.
  /// Errors: kNotFound (undefined list), kFailedPrecondition (never imported,
  ///   or made under another key).
  Answer<std::string> export_suppressions(std::string_view list,
                                          int64_t now_us) const {
    return internal::get<std::string>(trato_suppression_export, handle(), list,
                                      now_us);
  }

  /// All lists with entries, date and state, as JSON.
  Answer<std::string> list_suppressions(int64_t now_us) const {
    return internal::get<std::string>(trato_suppression_list, handle(), now_us);
  }

  /// Every statement of a customer by now_us, in order, as JSON.
  Answer<std::string> consent_history(std::string_view customer,
                                      int64_t now_us) const {
    return internal::get<std::string>(trato_consent_history, handle(), customer,
                                      now_us);
  }

 private:
  template <class Function>
  Answer<Appended> append(Function function, ArrowArrayStream* stream,
                          int64_t now_us, const AppendOptions& append_options,
                          const WriteOptions& options);

  internal::Owned<trato_store> handle_;
};

// ---------------------------------------------------------------------------
// 8. Definitions of the above

namespace internal {

template <>
struct Output<Store> : HandleOutput<Store, trato_store> {};
template <>
struct Output<Timeline> : HandleOutput<Timeline, trato_timeline> {};
template <>
struct Output<Members> : HandleOutput<Members, trato_members> {};

}  // namespace internal

inline Executor threads(unsigned count) {
  if (count == 0) count = std::thread::hardware_concurrency();
  if (count < 2) return {};
  return {&internal::run_on_threads,
          reinterpret_cast<void*>(std::uintptr_t{count})};
}

inline Answer<Store> Store::fork(std::uint64_t memory_limit) const {
  trato_fork_options options = TRATO_FORK_OPTIONS_INIT;
  options.memory_limit = memory_limit;
  return internal::get<Store>(trato_store_fork, handle(), &options);
}

inline Answer<Store> Store::as_of(const AsOf& as_of) const {
  return internal::get<Store>(trato_store_as_of, handle(), as_of);
}

inline Answer<Store> Store::view(const ViewOptions& options) const {
  return internal::get<Store>(trato_store_view, handle(), options);
}

inline Answer<std::string> Store::verify(const VerifyOptions& options) const {
  internal::Reporting reporting(options.progress);
  trato_head head{};
  internal::Pointed<trato_verify_options> c_options{TRATO_VERIFY_OPTIONS_INIT};
  c_options.value.rebuild = options.rebuild ? 1 : 0;
  if (options.head) {
    head.position = options.head->position;
    std::memcpy(head.chain, options.head->chain.data(), sizeof(head.chain));
    c_options.value.head = &head;
  }
  reporting.attach_to(c_options.value);
  return reporting.answer(
      internal::make<std::string>(trato_store_verify, handle(), c_options));
}

inline Answer<void> Store::backup(std::string_view path,
                                  const Progress& progress) {
  internal::Reporting reporting(progress);
  return reporting.answer(internal::call(trato_store_backup, handle(), path,
                                         reporting.function(), &reporting));
}

namespace internal {

// AppendOptions as C takes them.
class AppendArguments {
 public:
  explicit AppendArguments(const AppendOptions& options) {
    columns_.reserve(options.columns.size());
    for (const Column& column : options.columns) {
      columns_.push_back({c(column.field), c(column.column)});
    }
    value().dry_run = options.dry_run ? 1 : 0;
    value().columns = columns_.data();
    value().column_count = columns_.size();
    value().name_space = c(options.name_space);
  }
  trato_append_options& value() { return pointed_.value; }
  const Pointed<trato_append_options>& pointed() const { return pointed_; }

 private:
  std::vector<trato_column> columns_;
  Pointed<trato_append_options> pointed_{TRATO_APPEND_OPTIONS_INIT};
};

}  // namespace internal

template <class Function>
Answer<Appended> Store::append(Function function, ArrowArrayStream* stream,
                               int64_t now_us,
                               const AppendOptions& append_options,
                               const WriteOptions& options) {
  internal::Reporting reporting(append_options.progress);
  internal::AppendArguments append(append_options);
  reporting.attach_to(append.value());
  return reporting.answer(internal::make<Appended>(
      function, handle(), stream, now_us, append.pointed(), options));
}

inline Answer<void> Store::decide_offers(ArrowArrayStream* stream,
                                         int64_t now_us,
                                         ArrowArrayStream* out_stream,
                                         const MatchOptions& match,
                                         const AppendOptions& append_options,
                                         const WriteOptions& options) {
  internal::Reporting reporting(append_options.progress);
  internal::AppendArguments append(append_options);
  reporting.attach_to(append.value());
  return reporting.answer(internal::call(trato_offer_decide_all, handle(),
                                         stream, now_us, match,
                                         append.pointed(), options,
                                         out_stream));
}

inline Answer<std::string> Store::import_orders(
    const Reader& reader, int64_t now_us, const ImportOptions& import_options,
    const WriteOptions& options) {
  internal::Callbacks callbacks(reader, import_options.progress);
  internal::Pointed<trato_import_options> c_import{TRATO_IMPORT_OPTIONS_INIT};
  c_import.value.dry_run = import_options.dry_run ? 1 : 0;
  c_import.value.name_space = internal::c(import_options.name_space);
  callbacks.attach_to(c_import.value);
  return callbacks.answer(internal::make<std::string>(
      trato_orders_import, handle(), &internal::Callbacks::read, &callbacks,
      now_us, c_import, options));
}

namespace internal {

inline Reader reader_of(std::istream& input) {
  return [&input](char* buffer, size_t capacity) {
    if (input.eof()) return int64_t{0};
    input.read(buffer, static_cast<std::streamsize>(capacity));
    const bool failed = input.bad() || (input.fail() && !input.eof());
    return failed ? int64_t{-1} : int64_t{input.gcount()};
  };
}

}  // namespace internal

inline Answer<std::string> Store::import_orders(
    std::istream& input, int64_t now_us, const ImportOptions& import_options,
    const WriteOptions& options) {
  return import_orders(internal::reader_of(input), now_us, import_options,
                       options);
}

inline Answer<std::string> Store::import_contacts(
    const Reader& reader, int64_t now_us,
    const ContactsOptions& contacts_options, const WriteOptions& options) {
  internal::Callbacks callbacks(reader, contacts_options.progress);
  std::vector<trato_contact_column> columns;
  for (const ContactColumn& it : contacts_options.columns) {
    columns.push_back({internal::c(it.column), internal::c(it.field),
                       internal::c(it.rule), 0});
  }
  internal::Pointed<trato_contacts_options> c_import{
      TRATO_CONTACTS_OPTIONS_INIT};
  c_import.value.dry_run = contacts_options.dry_run ? 1 : 0;
  c_import.value.name_space = internal::c(contacts_options.name_space);
  c_import.value.columns = columns.data();
  c_import.value.column_count = columns.size();
  c_import.value.date_order = internal::c(contacts_options.date_order);
  callbacks.attach_to(c_import.value);
  return callbacks.answer(internal::make<std::string>(
      trato_contacts_import, handle(), &internal::Callbacks::read, &callbacks,
      now_us, c_import, options));
}

inline Answer<std::string> Store::import_contacts(
    std::istream& text, int64_t now_us, const ContactsOptions& contacts_options,
    const WriteOptions& options) {
  return import_contacts(internal::reader_of(text), now_us, contacts_options,
                         options);
}

inline Answer<std::string> Store::what_if(std::int64_t since_us,
                                          std::int64_t until_us,
                                          std::int64_t now_us, bool rows,
                                          const Progress& progress) const {
  internal::Reporting reporting(progress);
  trato_what_if_options options = TRATO_WHAT_IF_OPTIONS_INIT;
  options.rows = rows ? 1 : 0;
  options.since_us = since_us;
  options.until_us = until_us;
  options.progress = reporting.function();
  options.progress_context = &reporting;
  return reporting.answer(internal::make<std::string>(
      trato_decision_what_if, handle(), &options, now_us));
}

inline Answer<std::string> Store::replay_decisions(
    int64_t since_us, int64_t until_us, const Progress& progress) const {
  internal::Reporting reporting(progress);
  return reporting.answer(internal::make<std::string>(
      trato_decision_replay, handle(), since_us, until_us,
      reporting.function(), &reporting));
}

inline Answer<Permit> Store::give_permit(std::string_view customer,
                                         const PermitRequest& request,
                                         int64_t now_us,
                                         const WriteOptions& options) {
  trato_permit given{};
  Result<std::string> address =
      internal::make<std::string>(trato_permit_give, handle(), customer,
                                  request, now_us, options, &given);
  if (!address.ok()) return internal::answer<Permit>(address.error());
  return Permit{internal::id(given.id), given.deadline_us,
                std::move(*address)};
}

inline Answer<std::vector<Match>> Store::match_offers(
    std::string_view customer, int64_t now_us, size_t limit,
    const MatchOptions& match) const {
  using Matches = std::vector<Match>;
  // A large limit asks for all: take memory only as far as there are offers.
  for (size_t capacity = std::min<size_t>(limit, 64);;) {
    std::vector<trato_match> found(capacity);
    const Result<size_t> count =
        internal::make<size_t>(trato_offer_match, handle(), customer, now_us,
                               match, found.data(), capacity);
    if (!count.ok()) return internal::answer<Matches>(count.error());
    if (*count < capacity || capacity == limit) {
      Matches matches(*count);
      std::transform(found.begin(),
                     found.begin() + static_cast<std::ptrdiff_t>(*count),
                     matches.begin(), internal::match);
      return internal::answer<Matches>(std::move(matches));
    }
    capacity = capacity > limit / 2 ? limit : capacity * 2;
  }
}

inline Answer<std::vector<std::string>> Store::issue_coupons(
    std::string_view offer, size_t count, int64_t now_us,
    const CouponOptions& coupon, const WriteOptions& options) {
  using Codes = std::vector<std::string>;
  std::vector<trato_coupon_code> made(count);
  const Result<void> issued =
      internal::call(trato_coupon_issue_many, handle(), offer, coupon, count,
                     now_us, options, made.data());
  if (!issued.ok()) return internal::answer<Codes>(issued.error());
  Codes codes;
  codes.reserve(count);
  for (const trato_coupon_code& code : made) codes.emplace_back(code.text);
  return internal::answer<Codes>(std::move(codes));
}

inline Answer<Watch> Store::watch(int64_t now_us, const WatchOptions& options) {
  std::vector<trato_str> names;
  for (const std::string& name : options.segments) {
    names.push_back(internal::c(name));
  }
  trato_cursor since{};
  trato_watch_options given = TRATO_WATCH_OPTIONS_INIT;
  given.flags = options.net ? TRATO_WATCH_NET : 0;
  given.segments = names.data();
  given.segment_count = names.size();
  if (options.since) {
    since = {options.since->at_us, options.since->position};
    given.since = &since;
  }
  given.saved = internal::c(options.saved);
  trato_watch* made = nullptr;
  trato_error failure = TRATO_ERROR_INIT;
  const trato_status status =
      trato_watch_open(handle(), &given, now_us, &made, &failure);
  if (status != TRATO_OK) {
    return internal::answer<Watch>(internal::error(status, failure));
  }
  return internal::answer<Watch>(Watch(made));
}

inline Answer<void> Watch::on_change(std::function<void()> changed) {
  std::unique_ptr<internal::Nudging> made;
  if (changed) {
    made = std::make_unique<internal::Nudging>();
    made->changed = std::move(changed);
  }
  trato_error failure = TRATO_ERROR_INIT;
  const trato_status status = trato_watch_on_change(
      handle_.get(), made != nullptr ? &internal::Nudging::call : nullptr,
      made.get(), &failure);
  if (status == TRATO_OK) nudge_ = std::move(made);
  Result<void> result;
  if (status != TRATO_OK) result = internal::error(status, failure);
  return internal::answer(std::move(result));
}

inline Answer<std::vector<Change>> Watch::take(std::size_t limit) {
  using Changes = std::vector<Change>;
  std::vector<trato_change> page(limit);
  const Result<std::size_t> count = internal::make<std::size_t>(
      trato_watch_next, handle_.get(), page.data(), page.size());
  if (!count.ok()) return internal::answer<Changes>(count.error());
  Changes changes(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    const trato_change& it = page[i];
    Change& change = changes[i];
    change.at_us = it.at_us;
    change.position = it.position;
    internal::assign(change.segment, it.segment);
    internal::assign(change.customer, it.customer);
    change.id = internal::id(it.id);
    change.entered = it.entered != 0;
    change.cause = static_cast<ChangeCause>(it.cause);
  }
  return internal::answer<Changes>(std::move(changes));
}

inline Answer<std::vector<SegmentStep>> Store::segment_history(
    std::string_view name, std::string_view customer, int64_t from_us,
    int64_t until_us, std::size_t limit) const {
  using Steps = std::vector<SegmentStep>;
  Steps steps;
  std::vector<trato_segment_step> page(limit < 100 ? limit : 100);
  while (steps.size() < limit) {
    std::size_t count = 0;
    trato_error failure = TRATO_ERROR_INIT;
    const trato_status status = trato_segment_history(
        handle(), internal::c(name), internal::c(customer), from_us, until_us,
        page.data(), page.size(), &count, &from_us, nullptr, &failure);
    if (status != TRATO_OK) {
      return internal::answer<Steps>(internal::error(status, failure));
    }
    for (std::size_t i = 0; i < count && steps.size() < limit; ++i) {
      steps.push_back({page[i].at_us, page[i].member != 0});
    }
    if (from_us >= until_us) break;
  }
  return internal::answer<Steps>(std::move(steps));
}

inline std::string Error::excerpt(std::string_view text) const {
  trato_error failed = TRATO_ERROR_INIT;
  failed.code = static_cast<trato_status>(status_);
  failed.line = line_;
  failed.column = column_;
  internal::Output<std::string> excerpt;
  if (trato_error_excerpt(&failed, internal::c(text), &excerpt.made, nullptr) !=
      TRATO_OK) {
    return {};
  }
  return excerpt.take();
}

namespace internal {

template <size_t kSize>
std::string hex(const std::array<uint8_t, kSize>& bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result;
  result.reserve(2 * kSize);
  for (const uint8_t byte : bytes) {
    result += kDigits[byte / 16];
    result += kDigits[byte % 16];
  }
  return result;
}

// Whether the text is the hexadecimal digits of that many bytes.
template <size_t kSize>
bool from_hex(std::string_view text, std::array<uint8_t, kSize>& out) {
  if (text.size() != 2 * kSize) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char digit = text[i];
    int number = 0;
    if (digit >= '0' && digit <= '9') {
      number = digit - '0';
    } else if (digit >= 'a' && digit <= 'f') {
      number = digit - 'a' + 10;
    } else if (digit >= 'A' && digit <= 'F') {
      number = digit - 'A' + 10;
    } else {
      return false;
    }
    out[i / 2] = static_cast<uint8_t>(out[i / 2] * 16 + number);
  }
  return true;
}

}  // namespace internal

inline std::string Id::hex() const { return internal::hex(bytes); }

inline std::optional<Id> Id::from_hex(std::string_view text) {
  Id id;
  if (!internal::from_hex(text, id.bytes)) return std::nullopt;
  return id;
}

inline std::string Digest::hex() const { return internal::hex(bytes); }

inline std::string Head::text() const {
  return std::to_string(position) + ":" + internal::hex(chain);
}

inline std::optional<Head> Head::from_text(std::string_view text) {
  Head head;
  const size_t colon = text.find(':');
  // 20 digits may be too large, and no log has so many positions.
  if (colon == 0 || colon > 19) return std::nullopt;
  for (const char digit : text.substr(0, colon)) {
    if (digit < '0' || digit > '9') return std::nullopt;
    head.position = head.position * 10 + static_cast<uint64_t>(digit - '0');
  }
  if (!internal::from_hex(text.substr(colon + 1), head.chain)) {
    return std::nullopt;
  }
  return head;
}

// ---------------------------------------------------------------------------
// 9. What customers are worth: models of purchases (trato.h, chapter 16)

enum class ModelKind : uint32_t {
  kMbgNbd = TRATO_MODEL_MBG_NBD,
  kBgNbd = TRATO_MODEL_BG_NBD,
  kParetoNbd = TRATO_MODEL_PARETO_NBD,
  kBgBb = TRATO_MODEL_BG_BB,
  kGammaGamma = TRATO_MODEL_GAMMA_GAMMA,
};

enum class FitStatus : uint32_t {
  kConverged = TRATO_FIT_CONVERGED,
  kRegularised = TRATO_FIT_REGULARISED,
  kNotConverged = TRATO_FIT_NOT_CONVERGED,
};

struct PurchasesOptions {
  bool summary = false;  ///< A row per customer; otherwise one per purchase.
  /// Field and column: what the stream names otherwise.
  std::vector<std::pair<std::string, std::string>> columns;
  int64_t end_us = kAtNow;    ///< kAtNow: at the last purchase.
  int64_t until_us = kAtNow;  ///< kAtNow: nothing is counted apart.
  int64_t unit_us = 0;        ///< 0: a week.
  int64_t merge_us = 0;       ///< 0: a day; below 0: nothing is merged.
  bool net_returns = false;
  Executor run;
};

struct StorePurchasesOptions {
  std::vector<std::string> types = {"purchase"};
  std::vector<std::string> returns;
  int64_t end_us = kAtNow;    ///< kAtNow: now.
  int64_t until_us = kAtNow;  ///< kAtNow: nothing is counted apart.
  int64_t unit_us = 0;        ///< 0: a week.
  int64_t merge_us = 0;       ///< 0: a day; below 0: nothing is merged.
};

struct ValueOptions {
  double horizon = 0;
  double later = 0;
  double quantile = 0.5;
  double value_horizon = 0;  ///< 0: for ever, with a discount.
  double discount = 0;       ///< Per unit of time, continuous.
  double margin = 1;
  Executor run;
};

/// What a model says of each customer. Those that cannot be said are empty:
/// without horizon, amounts, or discount and end.
struct ValuePredictions {
  std::vector<double> alive, alive_later, expected, expected_low, expected_high,
      none, wait, spend, discounted, value;
};

/// A fitted model.
class ValueModel {
 public:
  /// Fits to columns of the caller's, or to Purchases::columns(). `prior`: see
  /// trato_value_fit_options.
  static Answer<ValueModel> fit(const trato_purchase_columns& columns,
                                ModelKind kind = ModelKind::kMbgNbd,
                                double prior = 0, Executor run = {}) {
    trato_value_fit_options options = TRATO_VALUE_FIT_OPTIONS_INIT;
    options.model = static_cast<uint32_t>(kind);
    options.prior = prior;
    options.run = run.run;
    options.run_context = run.context;
    trato_value_model model = TRATO_VALUE_MODEL_INIT;
    const Result<void> fitted =
        internal::call(trato_value_fit, &columns, &options, &model);
    if (!fitted.ok()) return internal::answer(Result<ValueModel>(fitted.error()));
    return ValueModel(model);
  }
  /// One that was kept: the plain numbers of c().
  explicit ValueModel(const trato_value_model& kept) : model_(kept) {}

  ModelKind kind() const { return static_cast<ModelKind>(model_.model); }
  FitStatus status() const { return static_cast<FitStatus>(model_.status); }
  std::vector<double> parameters() const { return some(model_.parameters); }
  std::vector<double> low() const { return some(model_.low); }
  std::vector<double> high() const { return some(model_.high); }
  double log_likelihood() const { return model_.log_likelihood; }
  double customers() const { return model_.customers; }
  const trato_value_model& c() const { return model_; }

  /// What it says of these customers; `spend` is a model of their amounts.
  Answer<ValuePredictions> predict(const trato_purchase_columns& columns,
                                   const ValueOptions& options = {},
                                   const ValueModel* spend = nullptr) const {
    const trato_value_options how = c(options, spend);
    const bool of_time = kind() != ModelKind::kGammaGamma;
    const bool ahead = of_time && options.horizon > 0;
    const bool worth =
        of_time && (options.discount > 0 || options.value_horizon > 0);
    ValuePredictions made;
    trato_value_predictions out = TRATO_VALUE_PREDICTIONS_INIT;
    const auto want = [&](bool is, std::vector<double>& values, double*& to) {
      if (!is) return;
      values.resize(columns.count);
      to = values.data();
    };
    want(of_time, made.alive, out.alive);
    want(of_time && options.later > 0, made.alive_later, out.alive_later);
    want(ahead, made.expected, out.expected);
    want(ahead, made.expected_low, out.expected_low);
    want(ahead, made.expected_high, out.expected_high);
    want(ahead, made.none, out.none);
    want(of_time, made.wait, out.wait);
    want(columns.spend != nullptr, made.spend, out.spend);
    want(worth, made.discounted, out.discounted);
    want(worth && columns.spend != nullptr, made.value, out.value);
    const Result<void> predicted =
        internal::call(trato_value_predict, &model_, &columns, &how, &out);
    if (!predicted.ok()) {
      return internal::answer(Result<ValuePredictions>(predicted.error()));
    }
    return made;
  }

  /// Options as the C interface takes them.
  static trato_value_options c(const ValueOptions& options,
                               const ValueModel* spend) {
    trato_value_options how = TRATO_VALUE_OPTIONS_INIT;
    how.horizon = options.horizon;
    how.later = options.later;
    how.quantile = options.quantile;
    how.value_horizon = options.value_horizon;
    how.discount = options.discount;
    how.margin = options.margin;
    how.spend = spend == nullptr ? nullptr : &spend->model_;
    how.run = options.run.run;
    how.run_context = options.run.context;
    return how;
  }

 private:
  std::vector<double> some(const double (&values)[4]) const {
    return {values, values + model_.parameter_count};
  }

  trato_value_model model_ = TRATO_VALUE_MODEL_INIT;
};

/// Where scores of recency, frequency and money begin.
using RfmEdges = trato_rfm_edges;

/// What is known of each customer's purchases.
class Purchases {
 public:
  /// Reads a table, which is released in any case.
  static Answer<Purchases> read(ArrowArrayStream* stream,
                                const PurchasesOptions& options = {}) {
    std::vector<trato_column> columns;
    const trato_purchases_options how = c(options, columns);
    trato_purchases* made = nullptr;
    const Result<void> done =
        internal::call(trato_purchases_read, stream, &how, &made);
    if (!done.ok()) return internal::answer(Result<Purchases>(done.error()));
    return Purchases(made);
  }

  /// Reads CSV text; the report of what was left out is JSON.
  static Answer<Purchases> read_csv(const Reader& reader,
                                    const PurchasesOptions& options = {},
                                    std::string* out_report = nullptr) {
    std::vector<trato_column> columns;
    const trato_purchases_options how = c(options, columns);
    const Progress none;
    internal::Callbacks callbacks(reader, none);
    trato_purchases* made = nullptr;
    trato_buf report = TRATO_BUF_INIT;
    const Result<void> done = internal::call(
        trato_purchases_read_csv, &internal::Callbacks::read, &callbacks, &how,
        &made, out_report == nullptr ? nullptr : &report);
    if (done.ok() && out_report != nullptr) {
      out_report->assign(report.data, report.size);
    }
    trato_buf_dispose(&report);
    if (!done.ok()) {
      return callbacks.answer(Result<Purchases>(done.error()));
    }
    return Purchases(made);
  }

  /// Those of a store's customers, as known at now_us: see trato_store_purchases.
  static Answer<Purchases> of(const Store& store, int64_t now_us,
                              const StorePurchasesOptions& options = {}) {
    std::vector<trato_str> types;
    std::vector<trato_str> returns;
    for (const std::string& it : options.types) types.push_back(internal::c(it));
    for (const std::string& it : options.returns) {
      returns.push_back(internal::c(it));
    }
    trato_store_purchases_options how = TRATO_STORE_PURCHASES_OPTIONS_INIT;
    how.types = types.data();
    how.type_count = types.size();
    how.returns = returns.data();
    how.return_count = returns.size();
    how.end_us = options.end_us;
    how.until_us = options.until_us;
    how.unit_us = options.unit_us;
    how.merge_us = options.merge_us;
    trato_purchases* made = nullptr;
    const Result<void> done =
        internal::call(trato_store_purchases,
                       static_cast<const trato_store*>(store.handle()), &how,
                       now_us, &made);
    if (!done.ok()) return internal::answer(Result<Purchases>(done.error()));
    return Purchases(made);
  }

  /// The columns, for as long as this lives.
  Answer<trato_purchase_columns> columns() const {
    trato_purchase_columns columns = TRATO_PURCHASE_COLUMNS_INIT;
    const Result<void> done = internal::call(
        trato_purchases_columns,
        static_cast<const trato_purchases*>(handle_.get()), &columns);
    if (!done.ok()) {
      return internal::answer(Result<trato_purchase_columns>(done.error()));
    }
    return columns;
  }

  /// A table of the columns, of predictions, of RFM scores: see trato.h.
  Answer<void> export_columns(ArrowArrayStream* out_stream) const {
    return internal::run(trato_purchases_export, c(), out_stream);
  }
  Answer<void> export_value(const ValueModel& model,
                            const ValueOptions& options,
                            const ValueModel* spend,
                            ArrowArrayStream* out_stream) const {
    const trato_value_options how = ValueModel::c(options, spend);
    return internal::run(trato_value_export, &model.c(), c(), &how, out_stream);
  }
  /// Who came first when, and how many were back in each period since, as JSON;
  /// a TRATO_PERIOD_ (trato_purchases_cohorts).
  /// Errors: kFailedPrecondition (a summary does not say when).
  Answer<std::string> cohorts(uint32_t period = TRATO_PERIOD_MONTH) const {
    return internal::get<std::string>(trato_purchases_cohorts, handle_.get(),
                                      period);
  }

  Answer<void> export_rfm(const trato_rfm_options& options, RfmEdges* out_edges,
                          ArrowArrayStream* out_stream) const {
    return internal::run(trato_rfm_export, c(), &options, out_edges,
                         out_stream);
  }

  /// Tries the models of time and gives the chosen one; the report is JSON.
  Answer<ValueModel> choose(Executor run = {},
                            std::string* out_json = nullptr) const {
    trato_value_model model = TRATO_VALUE_MODEL_INIT;
    trato_buf report = TRATO_BUF_INIT;
    const Result<void> done =
        internal::call(trato_value_choose, c(), run.run, run.context, &model,
                       out_json == nullptr ? nullptr : &report);
    if (done.ok() && out_json != nullptr) {
      out_json->assign(report.data, report.size);
    }
    trato_buf_dispose(&report);
    if (!done.ok()) return internal::answer(Result<ValueModel>(done.error()));
    return ValueModel(model);
  }

  const trato_purchases* c() const { return handle_.get(); }

 private:
  struct Destroyer {
    void operator()(trato_purchases* it) const noexcept {
      trato_purchases_destroy(it);
    }
  };
  explicit Purchases(trato_purchases* made) : handle_(made) {}

  // `columns` keeps what the options point at.
  static trato_purchases_options c(const PurchasesOptions& options,
                                   std::vector<trato_column>& columns) {
    trato_purchases_options how = TRATO_PURCHASES_OPTIONS_INIT;
    how.form = options.summary ? TRATO_PURCHASES_SUMMARY
                               : TRATO_PURCHASES_EVENTS;
    for (const auto& [field, column] : options.columns) {
      columns.push_back({internal::c(field), internal::c(column)});
    }
    how.columns = columns.data();
    how.column_count = columns.size();
    how.end_us = options.end_us;
    how.until_us = options.until_us;
    how.unit_us = options.unit_us;
    how.merge_us = options.merge_us;
    how.net_returns = options.net_returns ? 1 : 0;
    how.run = options.run.run;
    how.run_context = options.run.context;
    return how;
  }

  std::unique_ptr<trato_purchases, Destroyer> handle_;
};

/// What a store's customers are worth (trato.h, chapter 17).
struct RefitOptions {
  uint32_t model = TRATO_MODEL_MBG_NBD;  ///< Or another, or TRATO_MODEL_BEST.
  std::vector<std::string> types = {"purchase"};
  std::vector<std::string> returns;
  double horizon = 52;     ///< Weeks; 0: value for ever.
  double discount = 0.15;  ///< Of a year.
  double margin = 1;
  uint32_t groups = 5;
  std::vector<trato_rfm_rule> rules;  ///< Empty: the usual segments.
  std::vector<std::string> categories;  ///< With a rhythm of their own.
};

/// How units and periods are compared; see trato_compare_options.
struct CompareOptions {
  struct Cost {
    std::string unit;  ///< Empty: the whole.
    int64_t acquisition_minor = 0;
    int64_t retention_minor = 0;
  };
  int64_t since_us = 0;
  std::string unit;  ///< An attribute; empty: the whole alone.
  std::vector<std::string> types = {"purchase"};
  std::vector<std::string> returns;
  std::vector<Cost> costs;
};

/// What the edition in force says of one customer; see trato_worth.
struct Worth {
  uint32_t edition = 0;
  double alive = 0, expected = 0, spend = 0;
  Money value;
  int recency_score = 0, frequency_score = 0, money_score = 0;
  std::string segment;  ///< Empty where no rule fits.
  double frequency = 0, recency = 0, age = 0, orders = 0, total = 0;
};

class StoreValue {
 public:
  /// The store has to stay open.
  explicit StoreValue(const Store& store) : store_(store.handle()) {}

  /// Fits the models to what is known and records the result, which it gives as
  /// JSON (trato_value_editions).
  /// Errors: kFailedPrecondition (nobody has purchased; two currencies),
  ///   kNotFound (undefined type), kInvalidArgument names the option.
  Answer<std::string> refit(const RefitOptions& options, int64_t now_us,
                            const WriteOptions& write = {}) {
    trato_refit_options how = TRATO_REFIT_OPTIONS_INIT;
    std::vector<trato_str> types, returns, categories;
    for (const auto& it : options.types) types.push_back(internal::c(it));
    for (const auto& it : options.returns) returns.push_back(internal::c(it));
    for (const auto& it : options.categories) {
      categories.push_back(internal::c(it));
    }
    how.categories = categories.data();
    how.category_count = categories.size();
    how.model = options.model;
    how.types = types.data();
    how.type_count = types.size();
    how.returns = returns.data();
    how.return_count = returns.size();
    how.horizon = options.horizon;
    how.discount = options.discount;
    how.margin = options.margin;
    how.groups = options.groups;
    how.rules = options.rules.data();
    how.rule_count = options.rules.size();
    return internal::get<std::string>(trato_value_refit, store_, &how, now_us,
                                      write);
  }
  /// What refits found, newest first, as JSON.
  Answer<std::string> editions() const {
    return internal::get<std::string>(trato_value_editions, store_);
  }
  /// Errors: kNotFound (no such customer; she has purchased nothing),
  ///   kFailedPrecondition (nothing had been fitted; two currencies).
  Answer<Worth> of(std::string_view customer, int64_t now_us) const {
    trato_worth out = TRATO_WORTH_INIT;
    const Result<void> read = internal::call(trato_value_of, store_,
                                             internal::c(customer), now_us, &out);
    if (!read.ok()) return internal::answer(Result<Worth>(read.error()));
    Worth worth;
    worth.edition = out.edition;
    worth.alive = out.alive;
    worth.expected = out.expected;
    worth.spend = out.spend;
    worth.value = {out.value_minor, internal::text(out.currency)};
    worth.recency_score = out.recency_score;
    worth.frequency_score = out.frequency_score;
    worth.money_score = out.money_score;
    worth.segment = internal::text(out.segment);
    worth.frequency = out.frequency;
    worth.recency = out.recency;
    worth.age = out.age;
    worth.orders = out.orders;
    worth.total = out.total;
    return worth;
  }
  /// The same of everybody, as trato_value_table. The caller releases it.
  Answer<void> table(ArrowArrayStream* out_stream, int64_t now_us) const {
    return internal::run(trato_value_table, store_, now_us, out_stream);
  }
  /// How few customers most of it comes from, as JSON (trato_value_pyramid).
  Answer<std::string> pyramid(int64_t now_us) const {
    return internal::get<std::string>(trato_value_pyramid, store_, now_us);
  }
  /// Who is about to be lost, of who bought on `purchases` days or more
  /// (trato_value_risk). The caller releases it.
  Answer<void> risk(uint64_t purchases, uint64_t limit,
                    ArrowArrayStream* out_stream, int64_t now_us) const {
    return internal::run(trato_value_risk, store_, purchases, limit, now_us,
                         out_stream);
  }
  /// How units and periods compare, as JSON (trato_value_compare).
  /// Errors: kInvalidArgument names the option, kNotFound (attribute, type),
  ///   kFailedPrecondition (two currencies).
  Answer<std::string> compare(const CompareOptions& options,
                              int64_t now_us) const {
    trato_compare_options how = TRATO_COMPARE_OPTIONS_INIT;
    std::vector<trato_str> types, returns;
    for (const auto& it : options.types) types.push_back(internal::c(it));
    for (const auto& it : options.returns) returns.push_back(internal::c(it));
    std::vector<trato_unit_cost> costs;
    for (const auto& it : options.costs) {
      costs.push_back({internal::c(it.unit), it.acquisition_minor,
                       it.retention_minor});
    }
    how.since_us = options.since_us;
    how.unit = internal::c(options.unit);
    how.types = types.data();
    how.type_count = types.size();
    how.returns = returns.data();
    how.return_count = returns.size();
    how.costs = costs.data();
    how.cost_count = costs.size();
    return internal::get<std::string>(trato_value_compare, store_, &how,
                                      now_us);
  }

 private:
  trato_store* store_;
};

/// One line of the table of the life cycle; see trato_stage_rule.
struct StageRule {
  std::string stage;
  std::string when;
  std::string hold;    ///< "7d"; empty: it need not have held before.
  std::string reason;  ///< In words.
};

/// The seven stages of the life cycle (trato.h, chapter 17). A category is a
/// product or category; empty: the brand.
class Stages {
 public:
  /// The store has to stay open.
  explicit Stages(const Store& store) : store_(store.handle()) {}

  /// Puts a table in force from now_us on; the first rule that holds counts.
  /// Errors: kInvalidArgument names the rule and the field;
  ///   kFailedPrecondition (no refit yet).
  Answer<void> define(const std::vector<StageRule>& rules, int64_t now_us,
                      const WriteOptions& options = {}) {
    std::vector<trato_stage_rule> given;
    for (const StageRule& it : rules) {
      given.push_back({internal::c(it.stage), internal::c(it.when),
                       internal::c(it.hold), internal::c(it.reason)});
    }
    return internal::run(trato_stage_define, store_, given.data(),
                         given.size(), now_us, options);
  }
  /// The table in force, as JSON (trato_stage_rules).
  Answer<std::string> rules(int64_t now_us) const {
    return internal::get<std::string>(trato_stage_rules, store_, now_us);
  }
  /// Where a customer is and how she came there, as JSON (trato_stage_of).
  /// Errors: kNotFound (customer, category), kFailedPrecondition (no refit).
  Answer<std::string> of(std::string_view customer, std::string_view category,
                         int64_t now_us) const {
    return internal::get<std::string>(trato_stage_of, store_, customer,
                                      category, now_us);
  }
  /// The funnel, and the moves since, as JSON (trato_stage_report).
  Answer<std::string> report(std::string_view category, int64_t since_us,
                             int64_t now_us) const {
    return internal::get<std::string>(trato_stage_report, store_, category,
                                      since_us, now_us);
  }
  /// A row per customer in a stage (trato_stage_table). The caller releases it.
  Answer<void> table(std::string_view category, ArrowArrayStream* out_stream,
                     int64_t now_us) const {
    return internal::run(trato_stage_table, store_, category, now_us,
                         out_stream);
  }
  /// Whom to win back, the most at stake first; `limit` 0: all
  /// (trato_stage_win_back). The caller releases it.
  Answer<void> win_back(std::string_view category, uint64_t limit,
                        ArrowArrayStream* out_stream, int64_t now_us) const {
    return internal::run(trato_stage_win_back, store_, category, limit, now_us,
                         out_stream);
  }

 private:
  trato_store* store_;
};

/// One line of a score; see trato_score_rule.
struct ScoreRule {
  std::string name;
  std::string when;          ///< Interactions, or a condition.
  int64_t points_milli = 0;  ///< Thousandths of a point.
  std::string half_life;     ///< "30d"; empty: they do not fade.
  std::string lapse;         ///< "1y"; empty: they do not lapse.
};

struct ScoreDefinition {
  std::string name;
  std::vector<ScoreRule> rules;
  int64_t least_milli = INT64_MIN;  ///< It never falls below.
  int64_t most_milli = INT64_MAX;   ///< Nor rises above.
};

/// Points of customers by rules that fade or lapse (trato.h, chapter 17).
class Scores {
 public:
  /// The store has to stay open.
  explicit Scores(const Store& store) : store_(store.handle()) {}

  /// Puts a score in force from now_us on.
  /// Errors: kInvalidArgument names the rule and the field.
  Answer<void> define(const ScoreDefinition& score, int64_t now_us,
                      const WriteOptions& options = {}) {
    std::vector<trato_score_rule> rules;
    for (const ScoreRule& it : score.rules) {
      rules.push_back({internal::c(it.name), internal::c(it.when),
                       it.points_milli, internal::c(it.half_life),
                       internal::c(it.lapse)});
    }
    trato_score_definition given = TRATO_SCORE_DEFINITION_INIT;
    given.name = internal::c(score.name);
    given.rules = rules.data();
    given.rule_count = rules.size();
    given.least_milli = score.least_milli;
    given.most_milli = score.most_milli;
    return internal::run(trato_score_define, store_, &given, now_us, options);
  }
  /// Those in force, as JSON (trato_score_list).
  Answer<std::string> list(int64_t now_us) const {
    return internal::get<std::string>(trato_score_list, store_, now_us);
  }
  /// In thousandths of a point.
  /// Errors: kNotFound (customer, score), kFailedPrecondition (it was defined
  ///   later).
  Answer<int64_t> of(std::string_view customer, std::string_view score,
                     int64_t now_us) const {
    return internal::get<int64_t>(trato_score_of, store_, customer, score,
                                  now_us);
  }
  /// With everything that it is the sum of, as JSON (trato_score_log).
  Answer<std::string> log(std::string_view customer, std::string_view score,
                          int64_t now_us) const {
    return internal::get<std::string>(trato_score_log, store_, customer, score,
                                      now_us);
  }
  /// Everybody's, the highest first; `limit` 0: all (trato_score_table). The
  /// caller releases it.
  Answer<void> table(std::string_view score, uint64_t limit,
                     ArrowArrayStream* out_stream, int64_t now_us) const {
    return internal::run(trato_score_table, store_, score, limit, now_us,
                         out_stream);
  }

 private:
  trato_store* store_;
};

/// A learner that serves a store's offers; see trato_learning_definition.
struct LearningDefinition {
  std::string name;
  uint32_t policy = TRATO_LEARNER_AFFINITY;
  std::string issue;  ///< Of the offers; empty: any.
  std::string group;
  std::string offer;
  std::vector<std::string> segments;  ///< That tell customers apart.
  double floor = 0.01;                ///< The share drawn evenly.
  bool without_floor = false;
  bool retired = false;
  double prior_rate = 0.05;
  double customer_weight = 0;  ///< 0: as the answers say.
  double exploration = 0.15;
  double gamma = 1000;
  int64_t half_life_us = 0;  ///< 0: never.
};

/// Learners that serve a store's offers, and how deep the relationships are that
/// they have learned (trato.h, chapter 21).
class Learnings {
 public:
  /// The store has to stay open.
  explicit Learnings(const Store& store) : store_(store.handle()) {}

  /// Puts a learner in force from now_us on.
  /// Errors: kInvalidArgument names the learner and the field, kNotFound (a
  ///   segment).
  Answer<void> define(const LearningDefinition& learning, int64_t now_us,
                      const WriteOptions& options = {}) {
    std::vector<trato_str> segments;
    for (const std::string& it : learning.segments) {
      segments.push_back(internal::c(it));
    }
    trato_learning_definition given = TRATO_LEARNING_DEFINITION_INIT;
    given.policy = learning.policy;
    given.name = internal::c(learning.name);
    given.issue = internal::c(learning.issue);
    given.group = internal::c(learning.group);
    given.offer = internal::c(learning.offer);
    given.segments = segments.data();
    given.segment_count = segments.size();
    given.floor = learning.floor;
    given.without_floor = learning.without_floor ? 1 : 0;
    given.retired = learning.retired ? 1 : 0;
    given.prior_rate = learning.prior_rate;
    given.customer_weight = learning.customer_weight;
    given.exploration = learning.exploration;
    given.gamma = learning.gamma;
    given.half_life_us = learning.half_life_us;
    return internal::run(trato_learning_define, store_, &given, now_us,
                         options);
  }
  /// Puts what a logistic learner learns from all answers up to now_us in force;
  /// what it knows then, as JSON (trato_learning_refit).
  /// Errors: kNotFound, kFailedPrecondition (not logistic, retired, no answers).
  Answer<std::string> refit(std::string_view learner, int64_t now_us,
                            const WriteOptions& options = {}) {
    return internal::get<std::string>(trato_learning_refit, store_, learner,
                                      now_us, options);
  }
  /// All that were defined, as JSON (trato_learning_list).
  Answer<std::string> list(int64_t now_us) const {
    return internal::get<std::string>(trato_learning_list, store_, now_us);
  }
  /// What one is and knows, as JSON (trato_learning_show).
  /// Errors: kNotFound.
  Answer<std::string> show(std::string_view learner, int64_t now_us) const {
    return internal::get<std::string>(trato_learning_show, store_, learner,
                                      now_us);
  }
  /// How deep the relationship with a customer is, and what she would lose by
  /// leaving, as JSON (trato_learning_depth).
  /// Errors: kNotFound.
  Answer<std::string> depth(std::string_view customer, int64_t now_us) const {
    return internal::get<std::string>(trato_learning_depth, store_, customer,
                                      now_us);
  }
  /// Of everybody who has answered, the largest gain first; `limit` 0: all
  /// (trato_learning_depths). The caller releases it.
  Answer<void> depths(uint64_t limit, ArrowArrayStream* out_stream,
                      int64_t now_us) const {
    return internal::run(trato_learning_depths, store_, limit, now_us,
                         out_stream);
  }
  /// Of the base, as JSON (trato_learning_base).
  Answer<std::string> base(int64_t now_us) const {
    return internal::get<std::string>(trato_learning_base, store_, now_us);
  }
  /// What came of each customer's first decision, her second, and so on
  /// (trato_learning_progress); `learner` empty: of all. The caller releases it.
  Answer<void> progress(std::string_view learner, ArrowArrayStream* out_stream,
                        int64_t now_us) const {
    return internal::run(trato_learning_progress, store_, learner, now_us,
                         out_stream);
  }

 private:
  trato_store* store_;
};

/// Who should get which offer where stock and budgets are scarce
/// (trato_offer_allocate): fills the stream, which the caller releases, and gives
/// the summary as JSON. `segment` empty: everybody.
/// Errors: kNotFound (segment, channel).
inline Answer<std::string> allocate_offers(const Store& store, int64_t now_us,
                                           ArrowArrayStream* out_stream,
                                           std::string_view segment = {},
                                           std::string_view channel = {}) {
  trato_allocation_options options = TRATO_ALLOCATION_OPTIONS_INIT;
  options.segment = internal::c(segment);
  options.channel = internal::c(channel);
  return internal::get<std::string>(trato_offer_allocate, store.handle(),
                                    &options, now_us, out_stream);
}

/// What customers buy together, instead and next (trato.h, chapter 22).
class Items {
 public:
  /// Learned from what was bought up to now_us; `half_life` ("180d") empty:
  /// orders do not fade. Errors: kInvalidArgument (half_life), kNotFound (type).
  static Answer<Items> learn(const Store& store, int64_t now_us,
                             std::string_view half_life = {},
                             std::string_view type = {}) {
    trato_items_options options = TRATO_ITEMS_OPTIONS_INIT;
    options.half_life = internal::c(half_life);
    options.type = internal::c(type);
    trato_items* made = nullptr;
    const Result<void> done = internal::call(trato_items_learn, store.handle(),
                                             &options, now_us, &made);
    if (!done.ok()) return internal::answer(Result<Items>(done.error()));
    return Items(made);
  }

  /// Becomes what learn would give at now_us; only what is new is counted
  /// (trato_items_update). Nobody may ask meanwhile.
  Answer<void> update(const Store& store, int64_t now_us) {
    return internal::run(trato_items_update, handle_.get(), store.handle(),
                         now_us);
  }
  /// `kind`: TRATO_ITEMS_...; `limit` 0: all (trato_items_related). The caller
  /// releases it. Errors: kNotFound (nobody bought it).
  Answer<void> related(std::string_view item, uint32_t kind, uint64_t limit,
                       ArrowArrayStream* out_stream) const {
    return internal::run(trato_items_related, handle_.get(), item, kind, limit,
                         out_stream);
  }
  /// Of every item so many rows (trato_items_table). The caller releases it.
  Answer<void> table(uint32_t kind, uint64_t limit,
                     ArrowArrayStream* out_stream) const {
    return internal::run(trato_items_table, handle_.get(), kind, limit,
                         out_stream);
  }
  /// What she has not bought, by what she has (trato_items_also_bought). The
  /// caller releases it. Errors: kNotFound (the customer).
  Answer<void> also_bought(const Store& store, std::string_view customer,
                           uint32_t kind, uint64_t limit,
                           ArrowArrayStream* out_stream, int64_t now_us) const {
    return internal::run(trato_items_also_bought, handle_.get(),
                         store.handle(), customer, kind, limit, now_us,
                         out_stream);
  }
  /// A score by which offers and conditions ask how well an item goes with what
  /// a customer has bought (trato_items_define_score).
  /// Errors: kNotFound (nobody bought it, nothing leads to it).
  Answer<void> define_score(Store& store, std::string_view name,
                            std::string_view item, uint32_t kind,
                            uint64_t limit, int64_t now_us,
                            const WriteOptions& write = {}) const {
    return internal::run(trato_items_define_score, handle_.get(),
                         store.handle(), name, item, kind, limit, now_us,
                         write);
  }

 private:
  struct Destroy {
    void operator()(trato_items* it) const noexcept { trato_items_destroy(it); }
  };
  explicit Items(trato_items* handle) : handle_(handle) {}

  std::unique_ptr<trato_items, Destroy> handle_;
};

/// A field and what it says of a person; see trato_identity_field.
struct IdentityField {
  std::string name;
  trato_field_kind kind = TRATO_FIELD_GUESSED;
};

/// How identities are resolved; see trato_identity_definition.
struct IdentityDefinition {
  std::vector<IdentityField> fields;  ///< None: those whose names say it.
  double link_at = 0.95;
  double review_at = 0.5;
  uint32_t max_block = 100;
  uint32_t max_records = 100;
  std::string country;
};

/// The host's own model of pairs; see trato_identity_judge_fn.
struct IdentityJudge {
  trato_identity_judge_fn judge = nullptr;
  void* context = nullptr;
  double from = 0.01;  ///< The probability from which on it is asked.
};

/// What a table of records came to; the caller releases the streams.
struct IdentityTable {
  ArrowArrayStream* customers = nullptr;
  ArrowArrayStream* pairs = nullptr;  ///< May be null.
  trato_run_fn run = nullptr;         ///< As in trato_store_options.
  void* run_context = nullptr;
  IdentityJudge judge{};
  trato_phone_fn phone = nullptr;  ///< As in Identity::read_phones.
  void* phone_context = nullptr;
};

/// Which records are one person's (trato.h, chapter 18).
class Identity {
 public:
  /// The store has to stay open.
  explicit Identity(const Store& store) : store_(store.handle()) {}

  /// Errors: kInvalidArgument names the field.
  Answer<void> define(const IdentityDefinition& definition, int64_t now_us,
                      const WriteOptions& options = {}) {
    std::vector<trato_identity_field> fields;
    const trato_identity_definition given = c(definition, fields);
    return internal::run(trato_identity_define, store_, &given, now_us,
                         options);
  }
  /// The versions with their weights, as JSON (trato_identity_definitions).
  Answer<std::string> definitions() const {
    return internal::get<std::string>(trato_identity_definitions, store_);
  }
  /// Who reads telephone numbers of countries that the library has no plan for
  /// (trato_identity_read_phones); nullptr: nobody.
  Answer<void> read_phones(trato_phone_fn phone, void* context = nullptr) {
    return internal::run(trato_identity_read_phones, store_, phone, context);
  }
  /// One record against all others, as JSON (trato_identity_resolve).
  /// Errors: kNotFound (no such record).
  Answer<std::string> resolve(std::string_view record, int64_t now_us,
                              trato_identity_mode mode = TRATO_IDENTITY_APPLY,
                              const WriteOptions& write = {},
                              const IdentityJudge& judge = {}) {
    const trato_identity_options options = c(mode, judge);
    return internal::get<std::string>(trato_identity_resolve, store_, record,
                                      &options, now_us, write);
  }
  /// All records, as JSON (trato_identity_resolve_all). `pairs`: how many it
  /// tells at most.
  Answer<std::string> resolve_all(
      int64_t now_us, trato_identity_mode mode = TRATO_IDENTITY_APPLY,
      bool relearn = false, uint32_t pairs = 20,
      const WriteOptions& write = {}, const IdentityJudge& judge = {}) {
    trato_identity_options options = c(mode, judge);
    options.relearn = relearn ? 1 : 0;
    options.pairs = pairs;
    return internal::get<std::string>(trato_identity_resolve_all, store_,
                                      &options, now_us, write);
  }
  /// What resolve_all would do under another definition; records nothing.
  Answer<std::string> simulate(const IdentityDefinition& definition,
                               int64_t now_us, uint32_t pairs = 20) const {
    std::vector<trato_identity_field> fields;
    const trato_identity_definition given = c(definition, fields);
    trato_identity_options options = c(TRATO_IDENTITY_DRY_RUN, {});
    options.pairs = pairs;
    options.definition = &given;
    return internal::get<std::string>(trato_identity_resolve_all, store_,
                                      &options, now_us, WriteOptions());
  }
  /// What waits for somebody's word, as JSON (trato_identity_review).
  Answer<std::string> review(int64_t now_us, uint32_t limit = 20) const {
    return internal::get<std::string>(trato_identity_review, store_, limit,
                                      now_us);
  }
  /// Why two records are one person's or not; `other` empty: why the records of
  /// the customer are one. As JSON (trato_identity_explain).
  /// Errors: kNotFound, kInvalidArgument (the same record twice).
  Answer<std::string> explain(std::string_view one, std::string_view other,
                              int64_t now_us) const {
    return internal::get<std::string>(trato_identity_explain, store_, one,
                                      other, now_us);
  }
  /// The same of a table and without a store (trato_identity_table); gives its
  /// JSON. `stream` is released in any case.
  static Answer<std::string> table(ArrowArrayStream* stream,
                                   const IdentityDefinition& definition,
                                   const IdentityTable& out) {
    std::vector<trato_identity_field> fields;
    const trato_identity_definition given = c(definition, fields);
    trato_identity_options options = c(TRATO_IDENTITY_APPLY, out.judge);
    options.definition = &given;
    options.phone = out.phone;
    options.phone_context = out.phone_context;
    return internal::get<std::string>(trato_identity_table, stream, &options,
                                      out.run, out.run_context, out.customers,
                                      out.pairs);
  }

 private:
  static trato_identity_options c(trato_identity_mode mode,
                                  const IdentityJudge& judge) {
    trato_identity_options options = TRATO_IDENTITY_OPTIONS_INIT;
    options.mode = mode;
    options.judge = judge.judge;
    options.judge_context = judge.context;
    options.judge_from = judge.from;
    return options;
  }
  static trato_identity_definition c(const IdentityDefinition& it,
                                     std::vector<trato_identity_field>& fields) {
    for (const IdentityField& field : it.fields) {
      fields.push_back({internal::c(field.name), field.kind, 0});
    }
    trato_identity_definition given = TRATO_IDENTITY_DEFINITION_INIT;
    given.max_block = it.max_block;
    given.max_records = it.max_records;
    given.link_at = it.link_at;
    given.review_at = it.review_at;
    given.fields = fields.data();
    given.field_count = fields.size();
    given.country = internal::c(it.country);
    return given;
  }

  trato_store* store_;
};

/// Another way of choosing among what decisions ranked; see trato_target.
struct TargetPolicy {
  trato_target_policy policy = TRATO_TARGET_GREEDY;
  trato_reward reward = TRATO_REWARD_ANSWER;
  double exploration = 0;
  std::vector<std::string> offers;  ///< Of a fixed policy, the best first.
  int64_t since_us = TRATO_AT_NOW;
  int64_t until_us = TRATO_AT_NOW;
};

/// What an arm of an experiment has come to; see trato_arm.
struct Arm {
  std::string name;
  int64_t count = 0;
  double sum = 0;
  double sum_squares = 0;  ///< Not read of yes or no.
  double share = 0;
};

/// What another way of choosing would have brought, and what did better
/// (trato.h, chapter 19).
class Evaluation {
 public:
  /// Fields and the columns of a table that hold them.
  using Columns = std::vector<std::pair<std::string, std::string>>;

  /// By a table of choices, as JSON (trato_evaluation_table). `stream` is
  /// released in any case.
  static Answer<std::string> table(ArrowArrayStream* stream,
                                   const Columns& columns = {}) {
    std::vector<trato_column> named;
    const trato_evaluation_options options = c(columns, named);
    return internal::get<std::string>(trato_evaluation_table, stream, &options);
  }
  /// The same from CSV text.
  static Answer<std::string> csv(const Reader& reader,
                                 const Columns& columns = {}) {
    std::vector<trato_column> named;
    const trato_evaluation_options options = c(columns, named);
    const Progress none;
    internal::Callbacks callbacks(reader, none);
    trato_buf json = TRATO_BUF_INIT;
    const Result<void> done =
        internal::call(trato_evaluation_csv, &internal::Callbacks::read,
                       &callbacks, &options, &json);
    std::string text(json.data == nullptr ? "" : json.data, json.size);
    trato_buf_dispose(&json);
    if (!done.ok()) {
      return callbacks.answer(Result<std::string>(done.error()));
    }
    return text;
  }

  /// By a store's own decisions, as JSON (trato_decisions_evaluate).
  static Answer<std::string> of(const Store& store, const TargetPolicy& target,
                                int64_t now_us) {
    std::vector<trato_str> offers;
    for (const std::string& it : target.offers) {
      offers.push_back(internal::c(it));
    }
    trato_target given = TRATO_TARGET_INIT;
    given.policy = target.policy;
    given.reward = target.reward;
    given.exploration = target.exploration;
    given.offers = offers.data();
    given.offer_count = offers.size();
    given.since_us = target.since_us;
    given.until_us = target.until_us;
    return internal::get<std::string>(trato_decisions_evaluate, store.handle(),
                                      &given, now_us);
  }
  /// The arms of an experiment against the first, as JSON
  /// (trato_experiment_compare).
  static Answer<std::string> compare(const std::vector<Arm>& arms,
                                     bool yes_or_no, int64_t planned = 10000,
                                     double level = 0.05) {
    std::vector<trato_arm> given;
    for (const Arm& it : arms) {
      given.push_back({internal::c(it.name), it.count, it.sum, it.sum_squares,
                       it.share});
    }
    trato_experiment_options options = TRATO_EXPERIMENT_OPTIONS_INIT;
    options.yes_or_no = yes_or_no ? 1 : 0;
    options.level = level;
    options.planned = planned;
    return internal::get<std::string>(trato_experiment_compare, given.data(),
                                      given.size(), &options);
  }

 private:
  static trato_evaluation_options c(const Columns& columns,
                                    std::vector<trato_column>& named) {
    for (const auto& [field, column] : columns) {
      named.push_back({internal::c(field), internal::c(column)});
    }
    trato_evaluation_options options = TRATO_EVALUATION_OPTIONS_INIT;
    options.columns = named.data();
    options.column_count = named.size();
    return options;
  }
};

/// What a learner is; see trato_learner_definition.
struct LearnerDefinition {
  struct Need {
    std::string name;
    std::string parent;  ///< One that stands before it; empty: none.
  };
  struct Offer {
    std::string name;
    std::string need;  ///< That it serves; empty: none.
  };
  uint32_t policy = TRATO_LEARNER_AFFINITY;
  std::vector<Offer> offers;
  std::vector<Need> needs;
  double floor = 0.01;  ///< The share of decisions drawn evenly.
  bool without_floor = false;
  uint32_t context_count = 0;
  double prior_rate = 0.05;
  double customer_weight = 0;  ///< 0: as the answers say.
  double exploration = 0.15;
  double gamma = 1000;
  int64_t half_life_us = 0;  ///< 0: what was answered counts for ever.
  uint64_t seed = 0;
};

/// Who is to be shown one of some offers; see trato_learner_question.
struct LearnerQuestion {
  uint64_t customer = 0;  ///< 0: nobody is known.
  uint32_t segment = TRATO_LEARNER_NO_SEGMENT;
  std::vector<uint32_t> offers;
  std::vector<double> values;  ///< Empty: 1 each.
  std::vector<double> context;
  uint64_t draw = 0;
};

/// Chooses offers and learns from the answers (trato.h, chapter 20). One thread
/// at a time.
class Learner {
 public:
  /// Errors: kInvalidArgument names the field; a floor below 0.01 is one.
  static Answer<Learner> create(const LearnerDefinition& definition) {
    std::vector<trato_learner_need> needs;
    std::vector<trato_learner_offer> offers;
    for (const LearnerDefinition::Need& it : definition.needs) {
      needs.push_back({internal::c(it.name), internal::c(it.parent)});
    }
    for (const LearnerDefinition::Offer& it : definition.offers) {
      offers.push_back({internal::c(it.name), internal::c(it.need)});
    }
    trato_learner_definition given = TRATO_LEARNER_DEFINITION_INIT;
    given.policy = definition.policy;
    given.offers = offers.data();
    given.offer_count = offers.size();
    given.needs = needs.data();
    given.need_count = needs.size();
    given.floor = definition.floor;
    given.without_floor = definition.without_floor ? 1 : 0;
    given.context_count = definition.context_count;
    given.prior_rate = definition.prior_rate;
    given.customer_weight = definition.customer_weight;
    given.exploration = definition.exploration;
    given.gamma = definition.gamma;
    given.half_life_us = definition.half_life_us;
    given.seed = definition.seed;
    trato_learner* made = nullptr;
    const Result<void> done =
        internal::call(trato_learner_create, &given, &made);
    if (!done.ok()) return internal::answer(Result<Learner>(done.error()));
    return Learner(made);
  }
  /// Of what save() gave. Errors: kDataLoss.
  static Answer<Learner> load(std::string_view bytes) {
    trato_learner* made = nullptr;
    const Result<void> done =
        internal::call(trato_learner_load, internal::c(bytes), &made);
    if (!done.ok()) return internal::answer(Result<Learner>(done.error()));
    return Learner(made);
  }
  Answer<std::string> save() const {
    return internal::get<std::string>(
        trato_learner_save, static_cast<const trato_learner*>(handle_.get()));
  }

  /// Gives the offer's number. Errors: kAlreadyExists, kNotFound (the need).
  Answer<uint32_t> add_offer(std::string_view name, std::string_view need = {}) {
    const trato_learner_offer offer = {internal::c(name), internal::c(need)};
    return internal::get<uint32_t>(trato_learner_add_offer, handle_.get(),
                                   &offer);
  }
  /// Chooses; *out_probabilities (may be null) gets those of all offers.
  /// Errors: kNotFound (an offer), kInvalidArgument.
  Answer<trato_learner_choice> decide(
      const LearnerQuestion& question, int64_t now_us,
      std::vector<double>* out_probabilities = nullptr) {
    trato_learner_question asked = TRATO_LEARNER_QUESTION_INIT;
    asked.customer = question.customer;
    asked.segment = question.segment;
    asked.offers = question.offers.data();
    asked.offer_count = question.offers.size();
    if (!question.values.empty() &&
        question.values.size() != question.offers.size()) {
      return internal::answer(Result<trato_learner_choice>(
          Error(Status::kInvalidArgument, "values are not as many as offers")));
    }
    if (!question.values.empty()) asked.values = question.values.data();
    asked.context = question.context.data();
    asked.context_count = question.context.size();
    asked.draw = question.draw;
    if (out_probabilities != nullptr) {
      out_probabilities->resize(question.offers.size());
    }
    trato_learner_choice choice{};
    const Result<void> done = internal::call(
        trato_learner_decide, handle_.get(), &asked, now_us, &choice,
        out_probabilities == nullptr ? nullptr : out_probabilities->data());
    if (!done.ok()) {
      return internal::answer(Result<trato_learner_choice>(done.error()));
    }
    return choice;
  }
  /// Columns of the caller's (trato_learner_decide_all).
  Answer<void> decide_all(const trato_learner_rows& rows, int64_t now_us,
                          trato_learner_choices* out_choices) {
    return internal::run(trato_learner_decide_all, handle_.get(), &rows, now_us,
                         out_choices);
  }
  /// All or none (trato_learner_learn, trato_learner_take_back).
  Answer<void> learn(const trato_learner_answers& answers) {
    return internal::run(trato_learner_learn, handle_.get(), &answers);
  }
  Answer<void> take_back(const trato_learner_answers& answers) {
    return internal::run(trato_learner_take_back, handle_.get(), &answers);
  }
  /// Two customers are one from now on, or are as if they never had been.
  Answer<void> link(uint64_t one, uint64_t other) {
    return internal::run(trato_learner_link, handle_.get(), one, other);
  }
  Answer<void> unlink(uint64_t one, uint64_t other) {
    return internal::run(trato_learner_unlink, handle_.get(), one, other);
  }
  /// What it is and knows, as JSON (trato_learner_describe).
  Answer<std::string> describe(int64_t now_us) {
    return internal::get<std::string>(trato_learner_describe, handle_.get(),
                                      now_us);
  }
  trato_learner* c() const noexcept { return handle_.get(); }

 private:
  struct Destroyer {
    void operator()(trato_learner* it) const noexcept {
      trato_learner_destroy(it);
    }
  };
  explicit Learner(trato_learner* made) : handle_(made) {}

  std::unique_ptr<trato_learner, Destroyer> handle_;
};

}  // namespace throwing or results
}  // namespace trato

/// Ids are keys of the standard hash containers. They are hashes already.
template <>
struct std::hash<trato::Id> {
  size_t operator()(const trato::Id& id) const noexcept {
    size_t result = 0;
    std::memcpy(&result, id.bytes.data(), sizeof(result));
    return result;
  }
};

#endif  // TRATO_HPP
