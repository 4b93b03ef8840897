// What the parsers of both languages share: the token in hand, errors, the making of nodes, lists, operators, includes.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "workloads/quantum/input/includes.h"
#include "workloads/quantum/input/lexer.h"
#include "workloads/quantum/input/notes.h"
#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum {

/// A program being read: shared by the parsers of the program and of its includes.
struct Parsing {
  syntax::Tree tree;
  Includes includes;
  Notes notes;
  std::unordered_set<std::string> shadowed_keywords;  ///< OpenQASM 2 gates named like a keyword of OpenQASM 3.
};

/// How a binary operator binds; level 0 marks tokens that are none.
struct BinaryRule {
  syntax::Operator op = syntax::Operator::none;
  std::uint8_t level = 0;
  bool right_associative = false;
};
using BinaryRules = std::array<BinaryRule, kTokenKindCount>;

/// How tightly a sign or a negation binds: less than powers, more than products.
inline constexpr std::uint8_t kUnaryLevel = 12;

/// Base of Qasm2Parser and Qasm3Parser. One per text; all of them fill the same tree.
class Parser {
 public:
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

 protected:
  Parser(Parsing& parsing, std::uint32_t text_index, const BinaryRules& rules);
  ~Parser() = default;

  /// Counts one level of nesting while it lives, and refuses more than kMaxSyntaxDepth of them.
  class Nesting {
   public:
    explicit Nesting(Parser& parser);
    ~Nesting() { --parser_.nesting_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    Parser& parser_;
  };

  virtual syntax::ExpressionId parse_operand() = 0;

  /// Reads the statements of an included text into the same tree.
  virtual void parse_included(std::uint32_t text_index) = 0;

  // Tokens.
  void advance();
  [[nodiscard]] bool is(TokenKind kind) const { return token_.kind == kind; }
  bool accept(TokenKind kind);
  /// `after` ends the sentence "expected ';' after ...".
  Token expect(TokenKind kind, std::string_view after, std::string advice = {});
  /// A missing semicolon is reported where it is missing: at the end of the previous token.
  void expect_semicolon(std::string_view after, std::string advice = {});
  /// Whether a name follows the previous token on its line, where a comma was perhaps forgotten.
  [[nodiscard]] bool operand_on_same_line() const;
  [[nodiscard]] std::string_view text_of(Token token) const { return lexer_.text(token); }
  [[nodiscard]] Position position_of(Token token) const { return lexer_.position(token.begin); }
  [[nodiscard]] std::string found() const;
  /// Reads a name, at most kMaxLiteralBytes long.
  std::string take_name(std::string_view after);

  [[noreturn]] void fail(Token token, std::string message, std::string advice = {},
                         ErrorCode code = ErrorCode::bad_input) const;
  /// "expected `what`, found ..." at the token in hand.
  [[noreturn]] void fail_expected(std::string_view what, std::string advice = {}) const;

  // Nodes.
  syntax::Expression& make(syntax::Expression::Kind kind, Position position);
  [[nodiscard]] syntax::ExpressionId last_expression() const;
  syntax::ExpressionId make_name(Token name);
  syntax::ExpressionId make_integer(Token literal);
  syntax::ExpressionId make_real(Token literal, syntax::Expression::Kind kind = syntax::Expression::Kind::real);
  syntax::ExpressionId make_parent(syntax::Expression::Kind kind, Position position, syntax::Operator op,
                                   std::initializer_list<syntax::ExpressionId> children);
  /// Makes the ids that were pushed to `pending_` since `mark` the children of `parent`.
  void adopt(syntax::ExpressionId parent, std::size_t mark);
  /// Ids pushed to `pending_` since `mark`, taken from it.
  std::vector<syntax::ExpressionId> take_pending(std::size_t mark);
  syntax::Statement start(syntax::Statement::Kind kind) const;
  syntax::StatementId add(syntax::Statement&& statement);
  void check_size() const;

  // Expressions: precedence climbing over the rules of the language.
  syntax::ExpressionId parse_expression() { return parse_binary(1); }
  syntax::ExpressionId parse_binary(std::uint8_t least_level);
  syntax::ExpressionId parse_binary_after(syntax::ExpressionId left, std::uint8_t least_level);
  syntax::ExpressionId parse_unary(syntax::Operator op);

  // Parts of programs.
  void check_not_empty() const;
  void parse_include();
  /// Reads `OPENQASM version;` and checks that the version begins with `major`.
  void parse_version(char major);

  Parsing& parsing_;
  syntax::Tree& tree_;
  Lexer lexer_;
  Token token_;
  std::uint32_t previous_end_ = 0;
  std::vector<syntax::ExpressionId> pending_;  // ids of lists that are being read, innermost last

 private:
  bool is_builtin(const std::string& name, BuiltinLibrary library, Position position);

  const BinaryRules& rules_;
  int nesting_ = 0;
};

}  // namespace basalt::quantum
