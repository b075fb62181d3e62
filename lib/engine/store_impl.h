// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: the store's one writer and its many readers. A write
// checks its facts, gives them ids, journals them as one entry, and then folds
// them into the state, under one lock: readers see all of it or nothing.

#ifndef TRATO_ENGINE_STORE_IMPL_H_
#define TRATO_ENGINE_STORE_IMPL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "base/mutex.h"
#include "codec/erasure_answers.h"
#include "engine/chain.h"
#include "engine/checks.h"
#include "engine/erasure.h"
#include "engine/identity_index.h"
#include "engine/sealed_form.h"
#include "engine/state.h"
#include "engine/watch.h"
#include "storage/store_file.h"
#include "timeline/timeline_page.h"
#include "trato/store.h"

namespace trato::core {

// A fact on its way in.
struct NewFact {
  Fact fact;
  // Whether the caller said when it happened. If not, the same fact sent again
  // later is still the same.
  bool time_is_given = true;
};

class BulkRows;
class Eraser;

// What was written buffered becomes durable with the first write that comes
// this much later, or when this much waits.
inline constexpr int64_t kBufferedUs = 1000000;
inline constexpr size_t kBufferedBytes = size_t{4} << 20;
// So much that waits for the disk is a step of its own before a seal.
inline constexpr size_t kBytesOfSync = size_t{256} << 10;

// What waits to be sealed, and what is known to be.
struct SealedCounts {
  uint32_t seals = 0;  // done so far: numbers the next one's blocks
  uint32_t names = 0;
  RecordNumber records = 0;
  uint32_t next_run = 1;
  uint64_t interactions = 0;
};

// Runs on their way into one.
struct MergeJob {
  std::vector<std::shared_ptr<Run>> inputs;
  std::shared_ptr<Run> output;
  uint32_t next_record = 0;
};

// Calls `visit` with the names of the records that the fact names, in the order
// in which applying it does.
template <typename Visit>
void ForEachRecordName(const Fact& fact, Visit visit) {
  if (const auto* it = std::get_if<AttributeFact>(&fact.payload)) {
    visit(it->record);
  } else if (const auto* claim = std::get_if<ClaimFact>(&fact.payload)) {
    visit(claim->record);
  } else if (const auto* link = std::get_if<LinkFact>(&fact.payload)) {
    visit(link->one);
    visit(link->other);
  } else if (const auto* proposal = std::get_if<ProposalFact>(&fact.payload)) {
    visit(proposal->one);
    visit(proposal->other);
  } else if (const auto* restriction =
                 std::get_if<RestrictionFact>(&fact.payload)) {
    visit(restriction->record);
  } else if (const auto* kind = std::get_if<KindFact>(&fact.payload)) {
    visit(kind->record);
  } else if (const auto* relation = std::get_if<RelationFact>(&fact.payload)) {
    visit(relation->record);
    visit(relation->other);
  } else if (const auto* interaction =
                 std::get_if<InteractionFact>(&fact.payload)) {
    visit(interaction->record);
  } else if (const auto* correction =
                 std::get_if<CorrectionFact>(&fact.payload)) {
    visit(correction->record);
    if (correction->content) visit(correction->content->record);
  } else if (const auto* consent = std::get_if<ConsentFact>(&fact.payload)) {
    visit(consent->record);
  } else if (const auto* objection =
                 std::get_if<ObjectionFact>(&fact.payload)) {
    visit(objection->record);
  } else if (const auto* decision = std::get_if<DecisionFact>(&fact.payload)) {
    visit(decision->record);
  } else if (const auto* permit = std::get_if<PermitFact>(&fact.payload)) {
    visit(permit->record);
  } else if (const auto* use = std::get_if<PermitUseFact>(&fact.payload)) {
    visit(use->record);
  } else if (const auto* purchase =
                 std::get_if<PurchaseLinkFact>(&fact.payload)) {
    visit(purchase->record);
  } else if (const auto* coupon = std::get_if<CouponIssueFact>(&fact.payload)) {
    if (!coupon->record.empty()) visit(coupon->record);
  } else if (const auto* buyer = std::get_if<CouponBuyerFact>(&fact.payload)) {
    visit(buyer->record);
  }
}

struct Store::Impl {
  std::string path;
  uint64_t memory_limit = 0;
  uint64_t seed = 0;
  // Spreads long work; empty: the calling thread does it all.
  std::function<void(const std::function<void(size_t)>&, size_t)> run;

