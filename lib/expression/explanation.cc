// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/explanation.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "base/strings.h"
#include "expression/format.h"
#include "expression/sets.h"

namespace trato::core {
namespace {

// What the whole needs this part to be.
enum class Wanted { kTrue, kFalse, kAny };

Wanted Opposite(Wanted wanted) {
  if (wanted == Wanted::kAny) return wanted;
  return wanted == Wanted::kTrue ? Wanted::kFalse : Wanted::kTrue;
}

bool IsComparison(Op op) {
  return op >= Op::kEqual && op <= Op::kGreaterOrEqual;
}

bool IsSetQuestion(Op op) { return op >= Op::kCount && op <= Op::kWhere; }

// The comparison that holds where this one does not.
Op Negation(Op op) {
  switch (op) {
    case Op::kEqual:
      return Op::kNotEqual;
    case Op::kNotEqual:
      return Op::kEqual;
    case Op::kLess:
      return Op::kGreaterOrEqual;
    case Op::kLessOrEqual:
      return Op::kGreater;
    case Op::kGreater:
      return Op::kLessOrEqual;
    default:
      return Op::kLess;
  }
}

std::string_view Needs(Op op) {
  switch (op) {
    case Op::kEqual:
      return "needs ";
    case Op::kNotEqual:
      return "needs anything but ";
    case Op::kLess:
      return "needs less than ";
    case Op::kLessOrEqual:
      return "needs at most ";
    case Op::kGreater:
      return "needs more than ";
    default:
      return "needs at least ";
  }
}

class Explainer {
 public:
  Explainer(const Program& program, const World& world, RecordNumber customer,
            int64_t now_us)
      : program_(program),
        world_(world),
        customer_(customer),
        now_us_(now_us) {}

  Explanation Visit(const Node& node, Wanted wanted) {
    ++parts_;
    Explanation it;
    it.text = program_.text().substr(node.begin, node.end - node.begin);
    Evaluate(node, [&](Evaluation&, const Datum& value) {
      if (const auto* failure = std::get_if<Failure>(&value)) {
        it.error = std::string(program_.Explain(*failure).message());
        it.is_absent = failure->reason == Failure::Reason::kAbsent;
      } else {
        it.value = FormatDatum(value);
      }
    });
    AddParts(node, wanted, it);
    AddFacts(node, it);
    if (wanted == Wanted::kAny ||
        it.value == (wanted == Wanted::kTrue ? "true" : "false")) {
      return it;
    }
    const bool has_better = node.op == Op::kAnd || node.op == Op::kOr ||
                            node.op == Op::kNot || node.op == Op::kConditional;
    if (!has_better) it.missing = Missing(node, wanted, it);
    return it;
  }

 private:
  // Runs `use(evaluation, value)`, with room of its own.
  template <typename Use>
  void Evaluate(const Node& node, Use use) {
    Nesting nesting;
    Evaluation evaluation{&world_, customer_, now_us_, &nesting};
    use(evaluation, core::Evaluate(evaluation, node));
  }

  void AddParts(const Node& node, Wanted wanted, Explanation& it) {
    const auto add = [&](const Node& part, Wanted part_wanted) {
      if (part.op == Op::kLiteral || parts_ >= kMaxPartsExplained) return;
      it.parts.push_back(Visit(part, part_wanted));
    };
    switch (node.op) {
      case Op::kAnd:
      case Op::kOr:
        for (const auto& arg : node.args) add(*arg, wanted);
        return;
      case Op::kNot:
        add(*node.args[0], Opposite(wanted));
        return;
      case Op::kConditional: {
        add(*node.args[0], Wanted::kAny);
        std::optional<bool> chosen;
        Evaluate(*node.args[0], [&](Evaluation&, const Datum& value) {
          if (const auto* known = std::get_if<bool>(&value)) chosen = *known;
        });
        if (chosen) add(*node.args[*chosen ? 1 : 2], wanted);
        return;
      }
      case Op::kIn:
      case Op::kIndex:
      case Op::kNegate:
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kModulo:
        for (const auto& arg : node.args) add(*arg, Wanted::kAny);
        return;
      case Op::kMember:
        if (node.args[0]->type.is(Kind::kInteraction)) {
          add(*node.args[0], Wanted::kAny);
        }
        return;
      case Op::kCall:
        for (const auto& arg : node.args) {
          if (arg->type.is_value()) add(*arg, Wanted::kAny);
        }
        return;
      default:
        if (IsComparison(node.op)) {
          for (const auto& arg : node.args) add(*arg, Wanted::kAny);
        }
        return;
    }
  }

