// Copyright 2026 The Trato Authors
// SPDX-License-Identifier: Apache-2.0

#include "expression/parser.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "base/strings.h"
#include "expression/lexer.h"

namespace trato::core {
namespace {

using NodePtr = std::unique_ptr<Node>;
using Result = absl::StatusOr<NodePtr>;

// Trees are as deep as the recursion that checks and runs them. Chains of
// operators grow to the left without recursion here, so the depth of the tree
// is counted beside that of the brackets.
class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result Run() {
    TRATO_ASSIGN_OR_RETURN(NodePtr node, Conditional());
    if (Now().kind != Token::Kind::kEnd) return Unexpected();
    return node;
  }

 private:
  class Level {
   public:
    explicit Level(int& depth) : depth_(depth) { ++depth_; }
    ~Level() { --depth_; }

   private:
    int& depth_;
  };

  const Token& Now() const { return tokens_[at_]; }
  bool IsSymbol(std::string_view symbol) const {
    return Now().kind == Token::Kind::kSymbol && Now().text == symbol;
  }
  bool Take(std::string_view symbol) {
    if (!IsSymbol(symbol)) return false;
    ++at_;
    return true;
  }
  absl::Status Expect(std::string_view symbol) {
    if (Take(symbol)) return absl::OkStatus();
    if (Now().kind == Token::Kind::kEnd) {
      return ErrorAt(Now().place,
                     StrCat("'", symbol, "' is missing at the end"));
    }
    return ErrorAt(Now().place,
                   StrCat("expected '", symbol, "' before ", Describe(Now())));
  }
  static std::string Describe(const Token& token) {
    switch (token.kind) {
      case Token::Kind::kEnd:
        return "the end";
      case Token::Kind::kString:
      case Token::Kind::kBytes:
        return "text";
      default:
        return StrCat("'", token.text, "'");
    }
  }
  absl::Status Unexpected() const {
    if (Now().kind == Token::Kind::kEnd) {
      return ErrorAt(Now().place, "the expression ends too early");
    }
    if (Now().kind == Token::Kind::kName &&
        (Now().text == "and" || Now().text == "or" || Now().text == "AND" ||
         Now().text == "OR")) {
      const bool is_and = Now().text[0] == 'a' || Now().text[0] == 'A';
      return ErrorAt(Now().place, StrCat("write '", is_and ? "&&" : "||",
                                         "' for '", Now().text, "'"));
    }
    return ErrorAt(Now().place, StrCat("unexpected ", Describe(Now())));
  }
  static absl::Status TooDeep(Place place) {
    return ErrorAt(
        place, StrCat("nested deeper than ", kMaxExpressionDepth, " levels"));
  }
  absl::Status CheckDepth() const {
    if (depth_ <= kMaxExpressionDepth) return absl::OkStatus();
    return TooDeep(Now().place);
  }

  // The node with all of its parts, from `begin` to the last word taken.
  Result Whole(NodePtr node, uint32_t begin) const {
    node->begin = begin;
    node->end = at_ == 0 ? begin : tokens_[at_ - 1].end;
    for (const NodePtr& arg : node->args) {
      node->depth = std::max(node->depth, arg->depth + 1);
    }
    if (node->depth > kMaxExpressionDepth) return TooDeep(node->place);
    return node;
  }

  NodePtr Make(Op op, Place place) {
    auto node = std::make_unique<Node>();
    node->op = op;
    node->place = place;
    return node;
  }
  NodePtr Make(Op op, Place place, NodePtr a, NodePtr b) {
    NodePtr node = Make(op, place);
    node->args.push_back(std::move(a));
    node->args.push_back(std::move(b));
    return node;
  }

