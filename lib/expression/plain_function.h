// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// For those who register functions: the common cases in one line.

#ifndef TRATO_EXPRESSION_PLAIN_FUNCTION_H_
#define TRATO_EXPRESSION_PLAIN_FUNCTION_H_

#include <string>
#include <utility>
#include <vector>

#include "expression/evaluator.h"
#include "expression/registry.h"

namespace trato::core {

// A function of its arguments alone, which makes nothing new.
Function PlainFunction(std::string name, bool is_method,
                       std::vector<Type> parameters, Type result,
                       Datum (*code)(std::span<const Datum>));

// The same, for one that makes text or lists.
Function MakingFunction(std::string name, bool is_method,
                        std::vector<Type> parameters, Type result,
                        Datum (*code)(Evaluation&, std::span<const Datum>));

inline std::string_view TextOf(const Datum& datum) {
  return std::get<std::string_view>(datum);
}

// A value that is the same at every call.
inline Evaluator Constant(Datum value) {
  return [value](Evaluation&, std::span<const Datum>) { return value; };
}

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_PLAIN_FUNCTION_H_
