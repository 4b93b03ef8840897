// Keyword tables and the names of tokens in messages.
#include "workloads/quantum/input/token.h"

#include <array>

namespace basalt::quantum {
namespace {

struct Keyword {
  std::string_view text;
  TokenKind kind;
};

// Sorted by first letter, so that a word meets only the keywords it could be.
// clang-format off
constexpr std::array kKeywords = {
    Keyword{"OPENQASM", TokenKind::kw_openqasm},
    Keyword{"angle", TokenKind::kw_angle}, Keyword{"array", TokenKind::kw_array},
    Keyword{"barrier", TokenKind::kw_barrier}, Keyword{"bit", TokenKind::kw_bit}, Keyword{"bool", TokenKind::kw_bool},
    Keyword{"box", TokenKind::kw_box}, Keyword{"break", TokenKind::kw_break},
    Keyword{"cal", TokenKind::kw_cal}, Keyword{"case", TokenKind::kw_case}, Keyword{"complex", TokenKind::kw_complex},
    Keyword{"const", TokenKind::kw_const}, Keyword{"continue", TokenKind::kw_continue},
    Keyword{"creg", TokenKind::kw_creg}, Keyword{"ctrl", TokenKind::kw_ctrl},
    Keyword{"def", TokenKind::kw_def}, Keyword{"defcal", TokenKind::kw_defcal},
    Keyword{"defcalgrammar", TokenKind::kw_defcalgrammar}, Keyword{"default", TokenKind::kw_default},
    Keyword{"delay", TokenKind::kw_delay}, Keyword{"duration", TokenKind::kw_duration},
    Keyword{"durationof", TokenKind::kw_durationof},
    Keyword{"else", TokenKind::kw_else}, Keyword{"end", TokenKind::kw_end}, Keyword{"extern", TokenKind::kw_extern},
    Keyword{"false", TokenKind::kw_false}, Keyword{"float", TokenKind::kw_float}, Keyword{"for", TokenKind::kw_for},
    Keyword{"gate", TokenKind::kw_gate}, Keyword{"gphase", TokenKind::kw_gphase},
    Keyword{"if", TokenKind::kw_if}, Keyword{"im", TokenKind::kw_im}, Keyword{"in", TokenKind::kw_in},
    Keyword{"include", TokenKind::kw_include}, Keyword{"input", TokenKind::kw_input}, Keyword{"int", TokenKind::kw_int},
    Keyword{"inv", TokenKind::kw_inv},
    Keyword{"let", TokenKind::kw_let},
    Keyword{"measure", TokenKind::kw_measure}, Keyword{"mutable", TokenKind::kw_mutable},
    Keyword{"negctrl", TokenKind::kw_negctrl}, Keyword{"nop", TokenKind::kw_nop},
    Keyword{"opaque", TokenKind::kw_opaque}, Keyword{"output", TokenKind::kw_output},
    Keyword{"pow", TokenKind::kw_pow}, Keyword{"pragma", TokenKind::kw_pragma},
    Keyword{"qreg", TokenKind::kw_qreg}, Keyword{"qubit", TokenKind::kw_qubit},
    Keyword{"readonly", TokenKind::kw_readonly}, Keyword{"reset", TokenKind::kw_reset},
    Keyword{"return", TokenKind::kw_return},
    Keyword{"stretch", TokenKind::kw_stretch}, Keyword{"switch", TokenKind::kw_switch},
    Keyword{"true", TokenKind::kw_true},
    Keyword{"uint", TokenKind::kw_uint},
    Keyword{"void", TokenKind::kw_void},
    Keyword{"while", TokenKind::kw_while},
};
// clang-format on

struct Span {
  std::uint8_t begin = 0;
  std::uint8_t end = 0;
};

constexpr std::array<Span, 128> index_by_first_letter() {
  std::array<Span, 128> spans{};
  for (std::size_t i = 0; i < kKeywords.size(); ++i) {
    Span& span = spans[static_cast<unsigned char>(kKeywords[i].text.front())];
    if (span.end == 0) {
      span.begin = static_cast<std::uint8_t>(i);
    }
    span.end = static_cast<std::uint8_t>(i + 1);
  }
  return spans;
}

constexpr std::array<Span, 128> kByFirstLetter = index_by_first_letter();

}  // namespace

TokenKind keyword_kind(std::string_view word, syntax::Language language) noexcept {
  const auto first = static_cast<unsigned char>(word.front());
  if (first >= kByFirstLetter.size()) {
    return TokenKind::identifier;
  }
  const Span span = kByFirstLetter[first];
  for (std::size_t i = span.begin; i < span.end; ++i) {
    if (kKeywords[i].text == word) {
      const TokenKind kind = kKeywords[i].kind;
      const bool known =
          language == syntax::Language::openqasm2 ? kind <= TokenKind::kw_barrier : kind != TokenKind::kw_opaque;
      return known ? kind : TokenKind::identifier;
    }
  }
  return TokenKind::identifier;
}

std::string_view name_of(TokenKind kind) noexcept {
  // clang-format off
  switch (kind) {
    case TokenKind::end_of_text: return "the end of the file";
    case TokenKind::identifier: return "a name";
    case TokenKind::integer: return "an integer";
    case TokenKind::real: return "a number";
    case TokenKind::imaginary: return "an imaginary number";
    case TokenKind::timing: return "a duration";
    case TokenKind::string: return "a text in quotation marks";
    case TokenKind::hardware_qubit: return "a hardware qubit";
    case TokenKind::left_bracket: return "'['";
    case TokenKind::right_bracket: return "']'";
    case TokenKind::left_brace: return "'{'";
    case TokenKind::right_brace: return "'}'";
    case TokenKind::left_parenthesis: return "'('";
    case TokenKind::right_parenthesis: return "')'";
    case TokenKind::colon: return "':'";
    case TokenKind::semicolon: return "';'";
    case TokenKind::comma: return "','";
    case TokenKind::equals: return "'='";
    case TokenKind::arrow: return "'->'";
    case TokenKind::at: return "'@'";
    case TokenKind::double_equals: return "'=='";
    case TokenKind::kw_in: return "'in'";
    default: return "another word";
  }
  // clang-format on
}

}  // namespace basalt::quantum
