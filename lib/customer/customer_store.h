// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Records, the identifiers they claim, what they say of their customer, and
// which of them are one customer. A record comes to exist with the first fact
// that names it; its id is the hash of its name. A customer is named by its
// leader, the record with the smallest id, which is its public id.

#ifndef TRATO_CUSTOMER_CUSTOMER_STORE_H_
#define TRATO_CUSTOMER_CUSTOMER_STORE_H_

#include <atomic>
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

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "base/id.h"
#include "base/interner.h"
#include "base/mutex.h"
#include "base/name_table.h"
#include "base/stable_vector.h"
#include "base/strings.h"
#include "customer/attribute_column.h"
#include "customer/id_cache.h"
#include "customer/link_graph.h"
#include "customer/record_parts.h"
#include "customer/restrictions.h"
#include "schema/schema.h"
#include "schema/value.h"

namespace trato::core {

// Of a value that is about nothing but the customer.
inline constexpr uint32_t kAboutNothing = std::numeric_limits<uint32_t>::max();

// One version of an attribute. Versions are ordered by (event time, source,
// fact id), never by arrival.
struct AttributeVersion {
  int64_t at_us = 0;
  uint32_t source = 0;             // interned
  uint32_t about = kAboutNothing;  // a product or need, interned
  FactId fact;
  Value value;            // none: taken away, and with it all of many
  double strength = 0;    // up to 1; 0: not said
  bool removed = false;   // of many values this one is taken away
  bool inferred = false;  // it was concluded, not told
};

// How the values of an attribute become those of a customer.
struct AttributeRule {
  bool many = false;
  bool is_about = false;  // values are about products or needs
  Reconciliation reconciliation = Reconciliation::kLatest;
  std::vector<uint32_t> sources{};  // interned, the most trusted first
};

// A value in force, or one that was, and who says it; null: none.
struct AttributeValue {
  const AttributeVersion* version;
  RecordNumber record;
  // Keeps the version where it was unpacked for who asks; else it is the
  // store's.
  std::shared_ptr<const void> owner{};
};

// What somebody is. The numbers are those of TRATO_KIND_... in trato.h and of
// the protobuf enum.
enum class CustomerKind : uint8_t {
  kUnknown = 0,
  kPerson = 1,
  kOrganisation = 2,
  kAnonymous = 3,  // a visitor or device of whom nobody knows who it is
};
inline constexpr int kCustomerKindCount = 4;
// "person", "organisation", "anonymous"; "" for what is not known.
std::string_view NameOf(CustomerKind kind);

struct KindVersion {
  int64_t at_us = 0;
  uint32_t source = 0;  // interned
  FactId fact;
  CustomerKind kind = CustomerKind::kUnknown;
};

// What identifiers of a namespace say of who is who.
struct NamespaceRule {
  bool unique = false;  // records that share one are one customer
  bool single = false;  // a customer has one of them only, as of passports
  // One that more records claim is a hub, such as a switchboard's number: it
  // joins nothing.
  uint32_t max_records = std::numeric_limits<uint32_t>::max();

  bool operator==(const NamespaceRule&) const = default;
};

// Who said what holds of a pair of records, and why.
struct LinkNote {
  int64_t at_us = 0;
  uint32_t actor = 0;   // interned
  uint32_t source = 0;  // interned
  std::string reason;
};

// Why two records should not be linked. The numbers are those of
// TRATO_GUARD_... in trato.h.
enum class LinkGuard : uint32_t {
  kApart = 1,   // two records of theirs are kept apart
  kSingle = 2,  // they have different identifiers of a single namespace
  kKind = 4,    // a person and an organisation
  kSize = 8,    // the customer would have too many records
};
struct LinkObjection {
  LinkGuard guard;
  bool can_override = true;
  std::string text;
};
// The customer of a link may have up to this many records.
inline constexpr size_t kMaxLinkedRecords = 1000;

class CustomerStore {
 public:
  // The id of a fact that is the n-th of its like.
  using IdOfFact =
      std::function<FactId(const RecordFact&, std::string_view record,
                           uint32_t n)>;

