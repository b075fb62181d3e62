// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "customer/search_run.h"

#include <algorithm>
#include <bit>

#include "absl/container/flat_hash_map.h"

namespace trato::core {
namespace {

constexpr uint32_t kSkip = 128;
// A list of more than one customer in this many is a bitmap.
constexpr size_t kBitmapShare = 10;
constexpr size_t kMinShortWord = 2;
constexpr size_t kMaxShortWord = 4;

uint64_t GramOf(std::string_view bytes) {
  uint64_t gram = bytes.size();
  for (const char c : bytes) gram = gram << 8 | static_cast<unsigned char>(c);
  return gram;
}

// Calls `visit` for the grams of padded texts, with repetitions.
template <typename Visit>
void ForEachGram(std::string_view texts, Visit visit) {
  uint64_t last = 0;  // four bytes
  size_t in_text = 0;
  size_t word = 0;  // where it began
  for (size_t i = 0; i < texts.size(); ++i) {
    const auto c = static_cast<unsigned char>(texts[i]);
    if (c == '\n') {
      in_text = 0;
      continue;
    }
    if (c == ' ') {
      const size_t size = i - word;
      if (in_text > 0 && size >= kMinShortWord && size <= kMaxShortWord) {
        visit(GramOf(texts.substr(word - 1, size + 2)));
      }
      word = i + 1;
    } else if (i == word && c < 0x80) {
      visit(GramOf(texts.substr(i - 1, 2)));
    }
    last = (last << 8 | c) & 0xffffffff;
    if (++in_text >= 3) visit(uint64_t{3} << 24 | (last & 0xffffff));
    if (in_text >= 4) visit(uint64_t{4} << 32 | last);
  }
}

// The grams that a text with this pattern has.
void AddGramsOf(std::string_view pattern, std::vector<uint64_t>& grams) {
  const bool is_word = pattern.front() == ' ' && pattern.back() == ' ' &&
                       pattern.find(' ', 1) == pattern.size() - 1;
  if (pattern.size() == 2 || (is_word && pattern.size() >= kMinShortWord + 2 &&
                              pattern.size() <= kMaxShortWord + 2)) {
    grams.push_back(GramOf(pattern));
    return;
  }
  // The longer ones have shorter lists, and those say what the others would.
  const size_t size = std::min<size_t>(pattern.size(), 4);
  for (size_t i = 0; i + size <= pattern.size(); ++i) {
    grams.push_back(GramOf(pattern.substr(i, size)));
  }
}

size_t SizeOf(uint32_t number) {
  return number < 128 ? 1
                      : (static_cast<size_t>(std::bit_width(number)) + 6) / 7;
}

uint8_t* Put(uint32_t number, uint8_t* to) {
  for (; number >= 128; number >>= 7) {
    *to++ = static_cast<uint8_t>(number | 128);
  }
  *to++ = static_cast<uint8_t>(number);
  return to;
}

uint32_t Get(const uint8_t* bytes, uint32_t& offset) {
  uint32_t byte = bytes[offset++];
  if (byte < 128) return byte;
  uint32_t number = byte & 127;
  for (int shift = 7;; shift += 7) {
    byte = bytes[offset++];
    number |= (byte & 127) << shift;
    if (byte < 128) return number;
  }
}

}  // namespace

SearchRun::SearchRun(const std::vector<Customer>& customers) {
  const size_t size = customers.size();
  leaders_.reserve(size);
  begins_.reserve(size + 1);
  size_t text_bytes = 0;
  for (const Customer& it : customers) text_bytes += it.texts.size();
  texts_.reserve(text_bytes);
  for (const Customer& it : customers) {
    leaders_.push_back(it.leader);
    begins_.push_back(texts_.size());
    texts_.append(it.texts);
  }
  begins_.push_back(texts_.size());

  // First how long each list is, and then what is in it. A list's number is
  // that of the gram's first appearance.
  struct Growing {
    uint64_t gram;
    uint32_t count = 0;
    uint32_t last = 0;
    uint64_t bytes = 0;
    uint8_t* to = nullptr;
  };
  std::vector<Growing> growing;
  absl::flat_hash_map<uint64_t, uint32_t> numbers;
  const auto for_each = [&](auto visit) {
    for (uint32_t place = 0; place < size; ++place) {
      ForEachGram(TextsAt(place), [&](uint64_t gram) {
        const auto [it, is_new] =
            numbers.try_emplace(gram, static_cast<uint32_t>(growing.size()));
        if (is_new) growing.push_back({gram});
        Growing& list = growing[it->second];
        if (list.count > 0 && list.last == place) return;
        visit(list, place);
        ++list.count;
        list.last = place;
      });
    }
  };
  for_each([](Growing& list, uint32_t place) {
    list.bytes += SizeOf(place - list.last);
  });

  std::vector<uint32_t> order(growing.size());
  for (uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return growing[a].gram < growing[b].gram;
  });
  const size_t words = (size + 63) / 64;
  uint64_t all_bytes = 0;
  uint64_t all_words = 0;
  size_t all_marks = 0;
  std::vector<uint32_t> place_of(growing.size());
  grams_.reserve(order.size());
  lists_.reserve(order.size());
  for (uint32_t number : order) {
    const Growing& list = growing[number];
    place_of[number] = static_cast<uint32_t>(grams_.size());
    grams_.push_back(list.gram);
    const bool is_bitmap =
        list.count > size / kBitmapShare && list.count > kSkip;
    if (is_bitmap) {
      lists_.push_back({list.count, true, 0, all_words});
      all_words += words;
    } else {
      lists_.push_back(
          {list.count, false, static_cast<uint32_t>(all_marks), all_bytes});
      all_bytes += list.bytes;
      all_marks += (list.count - 1) / kSkip;
    }
  }
  bytes_.resize(all_bytes);
  bitmaps_.resize(all_words);
  marks_.resize(all_marks);
  for (uint32_t number = 0; number < growing.size(); ++number) {
    const List& list = lists_[place_of[number]];
    growing[number].count = 0;
    growing[number].last = 0;
    if (!list.is_bitmap) growing[number].to = bytes_.data() + list.begin;
  }
  for_each([&](Growing& list, uint32_t place) {
    const List& it =
        lists_[place_of[static_cast<size_t>(&list - growing.data())]];
    if (it.is_bitmap) {
      bitmaps_[it.begin + place / 64] |= uint64_t{1} << (place % 64);
      return;
    }
    if (list.count > 0 && list.count % kSkip == 0) {
      marks_[it.skips + list.count / kSkip - 1] = {
          list.last,
          static_cast<uint32_t>(list.to - (bytes_.data() + it.begin))};
    }
    list.to = Put(place - list.last, list.to);
  });
}

