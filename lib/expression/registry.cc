// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/registry.h"

#include <utility>

namespace trato::core {

Registry::Registry() {
  AddPlainFunctions(*this);
  AddTimeFunctions(*this);
  AddCustomerFunctions(*this);
}

void Registry::Add(Function function) {
  functions_[function.is_method][function.name].push_back(std::move(function));
}

std::span<const Function> Registry::Find(std::string_view name,
                                         bool is_method) const {
  auto found = functions_[is_method].find(name);
  if (found == functions_[is_method].end()) return {};
  return found->second;
}

std::vector<std::string_view> Registry::Names(bool is_method) const {
  std::vector<std::string_view> names;
  for (const auto& [name, functions] : functions_[is_method]) {
    names.push_back(name);
  }
  return names;
}

}  // namespace trato::core