  // `names` interns attribute names and sources and outlives this.
  explicit CustomerStore(const Interner* names, IdOfFact id_of_fact = {});
  ~CustomerStore();

  // ---- What is sealed.

  // From here on `parts` says what records said, beside what they said since:
  // that is forgotten here, where `parts` has it.
  void SetParts(std::shared_ptr<const RecordParts> parts, bool has_all);
  const std::shared_ptr<const RecordParts>& parts() const { return parts_; }
  // While a sealed store is read, who is one customer is known already...
  void BeginLoading() { is_loading_ = true; }
  // ... from this; null: it has to be found anew. Records from `grouped` on were
  // not looked at when it was made.
  absl::Status EndLoading(const std::string* groups, RecordNumber grouped);
  // Customers of more than one record, for EndLoading.
  std::string EncodeGroups(
      const std::function<bool(RecordNumber)>& leaves_out = {}) const;
  bool groups_changed() const { return groups_changed_; }
  void SetGroupsSealed() { groups_changed_ = false; }
  // Whether anything joins one of the records, or keeps it apart from, a record
  // that is none of them.
  bool AreTiedToOthers(std::span<const RecordNumber> records) const;
  // How many facts without key say what this one says, sealed and of its record.
  uint32_t CountLike(RecordNumber record, const RecordFact& fact) const;

  // ---- Writing. Nothing here fails: what comes in has been checked.

  // The record of this name, made when it is new. `at_us` is when the fact that
  // names it happened: a record is known from the earliest of these on.
  RecordNumber Touch(std::string_view name, int64_t at_us);
  // As if a fact had named the record then, whatever it was.
  void TouchRecord(RecordNumber record, int64_t at_us) {
    int64_t& first_us = records_[record].first_us;
    if (at_us < first_us) {
      first_us = at_us;
      NoteChange(record);
      if (record < earlier_below_) earlier_.push_back(record);
    }
  }
  void PrefetchTouch(RecordNumber record) const {
    __builtin_prefetch(&records_[record], 1);
  }
  // Makes the next record, which nothing has named yet: what is kept elsewhere
  // goes by its number.
  RecordNumber Add(std::string_view name);
  // The same for many, which takes less.
  void AddAll(std::span<const std::string_view> names);
  // The record of this name, or else a new one as above.
  RecordNumber FindOrAdd(std::string_view name);
  // Asks for the memory in which that will look for the name.
  void PrefetchRecord(std::string_view name) const {
    record_names_.Prefetch(name);
  }
  // Asks for the record's name as it was found, some time after that.
  void PrefetchFound(std::string_view name) const {
    record_names_.PrefetchFound(name);
  }
  const NameTable& record_names() const { return record_names_; }
  void Reserve(size_t records) { record_names_.Reserve(records); }
  // Takes back the records that were added last, which nothing has named.
  void DropLast(size_t count);
  // After a record was added and then named: its own name may be an identifier
  // that others have claimed.
  void Admit(RecordNumber record);
  void SetAttribute(RecordNumber record, uint32_t attribute,
                    AttributeVersion version);
  void DefineAttribute(uint32_t attribute, AttributeRule rule);
  // Its whole numbers become numbers with decimals. Cost: a look at all
  // records.
  void MakeDouble(uint32_t attribute);
  void SetKind(RecordNumber record, KindVersion version);
  // Cost: that of finding the identifier and a place among the customer's
  // records; where records are kept apart or have single identifiers, linear in
  // those that identifiers may join.
  void Claim(RecordNumber record, std::string_view identifier);
  void DefineNamespace(std::string_view name_space, NamespaceRule rule);
  void SetPair(RecordNumber a, RecordNumber b, PairState state,
               LinkNote note = {});

  // ---- Reading.

