// Text to tokens: kinds and extents, in both languages.
#include "workloads/quantum/input/lexer.h"

#include <gtest/gtest.h>

#include <vector>

#include "quantum/input/failure.h"

namespace basalt::quantum {
namespace {

using syntax::Language;
using Kinds = std::vector<TokenKind>;

struct Lexed {
  Kinds kinds;
  std::vector<std::string> texts;
};

Lexed lex(const std::string& text, Language language = Language::openqasm3) {
  SourceMap sources;
  sources.add("t", text);
  Lexer lexer(sources, 0, language);
  Lexed result;
  for (Token token = lexer.next(); token.kind != TokenKind::end_of_text; token = lexer.next()) {
    result.kinds.push_back(token.kind);
    result.texts.emplace_back(lexer.text(token));
  }
  return result;
}

std::vector<std::string> texts(const std::string& text, Language language = Language::openqasm3) {
  return lex(text, language).texts;
}

Error failure(const std::string& text, Language language = Language::openqasm3) {
  return test::failure_of([&] { lex(text, language); });
}

TEST(Lexer, SplitsNamesNumbersAndPunctuation) {
  EXPECT_EQ(texts("cx q[0],q[10];"),
            (std::vector<std::string>{"cx", "q", "[", "0", "]", ",", "q", "[", "10", "]", ";"}));
}

TEST(Lexer, TakesTheLongestOperator) {
  EXPECT_EQ(texts("+ ++ += - -> -= * ** *= **= / /= % %="),
            (std::vector<std::string>{"+", "++", "+=", "-", "->", "-=", "*", "**", "*=", "**=", "/", "/=", "%", "%="}));
  EXPECT_EQ(texts("<<=<<<=<>>=>>>=> ==!=!=&&&=&|||=|^=^~@"),
            (std::vector<std::string>{"<<=", "<<", "<=", "<",  ">>=", ">>", ">=", ">", "==", "!=", "!=",
                                      "&&",  "&=", "&",  "||", "|=",  "|",  "^=", "^", "~",  "@"}));
}

TEST(Lexer, SkipsBlanksAndComments) {
  EXPECT_EQ(texts("a // b ; c\n/* d\n * e **/ f/**/g\r\n\th//"), (std::vector<std::string>{"a", "f", "g", "h"}));
}

TEST(Lexer, ALineCommentEndsAtACarriageReturn) {
  EXPECT_EQ(texts("// a\rb"), (std::vector<std::string>{"b"}));
}

TEST(Lexer, KeywordsDependOnTheLanguage) {
  EXPECT_EQ(lex("gate qubit opaque").kinds, (Kinds{TokenKind::kw_gate, TokenKind::kw_qubit, TokenKind::identifier}));
  EXPECT_EQ(lex("gate qubit opaque", Language::openqasm2).kinds,
            (Kinds{TokenKind::kw_gate, TokenKind::identifier, TokenKind::kw_opaque}));
  EXPECT_EQ(lex("gates Gate _gate gate1").kinds, Kinds(4, TokenKind::identifier));
}

TEST(Lexer, NamesMayHaveLettersOfAnyScript) {
  EXPECT_EQ(texts("π θ_1 ℇ été 变量 ⅷ"), (std::vector<std::string>{"π", "θ_1", "ℇ", "été", "变量", "ⅷ"}));
  EXPECT_EQ(failure("x = a‿b;").message(), "unexpected character '‿'");
  EXPECT_EQ(failure("h q→c;").message(), "unexpected character '→'");
}

TEST(Lexer, HardwareQubits) {
  EXPECT_EQ(lex("$0 $12").kinds, Kinds(2, TokenKind::hardware_qubit));
  EXPECT_EQ(failure("$q").message(), "unexpected '$'");
}

TEST(Lexer, TextsInQuotationMarksEndOnTheirLine) {
  EXPECT_EQ(texts("\"a'b\" 'c\"d'"), (std::vector<std::string>{"\"a'b\"", "'c\"d'"}));
  EXPECT_EQ(failure("include \"abc\n\";").where().column, 9u);
  EXPECT_EQ(failure("'abc").message(), "this text in quotation marks is never closed");
}

TEST(Lexer, HashWords) {
  EXPECT_EQ(lex("#dim").kinds, (Kinds{TokenKind::kw_dim}));
  EXPECT_EQ(lex("#pragma").kinds, (Kinds{TokenKind::kw_pragma}));
  EXPECT_EQ(failure("#dimension").message(), "unexpected '#'");
  EXPECT_EQ(failure("#pragma x", Language::openqasm2).message(), "unexpected '#'");
}

TEST(Lexer, SkipsAByteOrderMark) {
  EXPECT_EQ(texts("\xEF\xBB\xBFx"), (std::vector<std::string>{"x"}));
}

TEST(Lexer, RefusesOtherEncodings) {
  EXPECT_NE(failure(std::string("\xFF\xFEx\0", 4)).message().find("UTF-16"), std::string::npos);
}

TEST(Lexer, NamesTheByteThatIsNoText) {
  EXPECT_EQ(failure(std::string("h q\0;", 5)).message(), "unexpected byte 0x00");
  EXPECT_EQ(failure("\x7f"
                    "ELF")
                .message(),
            "unexpected byte 0x7f");
  EXPECT_EQ(failure("h \xC0\x80;").message(), "unexpected byte 0xc0");
  EXPECT_EQ(failure("h q?").message(), "unexpected character '?'");
}

TEST(Lexer, ACommentMustEnd) {
  const Error error = failure("x;\n /* y\n");
  EXPECT_EQ(error.where().line, 2u);
  EXPECT_EQ(error.where().column, 2u);
}

TEST(Lexer, TakesTheRestOfALine) {
  SourceMap sources;
  sources.add("t", "@a  b \"'\x01 \r\nx");
  Lexer lexer(sources, 0, Language::openqasm3);
  EXPECT_EQ(lexer.next().kind, TokenKind::at);
  EXPECT_EQ(lexer.take_rest_of_line(), "a  b \"'\x01");
  EXPECT_EQ(lexer.text(lexer.next()), "x");
}

TEST(Lexer, SkipsCalibrations) {
  SourceMap sources;
  sources.add("t", "{ a {b} \xFF ' { {} } } x");
  Lexer lexer(sources, 0, Language::openqasm3);
  EXPECT_EQ(lexer.next().kind, TokenKind::left_brace);
  lexer.skip_calibration_block();
  EXPECT_EQ(lexer.next().kind, TokenKind::right_brace);
  EXPECT_EQ(lexer.text(lexer.next()), "x");
}

TEST(Lexer, TheEndStaysTheEnd) {
  SourceMap sources;
  sources.add("t", " ");
  Lexer lexer(sources, 0, Language::openqasm3);
  EXPECT_EQ(lexer.next().kind, TokenKind::end_of_text);
  EXPECT_EQ(lexer.next().kind, TokenKind::end_of_text);
}

}  // namespace
}  // namespace basalt::quantum
