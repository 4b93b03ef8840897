// Text to tokens, one at a time and in one pass. Used by the parsers only.
#pragma once

#include <string>
#include <string_view>

#include "workloads/quantum/input/token.h"

namespace basalt::quantum {

/// Reads one text of a SourceMap, which must outlive it. Errors are thrown with their position.
class Lexer {
 public:
  Lexer(const SourceMap& sources, std::uint32_t text_index, syntax::Language language);

  /// The next token; at the end of the text, end_of_text again and again.
  Token next();

  [[nodiscard]] std::string_view text(Token token) const { return text_.substr(token.begin, token.end - token.begin); }
  [[nodiscard]] Position position(std::uint32_t offset) const { return {text_index_, offset}; }

  /// What stands between the last token and the end of its line, blanks around it removed; skips it. For pragmas and
  /// annotations, whose text follows no grammar.
  std::string_view take_rest_of_line();

  /// After an opening brace: skips to the brace that closes it, which will be the next token. The text between is in
  /// another language, of which only the nesting of braces is known.
  void skip_calibration_block();

 private:
  [[nodiscard]] unsigned char at(std::size_t offset) const {
    return offset < text_.size() ? static_cast<unsigned char>(text_[offset]) : 0;
  }
  void skip_blanks_and_comments();
  Token finish(TokenKind kind, std::size_t length);
  Token lex_word();
  Token lex_number();
  Token lex_string(char quotation_mark);
  Token lex_hardware_qubit();
  Token lex_hash();
  Token lex_operator(unsigned char first);
  [[nodiscard]] std::size_t scan_digits(std::size_t offset) const;
  [[nodiscard]] std::size_t scan_word(std::size_t offset) const;
  [[nodiscard]] std::size_t suffix_length(std::size_t offset, TokenKind& kind) const;
  [[noreturn]] void fail(std::size_t offset, std::string message, std::string advice = {}) const;

  const SourceMap& sources_;
  std::string_view text_;
  std::size_t offset_ = 0;
  std::uint32_t text_index_;
  syntax::Language language_;
};

}  // namespace basalt::quantum
