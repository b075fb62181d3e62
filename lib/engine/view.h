// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Inside engine only: whom a view shows. A customer is shown by what her
// records say of her at the instant of the question, all of them together, so a
// link shows her to whoever saw one of them before.

#ifndef TRATO_ENGINE_VIEW_H_
#define TRATO_ENGINE_VIEW_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "base/mutex.h"
#include "engine/state.h"
#include "trato/store.h"

namespace trato::core {

// A scope as one state has it, which outlives this.
class Sight {
 public:
  // Whether the customer led by `leader` is shown. What cannot be told is not.
  bool Shows(RecordNumber leader, int64_t now_us) const;

 private:
  friend class Scope;
  struct Tag {
    uint32_t attribute;  // interned
    std::vector<std::string> values;
  };

  const State* state_ = nullptr;
  bool any_ = false;
  std::vector<Tag> tags_;
  std::shared_ptr<const Program> filter_;
  std::shared_ptr<const Sight> outer_;  // shows her as well
};

// What a view was made with.
class Scope {
 public:
  // `outer` (may be null) is that of the view that it is a view of.
  Scope(const ViewOptions& options, std::shared_ptr<const Scope> outer);

  // For this state; the caller holds it still. The error names the tag or the
  // place in the filter.
  absl::StatusOr<std::shared_ptr<const Sight>> At(
      const std::shared_ptr<const State>& state) const;

 private:
  struct Tag {
    std::string name;
    std::vector<std::string> values;
  };
  std::vector<Tag> tags_;
  bool any_;
  std::string filter_;
  std::shared_ptr<const Scope> outer_;

  // As made for the last state that was asked for.
  mutable Mutex mutex_;
  mutable std::weak_ptr<const State> state_ ABSL_GUARDED_BY(mutex_);
  mutable std::shared_ptr<const Sight> sight_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace trato::core

#endif  // TRATO_ENGINE_VIEW_H_
