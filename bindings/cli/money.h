// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Decimal text and whole numbers of small units, exactly: no double takes part.

#ifndef TRATO_BINDINGS_CLI_MONEY_H_
#define TRATO_BINDINGS_CLI_MONEY_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace trato_cli {

// Digits after the point in ISO 4217.
int CurrencyDigits(std::string_view currency);

// `text`, such as "-12.50", in units of 10^-digits. Throws Failure that names
// `what` when it is no such number or has more digits.
std::int64_t ParseDecimal(std::string_view text, int digits,
                          std::string_view what);

struct Money {
  std::int64_t minor = 0;
  std::string currency;
};

// "12.50 GBP", or "12.50" in the currency given.
Money ParseMoney(std::string_view text, std::string_view currency,
                 std::string_view what);

// "1,860,533.39 GBP".
std::string MoneyText(std::int64_t minor, std::string_view currency);

// A number of 10^-digits for people: thousands separated, no zeros at the end
// of the fraction.
std::string DecimalText(std::int64_t value, int digits);

}  // namespace trato_cli

#endif  // TRATO_BINDINGS_CLI_MONEY_H_
