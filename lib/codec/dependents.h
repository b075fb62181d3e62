// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// What depends on a definition: which segments and offers read it, and which
// rules of retention name it.

#ifndef TRATO_CODEC_DEPENDENTS_H_
#define TRATO_CODEC_DEPENDENTS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/answers.h"

namespace trato::core {

// By name.
struct Dependents {
  std::vector<std::string> segments;
  std::vector<std::string> offers;
  // The rules, in words; they stand in nobody's way.
  std::vector<std::string> retention;

  bool empty() const { return segments.empty() && offers.empty(); }
};

// Those that read it themselves, and by in_segment those that read these.
Dependents DependentsOf(const Model& model, DefinitionKind kind,
                        std::string_view name);

std::string DependentsJson(const Dependents& dependents);

}  // namespace trato::core

#endif  // TRATO_CODEC_DEPENDENTS_H_
