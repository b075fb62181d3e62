// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chapter 10 of trato.h: segments.

#include <utility>
#include <vector>

#include "capi/support.h"

using namespace trato::capi;  // NOLINT: this file is the interface
using trato::core::Store;

struct trato_members {
  std::shared_ptr<const void> held;  // what the names point into
  std::vector<trato::core::SegmentMember> items;
  size_t next = 0;
};

namespace {

absl::Status GiveSize(const absl::StatusOr<trato::core::SegmentSize>& size,
                      trato_segment_size* out) {
  TRATO_RETURN_IF_ERROR(size.status());
  *out = {size->members, size->customers, size->undecided};
  return absl::OkStatus();
}

}  // namespace

extern "C" {

trato_status trato_segment_define(trato_store* store, trato_str name,
                                  trato_str expression, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(expression, "expression"));
    return core->DefineSegment(segment, text, now_us, write);
  });
}

trato_status trato_segment_enable(trato_store* store, trato_str name,
                                  uint32_t enabled, int64_t now_us,
                                  const trato_write_options* options,
                                  trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(Store * core, Unwrap(store));
    TRATO_ASSIGN_OR_RETURN(auto write, ToWriteOptions(options));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    if (enabled > 1) {
      return absl::InvalidArgumentError("enabled is neither 0 nor 1");
    }
    return core->EnableSegment(segment, enabled != 0, now_us, write);
  });
}

trato_status trato_segment_try(const trato_store* store, trato_str name,
                               trato_str expression, int64_t now_us,
                               trato_segment_overlap* out_overlap,
                               trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_overlap, "out_overlap"));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(expression, "expression"));
    TRATO_ASSIGN_OR_RETURN(const auto overlap,
                           core->TrySegment(segment, text, now_us));
    *out_overlap = {overlap.first_only, overlap.second_only, overlap.both,
                    overlap.customers, overlap.undecided};
    return absl::OkStatus();
  });
}

trato_status trato_segment_try_members(const trato_store* store,
                                       trato_str name, trato_str expression,
                                       uint32_t entering, int64_t now_us,
                                       trato_members** out_members,
                                       trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_members, "out_members"));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(expression, "expression"));
    if (entering > 1) {
      return absl::InvalidArgumentError("entering is neither 0 nor 1");
    }
    std::shared_ptr<const void> held;
    TRATO_ASSIGN_OR_RETURN(
        auto items, core->TrySegmentMembers(segment, text, entering != 0,
                                            now_us, &held));
    *out_members = new trato_members{std::move(held), std::move(items), 0};
    return absl::OkStatus();
  });
}

trato_status trato_segment_count(const trato_store* store, trato_str name,
                                 int64_t now_us, trato_segment_size* out_size,
                                 trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_size, "out_size"));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    return GiveSize(core->CountSegment(segment, now_us), out_size);
  });
}

trato_status trato_segment_preview(const trato_store* store,
                                   trato_str expression, int64_t now_us,
                                   trato_segment_size* out_size,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_size, "out_size"));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(expression, "expression"));
    return GiveSize(core->PreviewSegment(text, now_us), out_size);
  });
}

trato_status trato_segment_test(const trato_store* store, trato_str name,
                                trato_str customer, int64_t now_us,
                                uint32_t* out_member,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_member, "out_member"));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_ASSIGN_OR_RETURN(const bool member,
                           core->TestSegment(segment, who, now_us));
    *out_member = member ? 1 : 0;
    return absl::OkStatus();
  });
}

trato_status trato_segment_list(const trato_store* store, trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    return MoveInto(core->SegmentListJson(), out_json);
  });
}

trato_status trato_segment_members(const trato_store* store, trato_str name,
                                   int64_t now_us, trato_members** out_members,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_members, "out_members"));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    std::shared_ptr<const void> held;
    TRATO_ASSIGN_OR_RETURN(auto items,
                           core->SegmentMembers(segment, now_us, &held));
    *out_members = new trato_members{std::move(held), std::move(items), 0};
    return absl::OkStatus();
  });
}

