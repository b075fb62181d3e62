// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Segments by name: a condition, compiled, and who it holds for at an instant.
// Registers in_segment(name) with the language, so a segment may use another;
// a circle of them is refused.

#ifndef TRATO_SEGMENT_SEGMENT_STORE_H_
#define TRATO_SEGMENT_SEGMENT_STORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/strings.h"
#include "expression/program.h"
#include "expression/registry.h"

namespace trato::core {

struct SegmentDefinition {
  std::string name;
  std::string expression;

  bool operator==(const SegmentDefinition&) const = default;
};

// How deep segments may use each other, and how many conditions one test may
// run that way, all levels together. A redefinition further down is caught when
// the segment is tested.
inline constexpr int kMaxSegmentDepth = 8;
inline constexpr int kMaxSegmentCost = 256;

class SegmentStore {
 public:
  struct Segment {
    SegmentDefinition definition;
    // An error when the expression, once valid, no longer is.
    absl::StatusOr<std::shared_ptr<const Program>> program;
    uint64_t version = 0;  // counts definitions of this name from 1
    int64_t defined_us = 0;
    // Nobody is in it: its program is `false`, whatever is defined.
    bool is_disabled = false;

    // What nobody can say when it changes, as INVALID_ARGUMENT with its place.
    absl::Status UnforeseenError() const;
  };

  // Registers in_segment; `world` and `registry` outlive this.
  SegmentStore(const World* world, Registry* registry);

  // Whether it may be defined; the error names the segment and, for its
  // expression, carries a place.
  absl::Status Check(const SegmentDefinition& definition,
                     const CompileContext& context) const;
  // Puts a checked definition in force, for the new or the known name.
  void Define(const SegmentDefinition& definition,
              const CompileContext& context, int64_t defined_us);

  // Whether it may be enabled or disabled: what could not be defined now cannot
  // be enabled.
  absl::Status CheckEnabled(std::string_view name, bool enabled,
                            const CompileContext& context) const;
  void SetEnabled(std::string_view name, bool enabled,
                  const CompileContext& context);

  // Gives a segment another name, by which it goes from now on as well as by
  // its former ones. The error names what is wrong.
  absl::Status CheckRenaming(std::string_view from, std::string_view to) const;
  void Rename(std::string_view from, std::string_view to);
  // What a segment is called now that goes or went by this name; another name
  // gives itself.
  std::string_view NameNow(std::string_view name) const;
  // The same names as `other` has for the same segments.
  void TakeNames(const SegmentStore& other) { names_now_ = other.names_now_; }
  const StringMap<std::string>& former_names() const { return names_now_; }

  // Compiles all anew, after a definition that they read has changed.
  void Recompile(const CompileContext& context);

  // NOT_FOUND with the nearest known name.
  absl::StatusOr<const Segment*> Find(std::string_view name) const;
  const StringMap<Segment>& all() const { return segments_; }
  bool Has(std::string_view name) const { return segments_.contains(name); }
  // Whether it is in force already.
  bool Knows(const SegmentDefinition& definition) const {
    auto known = segments_.find(NameNow(definition.name));
    return known != segments_.end() &&
           known->second.definition.expression == definition.expression;
  }
  bool IsDisabled(std::string_view name) const {
    auto known = segments_.find(NameNow(name));
    return known != segments_.end() && known->second.is_disabled;
  }

  // The condition for one customer.
  // `until_us` (may be null) gets until when she stays in or out, if no fact
  // comes: kNever, or the first instant at which that may change. Cost: with it
  // about twice that of a test.
  absl::StatusOr<Verdict> Test(const Segment& segment, RecordNumber customer,
                               int64_t now_us,
                               int64_t* until_us = nullptr) const;

 private:
  absl::StatusOr<std::shared_ptr<const Program>> CompileOf(
      const Segment& segment, const CompileContext& context) const;
  bool IsRestricted(RecordNumber customer, int64_t now_us) const;
  // Adds to `cost` how many conditions a test of something that reads `reads`
  // runs; an error when it comes by `name` again, goes too deep or costs too
  // much.
  absl::Status AddCost(const Reads& reads, std::string_view name, int times,
                       int depth, int& cost) const;

  const World* world_;
  const Registry* registry_;
  StringMap<Segment> segments_;
  StringMap<std::string> names_now_;  // by former names
};

}  // namespace trato::core

#endif  // TRATO_SEGMENT_SEGMENT_STORE_H_
