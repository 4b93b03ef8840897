// Tokens, errors and nodes, for the parsers of both languages.
#include "workloads/quantum/input/parser.h"

#include <algorithm>

#include "base/printable.h"
#include "workloads/quantum/input/literal.h"

namespace basalt::quantum {

using syntax::Expression;
using syntax::ExpressionId;
using syntax::kMaxSyntaxDepth;
using syntax::kNone;
using syntax::Statement;
using syntax::StatementId;

Parser::Parser(Parsing& parsing, std::uint32_t text_index, const BinaryRules& rules)
    : parsing_(parsing),
      tree_(parsing.tree),
      lexer_(parsing.tree.sources, text_index, parsing.tree.language),
      rules_(rules) {
  token_ = lexer_.next();
}

Parser::Nesting::Nesting(Parser& parser) : parser_(parser) {
  if (parser_.nesting_ >= kMaxSyntaxDepth) {
    parser_.fail(parser_.token_, "nested deeper than " + std::to_string(kMaxSyntaxDepth) + " levels",
                 "split it: name the inner parts");
  }
  ++parser_.nesting_;
}

void Parser::advance() {
  previous_end_ = token_.end;
  token_ = lexer_.next();
}

bool Parser::accept(TokenKind kind) {
  if (!is(kind)) {
    return false;
  }
  advance();
  return true;
}

std::string Parser::found() const {
  return is(TokenKind::end_of_text) ? std::string(name_of(TokenKind::end_of_text)) : in_quotes(text_of(token_), 40);
}

void Parser::fail(Token token, std::string message, std::string advice, ErrorCode code) const {
  fail_at(tree_.sources, position_of(token), std::move(message), std::move(advice), code);
}

void Parser::fail_expected(std::string_view what, std::string advice) const {
  const bool keyword = what == name_of(TokenKind::identifier) && token_.kind >= TokenKind::kw_opaque;
  if (keyword && advice.empty()) {
    advice = found() + " is a word of the language and cannot be a name";
  }
  fail(token_, "expected " + std::string(what) + ", found " + found(), std::move(advice));
}

Token Parser::expect(TokenKind kind, std::string_view after, std::string advice) {
  if (!is(kind)) {
    fail_expected(std::string(name_of(kind)) + " after " + std::string(after), std::move(advice));
  }
  const Token token = token_;
  advance();
  return token;
}

void Parser::expect_semicolon(std::string_view after, std::string advice) {
  if (!is(TokenKind::semicolon)) {
    fail_at(tree_.sources, lexer_.position(previous_end_),
            "expected ';' after " + std::string(after) + ", found " + found(), std::move(advice));
  }
  advance();
}

bool Parser::operand_on_same_line() const {
  const std::string_view text = tree_.sources.text(position_of(token_).text);
  const std::string_view between = text.substr(previous_end_, token_.begin - previous_end_);
  return (is(TokenKind::identifier) || is(TokenKind::hardware_qubit)) &&
         between.find_first_of("\r\n") == std::string_view::npos;
}

std::string Parser::take_name(std::string_view after) {
  if (!is(TokenKind::identifier)) {
    const bool keyword = token_.kind >= TokenKind::kw_opaque;
    fail_expected("a name after " + std::string(after),
                  keyword ? found() + " is a word of the language and cannot be a name" : "");
  }
  const std::string_view name = text_of(token_);
  if (name.size() > kMaxLiteralBytes) {
    fail(token_, "this name is " + std::to_string(name.size()) + " bytes long",
         "names may have " + std::to_string(kMaxLiteralBytes) + " bytes");
  }
  std::string copy(name);
  advance();
  return copy;
}

Expression& Parser::make(Expression::Kind kind, Position position) {
  check_size();
  Expression& node = tree_.expressions.emplace_back();
  node.kind = kind;
  node.position = position;
  node.depth = 1;
  return node;
}

ExpressionId Parser::last_expression() const {
  return static_cast<ExpressionId>(tree_.expressions.size() - 1);
}

ExpressionId Parser::make_name(Token name) {
  if (name.end - name.begin > kMaxLiteralBytes) {
    fail(name, "this name is " + std::to_string(name.end - name.begin) + " bytes long",
         "names may have " + std::to_string(kMaxLiteralBytes) + " bytes");
  }
  make(Expression::Kind::name, position_of(name)).text = text_of(name);
  return last_expression();
}

ExpressionId Parser::make_integer(Token literal) {
  const std::string_view text = text_of(literal);
  if (text.size() > kMaxLiteralBytes) {
    fail(literal, "this number has " + std::to_string(text.size()) + " digits",
         "numbers may have " + std::to_string(kMaxLiteralBytes));
  }
  const IntegerValue value = integer_value(text);
  Expression& node = make(Expression::Kind::integer, position_of(literal));
  node.integer = value.value;
  node.integer_fits = value.fits;
  node.text = text;
  return last_expression();
}

ExpressionId Parser::make_real(Token literal, Expression::Kind kind) {
  const std::string_view text = text_of(literal);
  if (text.size() > kMaxLiteralBytes) {
    fail(literal, "this number has " + std::to_string(text.size()) + " digits",
         "numbers may have " + std::to_string(kMaxLiteralBytes));
  }
  const RealValue value = real_value(text);
  if (!value.finite) {
    fail(literal, "the number " + in_quotes(text, 40) + " is too large", "the largest number is about 1.8e308");
  }
  make(kind, position_of(literal)).real = value.value;
  return last_expression();
}

ExpressionId Parser::make_parent(Expression::Kind kind, Position position, syntax::Operator op,
                                 std::initializer_list<ExpressionId> children) {
  const std::size_t mark = pending_.size();
  pending_.insert(pending_.end(), children);
  make(kind, position).op = op;
  const ExpressionId id = last_expression();
  adopt(id, mark);
  return id;
}

void Parser::adopt(ExpressionId parent, std::size_t mark) {
  int depth = 0;
  for (std::size_t i = mark; i < pending_.size(); ++i) {
    if (pending_[i] != kNone) {
      depth = std::max<int>(depth, tree_.expressions[pending_[i]].depth);
    }
  }
  Expression& node = tree_.expressions[parent];
  if (depth >= kMaxSyntaxDepth) {
    fail_at(tree_.sources, node.position,
            "this expression is nested deeper than " + std::to_string(kMaxSyntaxDepth) + " levels",
            "split it: compute its parts into variables first");
  }
  node.depth = static_cast<std::uint16_t>(depth + 1);
  node.children = take_pending(mark);
}

std::vector<ExpressionId> Parser::take_pending(std::size_t mark) {
  std::vector<ExpressionId> ids(pending_.begin() + static_cast<std::ptrdiff_t>(mark), pending_.end());
  pending_.resize(mark);
  return ids;
}

Statement Parser::start(Statement::Kind kind) const {
  Statement statement;
  statement.kind = kind;
  statement.position = position_of(token_);
  statement.name_position = statement.position;
  statement.depth = static_cast<std::uint16_t>(nesting_);
  return statement;
}

StatementId Parser::add(Statement&& statement) {
  check_size();
  tree_.statements.push_back(std::move(statement));
  return static_cast<StatementId>(tree_.statements.size() - 1);
}

void Parser::check_size() const {
  if (const CancelToken* cancel = parsing_.includes.policy().cancel; cancel != nullptr) {
    cancel->check();
  }
  // Beside the nodes themselves: about one small block on the heap for each.
  constexpr std::uint64_t kBlockBytes = 32;
  const std::uint64_t bytes = tree_.expressions.size() * (sizeof(Expression) + kBlockBytes) +
                              tree_.statements.size() * (sizeof(Statement) + kBlockBytes);
  const std::uint64_t limit = parsing_.includes.policy().max_tree_bytes;
  if (bytes >= limit) {
    fail(token_,
         "the program is too large: what was read up to here takes " + std::to_string(limit >> 20) +
             " MiB, which is all that reading may use",
         "write it with loops and gate definitions, or give more memory", ErrorCode::out_of_resources);
  }
}

ExpressionId Parser::parse_binary(std::uint8_t least_level) {
  const Nesting nesting(*this);
  return parse_binary_after(parse_operand(), least_level);
}

ExpressionId Parser::parse_binary_after(ExpressionId left, std::uint8_t least_level) {
  for (;;) {
    const BinaryRule rule = rules_[static_cast<std::size_t>(token_.kind)];
    if (rule.level == 0 || rule.level < least_level) {
      return left;
    }
    const Position position = position_of(token_);
    advance();
    const auto right_level = static_cast<std::uint8_t>(rule.right_associative ? rule.level : rule.level + 1);
    const ExpressionId right = parse_binary(right_level);
    left = make_parent(Expression::Kind::binary, position, rule.op, {left, right});
  }
}

ExpressionId Parser::parse_unary(syntax::Operator op) {
  const Position position = position_of(token_);
  advance();
  const ExpressionId operand = parse_binary(kUnaryLevel);
  return make_parent(Expression::Kind::unary, position, op, {operand});
}

}  // namespace basalt::quantum