  std::optional<RecordNumber> FindRecord(std::string_view name) const;
  std::string_view RecordName(RecordNumber record) const {
    return record_names_.Text(record);
  }
  // Computed anew: some 0.3 us.
  RecordId IdOf(RecordNumber record) const {
    return RecordId::Of(RecordName(record));
  }
  // The same, kept for those who ask again.
  RecordId KeptIdOf(RecordNumber record) const {
    return RecordId{ids_.Get(record, [&] { return IdOf(record); })};
  }
  // When the first fact that names it happened; INT64_MAX: none has.
  int64_t FirstSeen(RecordNumber record) const {
    return records_[record].first_us;
  }
  // The records below the number whose first_us has become earlier since this
  // was called last.
  std::vector<RecordNumber> TakeEarlier(RecordNumber below_from_now);
  size_t record_count() const { return records_.size(); }
  // Whether a fact was heard of it: in a past, others have a number only, and
  // nobody finds them.
  bool IsNamed(RecordNumber record) const {
    return records_[record].first_us != std::numeric_limits<int64_t>::max();
  }
  size_t named_count() const;
  size_t claim_count() const;
  PairState StateOf(RecordNumber a, RecordNumber b) const {
    return graph_.StateOf(a, b);
  }

  // The leader of the customer that the record belongs to.
  RecordNumber LeaderOf(RecordNumber record) const {
    if (pretences_.load(std::memory_order_relaxed) > 0) {
      return PretendedLeader(record);
    }
    return records_[record].leader;
  }
  // By record from `from` on: whether it leads a customer and was heard of by
  // `now_us`.
  void ReadLeading(RecordNumber from, std::span<uint8_t> out,
                   int64_t now_us) const;
  // All records of the customer led by `leader`, by id.
  std::span<const RecordNumber> RecordsOf(RecordNumber leader) const;

  // The leader of the one customer with this identifier: a record's name, a
  // claimed identifier, or "id:" and a public id or alias.
  // NOT_FOUND; FAILED_PRECONDITION when several customers have it.
  absl::StatusOr<RecordNumber> Resolve(std::string_view identifier) const;
  // The record that the identifier names: of those that claim it the one with
  // the smallest id. Errors as above.
  absl::StatusOr<RecordNumber> ResolveRecord(std::string_view identifier) const;

  // The identifiers that the record claims beside its name, sorted.
  std::vector<std::string> ClaimsOf(RecordNumber record) const;

  // The version in force at `now_us` over all records of the customer, or null.
  // Of an attribute with one value at a time.
  AttributeValue AttributeAt(RecordNumber leader, uint32_t attribute,
                             int64_t now_us,
                             uint32_t about = kAboutNothing) const;
  // Whether anything is in force, whatever it is about.
  bool HasAttribute(RecordNumber leader, uint32_t attribute,
                    int64_t now_us) const;
  // All values in force: of many, each value once, in order of the versions
  // that say them; otherwise one or none.
  std::vector<AttributeValue> ValuesAt(RecordNumber leader, uint32_t attribute,
                                       uint32_t about, int64_t now_us) const;
  // What versions up to `now_us` the attribute has, in their order.
  std::vector<AttributeValue> HistoryOf(RecordNumber leader, uint32_t attribute,
                                        int64_t now_us) const;
  // What holds of the customer at `now_us`, in one go: her values in no order of
  // their names (those of one attribute about one thing in order), and the
  // identifiers that her records claim, sorted, each once.
  struct Profile {
    struct Named {
      uint32_t attribute;
      uint32_t about;
      AttributeValue value;
    };
    std::vector<Named> values;
    std::vector<std::string_view> identifiers;
    // Keep the identifiers where they were unpacked.
    std::vector<std::shared_ptr<const void>> owners;

    void Clear() {
      values.clear();
      identifiers.clear();
      owners.clear();
    }
  };
  void ReadProfile(RecordNumber leader, int64_t now_us, Profile& out) const;
  // While it lives, the versions that its thread asks for have the ids of their
  // facts, which otherwise are made only where their order depends on them.
  class WithFactIds {
   public:
    WithFactIds();
    ~WithFactIds();
    WithFactIds(const WithFactIds&) = delete;
    WithFactIds& operator=(const WithFactIds&) = delete;