  Result Conditional() {
    Level level(depth_);
    TRATO_RETURN_IF_ERROR(CheckDepth());
    TRATO_ASSIGN_OR_RETURN(NodePtr condition, Chain(Op::kOr, "||"));
    const Place place = Now().place;
    const uint32_t begin = condition->begin;
    if (!Take("?")) return condition;
    TRATO_ASSIGN_OR_RETURN(NodePtr yes, Conditional());
    TRATO_RETURN_IF_ERROR(Expect(":"));
    TRATO_ASSIGN_OR_RETURN(NodePtr no, Conditional());
    NodePtr node =
        Make(Op::kConditional, place, std::move(condition), std::move(yes));
    node->args.push_back(std::move(no));
    return Whole(std::move(node), begin);
  }

  // a || b || c as one node of three parts; the same for &&.
  Result Chain(Op op, std::string_view symbol) {
    const auto part = [&]() -> Result {
      if (op == Op::kOr) return Chain(Op::kAnd, "&&");
      return Relation();
    };
    TRATO_ASSIGN_OR_RETURN(NodePtr first, part());
    if (!IsSymbol(symbol)) return first;
    NodePtr node = Make(op, Now().place);
    const uint32_t begin = first->begin;
    node->args.push_back(std::move(first));
    while (Take(symbol)) {
      TRATO_ASSIGN_OR_RETURN(NodePtr next, part());
      node->args.push_back(std::move(next));
    }
    return Whole(std::move(node), begin);
  }

  struct Binary {
    std::string_view symbol;
    Op op;
  };

  // One level of left-associative operators.
  template <typename Operand>
  Result LeftToRight(std::initializer_list<Binary> operators, Operand operand) {
    TRATO_ASSIGN_OR_RETURN(NodePtr left, operand());
    for (;;) {
      const Place place = Now().place;
      const Binary* found = nullptr;
      for (const Binary& candidate : operators) {
        const bool is_word = candidate.op == Op::kIn;
        if (is_word ? Now().kind == Token::Kind::kName && Now().text == "in"
                    : IsSymbol(candidate.symbol)) {
          found = &candidate;
        }
      }
      if (found == nullptr) return left;
      ++at_;
      TRATO_ASSIGN_OR_RETURN(NodePtr right, operand());
      const uint32_t begin = left->begin;
      TRATO_ASSIGN_OR_RETURN(
          left, Whole(Make(found->op, place, std::move(left), std::move(right)),
                      begin));
    }
  }

  Result Relation() {
    return LeftToRight({{"==", Op::kEqual},
                        {"!=", Op::kNotEqual},
                        {"<=", Op::kLessOrEqual},
                        {">=", Op::kGreaterOrEqual},
                        {"<", Op::kLess},
                        {">", Op::kGreater},
                        {"in", Op::kIn}},
                       [&] { return Sum(); });
  }

  Result Sum() {
    return LeftToRight({{"+", Op::kAdd}, {"-", Op::kSubtract}},
                       [&] { return Product(); });
  }

  Result Product() {
    return LeftToRight(
        {{"*", Op::kMultiply}, {"/", Op::kDivide}, {"%", Op::kModulo}},
        [&] { return Unary(); });
  }

  Result Unary() {
    Level level(depth_);
    TRATO_RETURN_IF_ERROR(CheckDepth());
    const Place place = Now().place;
    const uint32_t begin = Now().begin;
    if (Take("!")) {
      TRATO_ASSIGN_OR_RETURN(NodePtr operand, Unary());
      NodePtr node = Make(Op::kNot, place);
      node->args.push_back(std::move(operand));
      return Whole(std::move(node), begin);
    }
    if (Take("-")) {
      // A literal takes its sign with it, so that the smallest int can be
      // written.
      if (Now().kind == Token::Kind::kInt ||
          Now().kind == Token::Kind::kDouble) {
        TRATO_ASSIGN_OR_RETURN(NodePtr number, Number("-"));
        number->begin = begin;
        return Suffixes(std::move(number));
      }
      TRATO_ASSIGN_OR_RETURN(NodePtr operand, Unary());
      NodePtr node = Make(Op::kNegate, place);
      node->args.push_back(std::move(operand));
      return Whole(std::move(node), begin);
    }
    TRATO_ASSIGN_OR_RETURN(NodePtr primary, Primary());
    return Suffixes(std::move(primary));
  }