trato_status trato_segment_explain(const trato_store* store, trato_str name,
                                   trato_str customer, int64_t now_us,
                                   trato_buf* out_json,
                                   trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_ASSIGN_OR_RETURN(std::string json,
                           core->ExplainSegmentJson(segment, who, now_us));
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_segment_history(
    const trato_store* store, trato_str name, trato_str customer,
    int64_t from_us, int64_t until_us, trato_segment_step* out_steps,
    size_t capacity, size_t* out_count, int64_t* out_until_us,
    uint32_t* out_member, trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view segment, ToText(name, "name"));
    TRATO_ASSIGN_OR_RETURN(std::string_view who, ToText(customer, "customer"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_steps, "out_steps"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_count, "out_count"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_until_us, "out_until_us"));
    if (capacity == 0) {
      return absl::InvalidArgumentError("capacity is 0");
    }
    size_t count = 0;
    bool member = false;
    TRATO_ASSIGN_OR_RETURN(
        *out_until_us,
        core->SegmentHistory(segment, who, from_us, until_us, &member,
                             [&](int64_t at_us, bool is_member) {
                               out_steps[count++] = {at_us, is_member, 0};
                               return count < capacity;
                             }));
    *out_count = count;
    if (out_member != nullptr) *out_member = member;
    return absl::OkStatus();
  });
}

trato_status trato_segment_plan(const trato_store* store, trato_str expression,
                                trato_buf* out_json,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_ASSIGN_OR_RETURN(std::string_view text,
                           ToText(expression, "expression"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_json, "out_json"));
    TRATO_ASSIGN_OR_RETURN(std::string json, core->PlanJson(text));
    return MoveInto(std::move(json), out_json);
  });
}

trato_status trato_segment_diff(const trato_store* store, trato_str first,
                                trato_str second, int64_t now_us,
                                trato_segment_overlap* out_overlap,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_overlap, "out_overlap"));
    TRATO_ASSIGN_OR_RETURN(std::string_view one, ToText(first, "first"));
    TRATO_ASSIGN_OR_RETURN(std::string_view other, ToText(second, "second"));
    TRATO_ASSIGN_OR_RETURN(const auto overlap,
                           core->DiffSegments(one, other, now_us));
    *out_overlap = {overlap.first_only, overlap.second_only, overlap.both,
                    overlap.customers, overlap.undecided};
    return absl::OkStatus();
  });
}

trato_status trato_segment_diff_members(const trato_store* store,
                                        trato_str first, trato_str second,
                                        int64_t now_us,
                                        trato_members** out_members,
                                        trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_ASSIGN_OR_RETURN(const Store* core, UnwrapSeen(store));
    TRATO_RETURN_IF_ERROR(CheckSet(out_members, "out_members"));
    TRATO_ASSIGN_OR_RETURN(std::string_view one, ToText(first, "first"));
    TRATO_ASSIGN_OR_RETURN(std::string_view other, ToText(second, "second"));
    std::shared_ptr<const void> held;
    TRATO_ASSIGN_OR_RETURN(auto items,
                           core->SegmentDiffMembers(one, other, now_us, &held));
    *out_members = new trato_members{std::move(held), std::move(items), 0};
    return absl::OkStatus();
  });
}

trato_status trato_members_next(trato_members* members,
                                trato_member* out_members, size_t capacity,
                                size_t* out_count,
                                trato_error* error) noexcept {
  return Guard(error, [&]() -> absl::Status {
    TRATO_RETURN_IF_ERROR(CheckSet(members, "members"));
    TRATO_RETURN_IF_ERROR(CheckSet(out_count, "out_count"));
    if (capacity > 0) {
      TRATO_RETURN_IF_ERROR(CheckSet(out_members, "out_members"));
    }
    size_t count = 0;
    while (count < capacity && members->next < members->items.size()) {
      const auto& item = members->items[members->next++];
      out_members[count++] = {ToId(item.id), ToStr(item.name)};
    }
    *out_count = count;
    return absl::OkStatus();
  });
}

void trato_members_destroy(trato_members* members) noexcept { delete members; }

}  // extern "C"
