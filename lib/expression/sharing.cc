// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/sharing.h"

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/strings.h"
#include "expression/format.h"

namespace trato::core {
namespace {

// What is alike says the same here. Longer than this is not looked at: a long
// text is seldom the same twice.
constexpr size_t kMaxKeyBytes = 4096;

bool IsWorthSharing(const Node& node) {
  switch (node.op) {
    case Op::kCount:
    case Op::kSum:
    case Op::kMin:
    case Op::kMax:
    case Op::kAverage:
    case Op::kExists:
    case Op::kAll:
    case Op::kExistsOne:
      break;
    case Op::kCall:
      if (node.text != "in_segment" && node.text != "recency") return false;
      break;
    default:
      return false;
  }
  // Values that lie in the datum itself outlive the loop that they came from.
  const Kind kind = node.type.kind();
  return kind == Kind::kBool || kind == Kind::kInt || kind == Kind::kUint ||
         kind == Kind::kDouble || kind == Kind::kMoney ||
         kind == Kind::kTimestamp || kind == Kind::kDuration;
}

class Finder {
 public:
  // What identifies the node, or nothing where it is too long; `lowest` is the
  // lowest slot of a variable that it uses without binding it.
  std::string Key(Node& node, int& lowest) {
    constexpr int kNone = std::numeric_limits<int>::max();
    lowest = node.op == Op::kVariable ? node.slot : kNone;
    std::string key =
        StrCat("(", static_cast<int>(node.op), ",",
               static_cast<int>(node.member), ",", node.number, ",",
               static_cast<int>(node.slot), node.is_method ? "." : "", ",",
               node.op == Op::kLiteral ? FormatDatum(node.literal) : node.text,
               ",", NameOf(node.type));
    bool is_whole = true;
    for (size_t i = 0; i < node.args.size(); ++i) {
      int inner;
      const std::string part = Key(*node.args[i], inner);
      is_whole = is_whole && !part.empty();
      const bool is_body = i > 0 && node.op >= Op::kSum;
      if (!(is_body && inner == node.slot)) lowest = std::min(lowest, inner);
      if (is_whole) key += part;
    }
    if (!is_whole || key.size() > kMaxKeyBytes) return "";
    key += ")";
    if (lowest == kNone && IsWorthSharing(node)) found_[key].push_back(&node);
    return key;
  }

  size_t Number() {
    uint16_t numbers = 0;
    std::vector<std::pair<size_t, const std::vector<Node*>*>> groups;
    for (const auto& [key, nodes] : found_) {
      if (nodes.size() > 1) groups.emplace_back(key.size(), &nodes);
    }
    for (const auto& [size, nodes] : groups) {
      if (numbers == std::numeric_limits<uint16_t>::max()) break;
      ++numbers;
      for (Node* node : *nodes) node->shared = numbers;
    }
    return numbers;
  }

 private:
  absl::flat_hash_map<std::string, std::vector<Node*>> found_;
};

}  // namespace

size_t NumberShared(Node& root) {
  Finder finder;
  int lowest;
  finder.Key(root, lowest);
  return finder.Number();
}

}  // namespace trato::core
