// The words of both languages. A token is a kind and a stretch of the text; nothing is copied or computed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "workloads/quantum/input/syntax.h"

namespace basalt::quantum {

// clang-format off
enum class TokenKind : std::uint8_t {
  end_of_text,
  identifier, integer, real, imaginary, timing, string, hardware_qubit,
  left_bracket, right_bracket, left_brace, right_brace, left_parenthesis, right_parenthesis,
  colon, semicolon, comma, equals, arrow, at, compound_assignment,
  plus, double_plus, minus, asterisk, double_asterisk, slash, percent,
  pipe, double_pipe, ampersand, double_ampersand, caret, tilde, exclamation,
  double_equals, not_equals, less, less_equal, greater, greater_equal, shift_left, shift_right,
  // Keywords. Those of OpenQASM 2 first, then those of both, then those of OpenQASM 3.
  kw_opaque,
  kw_openqasm, kw_include, kw_qreg, kw_creg, kw_gate, kw_if, kw_measure, kw_reset, kw_barrier,
  kw_defcalgrammar, kw_def, kw_cal, kw_defcal, kw_extern, kw_box, kw_let, kw_break, kw_continue, kw_else, kw_end,
  kw_return, kw_for, kw_while, kw_in, kw_switch, kw_case, kw_default, kw_nop, kw_pragma,
  kw_input, kw_output, kw_const, kw_readonly, kw_mutable,
  kw_qubit, kw_bool, kw_bit, kw_int, kw_uint, kw_float, kw_angle, kw_complex, kw_array, kw_void,
  kw_duration, kw_stretch,
  kw_gphase, kw_inv, kw_pow, kw_ctrl, kw_negctrl, kw_dim, kw_durationof, kw_delay,
  kw_true, kw_false, kw_im,
};
// clang-format on

inline constexpr std::size_t kTokenKindCount = static_cast<std::size_t>(TokenKind::kw_im) + 1;

struct Token {
  TokenKind kind = TokenKind::end_of_text;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// The keyword that `word` is in `language`, else TokenKind::identifier.
TokenKind keyword_kind(std::string_view word, syntax::Language language) noexcept;

/// How messages name a kind that is expected: "';'", "a name", "a number".
std::string_view name_of(TokenKind kind) noexcept;

}  // namespace basalt::quantum
