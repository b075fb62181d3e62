// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "insight/score.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/calendar.h"
#include "base/status.h"
#include "base/text.h"
#include "expression/ast.h"

namespace trato::core {
namespace {

constexpr size_t kMaxRules = 100;
constexpr int64_t kMostMilli = 1'000'000'000;  // a million points
constexpr int64_t kDay = int64_t{86400} * 1'000'000;
// Two instants next to each other differ by more than what 2^x is off by.
constexpr int64_t kMaxHalfLifeUs = 36525 * kDay;

absl::Status CheckPoints(std::string_view field, int64_t milli) {
  if (milli >= -kMostMilli && milli <= kMostMilli) return absl::OkStatus();
  return absl::InvalidArgumentError(
      StrCat(field, " is not within -1,000,000 and 1,000,000"));
}

absl::StatusOr<Span> SpanOf(std::string_view field, std::string_view text) {
  auto span = ParseSpan(text);
  if (!span.ok()) return Prefixed(span.status(), StrCat(field, ": "));
  return span;
}

}  // namespace

bool CallsFunction(const Node& node, std::string_view name) {
  return (node.op == Op::kCall && !node.is_method && node.text == name) ||
         std::any_of(
             node.args.begin(), node.args.end(),
             [&](const auto& arg) { return CallsFunction(*arg, name); });
}

void AddHiddenReads(const Reads& from, Reads& to) {
  to.interaction_types.insert(from.interaction_types.begin(),
                              from.interaction_types.end());
  to.hidden_types.insert(from.interaction_types.begin(),
                         from.interaction_types.end());
  to.attributes.insert(from.attributes.begin(), from.attributes.end());
  to.relations.insert(from.relations.begin(), from.relations.end());
  to.fields.insert(from.fields.begin(), from.fields.end());
  to.line_fields.insert(from.line_fields.begin(), from.line_fields.end());
  to.consents |= from.consents;
  to.purposes.insert(from.purposes.begin(), from.purposes.end());
  to.channels.insert(from.channels.begin(), from.channels.end());
  to.namespaces.insert(from.namespaces.begin(), from.namespaces.end());
}

absl::StatusOr<Score::Line> Score::MakeLine(const ScoreRule& rule,
                                            const CompileContext& context,
                                            const Registry& registry) {
  Line line;
  TRATO_RETURN_IF_ERROR(CheckLabel("name", rule.name));
  TRATO_RETURN_IF_ERROR(CheckPoints("points", rule.points_milli));
  line.points_milli = rule.points_milli;
  auto program = Program::CompileValue(rule.when, context, registry);
  if (!program.ok()) return Prefixed(program.status(), "when: ");
  const Node& root = (*program)->root();
  line.is_condition = root.type.is(Kind::kBool);
  if (!line.is_condition && !root.type.is(Kind::kInteractions) &&
      !root.type.is(Kind::kSequence)) {
    return AtPlace(absl::InvalidArgumentError(
                       "when: interactions or a condition are needed"),
                   root.place);
  }
  for (const char* circle : {"score", "stage", "in_segment"}) {
    if (!CallsFunction(root, circle)) continue;
    return absl::InvalidArgumentError(
        StrCat("when: ", circle,
               "() may ask for the score itself, so it cannot be part of a "
               "rule"));
  }
  if ((*program)->unforeseen() != nullptr) {
    return AtPlace(absl::InvalidArgumentError(
                       "when: this may change at every instant"),
                   (*program)->unforeseen()->place);
  }
  line.program = *std::move(program);
  if (line.is_condition && !(rule.half_life.empty() && rule.lapse.empty())) {
    return absl::InvalidArgumentError(
        StrCat(rule.half_life.empty() ? "lapse" : "half_life",
               ": a condition gives its points while it holds; those of "
               "interactions fade or lapse"));
  }
  if (!rule.half_life.empty()) {
    TRATO_ASSIGN_OR_RETURN(const Span span,
                           SpanOf("half_life", rule.half_life));
    if (span.months != 0) {
      return absl::InvalidArgumentError(
          "half_life: weeks, days and less are counted, months and years are "
          "of no fixed length");
    }
    line.half_life_us = span.days * kDay + span.us;
    if (line.half_life_us > kMaxHalfLifeUs) {
      return absl::InvalidArgumentError(
          "half_life: it is more than 36,525 days");
    }
  }
  if (!rule.lapse.empty()) {
    TRATO_ASSIGN_OR_RETURN(line.lapse, SpanOf("lapse", rule.lapse));
    line.lapses = true;
  }
  return line;
}

absl::StatusOr<std::shared_ptr<const Score>> Score::Make(
    const ScoreDefinition& definition, const CompileContext& context,
    const Registry& registry) {
  TRATO_RETURN_IF_ERROR(CheckLabel("score", definition.name));
  if (definition.rules.empty() || definition.rules.size() > kMaxRules) {
    return absl::InvalidArgumentError(
        StrCat("rules: 1 to ", kMaxRules, " are needed"));
  }
  if (definition.least_milli) {
    TRATO_RETURN_IF_ERROR(CheckPoints("least", *definition.least_milli));
  }
  if (definition.most_milli) {
    TRATO_RETURN_IF_ERROR(CheckPoints("most", *definition.most_milli));
  }
  if (definition.least_milli && definition.most_milli &&
      *definition.least_milli > *definition.most_milli) {
    return absl::InvalidArgumentError("least is above most");
  }
  auto score = std::make_shared<Score>();
  score->definition_ = definition;
  score->zone_ = context.zone;
  for (size_t i = 0; i < definition.rules.size(); ++i) {
    auto line = MakeLine(definition.rules[i], context, registry);
    if (!line.ok()) {
      return Prefixed(line.status(), StrCat("rules[", i, "]."));
    }
    AddHiddenReads(line->program->reads(), score->reads_);
    score->lines_.push_back(*std::move(line));
  }
  return score;
}

int64_t Score::LeftOf(const Fading& gift, int64_t at_us) {
  if (at_us >= gift.lapses_us) return 0;
  const Line& line = *gift.line;
  if (line.half_life_us == 0) return line.points_milli;
  const double halves = static_cast<double>(at_us - gift.at_us) /
                        static_cast<double>(line.half_life_us);
  return static_cast<int64_t>(static_cast<double>(line.points_milli) *
                              std::exp2(-halves));
}

template <typename VisitFading>
void Score::ForEach(const World& world, RecordNumber customer, int64_t now_us,
                    Nesting* nesting, ChangeBound* bound,
                    VisitFading visit) const {
  for (const Line& line : lines_) {
    ChangeBound inner;
    ChangeBound* const inside = bound == nullptr ? nullptr : &inner;
    if (line.is_condition) {
      inner.aspect = Aspect::kHolds;
      if (line.program->Test(world, customer, now_us, nesting, inside).holds) {
        visit(line, RecordNumber{0}, nullptr, Fading{&line, now_us, kNever});
      }
    } else {
      line.program->ForEachInteraction(
          world, customer, now_us, nesting, inside,
          [&](RecordNumber record, const InteractionRef& it) {
            const int64_t at_us = it.at_us();
            visit(line, record, &it,
                  Fading{&line, at_us,
                         line.lapses ? Add(at_us, line.lapse, zone_) : kNever});
          });
    }
    if (bound != nullptr) bound->NotAfter(inner.until_us);
  }
}

int64_t Score::Sum(const World& world, RecordNumber customer, int64_t now_us,
                   const Visit& visit) const {
  int64_t sum = 0;
  ForEach(world, customer, now_us, nullptr, nullptr,
          [&](const Line& line, RecordNumber record, const InteractionRef* it,
              const Fading& fading) {
            Gift gift;
            gift.rule = static_cast<size_t>(&line - lines_.data());
            gift.record = record;
            gift.interaction = it;
            gift.at_us = fading.at_us;
            gift.lapses_us = fading.lapses_us;
            gift.left_milli = LeftOf(fading, now_us);
            sum += gift.left_milli;
            visit(gift);
          });
  return sum;
}

int64_t Score::Limited(int64_t sum_milli) const {
  if (definition_.least_milli) {
    sum_milli = std::max(sum_milli, *definition_.least_milli);
  }
  if (definition_.most_milli) {
    sum_milli = std::min(sum_milli, *definition_.most_milli);
  }
  return sum_milli;
}

int64_t Score::Value(const World& world, RecordNumber customer, int64_t now_us,
                     Nesting* nesting) const {
  int64_t sum = 0;
  ForEach(world, customer, now_us, nesting, nullptr,
          [&](const Line&, RecordNumber, const InteractionRef*,
              const Fading& fading) { sum += LeftOf(fading, now_us); });
  return Limited(sum);
}

int64_t Score::EndOf(const std::vector<Fading>& gifts, int64_t now_us) {
  int64_t end_us = now_us;
  for (const Fading& gift : gifts) {
    int64_t gone_us = gift.lapses_us;
    if (gift.line->half_life_us != 0) {
      // Less than a thousandth is nothing.
      const double halves = std::floor(std::log2(
          static_cast<double>(std::abs(gift.line->points_milli)) + 1)) + 2;
      const double us = halves * static_cast<double>(gift.line->half_life_us) +
                        static_cast<double>(gift.at_us);
      if (us < 4e18) gone_us = std::min(gone_us, static_cast<int64_t>(us));
    }
    if (gone_us != kNever) end_us = std::max(end_us, gone_us);
  }
  return end_us;
}

int64_t Score::Value(const World& world, RecordNumber customer, int64_t now_us,
                     Nesting* nesting,
                     const std::function<bool(int64_t low, int64_t high)>& same,
                     ChangeBound& bound) const {
  std::vector<Fading> fading;
  int64_t fixed = 0;
  ForEach(world, customer, now_us, nesting, &bound,
          [&](const Line& line, RecordNumber, const InteractionRef*,
              const Fading& gift) {
            if (line.half_life_us != 0 || gift.lapses_us != kNever) {
              if (LeftOf(gift, now_us) != 0) fading.push_back(gift);
            } else {
              fixed += line.points_milli;
            }
          });
  // Everything only nears zero, so what is left until an instant lies between
  // what is left now and then, of gains and of losses.
  const auto left = [&](int64_t at_us, bool of_gains) {
    int64_t sum = 0;
    for (const Fading& gift : fading) {
      if ((gift.line->points_milli > 0) == of_gains) {
        sum += LeftOf(gift, at_us);
      }
    }
    return sum;
  };
  const int64_t gains = left(now_us, true);
  const int64_t losses = left(now_us, false);
  const auto stays = [&](int64_t at_us) {
    return same(Limited(fixed + left(at_us, true) + losses),
                Limited(fixed + gains + left(at_us, false)));
  };
  const int64_t value = Limited(fixed + gains + losses);
  int64_t high_us = std::min(EndOf(fading, now_us), bound.until_us);
  if (fading.empty() || high_us <= now_us || stays(high_us)) return value;
  int64_t low_us = now_us;
  while (high_us - low_us > 1) {
    const int64_t middle_us = low_us + (high_us - low_us) / 2;
    (stays(middle_us) ? low_us : high_us) = middle_us;
  }
  bound.NotAfter(high_us);
  return value;
}

}  // namespace trato::core
