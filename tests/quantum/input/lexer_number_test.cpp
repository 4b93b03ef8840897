// Numbers: where they end, what they are, what they are worth.
#include <gtest/gtest.h>

#include <cmath>

#include "workloads/quantum/input/lexer.h"
#include "workloads/quantum/input/literal.h"

namespace basalt::quantum {
namespace {

using syntax::Language;

struct Case {
  const char* text;
  TokenKind kind;
  const char* token;  // the part of `text` that the first token takes
};

std::pair<TokenKind, std::string> first_token(const std::string& text, Language language) {
  SourceMap sources;
  sources.add("t", text);
  Lexer lexer(sources, 0, language);
  const Token token = lexer.next();
  return {token.kind, std::string(lexer.text(token))};
}

TEST(LexerNumber, OfOpenQasm3) {
  const Case cases[] = {
      {"0", TokenKind::integer, "0"},
      {"12_34", TokenKind::integer, "12_34"},
      {"3__4", TokenKind::integer, "3"},
      {"3_4_", TokenKind::integer, "3_4"},
      {"0b1001_1", TokenKind::integer, "0b1001_1"},
      {"0B10", TokenKind::integer, "0B10"},
      {"0b12", TokenKind::integer, "0b1"},
      {"0b2", TokenKind::integer, "0"},
      {"0o17", TokenKind::integer, "0o17"},
      {"0O17", TokenKind::integer, "0"},
      {"0xFa_1F", TokenKind::integer, "0xFa_1F"},
      {"0X1g", TokenKind::integer, "0X1"},
      {"0x_1", TokenKind::integer, "0"},
      {"1.5", TokenKind::real, "1.5"},
      {"1.", TokenKind::real, "1."},
      {".5", TokenKind::real, ".5"},
      {"1._5", TokenKind::real, "1."},
      {"1.5.5", TokenKind::real, "1.5"},
      {"1e5", TokenKind::real, "1e5"},
      {"1.e-1_0", TokenKind::real, "1.e-1_0"},
      {".1E+3", TokenKind::real, ".1E+3"},
      {"1e", TokenKind::integer, "1"},
      {"1e+", TokenKind::integer, "1"},
      {"3.4e3e3", TokenKind::real, "3.4e3"},
      {"2im", TokenKind::imaginary, "2im"},
      {"2.5 \t im", TokenKind::imaginary, "2.5 \t im"},
      {"2\nim", TokenKind::integer, "2"},
      {"2imx", TokenKind::integer, "2"},
      {"10dt", TokenKind::timing, "10dt"},
      {"1.5 ns", TokenKind::timing, "1.5 ns"},
      {"1us", TokenKind::timing, "1us"},
      {"1\xC2\xB5s", TokenKind::timing, "1\xC2\xB5s"},
      {"1ms", TokenKind::timing, "1ms"},
      {"1s", TokenKind::timing, "1s"},
      {"1 sx", TokenKind::integer, "1"},
      {"3x", TokenKind::integer, "3"},
      {"0x1s", TokenKind::integer, "0x1"},
  };
  for (const Case& c : cases) {
    const auto [kind, text] = first_token(c.text, Language::openqasm3);
    EXPECT_EQ(text, c.token) << c.text;
    EXPECT_EQ(static_cast<int>(kind), static_cast<int>(c.kind)) << c.text;
  }
}

TEST(LexerNumber, OfOpenQasm2) {
  const Case cases[] = {
      {"12", TokenKind::integer, "12"},    {"1_2", TokenKind::integer, "1"}, {"0x1", TokenKind::integer, "0"},
      {"1.5e3", TokenKind::real, "1.5e3"}, {"1.", TokenKind::real, "1."},    {"1s", TokenKind::integer, "1"},
      {"1e-5", TokenKind::real, "1e-5"},
  };
  for (const Case& c : cases) {
    const auto [kind, text] = first_token(c.text, Language::openqasm2);
    EXPECT_EQ(text, c.token) << c.text;
    EXPECT_EQ(static_cast<int>(kind), static_cast<int>(c.kind)) << c.text;
  }
}

TEST(Literal, Integers) {
  EXPECT_EQ(integer_value("0").value, 0u);
  EXPECT_EQ(integer_value("1_000").value, 1000u);
  EXPECT_EQ(integer_value("0xfF_0").value, 0xFF0u);
  EXPECT_EQ(integer_value("0o17").value, 15u);
  EXPECT_EQ(integer_value("0B101").value, 5u);
  EXPECT_EQ(integer_value("18446744073709551615").value, ~std::uint64_t{0});
  EXPECT_TRUE(integer_value("18446744073709551615").fits);
  EXPECT_FALSE(integer_value("18446744073709551616").fits);
  EXPECT_FALSE(integer_value("0x1_0000_0000_0000_0000").fits);
  EXPECT_TRUE(integer_value("000000000000000000000000000000001").fits);
}

TEST(Literal, Reals) {
  EXPECT_EQ(real_value("1.5").value, 1.5);
  EXPECT_EQ(real_value(".5").value, 0.5);
  EXPECT_EQ(real_value("5.").value, 5.0);
  EXPECT_EQ(real_value("1_0.2_5e0_1").value, 102.5);
  EXPECT_EQ(real_value("2.5 im").value, 2.5);
  EXPECT_EQ(real_value("3.14159265358979323846").value, M_PI);
  EXPECT_EQ(real_value("12").value, 12.0);
}

TEST(Literal, RealsBeyondTheRange) {
  EXPECT_FALSE(real_value("1e999").finite);
  EXPECT_FALSE(real_value(std::string(400, '9')).finite);
  EXPECT_FALSE(real_value("0." + std::string(400, '0') + "1e800").finite);
  EXPECT_FALSE(real_value("1e99999999999999999999").finite);
  for (const std::string& tiny : {std::string("1e-999"), "0." + std::string(400, '0') + "1",
                                  std::string(400, '9') + "e-999", std::string("1e-99999999999999999999")}) {
    EXPECT_TRUE(real_value(tiny).finite) << tiny;
    EXPECT_EQ(real_value(tiny).value, 0.0) << tiny;
  }
  EXPECT_TRUE(real_value("0e999").finite);
}

}  // namespace
}  // namespace basalt::quantum
