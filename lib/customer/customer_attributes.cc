// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What records say of their customer, and which of it holds.

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "customer/customer_store.h"

namespace trato::core {

void CustomerStore::MakeDouble(uint32_t attribute) {
  ++version_;
  doubles_.insert(attribute);
  for (auto& [record, attributes] : attributes_) {
    for (Attribute& it : attributes) {
      if (it.name != attribute) continue;
      for (AttributeVersion& version : it.versions) {
        if (const auto* whole = std::get_if<int64_t>(&version.value)) {
          version.value = static_cast<double>(*whole);
        }
      }
    }
  }
}

void CustomerStore::DefineAttribute(uint32_t attribute, AttributeRule rule) {
  columns_.erase(attribute);
  if (!rule.many && !rule.is_about &&
      rule.reconciliation == Reconciliation::kLatest) {
    attribute_rules_.erase(attribute);
  } else {
    attribute_rules_[attribute] = std::move(rule);
  }
}

void CustomerStore::SetAttribute(RecordNumber record, uint32_t attribute,
                                 AttributeVersion version) {
  NoteChange(record);
  ++version_;
  std::vector<Attribute>& attributes = attributes_[record];
  auto found = std::find_if(
      attributes.begin(), attributes.end(), [&](const Attribute& known) {
        return known.name == attribute && known.about == version.about;
      });
  if (found == attributes.end()) {
    attributes.push_back({attribute, version.about, {}});
    found = attributes.end() - 1;
  }
  auto& versions = found->versions;
  auto place = std::upper_bound(
      versions.begin(), versions.end(), version,
      [&](const auto& a, const auto& b) { return Before(a, b); });
  versions.insert(place, std::move(version));
  if (!columns_.empty()) {
    const auto column = columns_.find(attribute);
    if (column != columns_.end()) {
      const Attributes all = AttributesIn(record);
      SetEntry(*column->second, record, attribute, all.list);
    }
  }
}

const AttributeColumn* CustomerStore::ColumnOf(uint32_t attribute) const {
  const auto rule = attribute_rules_.find(attribute);
  if (rule != attribute_rules_.end() &&
      (rule->second.many || rule->second.is_about)) {
    return nullptr;
  }
  MutexLock lock(&columns_mutex_);
  std::unique_ptr<AttributeColumn>& column = columns_[attribute];
  if (column == nullptr) {
    column = std::make_unique<AttributeColumn>();
    FillColumn(*column, attribute);
  }
  return column->is_useful() ? column.get() : nullptr;
}

void CustomerStore::SetEntry(AttributeColumn& column, RecordNumber record,
                             uint32_t attribute,
                             std::span<const Attribute> said) const {
  const Attribute* it = nullptr;
  for (const Attribute& known : said) {
    if (known.name != attribute) continue;
    if (it != nullptr || known.about != kAboutNothing) {
      return column.SetLookUp(record);
    }
    it = &known;
  }
  if (it == nullptr) return;
  // Where another rule than the latest holds, it has to have no choice.
  if (it->versions.size() > 1 && attribute_rules_.contains(attribute)) {
    return column.SetLookUp(record);
  }
  const AttributeVersion& last = it->versions.back();
  const bool has_value = TypeOf(last.value) != ValueType::kNone;
  column.Set(record, last.at_us, has_value ? &last.value : nullptr);
}

CustomerStore::Attributes CustomerStore::AttributesIn(
    RecordNumber record) const {
  if (std::shared_ptr<const Said> said = SaidBy(record)) {
    const std::span<const Attribute> list = said->attributes;
    return {list, std::move(said)};
  }
  const auto found = attributes_.find(record);
  if (found == attributes_.end()) return {};
  return {found->second, nullptr};
}

bool CustomerStore::Before(const AttributeVersion& a,
                           const AttributeVersion& b) const {
  if (a.at_us != b.at_us) return a.at_us < b.at_us;
  if (a.source != b.source) {
    return names_->Text(a.source) < names_->Text(b.source);
  }
  return a.fact < b.fact;
}

AttributeValue CustomerStore::AttributeAt(RecordNumber leader,
                                          uint32_t attribute, int64_t now_us,
                                          uint32_t about) const {
  AttributeValue best{nullptr, leader};
  if (!attribute_rules_.empty()) {
    auto rule = attribute_rules_.find(attribute);
    if (rule != attribute_rules_.end()) {
      if (rule->second.many) return best;
      if (rule->second.reconciliation != Reconciliation::kLatest) {
        return Reconcile(rule->second, leader, attribute, about, now_us);
      }
    }
  }
  for (RecordNumber record : RecordsOf(leader)) {
    const Attributes said = AttributesIn(record);
    for (const Attribute& known : said.list) {
      if (known.name != attribute || known.about != about) continue;
      auto after = std::upper_bound(
          known.versions.begin(), known.versions.end(), now_us,
          [](int64_t us, const AttributeVersion& v) { return us < v.at_us; });
      if (after == known.versions.begin()) continue;
      const AttributeVersion* version = &*(after - 1);
      if (best.version == nullptr || Before(*best.version, *version)) {
        best = {version, record, said.owner};
      }
    }
  }
  if (best.version != nullptr &&
      TypeOf(best.version->value) == ValueType::kNone) {
    return {nullptr, leader};
  }
  return best;
}

bool CustomerStore::HasAttribute(RecordNumber leader, uint32_t attribute,
                                 int64_t now_us) const {
  if (AttributeAt(leader, attribute, now_us).version != nullptr) return true;
  if (!attribute_rules_.contains(attribute)) return false;
  for (uint32_t about : AboutsOf(leader, attribute)) {
    if (!ValuesAt(leader, attribute, about, now_us).empty()) return true;
  }
  return false;
}

template <typename Visit>
void CustomerStore::ForEachVersion(RecordNumber leader, uint32_t attribute,
                                   uint32_t about, int64_t now_us,
                                   Visit visit) const {
  for (RecordNumber record : RecordsOf(leader)) {
    const Attributes said = AttributesIn(record);
    for (const Attribute& known : said.list) {
      if (known.name != attribute || known.about != about) continue;
      for (const AttributeVersion& version : known.versions) {
        if (version.at_us > now_us) break;
        visit(AttributeValue{&version, record, said.owner});
      }
    }
  }
}

AttributeValue CustomerStore::Reconcile(const AttributeRule& rule,
                                        RecordNumber leader, uint32_t attribute,
                                        uint32_t about, int64_t now_us) const {
  // What each source says last in each record. One that took its value away
  // says nothing.
  std::map<std::pair<RecordNumber, uint32_t>, AttributeValue> last;
  ForEachVersion(leader, attribute, about, now_us,
                 [&](const AttributeValue& it) {
                   last.insert_or_assign({it.record, it.version->source}, it);
                 });
  std::vector<AttributeValue> said;
  for (const auto& [who, it] : last) {
    if (TypeOf(it.version->value) != ValueType::kNone) said.push_back(it);
  }
  const auto weight = [&](const AttributeValue& it) -> int64_t {
    switch (rule.reconciliation) {
      case Reconciliation::kLatest:
        break;
      case Reconciliation::kTrusted:
        return std::find(rule.sources.begin(), rule.sources.end(),
                         it.version->source) == rule.sources.end()
                   ? -static_cast<int64_t>(rule.sources.size())
                   : rule.sources.begin() - std::find(rule.sources.begin(),
                                                      rule.sources.end(),
                                                      it.version->source);
      case Reconciliation::kFrequent:
        return std::count_if(said.begin(), said.end(),
                             [&](const AttributeValue& other) {
                               return other.version->value == it.version->value;
                             });
      case Reconciliation::kLongest:
        return CharacterCount(std::get<std::string>(it.version->value));
    }
    return 0;
  };
  // Of those of equal weight, the latest.
  AttributeValue best{nullptr, leader};
  int64_t best_weight = 0;
  for (const AttributeValue& it : said) {
    const int64_t own = weight(it);
    if (best.version == nullptr || own > best_weight ||
        (own == best_weight && Before(*best.version, *it.version))) {
      best = it;
      best_weight = own;
    }
  }
  return best;
}

std::vector<AttributeValue> CustomerStore::ValuesAt(RecordNumber leader,
                                                    uint32_t attribute,
                                                    uint32_t about,
                                                    int64_t now_us) const {
  auto rule = attribute_rules_.find(attribute);
  if (rule == attribute_rules_.end() || !rule->second.many) {
    AttributeValue it = AttributeAt(leader, attribute, now_us, about);
    if (it.version == nullptr) return {};
    return {std::move(it)};
  }
  std::vector<AttributeValue> versions;
  ForEachVersion(leader, attribute, about, now_us,
                 [&](const AttributeValue& it) { versions.push_back(it); });
  const auto before = [&](const AttributeValue& a, const AttributeValue& b) {
    return Before(*a.version, *b.version);
  };
  std::sort(versions.begin(), versions.end(), before);
  // By value, the last version that says it; everything before what takes all
  // away is gone.
  std::map<Value, AttributeValue> last;
  for (const AttributeValue& it : versions) {
    if (TypeOf(it.version->value) == ValueType::kNone) {
      last.clear();
    } else {
      last.insert_or_assign(it.version->value, it);
    }
  }
  std::vector<AttributeValue> values;
  for (const auto& [value, it] : last) {
    if (!it.version->removed) values.push_back(it);
  }
  std::sort(values.begin(), values.end(), before);
  return values;
}

std::vector<AttributeValue> CustomerStore::HistoryOf(RecordNumber leader,
                                                     uint32_t attribute,
                                                     int64_t now_us) const {
  std::vector<AttributeValue> versions;
  for (uint32_t about : AboutsOf(leader, attribute)) {
    ForEachVersion(leader, attribute, about, now_us,
                   [&](const AttributeValue& it) { versions.push_back(it); });
  }
  std::sort(versions.begin(), versions.end(),
            [&](const AttributeValue& a, const AttributeValue& b) {
              return Before(*a.version, *b.version);
            });
  return versions;
}

std::vector<uint32_t> CustomerStore::AboutsOf(RecordNumber leader,
                                              uint32_t attribute) const {
  std::vector<uint32_t> abouts;
  for (RecordNumber record : RecordsOf(leader)) {
    const Attributes said = AttributesIn(record);
    for (const Attribute& known : said.list) {
      if (known.name == attribute) abouts.push_back(known.about);
    }
  }
  const auto key = [&](uint32_t about) {
    return about == kAboutNothing ? std::pair(false, std::string_view())
                                  : std::pair(true, names_->Text(about));
  };
  std::sort(abouts.begin(), abouts.end(),
            [&](uint32_t a, uint32_t b) { return key(a) < key(b); });
  abouts.erase(std::unique(abouts.begin(), abouts.end()), abouts.end());
  return abouts;
}

std::vector<uint32_t> CustomerStore::AttributesOf(RecordNumber leader) const {
  std::vector<uint32_t> names;
  for (RecordNumber record : RecordsOf(leader)) {
    const Attributes said = AttributesIn(record);
    for (const Attribute& known : said.list) names.push_back(known.name);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace trato::core
