// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "engine/view.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/text.h"
#include "engine/store_impl.h"

namespace trato::core {

bool Sight::Shows(RecordNumber leader, int64_t now_us) const {
  if (outer_ != nullptr && !outer_->Shows(leader, now_us)) return false;
  const auto has = [&](const Tag& tag) {
    const auto values = state_->customers.ValuesAt(leader, tag.attribute,
                                                   kAboutNothing, now_us);
    return std::any_of(
        values.begin(), values.end(), [&](const AttributeValue& it) {
          const auto* text = std::get_if<std::string>(&it.version->value);
          return text != nullptr &&
                 std::find(tag.values.begin(), tag.values.end(), *text) !=
                     tag.values.end();
        });
  };
  if (!tags_.empty()) {
    const bool is_hers = any_ ? std::any_of(tags_.begin(), tags_.end(), has)
                              : std::all_of(tags_.begin(), tags_.end(), has);
    if (!is_hers) return false;
  }
  return filter_ == nullptr ||
         filter_->Test(state_->world, leader, now_us).holds;
}

Scope::Scope(const ViewOptions& options, std::shared_ptr<const Scope> outer)
    : any_(options.any), filter_(options.filter), outer_(std::move(outer)) {
  for (const auto& [name, value] : options.tags) {
    auto known = std::find_if(tags_.begin(), tags_.end(),
                              [&](const Tag& it) { return it.name == name; });
    if (known == tags_.end()) {
      tags_.push_back({std::string(name), {}});
      known = tags_.end() - 1;
    }
    known->values.emplace_back(value);
  }
}

absl::StatusOr<std::shared_ptr<const Sight>> Scope::At(
    const std::shared_ptr<const State>& state) const {
  {
    MutexLock lock(&mutex_);
    if (sight_ != nullptr && state_.lock() == state) return sight_;
  }
  auto sight = std::make_shared<Sight>();
  sight->state_ = state.get();
  sight->any_ = any_;
  for (const Tag& tag : tags_) {
    TRATO_ASSIGN_OR_RETURN(
        const AttributeDefinition* definition,
        state->schema.Attribute("tags", Subject::kCustomer, tag.name));
    if (definition->type != ValueType::kString || !definition->many ||
        definition->per != Per::kNothing) {
      return absl::FailedPreconditionError(
          StrCat("tags: '", tag.name,
                 "' is no attribute of text with many values, so a link could "
                 "hide what one of the records says"));
    }
    sight->tags_.push_back({*state->names.Find(definition->name), tag.values});
  }
  if (!filter_.empty()) {
    TRATO_ASSIGN_OR_RETURN(
        sight->filter_,
        Program::Compile(filter_, state->compile_context(), state->registry));
  }
  if (outer_ != nullptr) {
    TRATO_ASSIGN_OR_RETURN(sight->outer_, outer_->At(state));
  }
  MutexLock lock(&mutex_);
  state_ = state;
  sight_ = sight;
  return std::shared_ptr<const Sight>(std::move(sight));
}

Store::Store(std::shared_ptr<Impl> impl, std::shared_ptr<const Scope> scope)
    : impl_(std::move(impl)), scope_(std::move(scope)) {}

absl::StatusOr<std::shared_ptr<Store>> Store::View(
    const ViewOptions& options) const {
  if (options.tags.empty() && options.filter.empty()) {
    return absl::InvalidArgumentError(
        "tags and filter are both empty: that would show everybody");
  }
  for (const auto& [name, value] : options.tags) {
    TRATO_RETURN_IF_ERROR(CheckLabel("tags: name", name));
    TRATO_RETURN_IF_ERROR(CheckText("tags: value", value));
  }
  auto scope = std::make_shared<const Scope>(options, scope_);
  {
    ReaderMutexLock lock(&impl_->mutex);
    TRATO_RETURN_IF_ERROR(scope->At(impl_->state).status());
  }
  return std::shared_ptr<Store>(new Store(impl_, std::move(scope)));
}

absl::StatusOr<std::shared_ptr<const Sight>> Store::See(int64_t now_us) const {
  TRATO_RETURN_IF_ERROR(impl_->CheckTold("now_us", now_us));
  if (scope_ == nullptr) return std::shared_ptr<const Sight>();
  return scope_->At(impl_->state);
}

absl::StatusOr<RecordNumber> Store::Resolve(std::string_view customer,
                                            int64_t now_us) const {
  TRATO_ASSIGN_OR_RETURN(RecordNumber leader, impl_->Resolve(customer, now_us));
  if (scope_ == nullptr) return leader;
  TRATO_ASSIGN_OR_RETURN(auto sight, See(now_us));
  ReadScope scope;
  const bool is_shown = sight->Shows(leader, now_us);
  TRATO_RETURN_IF_ERROR(scope.status());
  if (is_shown) return leader;
  // As of somebody of whom nothing is known.
  return absl::NotFoundError(
      StrCat("no customer has the identifier ", customer));
}

absl::StatusOr<Model> Store::ModelHere(int64_t now_us) const {
  Model model = impl_->state->model();
  TRATO_ASSIGN_OR_RETURN(auto sight, See(now_us));
  if (sight == nullptr) return model;
  model.shows = [sight, now_us](RecordNumber leader) {
    return sight->Shows(leader, now_us);
  };
  return model;
}

}  // namespace trato::core