size_t SearchRun::bytes() const {
  return leaders_.capacity() * sizeof(leaders_[0]) + texts_.capacity() +
         begins_.capacity() * sizeof(begins_[0]) +
         grams_.capacity() * sizeof(grams_[0]) +
         lists_.capacity() * sizeof(lists_[0]) + bytes_.capacity() +
         marks_.capacity() * sizeof(marks_[0]) +
         bitmaps_.capacity() * sizeof(bitmaps_[0]);
}

bool SearchRun::ListsOf(const SearchQuery::Reading& reading, SearchRank rank,
                        std::vector<uint32_t>& lists) const {
  std::vector<uint64_t> grams;
  for (const SearchQuery::Term& term : reading) {
    AddGramsOf(term.PatternAt(rank), grams);
  }
  std::sort(grams.begin(), grams.end());
  grams.erase(std::unique(grams.begin(), grams.end()), grams.end());
  for (uint64_t gram : grams) {
    auto found = std::lower_bound(grams_.begin(), grams_.end(), gram);
    if (found == grams_.end() || *found != gram) return false;
    lists.push_back(static_cast<uint32_t>(found - grams_.begin()));
  }
  return true;
}

size_t SearchRun::CountAtMost(const SearchQuery::Reading& reading,
                              SearchRank rank) const {
  std::vector<uint32_t> lists;
  if (!ListsOf(reading, rank, lists)) return 0;
  size_t count = size();
  for (uint32_t number : lists) {
    count = std::min<size_t>(count, lists_[number].count);
  }
  return count;
}