   private:
    const bool outer_;
  };
  static bool WantsFactIds();
  // What the attribute has values about, by name; kAboutNothing first.
  std::vector<uint32_t> AboutsOf(RecordNumber leader, uint32_t attribute) const;
  // The attributes of which the customer's records have any version.
  std::vector<uint32_t> AttributesOf(RecordNumber leader) const;
  // Calls visit(attribute, versions) for what the record says, the versions in
  // their order.
  template <typename Visit>
  void ForEachAttribute(RecordNumber record, Visit visit) const {
    const Attributes attributes = AttributesIn(record);
    for (const Attribute& it : attributes.list) {
      visit(it.name, std::span<const AttributeVersion>(it.versions));
    }
  }

  // The values of an attribute with one value at a time that is about nothing,
  // by record, or null where a column is no use. It is true until the next
  // write. Cost: the first time all that all records say is gone through.
  const AttributeColumn* ColumnOf(uint32_t attribute) const;
  // Whether of what a customer's records say the latest holds, and no other
  // rule.
  bool HoldsLatest(uint32_t attribute) const {
    const auto rule = attribute_rules_.find(attribute);
    return rule == attribute_rules_.end() ||
           rule->second.reconciliation == Reconciliation::kLatest;
  }

  // The records of which something changed that people look for, since the last
  // call: their names, identifiers, attributes, whose they are. Nothing the
  // first time, from which on it is kept. One reader at a time.
  std::optional<std::vector<RecordNumber>> TakeChanged() const;
  bool HasChanged() const { return !notes_changes_ || !changed_.empty(); }

  // From now on whoever comes to lead other records than before is added to the
  // list, which outlives this; null: nobody is.
  void NoteGroups(std::vector<RecordNumber>* regrouped) {
    regrouped_ = regrouped;
  }

  // Whether any fact about the customer is dated at or before `now_us`.
  bool IsKnown(RecordNumber leader, int64_t now_us) const;

  // Calls `visit` with the leader of each customer known at `now_us`, in order
  // of record number.
  template <typename Visit>
  void ForEachCustomer(int64_t now_us, Visit visit) const {
    for (RecordNumber record = 0; record < records_.size(); ++record) {
      if (records_[record].leader == record && IsKnown(record, now_us)) {
        visit(record);
      }
    }
  }

  // Calls `visit(leader, records)` for each customer of more than one record,
  // in no order, and whatever anybody pretends.
  template <typename Visit>
  void ForEachGroup(Visit visit) const {
    for (const auto& [leader, records] : groups_) {
      visit(leader, std::span<const RecordNumber>(records));
    }
  }
  // The same as a list, which is made once for all who ask until it changes.
  struct Linked {
    struct Group {
      RecordNumber leader = 0;
      uint32_t first = 0;  // of its records
      uint32_t count = 0;
    };
    // One of the records of all groups, one after the other.
    struct Place {
      RecordNumber record = 0;
      uint32_t place = 0;
    };
    std::vector<Group> groups;
    std::vector<Place> by_record;       // ascending
    std::vector<RecordNumber> records;  // by place
  };
  std::shared_ptr<const Linked> AllLinked() const;

  void Restrict(RecordNumber record, Restrictions::Version version) {
    restrictions_.Set(record, std::move(version));
  }
  // Calls `visit` with each record of which that was ever said.
  template <typename Visit>
  void ForEachEverRestricted(Visit visit) const {
    restrictions_.ForEach(visit);
  }
  // What keeps the customer out of every segment and decision at `now_us`;
  // null: nothing does.
  const Restrictions::Version* RestrictionOf(RecordNumber leader,
                                             int64_t now_us) const {
    return restrictions_.Find(RecordsOf(leader), now_us);
  }

  // When the customer comes to be known, or another word on her being
  // restricted takes effect, after `now_us`; kNever: neither does.
  int64_t NextStanding(RecordNumber leader, int64_t now_us) const;
  // When the record's next version of the attribute, whatever it is about,
  // takes effect after `now_us`; kNever: there is none.
  int64_t NextVersion(RecordNumber record, uint32_t attribute,
                      int64_t now_us) const;

