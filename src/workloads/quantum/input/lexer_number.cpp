// Text to tokens: numbers, with what may follow them, and operators.
#include <array>
#include <cstdio>

#include "base/printable.h"
#include "workloads/quantum/input/lexer.h"

namespace basalt::quantum {
namespace {

bool is_digit(unsigned char c, int base) {
  if (base == 16 && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
    return true;
  }
  return c >= '0' && c < '0' + (base < 10 ? base : 10);
}

int base_of_prefix(unsigned char letter) {
  switch (letter) {
    case 'b':
    case 'B':
      return 2;
    case 'o':
      return 8;
    case 'x':
    case 'X':
      return 16;
    default:
      return 0;
  }
}

struct Suffix {
  std::string_view text;
  TokenKind kind;
};

constexpr std::array kSuffixes = {
    Suffix{"im", TokenKind::imaginary},     Suffix{"dt", TokenKind::timing}, Suffix{"ns", TokenKind::timing},
    Suffix{"us", TokenKind::timing},        Suffix{"ms", TokenKind::timing}, Suffix{"s", TokenKind::timing},
    Suffix{"\xC2\xB5s", TokenKind::timing},  // µs with the micro sign
    Suffix{"\xCE\xBCs", TokenKind::timing},  // μs with the Greek letter
};

}  // namespace

// First byte past the decimal digits at `offset`; single underscores between digits belong to them.
std::size_t Lexer::scan_digits(std::size_t offset) const {
  const bool underscores = language_ == syntax::Language::openqasm3;
  while (is_digit(at(offset), 10) || (underscores && at(offset) == '_' && is_digit(at(offset + 1), 10))) {
    ++offset;
  }
  return offset;
}

// Length of blanks and a unit after a number, 0 when there is none; a unit ends where a name would.
std::size_t Lexer::suffix_length(std::size_t offset, TokenKind& kind) const {
  std::size_t unit = offset;
  while (at(unit) == ' ' || at(unit) == '\t') {
    ++unit;
  }
  const std::size_t end = scan_word(unit);
  if (end == unit || end - unit > 3) {
    return 0;
  }
  for (const Suffix& suffix : kSuffixes) {
    if (text_.substr(unit, end - unit) == suffix.text) {
      kind = suffix.kind;
      return end - offset;
    }
  }
  return 0;
}

Token Lexer::lex_number() {
  const bool modern = language_ == syntax::Language::openqasm3;
  if (const int base = base_of_prefix(at(offset_ + 1)); modern && at(offset_) == '0' && base != 0) {
    std::size_t end = offset_ + 2;
    while (is_digit(at(end), base) || (end > offset_ + 2 && at(end) == '_' && is_digit(at(end + 1), base))) {
      ++end;
    }
    if (end > offset_ + 2) {
      return finish(TokenKind::integer, end - offset_);
    }
  }
  TokenKind kind = TokenKind::integer;
  std::size_t end = scan_digits(offset_);
  if (at(end) == '.') {
    kind = TokenKind::real;
    // The digits after the point begin with a digit, never with an underscore.
    end = is_digit(at(end + 1), 10) ? scan_digits(end + 1) : end + 1;
  }
  if (at(end) == 'e' || at(end) == 'E') {
    const std::size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
    if (is_digit(at(end + 1 + sign), 10)) {
      kind = TokenKind::real;
      end = scan_digits(end + 1 + sign);
    }
  }
  if (modern) {
    end += suffix_length(end, kind);
  }
  return finish(kind, end - offset_);
}

Token Lexer::lex_operator(unsigned char first) {
  const unsigned char second = at(offset_ + 1);
  const unsigned char third = at(offset_ + 2);
  const bool modern = language_ == syntax::Language::openqasm3;  // OpenQASM 2 reads ++1 as two signs
  const auto assign = [&](TokenKind kind) {
    return second == '=' ? finish(TokenKind::compound_assignment, 2) : finish(kind, 1);
  };
  const auto doubled = [&](TokenKind twice, TokenKind once) {
    return second == first ? finish(twice, 2) : assign(once);
  };
  // clang-format off
  switch (first) {
    case '[': return finish(TokenKind::left_bracket, 1);
    case ']': return finish(TokenKind::right_bracket, 1);
    case '{': return finish(TokenKind::left_brace, 1);
    case '}': return finish(TokenKind::right_brace, 1);
    case '(': return finish(TokenKind::left_parenthesis, 1);
    case ')': return finish(TokenKind::right_parenthesis, 1);
    case ':': return finish(TokenKind::colon, 1);
    case ';': return finish(TokenKind::semicolon, 1);
    case ',': return finish(TokenKind::comma, 1);
    case '@': return finish(TokenKind::at, 1);
    case '~': return finish(TokenKind::tilde, 1);
    case '=': return second == '=' ? finish(TokenKind::double_equals, 2) : finish(TokenKind::equals, 1);
    case '!': return second == '=' ? finish(TokenKind::not_equals, 2) : finish(TokenKind::exclamation, 1);
    case '+': return modern ? doubled(TokenKind::double_plus, TokenKind::plus) : finish(TokenKind::plus, 1);
    case '-': return second == '>' ? finish(TokenKind::arrow, 2) : assign(TokenKind::minus);
    case '/': return assign(TokenKind::slash);
    case '%': return assign(TokenKind::percent);
    case '^': return assign(TokenKind::caret);
    case '|': return doubled(TokenKind::double_pipe, TokenKind::pipe);
    case '&': return doubled(TokenKind::double_ampersand, TokenKind::ampersand);
    case '*':
      if (second == '*' && third == '=') { return finish(TokenKind::compound_assignment, 3); }
      return doubled(TokenKind::double_asterisk, TokenKind::asterisk);
    case '<':
    case '>':
      if (second == first) {
        if (third == '=') { return finish(TokenKind::compound_assignment, 3); }
        return finish(first == '<' ? TokenKind::shift_left : TokenKind::shift_right, 2);
      }
      if (second == '=') { return finish(first == '<' ? TokenKind::less_equal : TokenKind::greater_equal, 2); }
      return finish(first == '<' ? TokenKind::less : TokenKind::greater, 1);
    default: break;
  }
  // clang-format on
  if (first < 0x20 || first == 0x7F) {
    std::array<char, 40> byte{};
    std::snprintf(byte.data(), byte.size(), "unexpected byte 0x%02x", static_cast<unsigned>(first));
    fail(offset_, byte.data(), "is this really the text of an OpenQASM program?");
  }
  fail(offset_, "unexpected character " + in_quotes(text_.substr(offset_, 1)));
}

}  // namespace basalt::quantum
