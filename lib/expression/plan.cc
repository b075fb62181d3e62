// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/plan.h"

#include <algorithm>

namespace trato::core {
namespace {

// How much of the history the set itself has to read.
Reading ReadingOf(const Node& set) {
  Reading reading = Reading::kTimes;
  if (set.type.is(Kind::kLines)) reading = Reading::kLines;
  if (set.op == Op::kWhere ||
      (set.op == Op::kCall && (set.text == "then" || set.text == "without"))) {
    reading = std::max(reading, Reading::kInteractions);
  }
  for (const auto& arg : set.args) {
    reading = std::max(reading, ReadingOf(*arg));
  }
  return reading;
}

void Collect(const Program& program, const Node& node,
             std::vector<Question>& out) {
  const bool asks =
      !node.args.empty() && node.args[0]->type.is_set() && !node.type.is_set();
  if (!asks) {
    for (const auto& arg : node.args) Collect(program, *arg, out);
    return;
  }
  Question question;
  question.text = program.text().substr(node.begin, node.end - node.begin);
  question.reading = ReadingOf(*node.args[0]);
  // A count needs the ends of the window; everything else looks inside.
  if (node.op != Op::kCount) {
    question.reading = std::max(question.reading, Reading::kInteractions);
  }
  for (size_t i = 1; i < node.args.size(); ++i) {
    question.reading = std::max(question.reading, ReadingOf(*node.args[i]));
  }
  question.is_shared = node.shared != 0;
  out.push_back(std::move(question));
}

}  // namespace

std::vector<Question> QuestionsOf(const Program& program) {
  std::vector<Question> questions;
  Collect(program, program.root(), questions);
  return questions;
}

}  // namespace trato::core