  Result Suffixes(NodePtr node) {
    const uint32_t begin = node->begin;
    for (;;) {
      const Place place = Now().place;
      if (Take("[")) {
        TRATO_ASSIGN_OR_RETURN(NodePtr index, Conditional());
        TRATO_RETURN_IF_ERROR(Expect("]"));
        TRATO_ASSIGN_OR_RETURN(
            node,
            Whole(Make(Op::kIndex, place, std::move(node), std::move(index)),
                  begin));
        continue;
      }
      if (IsSymbol("{")) {
        return ErrorAt(place, "messages as in Name{...} are not supported");
      }
      if (!Take(".")) return node;
      const bool is_quoted = Now().kind == Token::Kind::kQuotedName;
      if (Now().kind != Token::Kind::kName && !is_quoted) return Unexpected();
      if (!is_quoted && IsKeyword(Now().text)) return Unexpected();
      const Place name_place = Now().place;
      std::string name = Now().text;
      ++at_;
      const bool is_call = !is_quoted && IsSymbol("(");
      NodePtr outer = Make(is_call ? Op::kCall : Op::kMember, name_place);
      outer->text = std::move(name);
      outer->is_method = true;
      outer->args.push_back(std::move(node));
      if (is_call) {
        ++at_;
        TRATO_RETURN_IF_ERROR(Arguments(")", *outer));
      }
      TRATO_ASSIGN_OR_RETURN(node, Whole(std::move(outer), begin));
    }
  }

  static bool IsKeyword(std::string_view name) {
    return name == "true" || name == "false" || name == "null" || name == "in";
  }
  // Words that CEL keeps for the languages that it is embedded in.
  static bool IsReserved(std::string_view name) {
    constexpr std::string_view kReserved[] = {
        "as",  "break",  "const", "continue", "else",    "for",
        "if",  "import", "let",   "loop",     "package", "namespace",
        "var", "void",   "while", "function", "return"};
    return std::find(std::begin(kReserved), std::end(kReserved), name) !=
           std::end(kReserved);
  }

  // What is left of a list of expressions, to its closing symbol.
  absl::Status Arguments(std::string_view end, Node& node) {
    if (Take(end)) return absl::OkStatus();
    do {
      if (end != ")" && Take(end)) return absl::OkStatus();  // [1, 2, ]
      auto argument = Conditional();
      TRATO_RETURN_IF_ERROR(argument.status());
      node.args.push_back(*std::move(argument));
    } while (Take(","));
    return Expect(end);
  }

  // { key: value, ... }, its bracket taken.
  absl::Status MapEntries(Node& node) {
    if (Take("}")) return absl::OkStatus();
    do {
      if (Take("}")) return absl::OkStatus();
      auto key = Conditional();
      TRATO_RETURN_IF_ERROR(key.status());
      node.args.push_back(*std::move(key));
      TRATO_RETURN_IF_ERROR(Expect(":"));
      auto value = Conditional();
      TRATO_RETURN_IF_ERROR(value.status());
      node.args.push_back(*std::move(value));
    } while (Take(","));
    return Expect("}");
  }

  Result Literal(Kind kind, Datum value) {
    NodePtr node = Make(Op::kLiteral, Now().place);
    node->type = kind;
    node->literal = value;
    const uint32_t begin = Now().begin;
    ++at_;
    return Whole(std::move(node), begin);
  }

