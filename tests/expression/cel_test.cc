// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0
//
// Plain CEL, rule by rule of its language definition. What an expression is
// worth was worked out from the rules, by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>

#include "expression/program.h"
#include "support/status_matchers.h"
#include "support/world.h"

namespace trato::core {
namespace {

using test::IsInvalid;
using test::World;
using ::testing::HasSubstr;

// An expression and what it is worth, as the language writes it; "!" and a part
// of the message where it fails when it runs, "?" where it is refused before.
struct Row {
  std::string_view text;
  std::string_view value;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.text; }

class CelTest : public ::testing::TestWithParam<Row> {};

TEST_P(CelTest, IsWorthWhatTheRulesSay) {
  World world;
  const RecordNumber nobody = world.Record("shop:nobody");
  const auto [text, expected] = GetParam();
  auto program = Program::CompileValue(
      text, {&world.schema, &world.names, world.zone, world.currency},
      world.registry);
  if (expected.starts_with('?')) {
    EXPECT_THAT(program, IsInvalid(HasSubstr(std::string(expected.substr(1)))));
    return;
  }
  ASSERT_TRUE(program.ok()) << program.status() << "\n" << text;
  const auto value = (*program)->Value(
      {&world.customers, &world.timeline, &world.names}, nobody, test::kNow);
  if (expected.starts_with('!')) {
    ASSERT_FALSE(value.ok()) << text << " is " << *value;
    EXPECT_THAT(test::MessageOf(value.status()),
                HasSubstr(std::string(expected.substr(1))));
    return;
  }
  ASSERT_TRUE(value.ok()) << value.status() << "\n" << text;
  EXPECT_EQ(*value, expected) << text;
}

#define CEL_TABLE(name, ...)              \
  INSTANTIATE_TEST_SUITE_P(name, CelTest, \
                           ::testing::ValuesIn(std::vector<Row>{__VA_ARGS__}))

// ---- Lexis.

CEL_TABLE(Literals, {"0", "0"}, {"-1", "-1"}, {"0x1F", "31"}, {"-0x1f", "-31"},
          {"0u", "0u"}, {"42U", "42u"}, {"0xFFu", "255u"},
          {"9223372036854775807", "9223372036854775807"},
          {"-9223372036854775808", "-9223372036854775808"},
          {"9223372036854775808", "?does not fit"},
          {"18446744073709551615u", "18446744073709551615u"},
          {"18446744073709551616u", "?does not fit"},
          {"-1u", "?'-' does not apply"}, {"1.5", "1.5"}, {".5", "0.5"},
          {"1e3", "1000.0"}, {"1.5E-2", "0.015"}, {"-2.0", "-2.0"},
          {"1.5u", "?followed by a letter"}, {"true", "true"},
          {"false", "false"}, {"null", "null"}, {"''", "\"\""},
          {"\"\"", "\"\""}, {"'a' // so", "\"a\""}, {"[1, 2, ]", "[1, 2]"},
          {"{1: 2, }", "{1: 2}"}, {"if == 1", "?reserved word"},
          {"for", "?reserved word"});

CEL_TABLE(Strings,
          {R"('\a\b\f\n\r\t\v' == '\x07\x08\x0c\x0a\x0d\x09\x0b')", "true"},
          {R"('\\\?\"\'\`')", R"("\\?\"'`")"},
          {R"("\303\277" == "\u00c3\u00bf")", "true"},
          {R"("\377" == "\xFF" && '\xff' == '\u00FF')", "true"},
          {R"(size("\377"))", "1"},
          {R"('\U0001f600' == '\ud83d\ude00')", "true"},
          {R"('\ud83d')", "?unknown escape"}, {R"('\400')", "?unknown escape"},
          {R"('\U00110000')", "?unknown escape"},
          {R"('\q')", "?unknown escape"}, {R"(r'\n')", R"("\\n")"},
          {R"(R"\d+")", R"("\\d+")"}, {"'''x''x'''", "\"x''x\""},
          {"\"\"\"a\nb\"\"\"", "\"a\\nb\""}, {"'a\nb'", "?has no end"},
          {"'a\rb'", "?has no end"}, {"r'''a'b'''", "\"a'b\""},
          {"'\"'", "\"\\\"\""});

CEL_TABLE(Byteses, {"b'abc'", "b\"abc\""}, {"B\"abc\" == b'abc'", "true"},
          {R"(b'ÿ' == b'\303\277')", "true"}, {R"(b'\377' == b'\xff')", "true"},
          {R"(size(b'ÿ'))", "2"}, {R"(size(b'\xff'))", "1"},
          {R"(br'\377' == b'\\377')", "true"},
          {"b'''a\nb''' == b'a\\nb'", "true"},
          {R"(b'\u00ff')", "?unknown escape"}, {"b'a' + b'b'", "b\"ab\""},
          {"b'a' < b'b'", "true"}, {R"(b'\x7f' < b'\x80')", "true"},
          {"b'a' == 'a'", "?'==' does not apply"},
          {"dyn(b'a') == 'a'", "false"});

// ---- Operators.

CEL_TABLE(Precedence, {"1 + 2 * 3", "7"}, {"(1 + 2) * 3", "9"},
          {"2 * 3 % 4", "2"}, {"7 - 2 - 1", "4"}, {"-2 + 3", "1"},
          {"1 < 2 == true", "true"}, {"1 + 1 == 2 && 2 > 1", "true"},
          {"true || false && false", "true"},
          {"(true || false) && false", "false"}, {"!false && false", "false"},
          {"false ? 1 : true ? 2 : 3", "2"}, {"!!true", "true"}, {"- -1", "1"},
          {"!'a'.contains('b')", "true"}, {"-[1, 2][1]", "-2"});

CEL_TABLE(Ints, {"7 / 2", "3"}, {"-7 / 2", "-3"}, {"7 / -2", "-3"},
          {"-7 % 2", "-1"}, {"7 % -2", "1"}, {"1 / 0", "!division by zero"},
          {"1 % 0", "!division"}, {"9223372036854775807 + 1", "!does not fit"},
          {"-9223372036854775808 - 1", "!does not fit"},
          {"9223372036854775807 * 2", "!does not fit"},
          {"-9223372036854775808 / -1", "!does not fit"},
          {"-(-9223372036854775808)", "!does not fit"});

CEL_TABLE(Uints, {"7u / 2u", "3u"}, {"7u % 2u", "1u"}, {"1u + 2u", "3u"},
          {"1u - 2u", "!does not fit"},
          {"18446744073709551615u + 1u", "!does not fit"},
          {"18446744073709551615u * 2u", "!does not fit"},
          {"1u / 0u", "!division"}, {"1u % 0u", "!division"},
          {"1 + 1u", "?'+' does not apply to int and uint"},
          {"dyn(1) + 1u", "!does not apply"});

CEL_TABLE(Doubles, {"1.0 / 0.0", "Infinity"}, {"-1.0 / 0.0", "-Infinity"},
          {"0.0 / 0.0 == 0.0 / 0.0", "false"}, {"0.0 / 0.0 != 0.0", "true"},
          {"0.0 / 0.0 < 1.0", "false"}, {"0.0 == -0.0", "true"},
          {"1.5 % 1.0", "?'%' does not apply"}, {"1.5 + 1.0", "2.5"},
          {"1 + 1.0", "?'+' does not apply to int and double"},
          {"1e308 * 10.0", "Infinity"});

// Numbers are compared by what they are worth, on one line of numbers.
CEL_TABLE(Numbers, {"1 == 1.0", "true"}, {"1u == 1", "true"},
          {"1u == 1.0", "true"}, {"1 != 1.5", "true"}, {"1 < 1.5", "true"},
          {"2u > 1", "true"}, {"-1 < 0u", "true"}, {"-1 == 0u", "false"},
          {"9223372036854775807 == 9223372036854775807.0", "false"},
          {"9223372036854775807 < 9223372036854775808.0", "true"},
          {"9007199254740993 > 9007199254740992.0", "true"},
          {"18446744073709551615u < 18446744073709551616.0", "true"},
          {"18446744073709551615u > 9223372036854775807", "true"},
          {"-1.0 < 0u", "true"}, {"0u <= 0.0", "true"},
          {"1 < 0.0 / 0.0", "false"}, {"1 == 0.0 / 0.0", "false"},
          {"dyn(1) == dyn(1.0)", "true"}, {"dyn(1u) == 2", "false"});

CEL_TABLE(Equality, {"'a' == 'a'", "true"}, {"'é' != 'e'", "true"},
          {"true == false", "false"}, {"null == null", "true"},
          {"[1, 2] == [1, 2]", "true"}, {"[1] == [1.0]", "true"},
          {"[1, 2] == [2, 1]", "false"}, {"[1] == [1, 2]", "false"},
          {"{'a': 1, 'b': 2} == {'b': 2, 'a': 1}", "true"},
          {"{'a': 1} == {'a': 2}", "false"}, {"{1: 1} == {1u: 1}", "true"},
          {"{'a': 1} == {'b': 1}", "false"}, {"[] == []", "true"},
          {"{} == {}", "true"}, {"[[1]] == [[1]]", "true"},
          {"dyn(1) == dyn('a')", "false"}, {"dyn(null) == dyn(0)", "false"},
          {"[1, 'a'] == [1, 'a']", "true"}, {"[1, 'a'] == ['a', 1]", "false"},
          {"1 == 'a'", "?'==' does not apply to int and string"},
          {"'a' == null", "?has(customer.name)"},
          {"[0.0 / 0.0] == [0.0 / 0.0]", "false"});

CEL_TABLE(Ordering, {"'a' < 'b'", "true"}, {"'Z' < 'a'", "true"},
          {"'a' < 'aa'", "true"}, {"'\\uffff' < '\\U00010000'", "true"},
          {"false < true", "true"}, {"true <= true", "true"},
          {"dyn(1) < 'a'", "!does not apply"}, {"[1] < [2]", "?does not apply"},
          {"null < null", "?does not apply"});

// A condition with its error on either side.
CEL_TABLE(Logic, {"false && 1 / 0 == 1", "false"},
          {"1 / 0 == 1 && false", "false"}, {"true && 1 / 0 == 1", "!division"},
          {"1 / 0 == 1 && true", "!division"}, {"true || 1 / 0 == 1", "true"},
          {"1 / 0 == 1 || true", "true"}, {"false || 1 / 0 == 1", "!division"},
          {"!(1 / 0 == 1)", "!division"}, {"true ? 1 : 1 / 0", "1"},
          {"false ? 1 : 1 / 0", "!division"},
          {"1 / 0 == 1 ? 1 : 2", "!division"},
          {"true && 1", "?a condition is needed"},
          {"true ? 1 : 'a'", "?need one type"}, {"dyn(1) && false", "false"},
          {"dyn(1) || true", "true"}, {"dyn(1) && true", "!does not apply"},
          {"true ? dyn(1) : 'a'", "1"});

// ---- Lists and maps.

CEL_TABLE(Lists, {"[1, 2, 3][0]", "1"}, {"[1, 2, 3][2]", "3"},
          {"[1, 2, 3][3]", "!no such place"},
          {"[1, 2, 3][-1]", "!no such place"}, {"[1, 2][1u]", "2"},
          {"[1, 2][1.0]", "2"}, {"[1, 2][0.5]", "!no such place"},
          {"[1, 2]['a']", "?a place in a list"}, {"[1] + [2, 3]", "[1, 2, 3]"},
          {"[] + [1]", "[1]"}, {"[1] + ['a']", "?'+' does not apply"},
          {"size([1, 2])", "2"}, {"[1, 2].size()", "2"},
          {"1 in [1, 2]", "true"}, {"3 in [1, 2]", "false"},
          {"1.0 in [1, 2]", "true"}, {"1 in []", "false"},
          {"'a' in [1, 2]", "?'in' looks for string"},
          {"dyn('a') in [1, 2]", "false"}, {"1 in [1, 1 / 0]", "!division"},
          {"[1, 'a', true]", "[1, \"a\", true]"}, {"[[1], [2]][1][0]", "2"},
          {"1 in 1", "?needs a list or map"});

CEL_TABLE(Maps, {"{'a': 1, 'b': 2}['b']", "2"}, {"{'a': 1}.a", "1"},
          {"{'a': 1}['b']", "!no such key"}, {"{'a': 1}.b", "!no such key"},
          {"{1: 'x', 2u: 'y', true: 'z'}[2]", "\"y\""},
          {"{1: 'x'}[1.0]", "\"x\""}, {"{1: 'x'}[1u]", "\"x\""},
          {"'a' in {'a': 1}", "true"}, {"'b' in {'a': 1}", "false"},
          {"1 in {'a': 1}", "?'in' looks for int"}, {"has({'a': 1}.a)", "true"},
          {"has({'a': 1}.b)", "false"},
          {"{'a': 1, 'a': 2}", "!has this key already"},
          {"{1: 1, 1u: 2}", "!has this key already"},
          {"{1.5: 1}", "?a key of a map"}, {"{'a': [1]}.a[0]", "1"},
          {"size({'a': 1})", "1"}, {"{}.size()", "0"},
          {"{'a-b': 1}.`a-b`", "1"}, {"{'in': 1}.`in`", "1"},
          {"{'a': null}.a", "null"}, {"dyn({'a': {'b': 1}}).a.b", "1"},
          {"dyn(1).a", "!does not apply"}, {"has(dyn({'a': 1}).a)", "true"});

CEL_TABLE(Macros, {"[1, 2, 3].all(x, x > 0)", "true"},
          {"[1, 2, 3].all(x, x > 1)", "false"}, {"[].all(x, x > 1)", "true"},
          {"[1, 2].exists(x, x > 1)", "true"}, {"[].exists(x, true)", "false"},
          {"[1, 2, 3].exists_one(x, x > 2)", "true"},
          {"[1, 2, 3].exists_one(x, x > 1)", "false"},
          {"[1, 2, 3].map(x, x * 2)", "[2, 4, 6]"},
          {"[1, 2, 3].map(x, x > 1, x * 2)", "[4, 6]"},
          {"[1, 2, 3].filter(x, x > 1)", "[2, 3]"},
          {"{'a': 1, 'b': 2}.exists(k, k == 'b')", "true"},
          {"{'a': 1, 'b': 2}.map(k, k + '!')", "[\"a!\", \"b!\"]"},
          {"{'a': 1, 'b': 2}.all(k, k < 'c')", "true"},
          {"[[1, 2], [3]].map(x, x.map(y, y + 1))", "[[2, 3], [4]]"},
          {"[1, 2].map(x, [3].map(x, x)[0] + x)", "[4, 5]"},
          {"[1, 2].exists(x, [1].exists(y, y == x))", "true"},
          {"[0, 1].all(x, 1 / x > 5)", "false"},
          {"[0, 1].all(x, 1 / x == 1)", "!division"},
          {"[0, 1].exists(x, 1 / x == 1)", "true"},
          {"[0, 1].exists(x, 1 / x == 2)", "!division"},
          {"[0, 1].exists_one(x, 1 / x == 1)", "!division"},
          {"[0, 1].map(x, 1 / x)", "!division"},
          {"[0, 1].filter(x, 1 / x == 1)", "!division"},
          {"[1].map(x, x) == [1].filter(.x, true)", "?takes a variable"},
          {"1.exists(x, true)", "?"},
          {"'a'.all(x, true)", "?only lists and maps"},
          {"dyn([1, 2]).map(x, x + 1)", "[2, 3]"},
          {"dyn(1).map(x, x)", "!does not apply"},
          {"[1].map(1, 2)", "?takes a variable"});

// ---- Functions.

CEL_TABLE(Texts, {"size('')", "0"}, {"size('café')", "4"},
          {"'\\U0001f600'.size()", "1"}, {"'abc'.contains('b')", "true"},
          {"'abc'.contains('')", "true"}, {"''.contains('a')", "false"},
          {"'abc'.startsWith('ab')", "true"}, {"'abc'.endsWith('bc')", "true"},
          {"'abc'.endsWith('ab')", "false"}, {"'a' + 'b'", "\"ab\""},
          {"'abc'.matches('b')", "true"}, {"'abc'.matches('^b')", "false"},
          {"matches('abc', '^a.c$')", "true"}, {"'abc'.matches('')", "true"},
          {"'ñ'.matches('^.$')", "true"}, {"'12'.matches(r'^\\d+$')", "true"},
          {"'a'.matches('(')", "?no regular"},
          {"'a'.matches('(' + 'b')", "!no regular expression"},
          {"'aa'.matches(r'(a)\\1')", "?no regular expression"},
          {"['a', 'b'].filter(x, 'xax'.matches(x))", "[\"a\"]"},
          {"'a'.startsWith(1)", "?does not exist"},
          {"dyn('a').startsWith('a')", "true"},
          {"dyn(1).startsWith('a')", "!does not"});

CEL_TABLE(
    Conversions, {"int(1.9)", "1"}, {"int(-1.9)", "-1"}, {"int('-5')", "-5"},
    {"int(5u)", "5"}, {"int(true ? 3 : 4)", "3"}, {"int('x')", "!converted"},
    {"int('')", "!converted"}, {"int(' 1')", "!converted"},
    {"int(1e19)", "!does not fit"}, {"int(9223372036854775807.0)", "!not fit"},
    {"int(0.0 / 0.0)", "!does not fit"},
    {"int(18446744073709551615u)", "!does not fit"},
    {"int(timestamp('1970-01-01T00:01:00Z'))", "60"},
    {"int(timestamp('1969-12-31T23:59:59.5Z'))", "-1"}, {"uint(3)", "3u"},
    {"uint(-1)", "!does not fit"}, {"uint(3.9)", "3u"},
    {"uint(-0.5)", "!does not fit"}, {"uint('7')", "7u"},
    {"uint('-7')", "!converted"}, {"uint(1.8446744073709552e19)", "!not fit"},
    {"double(3)", "3.0"}, {"double(3u)", "3.0"}, {"double('1.5')", "1.5"},
    {"double('1e3')", "1000.0"}, {"double('x')", "!converted"},
    {"double('Infinity') > 1.0", "true"}, {"string(1)", "\"1\""},
    {"string(-1)", "\"-1\""}, {"string(1u)", "\"1\""},
    {"string(1.5)", "\"1.5\""}, {"string(true)", "\"true\""},
    {"string('a')", "\"a\""}, {"string(0.1)", "\"0.1\""},
    {"string(b'abc')", "\"abc\""}, {"string(b'\\xff')", "!converted"},
    {"bytes('ÿ') == b'\\303\\277'", "true"},
    {"bool('true') && bool('1') && bool('t') && bool('TRUE')", "true"},
    {"bool('false') || bool('0') || bool('f') || bool('False')", "false"},
    {"bool('yes')", "!converted"}, {"bool('tRUE')", "!converted"},
    {"string(timestamp('2009-02-13T23:31:30Z'))", "\"2009-02-13T23:31:30Z\""},
    {"string(timestamp('2009-02-13T23:31:30.25+01:00'))",
     "\"2009-02-13T22:31:30.25Z\""},
    {"string(duration('1h'))", "\"3600s\""},
    {"string(duration('-1.5s'))", "\"-1.5s\""}, {"int([1])", "?does not exist"},
    {"int(dyn([1]))", "!does not apply"}, {"int(dyn('4')) + 1", "5"});

CEL_TABLE(Types, {"type(1) == int", "true"}, {"type(1u) == uint", "true"},
          {"type(1.0) == double", "true"}, {"type('a') == string", "true"},
          {"type(b'a') == bytes", "true"}, {"type(true) == bool", "true"},
          {"type([1]) == list", "true"}, {"type({1: 1}) == map", "true"},
          {"type(null) == null_type", "true"}, {"type(int) == type", "true"},
          {"type(type(1)) == type", "true"}, {"type(1) == type(2)", "true"},
          {"type(1) == type('a')", "false"}, {"type(1)", "int"},
          {"type(now) == google.protobuf.Timestamp", "true"},
          {"type(now - now) == google.protobuf.Duration", "true"},
          {"int == 1", "?'==' does not apply to type and int"},
          {"type(dyn(1)) == int", "true"},
          {"[1].exists(int, int == 1)", "true"});

// ---- Times.

CEL_TABLE(
    Times, {"timestamp('2009-02-13T23:31:30Z').getFullYear()", "2009"},
    {"timestamp('2009-02-13T23:31:30Z').getMonth()", "1"},
    {"timestamp('2009-02-13T23:31:30Z').getDate()", "13"},
    {"timestamp('2009-02-13T23:31:30Z').getDayOfMonth()", "12"},
    {"timestamp('2009-02-13T23:31:30Z').getDayOfWeek()", "5"},
    {"timestamp('2009-02-15T00:00:00Z').getDayOfWeek()", "0"},
    {"timestamp('2009-02-13T23:31:30Z').getDayOfYear()", "43"},
    {"timestamp('2009-02-13T23:31:30Z').getHours()", "23"},
    {"timestamp('2009-02-13T23:31:30Z').getMinutes()", "31"},
    {"timestamp('2009-02-13T23:31:30Z').getSeconds()", "30"},
    {"timestamp('2009-02-13T23:31:20.123456Z').getMilliseconds()", "123"},
    {"timestamp('1969-12-31T23:59:59.999Z').getMilliseconds()", "999"},
    {"timestamp('2009-02-13T23:31:30Z').getDate('Australia/Sydney')", "14"},
    {"timestamp('2009-02-13T02:00:00Z').getDayOfMonth('-02:30')", "11"},
    {"timestamp('2009-02-13T23:31:30Z').getHours('+01:00')", "0"},
    {"timestamp('2009-02-13T23:31:30Z').getMinutes('Asia/Kolkata')", "1"},
    {"timestamp('2009-02-13T23:31:30Z').getHours('UTC')", "23"},
    {"timestamp('2009-02-13T23:31:30Z').getHours(zone)", "23"},
    {"timestamp('2009-02-13T23:31:30Z').getHours('Nowhere')", "?a zone is"},
    {"timestamp('2009-02-13T23:31:30Z').getHours('No' + 'where')",
     "!a zone is"},
    {"timestamp('2009-02-13T23:31:30Z').getHours('+25:00')", "?a zone is"},
    {"timestamp(0)", "timestamp(\"1970-01-01T00:00:00Z\")"},
    {"timestamp(253402300800)", "!does not fit"},
    {"timestamp('x')", "?is not a time"}, {"timestamp('x' + '')", "!converted"},
    {"timestamp('0001-01-01T00:00:00Z') - duration('1s')", "!does not fit"},
    {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "!does not fit"},
    {"timestamp('2009-02-13T00:00:00Z') + duration('25h') == "
     "timestamp('2009-02-14T01:00:00Z')",
     "true"},
    {"duration('1h') + timestamp('2009-02-13T00:00:00Z')",
     "timestamp(\"2009-02-13T01:00:00Z\")"},
    {"timestamp('2009-02-14T00:00:00Z') - timestamp('2009-02-13T00:00:00Z')",
     "duration(\"86400s\")"},
    {"timestamp(1) < timestamp(2)", "true"},
    {"timestamp(1) + timestamp(2)", "?does not apply"},
    {"duration('1h') - timestamp(0)", "?does not apply"});

CEL_TABLE(Durations, {"duration('1h30m')", "duration(\"5400s\")"},
          {"duration('-1h30m')", "duration(\"-5400s\")"},
          {"duration('1.5s')", "duration(\"1.5s\")"},
          {"duration('250ms')", "duration(\"0.25s\")"},
          {"duration('1us')", "duration(\"0.000001s\")"},
          {"duration('1000ns')", "duration(\"0.000001s\")"},
          {"duration('1ns')", "?finer than microseconds"},
          {"duration('1')", "?is not a duration"},
          {"duration('')", "?is not a"},
          {"duration('1d')", "?is not a duration"},
          {"duration('320000000000s')", "?longer than 10,000 years"},
          {"duration('1' + 'x')", "!converted"},
          {"duration('1h') + duration('1m')", "duration(\"3660s\")"},
          {"duration('1h') - duration('2h')", "duration(\"-3600s\")"},
          {"duration('1h') > duration('59m')", "true"},
          {"duration('60m') == duration('1h')", "true"},
          {"duration('3730s').getHours()", "1"},
          {"duration('3730s').getMinutes()", "62"},
          {"duration('3730s').getSeconds()", "3730"},
          {"duration('123.321456s').getMilliseconds()", "321"},
          {"duration('-90s').getMinutes()", "-1"},
          {"-duration('1h')", "?'-' does not apply"},
          {"duration('1h') * 2", "?does not apply"});

// Calendar time, in UTC here.
CEL_TABLE(Spans,
          {"timestamp('2012-03-31') - span('1mo') == timestamp('2012-02-29')",
           "true"},
          {"timestamp('2012-02-29') + span('1y') == timestamp('2013-02-28')",
           "true"},
          {"span('1d') + timestamp('2012-02-28')",
           "timestamp(\"2012-02-29T00:00:00Z\")"},
          {"timestamp('9999-12-31') + span('1d')", "!does not fit"},
          {"span('1d') + span('1d')", "?does not apply"},
          {"[span('1d')]", "?a list cannot hold span"},
          {"span('1x')", "?unknown unit"});

CEL_TABLE(Amounts, {"double(money('2.50', 'EUR'))", "2.5"},
          {"double(money('250', 'JPY'))", "250.0"},
          {"string(money('2.50', 'EUR'))", "\"2.50 EUR\""},
          {"money('1', 'EUR') in [money('1', 'EUR')]", "true"},
          {"[money('1', 'EUR')] == [money('1', 'USD')]", "!cannot be added"},
          {"[money('1', 'EUR'), money('2', 'EUR')].map(x, x * 2)[1]",
           "money(\"4.00\", \"EUR\")"});

// ---- Bounds.

CEL_TABLE(Bounds,
          {"[1,2,3,4,5,6,7,8,9,10].map(a, [1,2,3,4,5,6,7,8,9,10].map(b, "
           "[1,2,3,4,5,6,7,8,9,10].map(c, [1,2,3,4,5,6,7,8,9,10].map(d, "
           "[1,2,3,4,5,6,7,8,9,10].map(e, 'a' + 'b'))))).size()",
           "!makes too much"},
          {"[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, "
           "[1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, "
           "[1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, "
           "[1,2,3,4,5,6,7,8,9,10].all(g, true)))))))",
           "!too many steps"});

}  // namespace
}  // namespace trato::core