  void AddFacts(const Node& node, Explanation& it) {
    if (node.op == Op::kAttribute || node.op == Op::kHasAttribute) {
      return AddAttribute(node, it);
    }
    // A call like recency( ) asks a set too.
    const bool asks =
        IsSetQuestion(node.op) || (node.op == Op::kCall && !node.args.empty() &&
                                   node.args[0]->type.is_set());
    if (!asks) return;
    Evaluate(*node.args[0], [&](Evaluation& evaluation, const Datum& set) {
      AddInteractions(evaluation, node, set, it);
    });
  }

  void AddAttribute(const Node& node, Explanation& it) {
    const AttributeValue value =
        world_.customers->AttributeAt(customer_, node.number, now_us_);
    if (value.version == nullptr) return;
    DecidingFact fact;
    fact.record = value.record;
    fact.at_us = value.version->at_us;
    fact.source = value.version->source;
    fact.attribute = node.text;
    fact.value = node.op == Op::kAttribute ? it.value : "";
    it.facts.push_back(std::move(fact));
    it.fact_count = 1;
  }

  // For exists( ) those for which it holds, for all( ) those for which it does
  // not; for other questions all of the set. Of lines, their interactions.
  void AddInteractions(Evaluation& evaluation, const Node& node,
                       const Datum& set, Explanation& it) {
    const InteractionSet* interactions = nullptr;
    bool is_lines = false;
    if (const auto* known = std::get_if<const InteractionSet*>(&set)) {
      interactions = *known;
    } else if (const auto* lines = std::get_if<const LineSet*>(&set)) {
      if ((*lines)->is_of_one) return;
      interactions = &(*lines)->interactions;
      is_lines = true;
    } else {
      return;
    }
    const bool chooses = !is_lines && node.args.size() == 2 &&
                         (node.op == Op::kExists || node.op == Op::kAll ||
                          node.op == Op::kExistsOne || node.op == Op::kWhere);
    std::vector<DecidingFact> found;
    for (RecordNumber record : world_.customers->RecordsOf(customer_)) {
      ForEachInteractionOf(
          evaluation, *interactions, record, [&](const InteractionRef& ref) {
            if (chooses) {
              evaluation.variables[node.slot] = ref;
              const Datum held = core::Evaluate(evaluation, *node.args[1]);
              const auto* known = std::get_if<bool>(&held);
              if (known == nullptr || *known == (node.op == Op::kAll)) {
                return true;
              }
            }
            DecidingFact fact;
            fact.record = record;
            fact.at_us = ref.at_us();
            fact.source = ref.source();
            fact.type = ref.type();
            fact.amount = ref.amount();
            fact.id = world_.timeline->IdOf(record, ref);
            found.push_back(std::move(fact));
            return true;
          });
    }
    std::sort(found.begin(), found.end(),
              [&](const DecidingFact& a, const DecidingFact& b) {
                if (a.at_us != b.at_us) return a.at_us > b.at_us;
                const auto a_source = world_.names->Text(a.source);
                const auto b_source = world_.names->Text(b.source);
                if (a_source != b_source) return a_source > b_source;
                return b.id < a.id;
              });
    it.fact_count = found.size();
    if (node.op == Op::kFirst && !found.empty()) found = {found.back()};
    if (node.op == Op::kLast ||
        (node.op == Op::kCall && node.text == "recency")) {
      if (found.size() > 1) found.resize(1);
    }
    if (found.size() > kMaxFactsNamed) found.resize(kMaxFactsNamed);
    it.facts = std::move(found);
  }