  // What the customer is at `now_us`: by the last record that says more than
  // "anonymous", and anonymous when that is all they say.
  CustomerKind KindOf(RecordNumber leader, int64_t now_us) const;

  // Whether keeping the pair apart would leave them one customer, by links made
  // by hand: then a record that `a` is linked to on the way.
  std::optional<RecordNumber> JoinedBy(RecordNumber a, RecordNumber b) const;
  // Whether the records are one customer when the pair has this state.
  bool AreOneWith(RecordNumber a, RecordNumber b, PairState state) const;
  // The records of the customer that linking the pair makes, by id.
  std::vector<RecordNumber> JoinedRecords(RecordNumber a, RecordNumber b) const;
  // Why the pair should not be linked; `now_us` dates what they are.
  std::vector<LinkObjection> ObjectionsTo(RecordNumber a, RecordNumber b,
                                          int64_t now_us) const;

  // What was said of the record and others, and holds.
  struct Tie {
    RecordNumber other;
    bool linked;  // otherwise kept apart
    const LinkNote* note;
  };
  std::vector<Tie> TiesOf(RecordNumber record) const;

  // While it lives, these records are one customer for the thread that made it.
  class Pretence {
   public:
    Pretence(const CustomerStore& store, std::vector<RecordNumber> by_id);
    ~Pretence();
    Pretence(const Pretence&) = delete;
    Pretence& operator=(const Pretence&) = delete;

   private:
    friend class CustomerStore;
    const CustomerStore& store_;
    const std::vector<RecordNumber> records_;
    const Pretence* const outer_;
  };

 private:
  // The versions of one record about one thing.
  struct Attribute {
    uint32_t name;
    uint32_t about;
    absl::InlinedVector<AttributeVersion, 1> versions;  // sorted
  };
  // What a record says, unpacked.
  struct Said {
    std::vector<Attribute> attributes;
    std::vector<std::string> claims;  // sorted
    std::vector<KindVersion> kinds;   // sorted
    bool has_ids = false;
  };
  // What this thread unpacked last.
  struct Memo {
    uint64_t store = 0;
    uint64_t version = 0;
    RecordNumber record = 0;
    std::shared_ptr<const Said> said;
  };
  struct Attributes {
    std::span<const Attribute> list;
    std::shared_ptr<const Said> owner;
  };
  struct Record {
    int64_t first_us = std::numeric_limits<int64_t>::max();
    RecordNumber leader = 0;
    // As in LinkGraph::Grouping. While it is false of two records, what joins
    // them makes one customer of theirs.
    bool contested = false;
  };
  struct Claims;

