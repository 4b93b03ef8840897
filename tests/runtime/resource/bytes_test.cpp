// Sizes as people write and read them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

#include "basalt/error.h"
#include "basalt/inventory.h"

namespace basalt {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

TEST(ParseBytes, ReadsWhatPeopleWrite) {
  const auto parse = [](const std::string& text) { return parse_bytes(text, "--memory"); };
  EXPECT_EQ(parse("0"), 0U);
  EXPECT_EQ(parse("1000"), 1000U);
  EXPECT_EQ(parse("1000B"), 1000U);
  EXPECT_EQ(parse("64K"), 65536U);
  EXPECT_EQ(parse("512MiB"), 512U << 20);
  EXPECT_EQ(parse("512mb"), 512U << 20);
  EXPECT_EQ(parse("16G"), 16 * kGiB);
  EXPECT_EQ(parse("16g"), 16 * kGiB);
  EXPECT_EQ(parse(" 16 GiB\n"), 16 * kGiB);
  EXPECT_EQ(parse("1.5G"), 3 * kGiB / 2);
  EXPECT_EQ(parse("2.5e9"), 2500000000U);
  EXPECT_EQ(parse("0.5K"), 512U);
  EXPECT_EQ(parse("3T"), 3072 * kGiB);
  EXPECT_EQ(parse("1P"), kGiB << 20);
  EXPECT_EQ(parse("15E"), std::uint64_t{15} << 60);
}

TEST(ParseBytes, IsExactUpToTheLastByte) {
  EXPECT_EQ(parse_bytes("18446744073709551615", "x"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(parse_bytes("9007199254740993", "x"), 9007199254740993U);
  EXPECT_EQ(parse_bytes("18014398509481983K", "x"), 18014398509481983U << 10);
}

class BadSizes : public testing::TestWithParam<std::pair<const char*, const char*>> {};

TEST_P(BadSizes, AreRefusedWithAnExample) {
  const auto [text, problem] = GetParam();
  try {
    parse_bytes(text, "--memory");
    ADD_FAILURE() << "accepted " << text;
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_usage);
    EXPECT_THAT(error.what(), HasSubstr("--memory: "));
    EXPECT_THAT(error.what(), HasSubstr(problem));
    EXPECT_THAT(error.what(), HasSubstr("512MiB"));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, BadSizes,
    testing::Values(std::pair{"", "no size"}, std::pair{"   ", "no size"}, std::pair{"-1", "negative"},
                    std::pair{"-1.5G", "negative"}, std::pair{"G", "no size"}, std::pair{"abc", "\"abc\" is no size"},
                    std::pair{"nan", "no size"}, std::pair{"inf", "no size"}, std::pair{"+5", "no size"},
                    std::pair{".5G", "no size"}, std::pair{"16X", "unknown unit \"X\""},
                    std::pair{"16GG", "unknown unit \"GG\""}, std::pair{"16Gi", "unknown unit \"Gi\""},
                    std::pair{"1,5G", "unknown unit"}, std::pair{"0x10", "unknown unit"}, std::pair{"16E", "more than"},
                    std::pair{"18446744073709551616", "more than"}, std::pair{"1e20", "more than"},
                    std::pair{"1e999", "more than"}, std::pair{"18014398509481984K", "more than"}));

TEST(ParseBytes, ShortensWhatItQuotes) {
  try {
    parse_bytes(std::string(1 << 20, 'x'), "--memory");
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_LT(std::string(error.what()).size(), 300U);
  }
}

TEST(FormatBytes, ReadsWell) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1024), "1.0 KiB");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes((1U << 20) - 1), "1.0 MiB");
  EXPECT_EQ(format_bytes(16 * kGiB), "16.0 GiB");
  EXPECT_EQ(format_bytes(std::numeric_limits<std::uint64_t>::max()), "16.0 EiB");
}

RC_GTEST_PROP(FormatBytes, IsReadBackToWithinItsPrecision, (std::uint64_t bytes)) {
  bytes %= std::uint64_t{15} << 60;
  const auto again = static_cast<double>(parse_bytes(format_bytes(bytes), "x"));
  RC_ASSERT(std::abs(again - static_cast<double>(bytes)) <= 0.051 * static_cast<double>(bytes));
}

RC_GTEST_PROP(ParseBytes, AnyTextIsReadOrRefused, (const std::string& text)) {
  try {
    parse_bytes(text, "x");
  } catch (const Error& error) {
    RC_ASSERT(error.code() == ErrorCode::bad_usage);
  }
}

}  // namespace
}  // namespace basalt
