// Text to tokens: blanks, comments, names, and the texts that follow no grammar.
#include "workloads/quantum/input/lexer.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/printable.h"
#include "workloads/quantum/input/letters.h"

namespace basalt::quantum {
namespace {

enum class ByteClass : std::uint8_t { other, blank, letter, digit, beyond_ascii };

constexpr std::array<ByteClass, 256> classify_bytes() {
  std::array<ByteClass, 256> classes{};
  for (int c = 0; c < 256; ++c) {
    ByteClass& k = classes[static_cast<std::size_t>(c)];
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      k = ByteClass::blank;
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_') {
      k = ByteClass::letter;
    } else if (c >= '0' && c <= '9') {
      k = ByteClass::digit;
    } else if (c >= 0x80) {
      k = ByteClass::beyond_ascii;
    }
  }
  return classes;
}

constexpr std::array<ByteClass, 256> kClasses = classify_bytes();

ByteClass class_of(unsigned char c) {
  return kClasses[c];
}

}  // namespace

Lexer::Lexer(const SourceMap& sources, std::uint32_t text_index, syntax::Language language)
    : sources_(sources), text_(sources.text(text_index)), text_index_(text_index), language_(language) {
  if (text_.starts_with("\xEF\xBB\xBF")) {
    offset_ = 3;  // a byte order mark
  } else if (text_.starts_with("\xFF\xFE") || text_.starts_with("\xFE\xFF")) {
    fail(0, "this text is UTF-16", "save it as UTF-8");
  }
}

void Lexer::fail(std::size_t offset, std::string message, std::string advice) const {
  fail_at(sources_, position(static_cast<std::uint32_t>(offset)), std::move(message), std::move(advice));
}

void Lexer::skip_blanks_and_comments() {
  for (;;) {
    const unsigned char c = at(offset_);
    if (class_of(c) == ByteClass::blank) {
      ++offset_;
    } else if (c == '/' && at(offset_ + 1) == '/') {
      offset_ = std::min(text_.find_first_of("\r\n", offset_), text_.size());
    } else if (c == '/' && at(offset_ + 1) == '*') {
      const std::size_t end = text_.find("*/", offset_ + 2);
      if (end == std::string_view::npos) {
        fail(offset_, "this comment is never closed", "add */ where it ends");
      }
      offset_ = end + 2;
    } else {
      return;
    }
  }
}

Token Lexer::finish(TokenKind kind, std::size_t length) {
  const auto begin = static_cast<std::uint32_t>(offset_);
  offset_ += length;
  return {kind, begin, static_cast<std::uint32_t>(offset_)};
}

Token Lexer::next() {
  skip_blanks_and_comments();
  if (offset_ >= text_.size()) {
    return finish(TokenKind::end_of_text, 0);
  }
  const unsigned char c = at(offset_);
  switch (class_of(c)) {
    case ByteClass::letter:
    case ByteClass::beyond_ascii:
      return lex_word();
    case ByteClass::digit:
      return lex_number();
    default:
      break;
  }
  switch (c) {
    case '.':
      if (class_of(at(offset_ + 1)) == ByteClass::digit) {
        return lex_number();
      }
      fail(offset_, "unexpected '.'", "a number needs a digit before or after its point");
    case '"':
    case '\'':
      return lex_string(static_cast<char>(c));
    case '$':
      return lex_hardware_qubit();
    case '#':
      return lex_hash();
    default:
      return lex_operator(c);
  }
}

// First byte past the word that begins at `offset`.
std::size_t Lexer::scan_word(std::size_t offset) const {
  for (;;) {
    const ByteClass k = class_of(at(offset));
    if (k == ByteClass::letter || k == ByteClass::digit) {
      ++offset;
    } else if (k == ByteClass::beyond_ascii) {
      const CodePoint point = decode_utf8(text_, offset);
      if (!point.valid || !is_unicode_letter(point.value)) {
        return offset;
      }
      offset += point.length;
    } else {
      return offset;
    }
  }
}

Token Lexer::lex_word() {
  const std::size_t end = scan_word(offset_);
  if (end == offset_) {
    const CodePoint point = decode_utf8(text_, offset_);
    if (!point.valid) {
      std::array<char, 40> byte{};
      std::snprintf(byte.data(), byte.size(), "unexpected byte 0x%02x", static_cast<unsigned>(point.value));
      fail(offset_, byte.data(), "the file must be UTF-8 text; is it really an OpenQASM program?");
    }
    fail(offset_, "unexpected character " + in_quotes(text_.substr(offset_, point.length)));
  }
  const std::string_view word = text_.substr(offset_, end - offset_);
  return finish(keyword_kind(word, language_), word.size());
}

Token Lexer::lex_string(char quotation_mark) {
  const std::size_t begin = offset_ + 1;
  const std::array<char, 4> stops = {quotation_mark, '\r', '\n', '\0'};
  const std::size_t end = text_.find_first_of(stops.data(), begin);
  if (end == std::string_view::npos || text_[end] != quotation_mark) {
    fail(offset_, "this text in quotation marks is never closed", "close it on the same line");
  }
  return finish(TokenKind::string, end + 1 - offset_);
}

Token Lexer::lex_hardware_qubit() {
  std::size_t end = offset_ + 1;
  while (class_of(at(end)) == ByteClass::digit) {
    ++end;
  }
  if (end == offset_ + 1) {
    fail(offset_, "unexpected '$'", "a hardware qubit is $ and its number, such as $0");
  }
  return finish(TokenKind::hardware_qubit, end - offset_);
}

Token Lexer::lex_hash() {
  const std::string_view rest = text_.substr(offset_);
  if (language_ == syntax::Language::openqasm3 && rest.starts_with("#pragma")) {
    return finish(TokenKind::kw_pragma, 7);
  }
  if (language_ == syntax::Language::openqasm3 && rest.starts_with("#dim") && scan_word(offset_ + 1) == offset_ + 4) {
    return finish(TokenKind::kw_dim, 4);
  }
  fail(offset_, "unexpected '#'", "comments begin with //");
}

std::string_view Lexer::take_rest_of_line() {
  const std::size_t end = std::min(text_.find_first_of("\r\n", offset_), text_.size());
  std::size_t from = offset_;
  std::size_t to = end;
  while (from < to && (text_[from] == ' ' || text_[from] == '\t')) {
    ++from;
  }
  while (to > from && (text_[to - 1] == ' ' || text_[to - 1] == '\t')) {
    --to;
  }
  offset_ = end;
  return text_.substr(from, to - from);
}

void Lexer::skip_calibration_block() {
  const std::size_t begin = offset_;
  for (std::size_t depth = 0;; ++offset_) {
    offset_ = text_.find_first_of("{}", offset_);
    if (offset_ == std::string_view::npos) {
      fail(begin - 1, "this '{' is never closed", "add the '}' that ends the calibration");
    }
    if (text_[offset_] == '{') {
      ++depth;
    } else if (depth-- == 0) {
      return;
    }
  }
}

}  // namespace basalt::quantum
