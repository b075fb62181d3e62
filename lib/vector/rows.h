// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Some of the interactions of one part of a scan, or their lines: what a
// question is about, narrowed step by step. Those of one customer follow each
// other.

#ifndef TRATO_VECTOR_ROWS_H_
#define TRATO_VECTOR_ROWS_H_

#include <vector>

#include "timeline/type_scan.h"
#include "vector/column.h"
#include "vector/part.h"

namespace trato::core {

struct Rows {
  const TypeScan::Part* part = nullptr;
  uint32_t type = 0;
  // By element: the interaction's row in the part, and whose it is, counted
  // from the first of the range.
  std::vector<uint32_t> rows;
  std::vector<uint32_t> slots;
  // Of lines: where each is among those of its block, or else the line itself.
  bool is_of_lines = false;
  std::vector<uint32_t> lines;
  std::vector<const Line*> plain_lines;

  size_t size() const { return rows.size(); }
  int64_t TimeAt(size_t k) const { return part->at_us[rows[k]]; }
  void Clear();
};

// All in the window. `is_whole`: it leaves out nothing, and the part need not
// have times.
void SelectRows(const TypeScan::Part& part, uint32_t type,
                uint32_t first_record, int64_t from_us, int64_t until_us,
                bool is_whole, Rows& rows);
// From interactions to their lines.
void ToLines(Rows& rows);
// Leaves those for which it is true.
void Keep(Rows& rows, const std::vector<uint8_t>& conditions);

// The texts of names and directions.
struct RowTables {
  explicit RowTables(const Interner* interner) : names(interner) {}

  class Names : public TextTable {
   public:
    explicit Names(const Interner* names) : names_(names) {}
    std::string_view Text(uint32_t code) const override {
      return names_->Text(code);
    }
    size_t size() const override { return names_->size(); }

   private:
    const Interner* names_;
  } names;
  class Directions : public TextTable {
   public:
    std::string_view Text(uint32_t code) const override {
      return code == static_cast<uint32_t>(Direction::kInbound) ? "inbound"
                                                                : "outbound";
    }
    size_t size() const override { return 2; }
  } directions;
};

// A member, or whether there is a field. Text of fields lies in the block.
Column LoadMember(const Rows& rows, const Node& node, const RowTables& tables);
Column LoadHasField(const Rows& rows, const Node& node);
// What is of customers, for their rows.
Column Spread(const Column& column, const std::vector<uint32_t>& slots);

}  // namespace trato::core

#endif  // TRATO_VECTOR_ROWS_H_
