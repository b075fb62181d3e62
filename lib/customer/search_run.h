// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Part of the search index: the padded texts of some customers, in an order
// that is theirs, and for each gram of them who has it. Never changes.
//
// The grams of a text are each three and each four bytes of it, the beginnings
// of words of one byte (a blank and it), and its words of two to four bytes
// whole: what a term of that length asks for at its beginning or as a word is
// then one list, and longer ones meet lists of four bytes, which few have in
// common by chance. Long lists are bitmaps, the others are coded as differences; both are read in
// order and skip ahead.

#ifndef TRATO_CUSTOMER_SEARCH_RUN_H_
#define TRATO_CUSTOMER_SEARCH_RUN_H_

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "customer/search_text.h"

namespace trato::core {

class SearchRun {
 public:
  struct Customer {
    RecordNumber leader = 0;
    std::string texts;  // padded, not empty
  };
  // `customers` in the order in which they are given.
  explicit SearchRun(const std::vector<Customer>& customers);

  size_t size() const { return leaders_.size(); }
  RecordNumber LeaderAt(uint32_t place) const { return leaders_[place]; }
  std::string_view TextsAt(uint32_t place) const {
    return std::string_view(texts_).substr(begins_[place],
                                           begins_[place + 1] - begins_[place]);
  }
  size_t bytes() const;

  // How many ForEachCandidate reads at most.
  size_t CountAtMost(const SearchQuery::Reading& reading,
                     SearchRank rank) const;

  // Calls visit(place) in order for those whose texts may answer the reading at
  // this rank or better, until it gives false. Cost: of the shortest list of
  // the grams, and of what the others pass over.
  template <typename Visit>
  void ForEachCandidate(const SearchQuery::Reading& reading, SearchRank rank,
                        Visit visit) const {
    std::vector<uint32_t> lists;
    if (!ListsOf(reading, rank, lists)) return;
    Meet meet(*this, lists);
    for (uint32_t place = meet.Next(0); place != kEnd;
         place = meet.Next(place + 1)) {
      if (!visit(place)) return;
    }
  }

 private:
  static constexpr uint32_t kEnd = std::numeric_limits<uint32_t>::max();

  // Where a list lies: as a bitmap, or with a mark for each kSkip entries.
  struct List {
    uint32_t count;
    bool is_bitmap;
    uint32_t skips;  // the first of its marks
    uint64_t begin;  // in bytes_ or bitmaps_
  };
  struct Mark {
    uint32_t place;  // the entry before
    uint32_t offset;
  };
  // A list that is read in order.
  class Cursor {
   public:
    Cursor(const SearchRun& run, const List& list);
    // The first entry from `place` on, which never goes back; kEnd.
    uint32_t Next(uint32_t place);

   private:
    const List& list_;
    const uint8_t* bytes_;
    const Mark* marks_;
    size_t mark_count_;
    uint32_t offset_ = 0;
    uint32_t read_ = 0;
    uint32_t current_ = kEnd;
  };
  // What several lists have in common.
  class Meet {
   public:
    Meet(const SearchRun& run, const std::vector<uint32_t>& lists);
    uint32_t Next(uint32_t place);

   private:
    uint32_t NextInBitmaps(uint32_t place) const;
    bool IsInBitmaps(uint32_t place) const;

    std::vector<Cursor> cursors_;
    std::vector<const uint64_t*> bitmaps_;
    size_t words_;
  };

  // False: a gram is nobody's.
  bool ListsOf(const SearchQuery::Reading& reading, SearchRank rank,
               std::vector<uint32_t>& lists) const;

  std::vector<RecordNumber> leaders_;
  std::string texts_;
  std::vector<uint64_t> begins_;  // and the end
  std::vector<uint64_t> grams_;   // sorted
  std::vector<List> lists_;       // by place of the gram
  std::vector<uint8_t> bytes_;
  std::vector<Mark> marks_;
  std::vector<uint64_t> bitmaps_;
};

}  // namespace trato::core

#endif  // TRATO_CUSTOMER_SEARCH_RUN_H_
