// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/lexer.h"

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "base/strings.h"
#include "base/text.h"

namespace trato::core {
namespace {

bool IsNameStart(char c) { return absl::ascii_isalpha(c) || c == '_'; }
bool IsNamePart(char c) { return absl::ascii_isalnum(c) || c == '_'; }
bool IsQuote(char c) { return c == '"' || c == '\''; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The longer symbols first, so that <= is not read as < and =.
constexpr std::array<std::string_view, 24> kSymbols = {
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*",
    "/",  "%",  "?",  ":",  "(",  ")",  "[", "]", ",", ".", "{", "}"};

void AppendUtf8(uint32_t c, std::string& out) {
  const auto byte = [&](uint32_t value) {
    out.push_back(static_cast<char>(value));
  };
  if (c < 0x80) {
    byte(c);
  } else if (c < 0x800) {
    byte(0xc0 | c >> 6);
    byte(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    byte(0xe0 | c >> 12);
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  } else {
    byte(0xf0 | c >> 18);
    byte(0x80 | (c >> 12 & 0x3f));
    byte(0x80 | (c >> 6 & 0x3f));
    byte(0x80 | (c & 0x3f));
  }
}

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  absl::StatusOr<std::vector<Token>> Run() {
    std::vector<Token> tokens;
    for (;;) {
      // What is missing at the end is missing after the last word.
      const Place after = place_;
      SkipBlanks();
      Token token;
      token.place = at_ == text_.size() ? after : place_;
      if (at_ == text_.size()) {
        tokens.push_back(std::move(token));
        return tokens;
      }
      token.begin = static_cast<uint32_t>(at_);
      TRATO_RETURN_IF_ERROR(Read(token));
      token.end = static_cast<uint32_t>(at_);
      tokens.push_back(std::move(token));
    }
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  void Advance(size_t bytes = 1) {
    for (; bytes > 0; --bytes, ++at_) {
      if (text_[at_] == '\n') {
        ++place_.line;
        place_.column = 1;
      } else if ((text_[at_] & 0xc0) != 0x80) {
        ++place_.column;
      }
    }
  }

  void SkipBlanks() {
    while (at_ < text_.size()) {
      if (absl::ascii_isspace(Peek())) {
        Advance();
      } else if (Peek() == '/' && Peek(1) == '/') {
        while (at_ < text_.size() && Peek() != '\n') Advance();
      } else {
        return;
      }
    }
  }

  absl::Status Read(Token& token) {
    if (IsNameStart(Peek())) return ReadName(token);
    if (IsDigit(Peek()) || (Peek() == '.' && IsDigit(Peek(1)))) {
      return ReadNumber(token);
    }
    if (IsQuote(Peek())) return ReadString(token, false);
    if (Peek() == '`') return ReadQuotedName(token);
    for (std::string_view symbol : kSymbols) {
      if (text_.substr(at_).starts_with(symbol)) {
        token.kind = Token::Kind::kSymbol;
        token.text = std::string(symbol);
        Advance(symbol.size());
        return absl::OkStatus();
      }
    }
    if (Peek() == '=') {
      return ErrorAt(place_, "'=' is not an operator, compare with '=='");
    }
    if (Peek() == '&' || Peek() == '|') {
      return ErrorAt(place_, StrCat("write '", std::string(2, Peek()),
                                    "' for '", std::string(1, Peek()), "'"));
    }
    // Typographic quotes come with text pasted from a word processor.
    for (std::string_view quote : {"“", "”", "‘", "’", "«", "»"}) {
      if (text_.substr(at_).starts_with(quote)) {
        return ErrorAt(place_, "text goes between straight quotes: \"...\"");
      }
    }
    return ErrorAt(place_, absl::ascii_isprint(Peek())
                               ? StrCat("unexpected character '",
                                        std::string(1, Peek()), "'")
                               : std::string("unexpected character"));
  }

  absl::Status ReadName(Token& token) {
    const size_t start = at_;
    while (IsNamePart(Peek())) Advance();
    const std::string_view name = text_.substr(start, at_ - start);
    if (IsQuote(Peek()) && name.size() <= 2) {
      const char first = absl::ascii_tolower(name[0]);
      const bool raw = absl::ascii_tolower(name.back()) == 'r';
      if (first == 'b' && (name.size() == 1 || raw)) {
        token.kind = Token::Kind::kBytes;
        return ReadString(token, raw);
      }
      if (name.size() == 1 && raw) return ReadString(token, true);
    }
    token.kind = Token::Kind::kName;
    token.text = std::string(name);
    return absl::OkStatus();
  }

  // `name`: letters, digits and _ - . / and blanks.
  absl::Status ReadQuotedName(Token& token) {
    token.kind = Token::Kind::kQuotedName;
    Advance();
    while (IsNamePart(Peek()) || Peek() == '-' || Peek() == '.' ||
           Peek() == '/' || Peek() == ' ') {
      token.text.push_back(Peek());
      Advance();
    }
    if (Peek() != '`' || token.text.empty()) {
      return ErrorAt(token.place, "the name that starts here has no end");
    }
    Advance();
    return absl::OkStatus();
  }

  absl::Status ReadNumber(Token& token) {
    const size_t start = at_;
    token.kind = Token::Kind::kInt;
    if (Peek() == '0' && (Peek(1) == 'x' || Peek(1) == 'X')) {
      Advance(2);
      while (absl::ascii_isxdigit(Peek())) Advance();
    } else {
      while (IsDigit(Peek())) Advance();
      if (Peek() == '.' && IsDigit(Peek(1))) {
        token.kind = Token::Kind::kDouble;
        Advance();
        while (IsDigit(Peek())) Advance();
      }
      if (Peek() == 'e' || Peek() == 'E') {
        const size_t sign = Peek(1) == '+' || Peek(1) == '-' ? 2 : 1;
        if (IsDigit(Peek(sign))) {
          token.kind = Token::Kind::kDouble;
          Advance(sign);
          while (IsDigit(Peek())) Advance();
        }
      }
    }
    token.text = std::string(text_.substr(start, at_ - start));
    if ((Peek() == 'u' || Peek() == 'U') && token.kind == Token::Kind::kInt) {
      token.kind = Token::Kind::kUint;
      Advance();
    }
    if (IsNamePart(Peek())) {
      return ErrorAt(token.place, StrCat("'", token.text,
                                         "' is followed by a letter; text goes "
                                         "between quotes"));
    }
    return absl::OkStatus();
  }

  absl::Status ReadString(Token& token, bool raw) {
    if (token.kind != Token::Kind::kBytes) token.kind = Token::Kind::kString;
    const bool bytes = token.kind == Token::Kind::kBytes;
    const char quote = Peek();
    const bool is_long = Peek(1) == quote && Peek(2) == quote;
    const std::string_view end(text_.data() + at_, is_long ? 3 : 1);
    Advance(end.size());
    for (;;) {
      if (at_ == text_.size() ||
          (!is_long && (Peek() == '\n' || Peek() == '\r'))) {
        return ErrorAt(token.place, "the text that starts here has no end");
      }
      if (text_.substr(at_).starts_with(end)) {
        Advance(end.size());
        return absl::OkStatus();
      }
      if (Peek() == '\\' && !raw) {
        TRATO_RETURN_IF_ERROR(ReadEscape(token.text, bytes));
      } else {
        token.text.push_back(Peek());
        Advance();
      }
    }
  }

  // `digits` hexadecimal or octal digits, or nothing.
  std::optional<uint32_t> ReadDigits(size_t digits, uint32_t base) {
    uint32_t value = 0;
    for (; digits > 0; --digits) {
      const char d = Peek();
      if (base == 8 ? d < '0' || d > '7' : !absl::ascii_isxdigit(d)) {
        return std::nullopt;
      }
      const int v = IsDigit(d) ? d - '0' : absl::ascii_tolower(d) - 'a' + 10;
      value = value * base + static_cast<uint32_t>(v);
      Advance();
    }
    return value;
  }

  // In text a number is a character, in bytes (which have no \u) a byte.
  absl::Status ReadEscape(std::string& out, bool bytes) {
    const Place place = place_;
    Advance();
    const char c = Peek();
    constexpr std::pair<char, char> kSimple[] = {
        {'a', '\a'}, {'b', '\b'}, {'f', '\f'},  {'n', '\n'},
        {'r', '\r'}, {'t', '\t'}, {'v', '\v'},  {'\\', '\\'},
        {'?', '?'},  {'"', '"'},  {'\'', '\''}, {'`', '`'}};
    for (const auto& [letter, value] : kSimple) {
      if (c == letter) {
        out.push_back(value);
        Advance();
        return absl::OkStatus();
      }
    }
    size_t digits = 0;
    uint32_t base = 16;
    if (c == 'x' || c == 'X') digits = 2;
    if (c == 'u' && !bytes) digits = 4;
    if (c == 'U' && !bytes) digits = 8;
    if (c >= '0' && c <= '3') {
      digits = 3;
      base = 8;
    } else if (digits > 0) {
      Advance();
    }
    std::optional<uint32_t> value;
    if (digits > 0) value = ReadDigits(digits, base);
    // What \u cannot hold may be a pair of surrogates.
    if (value && digits == 4 && *value >= 0xd800 && *value < 0xdc00 &&
        Peek() == '\\' && Peek(1) == 'u') {
      Advance(2);
      const auto low = ReadDigits(4, 16);
      const bool good = low && *low >= 0xdc00 && *low < 0xe000;
      value = good ? std::optional(0x10000 + ((*value - 0xd800) << 10) +
                                   (*low - 0xdc00))
                   : std::nullopt;
    }
    if (!value || *value > 0x10ffff || (*value >= 0xd800 && *value < 0xe000)) {
      return ErrorAt(place, "unknown escape after '\\'");
    }
    if (bytes) {
      out.push_back(static_cast<char>(*value));
    } else {
      AppendUtf8(*value, out);
    }
    return absl::OkStatus();
  }

  std::string_view text_;
  size_t at_ = 0;
  Place place_{1, 1};
};

}  // namespace

absl::Status ErrorAt(Place place, std::string_view message) {
  return AtPlace(
      absl::InvalidArgumentError(StrCat("line ", place.line, ", column ",
                                        place.column, ": ", message)),
      place);
}

absl::StatusOr<std::vector<Token>> Tokenize(std::string_view text) {
  TRATO_RETURN_IF_ERROR(CheckText("expression", text, kMaxExpressionBytes));
  return Lexer(text).Run();
}

}  // namespace trato::core
