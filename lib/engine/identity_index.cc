// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/identity_index.h"

#include <algorithm>
#include <cstdio>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_join.h"
#include "absl/time/civil_time.h"
#include "base/calendar.h"

namespace trato::core {
namespace {

// So many of those who share most keys are compared.
constexpr size_t kMaxCandidates = 500;

// A value as text.
std::string TextOf(const Value& value, absl::TimeZone zone) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<int64_t>(&value)) return StrCat(*number);
  if (const auto* at = std::get_if<Timestamp>(&value)) {
    const auto day = absl::ToCivilDay(absl::FromUnixMicros(at->us), zone);
    char text[32];
    std::snprintf(text, sizeof(text), "%04d-%02d-%02d",
                  static_cast<int>(day.year()), day.month(), day.day());
    return text;
  }
  return {};
}

// Reads of a record what its fields say.
class FieldReader {
 public:
  FieldReader(const State& state, const IdentityDefinition& definition,
              int64_t now_us)
      : state_(state), now_us_(now_us), texts_(definition.fields.size()) {
    for (size_t i = 0; i < definition.fields.size(); ++i) {
      const std::string& name = definition.fields[i].name;
      const std::string_view stored =
          state.schema.Stored(DefinitionKind::kAttribute, name);
      if (const auto number = state.names.Find(stored)) by_attribute_[*number] = i;
      by_namespace_[name] = i;
      const FieldKind kind = definition.fields[i].kind;
      may_be_two_.push_back(kind == FieldKind::kEmail ||
                            kind == FieldKind::kPhone);
      const AttributeDefinition* attribute =
          state.schema.FindAttribute(Subject::kCustomer, stored);
      is_many_.push_back(attribute != nullptr && attribute->many);
    }
  }

  // Views into this, until the next call.
  std::span<const std::string_view> Read(RecordNumber record) {
    for (std::string& text : texts_) text.clear();
    const CustomerStore& customers = state_.customers;
    customers.ForEachAttribute(
        record, [&](uint32_t name, std::span<const AttributeVersion> versions) {
          const auto field = by_attribute_.find(name);
          if (field == by_attribute_.end()) return;
          const auto after = std::upper_bound(
              versions.begin(), versions.end(), now_us_,
              [](int64_t at, const AttributeVersion& it) { return at < it.at_us; });
          texts_[field->second] =
              may_be_two_[field->second] && is_many_[field->second]
                  ? AllOf({versions.begin(), after})
                  : LastOf({versions.begin(), after});
        });
    const auto put = [&](std::string_view identifier) {
      const size_t colon = identifier.find(':');
      const auto field = by_namespace_.find(identifier.substr(0, colon));
      if (field == by_namespace_.end() || colon == std::string_view::npos) return;
      std::string& text = texts_[field->second];
      const std::string_view value = identifier.substr(colon + 1);
      if (text.empty()) {
        text = value;
      } else if (may_be_two_[field->second]) {
        text = StrCat(text, "\n", value);
      }
    };
    put(customers.RecordName(record));
    for (const std::string& claim : customers.ClaimsOf(record)) put(claim);
    views_.assign(texts_.begin(), texts_.end());
    return views_;
  }

 private:
  std::string LastOf(std::span<const AttributeVersion> versions) const {
    if (versions.empty() || versions.back().removed) return {};
    return TextOf(versions.back().value, state_.zone);
  }
  // The values in force, a line each.
  std::string AllOf(std::span<const AttributeVersion> versions) const {
    std::vector<std::string> values;
    for (const AttributeVersion& it : versions) {
      std::string value = TextOf(it.value, state_.zone);
      // None: all of them are taken away.
      if (value.empty()) values.clear();
      std::erase(values, value);
      if (!value.empty() && !it.removed) values.push_back(std::move(value));
    }
    return absl::StrJoin(values, "\n");
  }

  const State& state_;
  const int64_t now_us_;
  // By field.
  std::vector<bool> may_be_two_;
  std::vector<bool> is_many_;
  absl::flat_hash_map<uint32_t, size_t> by_attribute_;
  absl::flat_hash_map<std::string, size_t, StringHash, StringEqual>
      by_namespace_;
  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
};

bool IsSameReading(const IdentityDefinition& a, const IdentityDefinition& b) {
  return a.fields == b.fields && a.country == b.country;
}

}  // namespace

void IdentityIndex::Note(const State& state, const Fact& fact) {
  if (!is_made_.load(std::memory_order_relaxed)) return;
  std::string_view record;
  if (const auto* attribute = std::get_if<AttributeFact>(&fact.payload)) {
    record = attribute->record;
  } else if (const auto* claim = std::get_if<ClaimFact>(&fact.payload)) {
    record = claim->record;
  } else if (std::holds_alternative<ErasureFact>(fact.payload) ||
             std::holds_alternative<RetentionFact>(fact.payload) ||
             std::holds_alternative<BatchRetractionFact>(fact.payload)) {
    Forget();
    return;
  } else {
    return;
  }
  if (const auto number = state.customers.FindRecord(record)) {
    MutexLock lock(&changed_mutex_);
    changed_.push_back(*number);
  }
}

void IdentityIndex::Forget() {
  is_stale_ = true;
}

void IdentityIndex::ReadPhones(PhoneReader reader) {
  MutexLock lock(&mutex_);
  phones_ = std::move(reader);
  Forget();
}

