// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/search_text.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/fold.h"
#include "base/status.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

// Fewer digits end too many numbers to be of use.
constexpr size_t kMinTelephoneDigits = 3;
// A number with its area in front may be kept without the zeros that lead it.
constexpr size_t kMinLocalDigits = 7;

SearchRank RankOfTerm(const SearchQuery::Term& term, std::string_view texts) {
  const std::string_view folded = term.folded;
  SearchRank best = SearchRank::kNone;
  for (size_t at = texts.find(folded); at != std::string_view::npos;
       at = texts.find(folded, at + 1)) {
    // Padding lies on both sides of every text.
    const bool begins = texts[at - 1] == ' ';
    const char after = texts[at + folded.size()];
    SearchRank rank = SearchRank::kNone;
    if (term.ends_telephone) {
      if (after == kTelephoneEnd) {
        rank = begins ? SearchRank::kExact : SearchRank::kPrefix;
      }
    } else if (begins) {
      rank = after == ' ' ? SearchRank::kExact : SearchRank::kPrefix;
    } else if (folded.size() >= kMinInsideBytes) {
      rank = SearchRank::kInside;
    }
    best = std::min(best, rank);
    if (best == SearchRank::kExact) break;
  }
  return best;
}

void AddPadded(std::string_view value, Search search, std::string& texts) {
  if (texts.size() >= kMaxSearchedCustomerBytes) return;
  const std::string padded = PaddedText(value, search);
  if (padded.empty()) return;
  // Linked records and versions often say the same.
  for (size_t at = texts.find(padded); at != std::string::npos;
       at = texts.find(padded, at + 1)) {
    const bool begins = at == 0 || texts[at - 1] == '\n';
    const size_t end = at + padded.size();
    if (begins && (end == texts.size() || texts[end] == '\n')) return;
  }
  if (!texts.empty()) texts.push_back('\n');
  texts.append(padded);
}

}  // namespace

std::string_view NameOf(SearchRank rank) {
  constexpr std::string_view kNames[] = {"exact", "prefix", "inside", "none"};
  return kNames[static_cast<size_t>(rank)];
}

std::string SearchQuery::Term::PatternAt(SearchRank rank) const {
  if (ends_telephone) {
    std::string pattern = folded + kTelephoneEnd;
    if (rank == SearchRank::kExact) pattern.insert(0, 1, ' ');
    return pattern;
  }
  if (rank == SearchRank::kExact) return StrCat(" ", folded, " ");
  if (rank == SearchRank::kPrefix || folded.size() < kMinInsideBytes) {
    return StrCat(" ", folded);
  }
  return folded;
}