  Result Name(uint32_t begin, bool is_absolute) {
    const Token& token = Now();
    if (IsKeyword(token.text)) return Unexpected();
    NodePtr node = Make(Op::kName, token.place);
    node->text = token.text;
    node->is_absolute = is_absolute;
    ++at_;
    if (Take("(")) {
      node->op = Op::kCall;
      TRATO_RETURN_IF_ERROR(Arguments(")", *node));
    } else if (IsReserved(node->text)) {
      return ErrorAt(node->place,
                     StrCat("'", node->text, "' is a reserved word of CEL"));
    }
    return Whole(std::move(node), begin);
  }

  Result Primary() {
    const Token& token = Now();
    const uint32_t begin = token.begin;
    switch (token.kind) {
      case Token::Kind::kInt:
      case Token::Kind::kUint:
      case Token::Kind::kDouble:
        return Number("");
      case Token::Kind::kString:
      case Token::Kind::kBytes: {
        const bool is_text = token.kind == Token::Kind::kString;
        TRATO_ASSIGN_OR_RETURN(
            NodePtr node,
            Literal(is_text ? Kind::kString : Kind::kBytes, Datum()));
        node->text = tokens_[at_ - 1].text;
        const std::string_view text = node->text;
        node->literal = is_text ? Datum(text) : Datum(Bytes{text});
        return node;
      }
      case Token::Kind::kName:
        if (token.text == "true") return Literal(Kind::kBool, true);
        if (token.text == "false") return Literal(Kind::kBool, false);
        if (token.text == "null") return Literal(Kind::kNull, Null{});
        return Name(begin, false);
      case Token::Kind::kSymbol: {
        const Place place = token.place;
        if (Take("(")) {
          TRATO_ASSIGN_OR_RETURN(NodePtr inner, Conditional());
          TRATO_RETURN_IF_ERROR(Expect(")"));
          inner->begin = begin;
          inner->end = tokens_[at_ - 1].end;
          return inner;
        }
        if (Take("[")) {
          NodePtr node = Make(Op::kList, place);
          TRATO_RETURN_IF_ERROR(Arguments("]", *node));
          return Whole(std::move(node), begin);
        }
        if (Take("{")) {
          NodePtr node = Make(Op::kMap, place);
          TRATO_RETURN_IF_ERROR(MapEntries(*node));
          return Whole(std::move(node), begin);
        }
        if (Take(".")) {
          if (Now().kind != Token::Kind::kName) return Unexpected();
          return Name(begin, true);
        }
        return Unexpected();
      }
      case Token::Kind::kQuotedName:
      case Token::Kind::kEnd:
        break;
    }
    return Unexpected();
  }

  Result Number(std::string_view sign) {
    const Token& token = Now();
    NodePtr node = Make(Op::kLiteral, token.place);
    const std::string text = StrCat(sign, token.text);
    if (token.kind == Token::Kind::kDouble) {
      double value;
      if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) {
        return ErrorAt(token.place, "the number does not fit");
      }
      node->type = Kind::kDouble;
      node->literal = value;
    } else if (token.kind == Token::Kind::kUint) {
      uint64_t value;
      const bool is_hex = token.text.size() > 1 && (token.text[1] | 32) == 'x';
      if (!sign.empty() || !(is_hex ? absl::SimpleHexAtoi(token.text, &value)
                                    : absl::SimpleAtoi(token.text, &value))) {
        return ErrorAt(token.place, "the number does not fit in 64 bits");
      }
      node->type = Kind::kUint;
      node->literal = value;
    } else {
      int64_t value;
      const bool is_hex = token.text.size() > 1 && (token.text[1] | 32) == 'x';
      if (!(is_hex ? absl::SimpleHexAtoi(text, &value)
                   : absl::SimpleAtoi(text, &value))) {
        return ErrorAt(token.place, "the number does not fit in 64 bits");
      }
      node->type = Kind::kInt;
      node->literal = value;
    }
    const uint32_t begin = token.begin;
    ++at_;
    return Whole(std::move(node), begin);
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Node>> Parse(std::string_view text) {
  TRATO_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokenize(text));
  return Parser(std::move(tokens)).Run();
}

}  // namespace trato::core
