// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "timeline/interaction_ref.h"

#include <utility>

namespace trato::core {
namespace {

FieldView ViewOf(const Field& field) {
  FieldView view;
  view.name = field.name;
  view.type = TypeOf(field.value);
  if (const auto* it = std::get_if<bool>(&field.value)) view.integer = *it;
  if (const auto* it = std::get_if<int64_t>(&field.value)) view.integer = *it;
  if (const auto* it = std::get_if<double>(&field.value)) view.number = *it;
  if (const auto* it = std::get_if<std::string>(&field.value)) view.text = *it;
  if (const auto* it = std::get_if<Money>(&field.value)) {
    view.integer = it->minor;
    view.currency = it->currency;
  }
  if (const auto* it = std::get_if<Timestamp>(&field.value)) {
    view.integer = it->us;
  }
  return view;
}

}  // namespace

std::optional<FieldView> InteractionRef::FindField(uint32_t name) const {
  if (plain_ != nullptr) {
    for (const Field& field : plain_->fields) {
      if (field.name == name) return ViewOf(field);
    }
    return std::nullopt;
  }
  const std::string_view bytes = cluster_->extras(row_);
  if (bytes.empty()) return std::nullopt;
  for (const FieldView& field : DecodeExtras(bytes).fields) {
    if (field.name == name) return field;
  }
  return std::nullopt;
}

std::optional<FactId> InteractionRef::reply_to() const {
  if (plain_ != nullptr) return plain_->reply_to;
  return DecodeExtras(cluster_->extras(row_)).reply_to;
}

std::vector<FieldView> InteractionRef::fields() const {
  if (plain_ == nullptr) return DecodeExtras(cluster_->extras(row_)).fields;
  std::vector<FieldView> views;
  for (const Field& field : plain_->fields) views.push_back(ViewOf(field));
  return views;
}

std::string InteractionRef::key(BlockCache& cache) const {
  if (plain_ != nullptr) return plain_->key;
  if (!cluster_->has_key(row_)) return {};
  const auto keys = cache.GetKeys(*slot_);
  return keys == nullptr ? std::string() : keys->Key(cluster_->index(), row_);
}

Interaction InteractionRef::Unpack(BlockCache& cache) const {
  if (plain_ != nullptr) return *plain_;
  Interaction it;
  it.at_us = at_us();
  it.recorded_us = recorded_us();
  it.position = position();
  it.type = type();
  it.channel = channel();
  it.source = source();
  it.actor = actor();
  it.batch = batch();
  it.direction = direction();
  it.amount = amount();
  ForEachLine([&](const Line& line) {
    it.lines.push_back(line);
    return true;
  });
  const Extras extras = DecodeExtras(cluster_->extras(row_));
  it.reply_to = extras.reply_to;
  for (const FieldView& field : extras.fields) {
    it.fields.push_back({field.name, field.ToValue()});
  }
  it.key = key(cache);
  return it;
}

bool SameContent(const InteractionRef& a, const InteractionRef& b) {
  if (a.at_us() != b.at_us() || a.type() != b.type() ||
      a.source() != b.source() || a.channel() != b.channel() ||
      a.direction() != b.direction() || a.amount() != b.amount() ||
      a.line_count() != b.line_count() || a.reply_to() != b.reply_to()) {
    return false;
  }
  std::vector<Line> lines;
  a.ForEachLine([&](const Line& line) {
    lines.push_back(line);
    return true;
  });
  size_t next = 0;
  if (!b.ForEachLine([&](const Line& line) { return line == lines[next++]; })) {
    return false;
  }
  const auto fields = a.fields();
  const auto others = b.fields();
  if (fields.size() != others.size()) return false;
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].name != others[i].name ||
        fields[i].ToValue() != others[i].ToValue()) {
      return false;
    }
  }
  return true;
}

}  // namespace trato::core