  void NoteChange(RecordNumber record) {
    if (notes_changes_) AddChange(record);
  }
  void AddChange(RecordNumber record);
  const NamespaceRule* RuleOf(std::string_view identifier) const;
  IdentifierRole RoleOf(std::string_view identifier) const;
  bool HasIdentifier(RecordNumber record, std::string_view identifier) const;
  // Up to `limit` of those who have it.
  std::vector<RecordNumber> Claimants(
      std::string_view identifier,
      size_t limit = std::numeric_limits<size_t>::max()) const;
  LinkGraph::Identifiers identifiers() const;
  // Joins whom the identifier joins now that the record has it.
  void Share(RecordNumber record, std::string_view identifier);
  // Makes one customer of two, of which nothing is contested.
  void Merge(RecordNumber a, RecordNumber b);
  // Finds the customers anew of everybody who is or may become joined to one of
  // these records.
  void Regroup(std::vector<RecordNumber> seeds);
  RecordNumber PretendedLeader(RecordNumber record) const;
  const Pretence* PretenceOf(RecordNumber record) const;
  void SortById(std::vector<RecordNumber>& records) const;
  bool Before(const AttributeVersion& a, const AttributeVersion& b) const;
  bool Before(const KindVersion& a, const KindVersion& b) const;
  Attributes AttributesIn(RecordNumber record) const;
  // What it says, sealed and since; null: nothing is sealed of it.
  std::shared_ptr<const Said> SaidBy(RecordNumber record) const;
  std::shared_ptr<const Said> Unpack(RecordNumber record, bool with_ids) const;
  // Puts them in order; false: that depends on ids of facts that are not there.
  bool Sort(Said& said) const;
  // Whether the order of its versions and those of other records matters.
  bool IsOneOfSeveral(RecordNumber record) const {
    return groups_.contains(records_[record].leader) ||
           pretences_.load(std::memory_order_relaxed) > 0;
  }
  // Calls visit(identifier) for what the record claims; a text may come twice.
  template <typename Visit>
  void ForEachClaim(RecordNumber record, Visit visit) const;
  // Fills the column from what is sealed; see ColumnOf.
  void FillColumn(AttributeColumn& column, uint32_t attribute) const;
  // Brings the record's entry up to date with what it says.
  void SetEntry(AttributeColumn& column, RecordNumber record,
                uint32_t attribute, std::span<const Attribute> said) const;
  // Those of the customer's records, up to now_us.
  template <typename Visit>
  void ForEachVersion(RecordNumber leader, uint32_t attribute, uint32_t about,
                      int64_t now_us, Visit visit) const;
  AttributeValue Reconcile(const AttributeRule& rule, RecordNumber leader,
                           uint32_t attribute, uint32_t about,
                           int64_t now_us) const;
  std::optional<RecordNumber> FindId(const Id& id) const;

  const Interner* names_;
  const IdOfFact id_of_fact_;
  std::shared_ptr<const RecordParts> parts_;
  // Of all stores that ever were, and of what it holds: tells memos apart.
  const uint64_t store_number_;
  uint64_t version_ = 0;
  bool is_loading_ = false;
  bool groups_changed_ = false;
  // Attributes whose whole numbers became numbers with decimals.
  absl::flat_hash_set<uint32_t> doubles_;
  StableVector<Record> records_;
  mutable IdCache ids_;  // of records that were asked for
  NameTable record_names_;
  absl::flat_hash_map<RecordNumber, std::vector<Attribute>> attributes_;
  // Repetitions are taken out when there are `changed_limit_`.
  mutable bool notes_changes_ = false;
  mutable std::vector<RecordNumber> changed_;
  size_t changed_limit_ = 4096;
  std::vector<RecordNumber>* regrouped_ = nullptr;
  RecordNumber earlier_below_ = 0;
  std::vector<RecordNumber> earlier_;
  // Made when somebody first asks by id, and then kept up by who asks.
  mutable Mutex by_id_mutex_;
  mutable absl::flat_hash_map<Id, RecordNumber> by_id_
      ABSL_GUARDED_BY(by_id_mutex_);
  mutable RecordNumber by_id_until_ ABSL_GUARDED_BY(by_id_mutex_) = 0;
  // The customers of more than one record, by leader; their records by id.
  absl::flat_hash_map<RecordNumber, std::vector<RecordNumber>> groups_;
  mutable Mutex linked_mutex_;
  mutable std::shared_ptr<const Linked> linked_;  // null: not made
  std::unique_ptr<Claims> claims_;
  StringHashMap<NamespaceRule> rules_;
  // Made when they are first asked for. Writing, which nobody reads beside,
  // keeps them up.
  mutable Mutex columns_mutex_;
  mutable absl::flat_hash_map<uint32_t, std::unique_ptr<AttributeColumn>>
      columns_;
  // Of attributes that are not simply the latest of one value a customer.
  absl::flat_hash_map<uint32_t, AttributeRule> attribute_rules_;
  LinkGraph graph_;
  absl::flat_hash_map<LinkGraph::Pair, LinkNote> notes_;
  Restrictions restrictions_;
  absl::flat_hash_map<RecordNumber, std::vector<KindVersion>> kinds_;  // sorted
  mutable std::atomic<uint32_t> pretences_{0};
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_CUSTOMER_STORE_H_
