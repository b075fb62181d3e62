// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Values as text, as the language writes them.

#ifndef TRATO_EXPRESSION_FORMAT_H_
#define TRATO_EXPRESSION_FORMAT_H_

#include <string>

#include "expression/datum.h"

namespace trato::core {

// `"ES"`, `money("5.00", "EUR")`, `[1, 2]`,
// `timestamp("2011-12-10T00:00:00Z")`. Of what is no value, what it is:
// "interactions". Of a Failure, "error".
std::string FormatDatum(const Datum& datum);

}  // namespace trato::core

#endif  // TRATO_EXPRESSION_FORMAT_H_
