// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/watch.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/calendar.h"
#include "base/status.h"
#include "base/strings.h"
#include "engine/saved_watch.h"
#include "engine/store_impl.h"
#include "engine/watch_impl.h"
#include "engine/watch_since.h"

namespace trato::core {
namespace {

using Touch = LiveSegments::Touch;

// What is told first stays first; of an even number nothing is left.
void LeaveNet(std::vector<MembershipChange>& changes, size_t from) {
  absl::flat_hash_map<std::pair<RecordNumber, uint16_t>, size_t> last;
  std::vector<bool> kept(changes.size());
  for (size_t i = from; i < changes.size(); ++i) {
    auto [place, is_new] =
        last.try_emplace({changes[i].customer, changes[i].segment}, i);
    if (is_new) {
      kept[i] = true;
      continue;
    }
    kept[place->second] = false;
    // What came undoes what was before it, or is undone by what comes.
    last.erase(place);
  }
  size_t to = from;
  for (size_t i = from; i < changes.size(); ++i) {
    if (kept[i]) changes[to++] = changes[i];
  }
  changes.resize(to);
}

// The segment of which the definition says that it is disabled, or enabled
// again; null: it is another one.
const std::string* DisabledOrEnabled(const Definition& definition) {
  const auto* schema = std::get_if<SchemaDefinition>(&definition);
  if (schema == nullptr) return nullptr;
  const auto* it = std::get_if<RetirementDefinition>(schema);
  return it != nullptr && it->kind == DefinitionKind::kSegment ? &it->name
                                                               : nullptr;
}

// Those in whom amendments of the record's interactions may have put anything.
void TouchPlaced(LiveSegments& live, const State& state, RecordNumber record,
                 uint64_t position) {
  const Amendments& amendments = state.timeline.amendments();
  if (!amendments.Concern(record)) return;
  for (const AmendedInteraction* it : amendments.Of(record)) {
    for (const auto& amendment : it->amendments) {
      if (!amendment->retracts) {
        live.Touched(amendment->record, Touch::kAll, 0, position);
      }
    }
  }
}

// Begins with what was saved, where it is of this very log and these segments,
// and tells what has come since. False: it is not.
absl::StatusOr<bool> GoOn(std::optional<SavedWatch>& saved,
                          const std::vector<std::string>& names,
                          Store::Impl& of, int64_t start_us,
                          LiveSegments& live) {
  if (!saved || saved->segments != names) return false;
  const CustomerStore& customers = of.state->customers;
  const size_t records = saved->image.due.size();
  if (records > customers.record_count() ||
      saved->records != HashRecordNames(customers, records)) {
    return false;
  }
  TRATO_ASSIGN_OR_RETURN(
      const std::optional<LiveSegments::Since> since,
      ReadSince(of, {saved->position, saved->chain}));
  if (!since || !live.Begin(start_us, std::move(saved->image))) return false;
  live.CatchUp(*since, of.position);
  return true;
}

// Watches of which this thread has changed something, and whether it is in a
// callback.
struct DueNudges {
  std::vector<std::weak_ptr<Watch::Impl>> due;
  bool is_calling = false;
};
thread_local DueNudges due_nudges;

}  // namespace

absl::Status Nudge::Set(std::function<bool()> call) {
  if (caller_ == &due_nudges) {
    return absl::FailedPreconditionError(
        "a callback cannot be changed from within it");
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  call_ = std::move(call);
  is_set_ = call_ != nullptr;
  has_failed_ = false;
  return absl::OkStatus();
}

void Nudge::Call() {
  is_wanted_ = true;
  while (is_wanted_) {
    const std::unique_lock<std::mutex> lock(mutex_, std::try_to_lock);
    if (!lock) return;
    caller_ = &due_nudges;
    while (is_wanted_.exchange(false)) {
      if (!call_ || call_()) continue;
      has_failed_ = true;
      is_set_ = false;
      call_ = nullptr;
    }
    caller_ = nullptr;
  }
}

void CallNudges() {
  if (due_nudges.due.empty() || due_nudges.is_calling) return;
  due_nudges.is_calling = true;
  // Each is called once, whatever the others' callbacks write.
  std::vector<std::shared_ptr<Watch::Impl>> called;
  while (!due_nudges.due.empty()) {
    const std::shared_ptr<Watch::Impl> watch = due_nudges.due.back().lock();
    due_nudges.due.pop_back();
    if (watch == nullptr ||
        std::find(called.begin(), called.end(), watch) != called.end()) {
      continue;
    }
    called.push_back(watch);
    watch->nudge.Call();
  }
  due_nudges.is_calling = false;
}

void Watch::Impl::NoteChanges() {
  const bool is_due = live.told() > nudged;
  nudged = live.told();
  if (is_due && nudge.is_set()) {
    due_nudges.due.push_back(weak_from_this());
  }
}

Watch::Impl::Impl(std::shared_ptr<Store::Impl> of,
                  std::vector<std::string> names, bool is_net)
    : store(std::move(of)),
      state(store->state),
      net(is_net),
      live(&state->world, &state->segments, std::move(names), store->run) {}

absl::Status Watch::Impl::Check() const {
  TRATO_RETURN_IF_ERROR(failed);
  if (store->state != state) {
    return absl::FailedPreconditionError(
        "the store has become another one (a batch or a person was taken out, "
        "or it was refreshed): open a new watch since the last change taken");
  }
  return absl::OkStatus();
}

void Watches::Add(std::shared_ptr<Watch::Impl> watch) {
  watch->state->customers.NoteGroups(&regrouped_);
  all_.push_back(std::move(watch));
}

void Watches::Remove(const Watch::Impl* watch) {
  std::erase_if(all_, [&](const auto& it) { return it.get() == watch; });
}

void Watches::Prefetch(RecordNumber record) const {
  for (const auto& watch : all_) {
    MutexLock lock(&watch->mutex);
    if (watch->Check().ok()) watch->live.Prefetch(record);
  }
}

void Watches::BeforeEntry(int64_t now_us) {
  for (const auto& watch : all_) {
    MutexLock lock(&watch->mutex);
    if (!watch->Check().ok()) continue;
    ReadScope scope;
    watch->live.Advance(now_us, 0);
    watch->failed.Update(scope.status());
  }
}

void Watches::TellGroups(Watch::Impl& watch, uint64_t position) {
  for (const RecordNumber record : regrouped_) {
    watch.live.Regrouped(record, position);
  }
}

void Watches::TellFact(Watch::Impl& watch, const State& state,
                       const Fact& fact, uint64_t position) {
  LiveSegments& live = watch.live;
  const auto touch = [&](std::string_view name, Touch what, uint32_t about) {
    if (const auto record = state.customers.FindRecord(name)) {
      live.Touched(*record, what, about, position);
    }
  };
  const auto number = [&](std::string_view name) {
    return state.names.Find(name).value_or(0);
  };
  const auto& payload = fact.payload;
  if (const auto* it = std::get_if<InteractionFact>(&payload)) {
    if (const auto record = state.customers.FindRecord(it->record)) {
      live.TouchedByInteraction(*record, number(it->type), fact.event_us,
                                position);
      TouchPlaced(live, state, *record, position);
    }
  } else if (const auto* correction = std::get_if<CorrectionFact>(&payload)) {
    touch(correction->record, Touch::kAll, 0);
    if (correction->content) touch(correction->content->record, Touch::kAll, 0);
    if (const auto record = state.customers.FindRecord(correction->record)) {
      TouchPlaced(live, state, *record, position);
    }
  } else if (const auto* said = std::get_if<AttributeFact>(&payload)) {
    touch(said->record, Touch::kAttribute, number(said->name));
  } else if (const auto* consent = std::get_if<ConsentFact>(&payload)) {
    touch(consent->record, Touch::kConsent, 0);
  } else if (const auto* objection = std::get_if<ObjectionFact>(&payload)) {
    // It covers whoever goes by an identifier of hers.
    touch(objection->record, Touch::kConsent, 0);
    live.ConsentsChanged(position);
  } else if (std::holds_alternative<SuppressionUpdateFact>(payload)) {
    live.ConsentsChanged(position);
  } else if (const auto* claim = std::get_if<ClaimFact>(&payload)) {
    touch(claim->record, Touch::kAll, 0);
    if (live.reads_consents()) {
      const auto record = state.customers.FindRecord(claim->record);
      if (record && state.consents.HasObjected(*record)) {
        live.ConsentsChanged(position);
      }
    }
  } else if (const auto* definition = DefinitionIn(payload)) {
    // It may have become one that nobody can keep.
    for (const std::string& name : live.names()) {
      const absl::Status status = LiveSegments::Check(state.segments, name);
      if (status.ok() || absl::IsNotFound(status)) continue;
      watch.failed.Update(Prefixed(status, "the watch has ended: "));
    }
    if (!watch.failed.ok()) return;
    if (const auto* segment = std::get_if<SegmentDefinition>(definition)) {
      live.Redefined(state.segments.NameNow(segment->name), position,
                     ChangeCause::kDefinition);
    } else if (const std::string* disabled = DisabledOrEnabled(*definition)) {
      live.Redefined(state.segments.NameNow(*disabled), position,
                     ChangeCause::kDefinition);
    } else if (std::holds_alternative<InsightDefinition>(*definition)) {
      live.Redefined({}, position, ChangeCause::kDefinition);
    } else if (const auto* it = std::get_if<SchemaDefinition>(definition);
               it != nullptr &&
               (state.insights.asks_for_stages() ||
                (!std::holds_alternative<ProductDefinition>(*it) &&
                 !std::holds_alternative<InteractionTypeDefinition>(*it) &&
                 !std::holds_alternative<ChannelDefinition>(*it)))) {
      live.Redefined({}, position, ChangeCause::kDefinition);
    }
  } else {
    const bool is_plain = std::holds_alternative<DecisionFact>(payload) ||
                          std::holds_alternative<CouponIssueFact>(payload) ||
                          std::holds_alternative<PermitFact>(payload) ||
                          std::holds_alternative<PermitUseFact>(payload) ||
                          std::holds_alternative<PurchaseLinkFact>(payload) ||
                          std::holds_alternative<CouponBuyerFact>(payload) ||
                          std::holds_alternative<RelationFact>(payload) ||
                          std::holds_alternative<KindFact>(payload);
    ForEachRecordName(fact, [&](std::string_view name) {
      touch(name, is_plain ? Touch::kNothing : Touch::kAll, 0);
    });
  }
}

void Watches::AfterEntry(const State& state, uint64_t position,
                         std::span<const Fact> facts) {
  for (const auto& watch : all_) {
    MutexLock lock(&watch->mutex);
    if (!watch->Check().ok()) continue;
    ReadScope scope;
    for (const Fact& fact : facts) {
      const auto* it = std::get_if<InteractionFact>(&fact.payload);
      if (it == nullptr) continue;
      if (const auto record = state.customers.FindRecord(it->record)) {
        watch->live.NoteInteraction(*record,
                                    state.names.Find(it->type).value_or(0),
                                    fact.event_us, it->amount);
      }
    }
    TellGroups(*watch, position);
    for (const Fact& fact : facts) TellFact(*watch, state, fact, position);
    watch->live.SetPosition(position);
    watch->failed.Update(scope.status());
    watch->NoteChanges();
  }
  regrouped_.clear();
}

void Watches::AfterInteraction(const State& state, uint64_t position,
                               RecordNumber record, uint32_t type,
                               int64_t at_us, const Money& amount) {
  for (const auto& watch : all_) {
    MutexLock lock(&watch->mutex);
    if (!watch->Check().ok()) continue;
    ReadScope scope;
    watch->live.NoteInteraction(record, type, at_us, amount);
    watch->live.TouchedByInteraction(record, type, at_us, position);
    TouchPlaced(watch->live, state, record, position);
    watch->live.SetPosition(position);
    watch->failed.Update(scope.status());
    watch->NoteChanges();
  }
}

void Watches::AfterTable(uint64_t position) {
  for (const auto& watch : all_) {
    MutexLock lock(&watch->mutex);
    if (!watch->Check().ok()) continue;
    ReadScope scope;
    TellGroups(*watch, position);
    watch->live.Redefined({}, position, ChangeCause::kFact);
    watch->live.SetPosition(position);
    watch->failed.Update(scope.status());
    watch->NoteChanges();
  }
  regrouped_.clear();
}

// ---- The host's side.

Watch::Watch(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Watch::~Watch() {
  {
    WriterMutexLock lock(&impl_->store->mutex);
    impl_->store->watches.Remove(impl_.get());
  }
  // From within its own callback it is the last call.
  impl_->nudge.Set(nullptr).IgnoreError();
}

absl::Status Watch::OnChange(std::function<bool()> changed) {
  return impl_->nudge.Set(std::move(changed));
}

absl::StatusOr<std::shared_ptr<Watch>> Watch::Open(Store& store,
                                                   const WatchOptions& options,
                                                   int64_t now_us) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  if (store.is_view()) {
    return absl::FailedPreconditionError(
        "a view is not watched: watch the store, and ask the view who is shown");
  }
  const std::shared_ptr<Store::Impl> of = store.shared_impl();
  MutexLock lock(&of->writer);
  if (of->file == nullptr) return of->CheckOpen();
  std::optional<SavedWatch> saved;
  std::optional<ChangeCursor> since = options.since;
  if (!options.saved.empty()) {
    if (since) {
      return absl::InvalidArgumentError(
          "since: what was saved has its own: leave one of them out");
    }
    TRATO_ASSIGN_OR_RETURN(saved, SavedWatch::Decode(options.saved));
    since = {saved->clock_us, saved->position};
  }
  const int64_t start_us = since ? since->at_us : now_us;
  TRATO_RETURN_IF_ERROR(CheckInstant("since", start_us));
  TRATO_RETURN_IF_ERROR(of->CheckTold("since", start_us));
  if (since && since->position > of->position) {
    return absl::OutOfRangeError(StrCat(saved ? "saved" : "since",
                                        ": the log ends at position ",
                                        of->position, ", not ",
                                        since->position));
  }
  const SegmentStore& segments = of->state->segments;
  std::vector<std::string> names;
  if (options.segments.empty()) {
    for (const auto& [name, segment] : segments.all()) names.push_back(name);
  }
  for (const std::string_view name : options.segments) {
    TRATO_ASSIGN_OR_RETURN(const auto* found, segments.Find(name));
    names.push_back(found->definition.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > LiveSegments::kMaxSegments) {
    return absl::InvalidArgumentError(
        StrCat("segments: a watch keeps up to ", LiveSegments::kMaxSegments,
               ", not ", names.size()));
  }
  for (const std::string& name : names) {
    TRATO_RETURN_IF_ERROR(LiveSegments::Check(segments, name));
  }
  auto impl = std::make_shared<Impl>(of, names, options.net);
  ReadScope scope;
  {
    // The writer is here, so nothing changes; readers go on.
    MutexLock live_lock(&impl->mutex);
    TRATO_ASSIGN_OR_RETURN(const bool goes_on,
                           GoOn(saved, names, *of, start_us, impl->live));
    if (!goes_on) impl->live.Begin(start_us);
    impl->live.SetPosition(of->position);
    if (goes_on) {
      // All is told.
    } else if (since && since->position == 0) {
      // Nothing was known, so nobody was in.
      impl->live.TellSince(of->position,
                           [](RecordNumber, uint16_t) { return false; });
    } else if (since && since->position < of->position) {
      Horizon horizon;
      horizon.known_at = since->position;
      TRATO_ASSIGN_OR_RETURN(const std::unique_ptr<Store::Impl> past,
                             Store::Impl::FoldAnew(*of, horizon));
      LiveSegments before(&past->state->world, &past->state->segments, names,
                          of->run);
      before.Begin(start_us);
      impl->live.TellSince(of->position,
                           [&](RecordNumber customer, uint16_t segment) {
                             return before.IsMember(customer, segment);
                           });
    }
    impl->live.Advance(now_us, 0);
    TRATO_RETURN_IF_ERROR(scope.status());
  }
  {
    WriterMutexLock state_lock(&of->mutex);
    of->watches.Add(impl);
  }
  return std::shared_ptr<Watch>(new Watch(std::move(impl)));
}

absl::StatusOr<std::string> Watch::Save() const {
  const std::shared_ptr<Store::Impl>& of = impl_->store;
  MutexLock writer_lock(&of->writer);
  if (of->file == nullptr) return of->CheckOpen();
  if (of->path.empty() || of->is_past) {
    return absl::FailedPreconditionError(
        "the store is in memory: what is saved would never be of use");
  }
  if (!of->file->read_only()) {
    TRATO_RETURN_IF_ERROR(of->CheckOpen());
    const absl::Status status = of->Sync();
    if (!status.ok()) of->broken = true;
    TRATO_RETURN_IF_ERROR(status);
  }
  MutexLock lock(&impl_->mutex);
  TRATO_RETURN_IF_ERROR(impl_->Check());
  if (impl_->live.changes().size() > impl_->taken) {
    return absl::FailedPreconditionError(
        StrCat(impl_->live.changes().size() - impl_->taken,
               " changes wait: take them first, or they would be lost"));
  }
  const trato::core::Head head = of->file->head();
  SavedWatch saved;
  saved.clock_us = impl_->live.clock_us();
  saved.position = of->position;
  saved.chain = head.chain;
  saved.segments = impl_->live.names();
  saved.image = impl_->live.MakeImage();
  saved.records =
      HashRecordNames(impl_->state->customers, saved.image.due.size());
  return saved.Encode();
}

absl::StatusOr<WatchState> Watch::Advance(int64_t now_us,
                                          uint64_t max_wakeups) {
  TRATO_RETURN_IF_ERROR(CheckNow(now_us));
  ReaderMutexLock state_lock(&impl_->store->mutex);
  MutexLock lock(&impl_->mutex);
  TRATO_RETURN_IF_ERROR(impl_->Check());
  ReadScope scope;
  WatchState state;
  state.is_done = impl_->live.Advance(now_us, max_wakeups);
  impl_->failed.Update(scope.status());
  impl_->NoteChanges();
  TRATO_RETURN_IF_ERROR(impl_->failed);
  state.clock_us = impl_->live.clock_us();
  state.position = impl_->store->position;
  state.pending = impl_->live.changes().size() - impl_->taken;
  state.tested = impl_->live.tested();
  state.wakeups = impl_->live.wakeups();
  state.idle_wakeups = impl_->live.idle_wakeups();
  state.nudge_failed = impl_->nudge.has_failed();
  return state;
}

absl::StatusOr<uint64_t> Watch::Count(std::string_view segment) const {
  ReaderMutexLock state_lock(&impl_->store->mutex);
  MutexLock lock(&impl_->mutex);
  TRATO_RETURN_IF_ERROR(impl_->Check());
  const auto& names = impl_->live.names();
  const auto found = std::find(names.begin(), names.end(),
                               impl_->state->segments.NameNow(segment));
  if (found == names.end()) {
    return absl::NotFoundError(
        StrCat("segment '", segment, "' is not watched"));
  }
  return impl_->live.Count(static_cast<size_t>(found - names.begin()));
}

absl::Status Watch::Take(const std::function<bool(const Change&)>& take) {
  ReaderMutexLock state_lock(&impl_->store->mutex);
  MutexLock lock(&impl_->mutex);
  // What was told is true, whatever has become of the store.
  std::vector<MembershipChange>& changes = impl_->live.changes();
  if (impl_->net) LeaveNet(changes, impl_->taken);
  const CustomerStore& customers = impl_->state->customers;
  while (impl_->taken < changes.size()) {
    const MembershipChange& it = changes[impl_->taken];
    Change change;
    change.at_us = it.at_us;
    change.position = it.position;
    change.segment =
        *impl_->names.insert(impl_->live.names()[it.segment]).first;
    change.id = ToBytes(customers.IdOf(it.customer));
    change.customer = customers.RecordName(it.customer);
    change.entered = it.entered;
    change.cause = static_cast<uint32_t>(it.cause);
    if (!take(change)) break;
    ++impl_->taken;
  }
  if (impl_->taken == changes.size()) {
    changes.clear();
    impl_->taken = 0;
    return absl::OkStatus();
  }
  // Room is given back now and then.
  if (impl_->taken > 65536 && impl_->taken * 2 > changes.size()) {
    changes.erase(changes.begin(),
                  changes.begin() + static_cast<ptrdiff_t>(impl_->taken));
    impl_->taken = 0;
  }
  return absl::OkStatus();
}

}  // namespace trato::core