absl::StatusOr<SearchQuery> SearchQuery::Parse(std::string_view text) {
  TRATO_RETURN_IF_ERROR(CheckText("text", text, kMaxSearchBytes));
  SearchQuery query;
  Reading words;
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
    std::string folded = FoldText(rest.substr(0, end), kMaxSearchedBytes);
    if (!folded.empty()) words.push_back({std::move(folded)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (words.size() > kMaxSearchTerms) {
    return absl::InvalidArgumentError(
        StrCat("text has ", words.size(), " words, at most ", kMaxSearchTerms,
               " are looked for"));
  }
  if (words.empty()) return query;
  query.readings_.push_back(std::move(words));
  if (IsTelephoneLike(text)) {
    const std::string digits = FoldDigits(text, kMaxSearchedBytes);
    if (digits.size() >= kMinTelephoneDigits) {
      query.readings_.push_back({{digits, true}});
    }
    const size_t zeros = digits.find_first_not_of('0');
    if (zeros != 0 && zeros != std::string::npos &&
        digits.size() - zeros >= kMinLocalDigits) {
      query.readings_.push_back({{digits.substr(zeros), true}});
    }
  }
  return query;
}

SearchRank SearchQuery::RankOf(std::string_view texts) const {
  SearchRank best = SearchRank::kNone;
  for (const Reading& reading : readings_) {
    SearchRank worst = SearchRank::kExact;
    for (const Term& term : reading) {
      worst = std::max(worst, RankOfTerm(term, texts));
      if (worst >= best) break;
    }
    best = std::min(best, worst);
  }
  return best;
}

SearchRank SearchQuery::RankOfAnyTerm(std::string_view texts) const {
  SearchRank best = SearchRank::kNone;
  for (const Reading& reading : readings_) {
    for (const Term& term : reading) {
      best = std::min(best, RankOfTerm(term, texts));
    }
  }
  return best;
}

std::string PaddedText(std::string_view value, Search search) {
  if (search == Search::kTelephone) {
    const std::string digits = FoldDigits(value, kMaxSearchedBytes);
    if (digits.empty()) return "";
    return StrCat(" ", digits, std::string_view(&kTelephoneEnd, 1));
  }
  const std::string folded = FoldText(value, kMaxSearchedBytes);
  if (folded.empty()) return "";
  return StrCat(" ", folded, " ");
}

template <typename Visit>
void SearchFields::ForEachIdentifier(RecordNumber leader, Visit visit) const {
  const auto give = [&](std::string_view identifier) {
    const size_t colon = identifier.find(':');
    if (colon == std::string_view::npos) return;
    const std::string_view name_space = identifier.substr(0, colon);
    const Search search = schema_->SearchOfNamespace(name_space);
    if (search != Search::kNot) {
      visit(name_space, identifier.substr(colon + 1), search);
    }
  };
  for (RecordNumber record : customers_->RecordsOf(leader)) {
    if (customers_->IsNamed(record)) give(customers_->RecordName(record));
    for (std::string_view claim : customers_->ClaimsOf(record)) give(claim);
  }
}

std::string SearchFields::AllTexts(RecordNumber leader) const {
  struct Value {
    std::string field;
    std::string value;
    Search search;
  };
  std::vector<Value> values;
  size_t bytes = 0;
  const auto add = [&](std::string_view field, std::string_view value,
                       Search search) {
    values.push_back({std::string(field), std::string(value), search});
    bytes += std::min(value.size(), kMaxSearchedBytes);
  };
  for (RecordNumber record : customers_->RecordsOf(leader)) {
    customers_->ForEachAttribute(record, [&](uint32_t name, auto versions) {
      const std::string_view field = names_->Text(name);
      const Search search = schema_->SearchOfAttribute(field);
      if (search == Search::kNot) return;
      for (const AttributeVersion& version : versions) {
        if (const auto* value = std::get_if<std::string>(&version.value)) {
          add(field, *value, search);
        }
      }
    });
  }
  ForEachIdentifier(leader, add);
  // What is too much is left out in one order, whatever arrived first.
  if (bytes > kMaxSearchedCustomerBytes / 4) {
    std::sort(values.begin(), values.end(), [](const Value& a, const Value& b) {
      return std::tie(a.field, a.value) < std::tie(b.field, b.value);
    });
  }
  std::string texts;
  for (const Value& it : values) AddPadded(it.value, it.search, texts);
  return texts;
}

std::vector<SearchFields::Text> SearchFields::TextsAt(RecordNumber leader,
                                                      int64_t now_us) const {
  std::vector<Text> texts;
  const auto add = [&](std::string_view field, std::string_view value,
                       Search search) {
    std::string padded = PaddedText(value, search);
    if (padded.empty()) return;
    texts.push_back(
        {std::string(field), std::string(value), std::move(padded)});
  };
  // Of an attribute with many values all are looked at that hold.
  const auto add_many = [&](std::string_view field, uint32_t name,
                            Search search) {
    for (uint32_t about : customers_->AboutsOf(leader, name)) {
      for (const AttributeValue& it :
           customers_->ValuesAt(leader, name, about, now_us)) {
        const auto* value = std::get_if<std::string>(&it.version->value);
        if (value == nullptr) continue;
        add(schema_->Shown(DefinitionKind::kAttribute, field), *value, search);
      }
    }
  };
  std::vector<uint32_t> many;
  for (RecordNumber record : customers_->RecordsOf(leader)) {
    customers_->ForEachAttribute(record, [&](uint32_t name, auto versions) {
      const std::string_view field = names_->Text(name);
      const Search search = schema_->SearchOfAttribute(field);
      if (search == Search::kNot) return;
      const AttributeDefinition* definition =
          schema_->FindAttribute(Subject::kCustomer, field);
      if (definition != nullptr && definition->many) {
        if (std::find(many.begin(), many.end(), name) == many.end()) {
          many.push_back(name);
          add_many(field, name, search);
        }
        return;
      }
      auto after = std::upper_bound(
          versions.begin(), versions.end(), now_us,
          [](int64_t us, const AttributeVersion& v) { return us < v.at_us; });
      if (after == versions.begin()) return;
      const auto* value = std::get_if<std::string>(&(after - 1)->value);
      if (value != nullptr) {
        add(schema_->Shown(DefinitionKind::kAttribute, field), *value, search);
      }
    });
  }
  // In whatever order attributes arrived.
  std::stable_sort(
      texts.begin(), texts.end(),
      [](const Text& a, const Text& b) { return a.field < b.field; });
  ForEachIdentifier(leader, add);
  return texts;
}

}  // namespace trato::core