  std::string Missing(const Node& node, Wanted wanted, const Explanation& it) {
    if (!it.error.empty()) return StrCat(it.text, ": ", it.error);
    if (IsComparison(node.op)) return Shortfall(node, wanted, it);
    if (node.op == Op::kExists && wanted == Wanted::kTrue) {
      return StrCat(it.text, ": there is none");
    }
    if (node.op == Op::kHasAttribute && wanted == Wanted::kTrue) {
      return StrCat("there is no ", node.text);
    }
    if (wanted == Wanted::kFalse && it.fact_count > 0) {
      return StrCat(it.text, ": there is one, it must not be");
    }
    return StrCat(it.text, " is ", it.value);
  }

  // "interactions(...).count() is 1, needs at least 3: 2 more".
  std::string Shortfall(const Node& node, Wanted wanted,
                        const Explanation& it) {
    Datum left, right;
    std::string shown, other, gap;
    Nesting nesting;
    Evaluation evaluation{&world_, customer_, now_us_, &nesting};
    left = core::Evaluate(evaluation, *node.args[0]);
    right = core::Evaluate(evaluation, *node.args[1]);
    if (IsFailure(left) || IsFailure(right)) return it.text + " is " + it.value;
    const Op op = wanted == Wanted::kTrue ? node.op : Negation(node.op);
    const std::string_view what(program_.text().data() + node.args[0]->begin,
                                node.args[0]->end - node.args[0]->begin);
    const bool is_below = op == Op::kGreater || op == Op::kGreaterOrEqual;
    const bool is_above = op == Op::kLess || op == Op::kLessOrEqual;
    if (is_below || is_above) {
      // By how much; to pass beyond a bound takes one more of what is counted.
      const int64_t beyond = op == Op::kGreater || op == Op::kLess ? 1 : 0;
      const auto* a = std::get_if<int64_t>(&left);
      const auto* b = std::get_if<int64_t>(&right);
      const auto* x = std::get_if<Money>(&left);
      const auto* y = std::get_if<Money>(&right);
      int64_t by = 0;
      if (a != nullptr && b != nullptr &&
          !__builtin_sub_overflow(is_below ? *b : *a, is_below ? *a : *b,
                                  &by) &&
          !__builtin_add_overflow(by, beyond, &by)) {
        gap = StrCat(": ", by, is_below ? " more" : " too many");
      } else if (x != nullptr && y != nullptr &&
                 !__builtin_sub_overflow(is_below ? y->minor : x->minor,
                                         is_below ? x->minor : y->minor, &by)) {
        const Currency currency = x->currency ? x->currency : y->currency;
        gap = StrCat(": ", FormatAmount({by, currency}), " ", currency.code(),
                     is_below ? " short" : " too much");
      }
    }
    return StrCat(what, " is ", FormatDatum(left), ", ", Needs(op),
                  FormatDatum(right), gap);
  }

  const Program& program_;
  const World& world_;
  RecordNumber customer_;
  int64_t now_us_;
  size_t parts_ = 0;
};

void Collect(const Explanation& it, std::vector<std::string>& out) {
  if (!it.missing.empty()) out.push_back(it.missing);
  for (const Explanation& part : it.parts) Collect(part, out);
}

}  // namespace

Explanation Explain(const Program& program, const World& world,
                    RecordNumber customer, int64_t now_us) {
  return Explainer(program, world, customer, now_us)
      .Visit(program.root(), Wanted::kTrue);
}

std::vector<std::string> MissingOf(const Explanation& explanation) {
  std::vector<std::string> missing;
  if (explanation.value != "true") Collect(explanation, missing);
  return missing;
}

}  // namespace trato::core