  // One writer at a time. It alone changes what follows, so it may read it
  // without `mutex`; it holds `mutex` while it changes what readers see, and
  // never while it waits for the disk.
  Mutex writer;
  mutable SharedMutex mutex ABSL_ACQUIRED_AFTER(writer);
  std::shared_ptr<StoreFile> file;  // null: closed
  // Another one after each refresh.
  std::shared_ptr<State> state = std::make_shared<State>();
  uint64_t position = 0;
  bool is_past = false;  // a store as it was
  // An entry is with the file and not all of it is in the state: memory ran
  // out. Or what was written buffered could not be made durable.
  bool broken = false;
  // The now_us of the first write that is not synced yet.
  int64_t pending_since_us = 0;

  // The facts that are not interactions and not sealed yet: entries by log
  // position.
  std::vector<std::pair<uint64_t, std::string>> unsealed;
  size_t unsealed_bytes = 0;
  // What is sealed by record; null: nothing. The state reads from it, unless
  // it was folded whole.
  std::shared_ptr<const RecordParts> parts;
  bool parts_are_merged = false;  // as far as they are to be
  bool has_groups = false;        // the file says who is one customer
  SealedCounts sealed;
  std::optional<MergeJob> merge;
  uint64_t merge_debt = 0;  // rows written since the last step of a merge
  size_t seal_at = 0;       // rows in the tail that make the next seal
  size_t seal_bytes_at = 0;  // and bytes of other entries
  Chain chain{&state->names};
  // The salts of sealed records are read with the first write.
  bool chain_is_loaded = true;
  RecordNumber records_at_open = 0;
  // Held by each store of the past that reads from the same file.
  std::shared_ptr<const bool> shared = std::make_shared<const bool>(true);
  // Of a fork: the log position up to which it is what it was forked from, and
  // the other's `shared`. 0: it is none.
  uint64_t forked_at = 0;
  std::shared_ptr<const bool> forked_from;
  // Where links of the chain end, since the last seal.
  std::vector<uint64_t> link_ends;
  // States before a batch was taken back: callers may hold names in them.
  std::vector<std::shared_ptr<State>> former_states;
  // What of the file could not be read, where it was opened all the same.
  std::vector<Damage> damage;

  // Who is told of what changes segments.
  Watches watches ABSL_GUARDED_BY(mutex);

  // Opens the file and folds its log; a new store gets `settings`.
  absl::Status Load(const StoreOptions& options, StoreSettings settings);

  absl::Status CheckOpen() const;

  // An envelope with the options' actor, source and batch.
  static Fact Envelope(int64_t event_us, int64_t now_us,
                       const WriteOptions& options);

  struct Request;
  struct CommitOptions {
    bool buffered = false;
    bool dry_run = false;  // check, and say what would be added
    bool wants_id = true;  // of the first fact
    // Leads the error of the i-th fact. May be empty.
    std::function<std::string(size_t)> prefix;
    // Says for each fact whether it was new. May be null.
    std::vector<bool>* added = nullptr;
    // Decides under `writer`, knowing what comes before in the same
    // transaction: it may refuse, or change the facts. May be empty.
    std::function<absl::Status(Request& request,
                               std::span<Request* const> before)>
        decide;
  };
  // Facts on their way in, and what became of them.
  struct Request {
    std::vector<NewFact> facts;
    int64_t now_us = 0;
    CommitOptions options;

    absl::Status status;
    Written written;
    std::vector<Fact> fresh;
    std::vector<KnownFact> known;
  };

  // Calls that wait, to share the next sync. One of those that are not done
  // leads: it commits for all. The others sleep, each until it is done or has to
  // lead; none of them needs `writer` for that.
  struct Waiting {
    static constexpr int kWaits = 0, kLeads = 1, kDone = 2;
    Request* request;
    // Shared, because it is told when its caller may be gone.
    std::shared_ptr<std::atomic<int>> signal;
  };
  Mutex queue_mutex;
  std::vector<Waiting> queue ABSL_GUARDED_BY(queue_mutex);
  bool has_leader ABSL_GUARDED_BY(queue_mutex) = false;
  size_t last_group = 1;  // how many shared the last commit
  // Commits what waits. The caller leads, and does so no more afterwards.
  void Lead();

  // One transaction: all of the facts, or none, in this order. What is known
  // already is left out. Definitions among them are in force for the facts
  // after them. The caller holds `writer`.
  absl::StatusOr<Written> Commit(std::vector<NewFact> facts, int64_t now_us,
                                 const CommitOptions& options);
  absl::StatusOr<Written> Commit(NewFact fact, int64_t now_us, bool buffered);
  // The same for callers that do not hold `writer`: those that come while one
  // waits for the disk share the next sync.
  absl::StatusOr<Written> Submit(std::vector<NewFact> facts, int64_t now_us,
                                 CommitOptions options);
  absl::StatusOr<Written> Submit(NewFact fact, int64_t now_us, bool buffered);

  // What is known already, said again: durable by the time a synced call says
  // so.
  absl::Status CommitNothing(int64_t now_us, bool buffered) {
    CommitOptions options;
    options.buffered = buffered;
    return Commit(std::vector<NewFact>(), now_us, options).status();
  }

