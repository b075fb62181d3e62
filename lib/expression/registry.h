// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// The functions of the language. This module registers its own; a module above
// registers what it knows (in_segment, ...), so that the language never depends
// on it.

#ifndef TRATO_EXPRESSION_REGISTRY_H_
#define TRATO_EXPRESSION_REGISTRY_H_

#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/interner.h"
#include "base/status.h"
#include "base/strings.h"
#include "expression/datum.h"
#include "expression/type.h"
#include "schema/schema.h"

namespace trato::core {

// What an expression reads: a fact of another kind cannot change its value.
struct Reads {
  std::set<std::string, std::less<>> interaction_types;
  // Those of them that a function reads which does not show it in the text.
  std::set<std::string, std::less<>> hidden_types;
  std::set<std::string, std::less<>> attributes;
  std::set<std::string, std::less<>> relations;
  // Of interactions, and of their lines.
  std::set<std::string, std::less<>> fields;
  std::set<std::string, std::less<>> line_fields;
  bool consents = false;  // any
  // Of these, and of interactions that are compared with one.
  std::set<std::string, std::less<>> purposes;
  std::set<std::string, std::less<>> channels;
  // Of the records that it names.
  std::set<std::string, std::less<>> namespaces;
  // The segments that it asks for, with how many times its text does.
  std::map<std::string, int, std::less<>> segments;
};

// What is known while a call is checked.
struct CompileContext {
  const Schema* schema;
  const Interner* names;
  absl::TimeZone zone;
  Currency currency;  // the store's
};

// The error, about the literal with this index.
inline absl::Status AboutLiteral(absl::Status status, uint32_t index) {
  return AtPlace(std::move(status), {0, index});
}

struct Function {
  std::string name;
  bool is_method = false;        // called as parameters[0].name(...)
  std::vector<Type> parameters;  // the receiver first
  bool repeats = false;          // the last parameter one or more times
  // Whether the arguments (not the receiver) must be literals, all or those
  // from `first_literal` on.
  bool wants_literals = false;
  uint32_t first_literal = 0;
  Type result;
  // Whether the value follows from the arguments alone, so that a call with
  // literals is itself one.
  bool is_pure = false;
  // The keys of the map that it gives, where these are always the same; others
  // are refused.
  std::vector<std::string> keys{};
  // Makes the code of one call. `literals` are the arguments from
  // `first_literal` on, without the receiver, where all of those are literals,
  // otherwise empty. An error needs no place: it is about the call, or with
  // wants_literals about the first of them, unless it says which literal with
  // AboutLiteral.
  std::function<absl::StatusOr<Evaluator>(
      const CompileContext&, std::span<const Datum> literals, Reads& reads)>
      compile;
};

class Registry {
 public:
  // Holds the functions of this module.
  Registry();

  void Add(Function function);

  // Functions of one name differ in what they take. All of the name that are
  // methods, or that are not.
  std::span<const Function> Find(std::string_view name, bool is_method) const;
  std::vector<std::string_view> Names(bool is_method) const;

 private:
  StringMap<std::vector<Function>> functions_[2];
};

// What the language itself has: of plain CEL, of times, of customers.
void AddPlainFunctions(Registry& registry);
void AddTimeFunctions(Registry& registry);
void AddCustomerFunctions(Registry& registry);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_REGISTRY_H_