PhoneReader IdentityIndex::phones() const {
  MutexLock lock(&mutex_);
  return phones_;
}

void IdentityIndex::Update(const State& state,
                           const IdentityDefinition& definition,
                           int64_t now_us) {
  std::vector<RecordNumber> changed;
  {
    MutexLock lock(&changed_mutex_);
    changed.swap(changed_);
  }
  const bool is_known = !is_stale_.exchange(false) && content_ != nullptr &&
                        content_->state == &state &&
                        IsSameReading(content_->definition, definition);
  if (!is_known) {
    content_ = std::make_unique<Content>(definition, &state, phones_);
    is_made_ = true;
    changed.clear();
  }
  Content& content = *content_;
  content.definition = definition;
  const size_t before = content.persons.size();
  const size_t count = state.customers.record_count();
  if (before == count && changed.empty()) return;
  FieldReader reader(state, definition, now_us);
  content.persons.resize(count);
  std::vector<std::pair<uint32_t, Keys>> added;
  for (size_t i = before; i < count; ++i) {
    const auto record = static_cast<RecordNumber>(i);
    if (!state.customers.IsNamed(record)) continue;
    const Person person = content.people.Read(reader.Read(record));
    if (person.is_empty()) continue;
    content.people.Add(person);
    content.persons[i] = person;
    added.emplace_back(record, KeysOf(content.people, person));
  }
  if (before == 0) {
    content.people.Trim();
    content.keys.Build(added);
  } else {
    for (const auto& [record, keys] : added) content.keys.Add(record, keys);
  }
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (const RecordNumber record : changed) {
    if (record >= before) continue;
    Person& known = content.persons[record];
    const Person person = content.people.Read(reader.Read(record));
    if (person == known) continue;
    if (!known.is_empty()) content.people.Remove(known);
    known = person;
    if (person.is_empty()) continue;
    content.people.Add(person);
    content.keys.Add(record, KeysOf(content.people, person));
  }
}

IdentityIndex::Reader::Reader(IdentityIndex& index) : index_(index) {
  index.mutex_.Lock();
}

void IdentityIndex::Reader::Update(const State& state,
                                   const IdentityDefinition& definition,
                                   int64_t now_us) {
  index_.Update(state, definition, now_us);
}

IdentityIndex::Reader::~Reader() { index_.mutex_.Unlock(); }

const People& IdentityIndex::Reader::people() const
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  return index_.content_->people;
}

const std::vector<Person>& IdentityIndex::Reader::persons() const
    ABSL_NO_THREAD_SAFETY_ANALYSIS {
  return index_.content_->persons;
}

std::vector<IdentityIndex::Candidate> IdentityIndex::Reader::Find(
    const Scorer& scorer, RecordNumber record,
    double least_bits) const ABSL_NO_THREAD_SAFETY_ANALYSIS {
  const Content& content = *index_.content_;
  std::vector<Candidate> found;
  if (record >= content.persons.size()) return found;
  const Person& person = content.persons[record];
  if (person.is_empty()) return found;
  const Keys keys = KeysOf(content.people, person);
  std::vector<RecordNumber> sharing;
  for (int slot = 0; slot < kKeySlots; ++slot) {
    const uint32_t hash = keys[static_cast<size_t>(slot)];
    if (hash == 0) continue;
    const size_t limit = BlockLimit(content.definition, KeyAt(slot));
    content.keys.ForEach(hash, limit, [&](uint32_t other) {
      if (other != record) sharing.push_back(other);
    });
  }
  std::sort(sharing.begin(), sharing.end());
  // By how many keys they share.
  std::vector<std::pair<uint32_t, RecordNumber>> counted;
  for (size_t i = 0; i < sharing.size();) {
    size_t end = i + 1;
    while (end < sharing.size() && sharing[end] == sharing[i]) ++end;
    counted.emplace_back(static_cast<uint32_t>(end - i), sharing[i]);
    i = end;
  }
  if (counted.size() > kMaxCandidates) {
    std::partial_sort(counted.begin(),
                      counted.begin() + static_cast<ptrdiff_t>(kMaxCandidates),
                      counted.end(), [](const auto& a, const auto& b) {
                        return std::pair(-static_cast<int64_t>(a.first),
                                         a.second) <
                               std::pair(-static_cast<int64_t>(b.first),
                                         b.second);
                      });
    counted.resize(kMaxCandidates);
  }
  for (size_t i = 0; i < counted.size(); ++i) {
    // They are all over the memory.
    constexpr size_t kAhead = 8;
    if (i + kAhead < counted.size()) {
      __builtin_prefetch(&content.persons[counted[i + kAhead].second]);
    }
    const RecordNumber other = counted[i].second;
    const Person& its = content.persons[other];
    if (its.is_empty()) continue;
    const std::optional<double> bits =
        scorer.BitsFrom(least_bits, content.people, person, its);
    if (bits) found.push_back({other, *bits});
  }
  std::sort(found.begin(), found.end(),
            [](const Candidate& a, const Candidate& b) {
              return std::pair(-a.bits, a.record) < std::pair(-b.bits, b.record);
            });
  return found;
}

size_t IdentityIndex::bytes() const {
  MutexLock lock(&mutex_);
  if (content_ == nullptr) return 0;
  return content_->persons.capacity() * sizeof(Person) +
         content_->keys.bytes() + content_->people.bytes();
}

}  // namespace trato::core