  // Facts for those of the checked definitions that change anything.
  std::vector<NewFact> DefinitionFacts(std::vector<Definition> definitions,
                                       int64_t now_us,
                                       const WriteOptions& options) const;
  absl::Status CommitDefinitions(std::vector<Definition> definitions,
                                 int64_t now_us, const WriteOptions& options);

  // Whether the two may be related so: not to herself, and not in a circle
  // where the definition says so.
  absl::Status CheckRelated(const RelationFact& it,
                            const RelationDefinition& definition,
                            int64_t at_us) const;

  // Records what holds of a pair of records. The caller holds `writer`.
  absl::Status SayOfPair(std::string_view one, std::string_view other,
                         PairState state, std::string_view reason,
                         int64_t now_us, const WriteOptions& options);
  // Makes two customers of a pair of records: where it may, by taking a link
  // back, otherwise by keeping them apart.
  absl::Status Separate(std::string_view one, std::string_view other,
                        bool may_withdraw, std::string_view reason,
                        int64_t now_us, const WriteOptions& options);

  // OUT_OF_RANGE for an instant of which the store does not tell any more what
  // was.
  absl::Status CheckTold(std::string_view field, int64_t at_us) const;
  // The leader of the customer with this identifier, as far as anything is
  // known of her at now_us.
  absl::StatusOr<RecordNumber> Resolve(std::string_view customer,
                                       int64_t now_us) const;

  // Money in the currency named, or in the store's.
  absl::StatusOr<Value> ToValue(const ValueInput& input) const;
  // Reads what a host passes for an interaction.
  absl::StatusOr<InteractionFact> ToInteraction(
      const InteractionInput& input) const;

  // Records a plain interaction, buffered; false when it takes the long way.
  bool RecordPlain(const InteractionInput& input, int64_t now_us,
                   const WriteOptions& options);
  // Whether type and channel are defined.
  bool KnowsKind(std::string_view type, uint32_t type_number,
                 std::string_view channel, uint32_t channel_number);
  absl::flat_hash_set<uint64_t> known_kinds;  // types and channels, found so
  std::string plain_entry;                    // RecordPlain's, used again

  // Makes durable what waits. The caller holds `writer`, as for all below.
  absl::Status Sync();
  // Seals the tail, and what else is not sealed.
  absl::Status Seal();
  // The same while records from this number on are not known to be yet.
  absl::Status Seal(RecordNumber records);
  // One step of merging runs, where there is anything to merge.
  absl::Status MergeStep();
  // Whether there is.
  bool MergeIsDue();
  // Whether runs are to be merged; begins it.
  bool RunsAreDue();
  // Does what has become due while writing.
  void Tidy(size_t rows_written);
  // Puts packed blocks into a run: into `sealing`, or where that is null into
  // the file, staged; and into memory.
  absl::Status AddBlocks(std::vector<PackedBlock> blocks, Run& run,
                         Sealing* sealing) const;
  // `first_seen` may be null; by record, it may make that earlier.
  void PutState(Sealing& sealing, const std::vector<std::shared_ptr<Run>>& runs,
                RecordNumber records,
                std::span<const std::pair<uint64_t, std::string>> entries,
                const std::vector<int64_t>* first_seen = nullptr,
                uint64_t added_rows = 0);
  // Puts the facts that wait into parts by record; `entries` gets what is left.
  absl::StatusOr<std::shared_ptr<const RecordParts>> PutRecordFacts(
      Sealing& sealing, RecordNumber records,
      std::vector<std::pair<uint64_t, std::string>>& entries);
  void PutGroups(Sealing& sealing) const;
  // What reads parts from the file.
  std::shared_ptr<PartCache> MakePartCache();
  absl::Status LoadRecordParts();
  absl::Status MergeRecordsStep();
  // Whether the state gets what is sealed by record from the parts.
  bool is_lazy() const { return !is_past && state->voided.empty(); }
  // Calls `visit` for the facts that are sealed by record, of those given or of
  // all.
  absl::Status ForEachRecordFact(
      std::optional<std::span<const RecordNumber>> records,
      const std::function<absl::Status(uint64_t at, Fact fact)>& visit) const;
  // Stores what was read, as one transaction. `appended` gets the counts.
  absl::Status Append(BulkRows& rows, int64_t now_us, bool dry_run,
                      bool buffered, Appended& appended);
  // Takes out the rows that are recorded already; `keys` gets the hashes of the
  // keys that are new. ALREADY_EXISTS for a key with other content.
  absl::Status DropKnown(BulkRows& rows, Appended& appended,
                         std::vector<uint64_t>& keys);
  void PutManifest(Sealing& sealing,
                   const std::vector<std::shared_ptr<Run>>& runs) const;
  // Reads what Seal and MergeStep wrote.
  absl::Status LoadSealed(uint64_t memory_limit);
  absl::Status LoadJournal();
  absl::Status LoadAll(uint64_t memory_limit);
  absl::Status DamagedError(const absl::Status& status) const;
  // Becomes a store in memory that begins as `from` is now; see fork.cc.
  absl::Status ForkFrom(Impl& from, uint64_t memory_limit);
  absl::Status ForkInMemory(Impl& from);
  absl::Status CloseFile();
  bool NeedsSeal() const {
    return state->timeline.tail_rows() > 0 ||
           (!path.empty() &&
            (!unsealed.empty() || file->pending_entries() > 0));
  }
  // Folds the sealed facts that are not interactions, up to the horizon: those
  // as they were journaled, and those by record.
  absl::Status ReplaySealed(const Horizon& horizon);
  absl::Status ReplayRecordFacts(const Horizon& horizon);
  absl::Status ReplayEntry(std::string_view entry, uint64_t at,
                           const Horizon& horizon);
  absl::Status LoadSalts();
  // Where all links end.
  absl::StatusOr<std::vector<uint64_t>> LinkEnds() const;
  // Calls `visit` for the sealed entries that hold no interactions.
  static absl::Status ForEachSealedEntry(
      const StoreFile& file,
      const std::function<absl::Status(uint64_t at, std::string_view entry)>&
          visit);
  // What the host's lists of people are keyed with. May be empty.
  std::string key;
  mutable IdentityIndex identity;
  // Runs the tasks on the host's threads, or here.
  void ForEachTask(size_t count, const std::function<void(size_t)>& task) const;
  absl::Status VerifyDerived(const State& then, const Timeline& timeline,
                             std::vector<std::string>& found) const;
  // Becomes `now` as it was, without the batches that were taken back by then,
  // and without `batch` (empty: none); their definitions may be kept.
  absl::Status LoadPast(Impl& now, const Horizon& horizon,
                        std::string_view batch, bool keep_definitions);
  // The same, with the definitions of such batches where others need them.
  static absl::StatusOr<std::unique_ptr<Impl>> FoldAnew(
      Impl& now, const Horizon& horizon, std::string_view batch = {});
  // A name for a batch that nobody has used yet.
  std::string NewBatchName(std::string_view source, int64_t now_us) const;
  // Folds the state anew where a batch was taken back that still counts in it.
  absl::Status LeaveOutRetracted();
  // Brings in the keys of sealed interactions.
  absl::Status LoadKeys();