SearchRun::Cursor::Cursor(const SearchRun& run, const List& list)
    : list_(list),
      bytes_(run.bytes_.data() + list.begin),
      marks_(run.marks_.data() + list.skips),
      mark_count_((list.count - 1) / kSkip),
      read_(1) {
  current_ = Get(bytes_, offset_);
}

uint32_t SearchRun::Cursor::Next(uint32_t place) {
  if (current_ >= place) return current_;
  // To the last mark before the place, where that is further on.
  size_t mark = read_ / kSkip;
  if (mark < mark_count_ && marks_[mark].place < place) {
    size_t step = 1;
    while (mark + step < mark_count_ && marks_[mark + step].place < place) {
      mark += step;
      step *= 2;
    }
    const Mark* found = std::lower_bound(
        marks_ + mark, marks_ + std::min(mark + step, mark_count_), place,
        [](const Mark& it, uint32_t wanted) { return it.place < wanted; });
    const auto at = static_cast<size_t>(found - marks_);
    current_ = marks_[at - 1].place;
    offset_ = marks_[at - 1].offset;
    read_ = static_cast<uint32_t>(at) * kSkip;
  }
  while (current_ < place) {
    if (read_ == list_.count) return current_ = kEnd;
    current_ += Get(bytes_, offset_);
    ++read_;
  }
  return current_;
}

SearchRun::Meet::Meet(const SearchRun& run, const std::vector<uint32_t>& lists)
    : words_((run.size() + 63) / 64) {
  std::vector<uint32_t> by_count = lists;
  std::sort(by_count.begin(), by_count.end(), [&](uint32_t a, uint32_t b) {
    return run.lists_[a].count < run.lists_[b].count;
  });
  for (uint32_t number : by_count) {
    const List& list = run.lists_[number];
    if (list.is_bitmap) {
      bitmaps_.push_back(run.bitmaps_.data() + list.begin);
    } else {
      cursors_.emplace_back(run, list);
    }
  }
}

uint32_t SearchRun::Meet::NextInBitmaps(uint32_t place) const {
  size_t word = place / 64;
  if (word >= words_) return kEnd;
  uint64_t mask = ~uint64_t{0} << (place % 64);
  for (; word < words_; ++word) {
    uint64_t bits = mask;
    for (const uint64_t* bitmap : bitmaps_) bits &= bitmap[word];
    if (bits != 0) {
      return static_cast<uint32_t>(word * 64) +
             static_cast<uint32_t>(std::countr_zero(bits));
    }
    mask = ~uint64_t{0};
  }
  return kEnd;
}

bool SearchRun::Meet::IsInBitmaps(uint32_t place) const {
  return std::all_of(bitmaps_.begin(), bitmaps_.end(),
                     [&](const uint64_t* bitmap) {
                       return (bitmap[place / 64] >> (place % 64) & 1) != 0;
                     });
}

uint32_t SearchRun::Meet::Next(uint32_t place) {
  if (cursors_.empty()) {
    return bitmaps_.empty() ? kEnd : NextInBitmaps(place);
  }
  // The shortest list leads; the others are read no further than it goes.
  for (;;) {
    const uint32_t at = cursors_.front().Next(place);
    if (at == kEnd) return kEnd;
    place = at;
    if (!IsInBitmaps(at)) {
      ++place;
      continue;
    }
    for (size_t i = 1; i < cursors_.size() && place == at; ++i) {
      place = cursors_[i].Next(at);
    }
    if (place == at || place == kEnd) return place;
  }
}

}  // namespace trato::core