  // Takes everything about the records out of the store: see erase.cc. What is
  // written is `erasure`, with counts of what went.
  absl::StatusOr<ErasureReport> Erase(std::span<const RecordNumber> records,
                                      ErasureFact erasure, int64_t now_us,
                                      const WriteOptions& options);
  // Puts in force what the eraser made, after what says so was committed; says
  // whether no file holds the bytes any more.
  absl::StatusOr<bool> TakeOut(Eraser& eraser, Sealing& sealing);
  // The identifiers, as hashes, of those of them who object to direct marketing.
  std::vector<SuppressionHash> ObjectionsOf(
      std::span<const RecordNumber> records, int64_t now_us) const;
  // Erases whom the list names and who is still there.
  absl::Status ApplyErasures(std::string_view list);
  // Makes the state anew, from the file, or from what is left of it where there
  // is none.
  absl::Status Reload();
  absl::Status Rebuild(Eraser& left);
  static absl::StatusOr<std::vector<KeptCommitment>> LoadKept(
      const StoreFile& file);

 private:
  void Prepare(Request& request, std::span<Request* const> before);
  // The id that an interaction without key gets.
  FactId NextId(const Fact& fact, const InteractionFact& it,
                std::span<Request* const> before) const;
  // What is known under the fact's key.
  std::optional<KnownFact> FindKey(const Fact& fact, absl::Status& status);
  void CommitGroup(std::span<Request* const> group);
  absl::Status Journal(std::span<Request* const> group, bool must_sync,
                       std::vector<std::string>& others);
};

// Fills everything but the record's name; `extras` keeps what the item points
// at.
// `shown` may be null.
void FillItem(const Interner& names, const ShownNames* shown,
              const TimelinePage& page, size_t index, Extras& extras,
              TimelineItem& item);

inline IdBytes ToBytes(const Id& id) {
  IdBytes bytes;
  id.ToBytes(bytes.data());
  return bytes;
}
inline FactId ToFactId(const IdBytes& bytes) {
  return FactId{Id::FromBytes(bytes.data())};
}

// OUT_OF_RANGE unless now_us is a time that can be.
absl::Status CheckNow(int64_t now_us);

}  // namespace trato::core

#endif  // TRATO_ENGINE_STORE_IMPL_H_
