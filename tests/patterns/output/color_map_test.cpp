#include "workloads/patterns/output/color_map.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

#include "basalt/error.h"

namespace basalt::patterns {
namespace {

/// Oklab's definition, from colours of files: the way back of what the maps do.
Oklab oklab_of(const Rgb8& color) {
  const auto light = [&](std::size_t i) { return decode_srgb(color[i] / 255.0); };
  const double r = light(0);
  const double g = light(1);
  const double b = light(2);
  const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

double distance(const Oklab& one, const Oklab& other) {
  return std::hypot(one.lightness - other.lightness, one.a - other.a, one.b - other.b);
}

class Maps : public testing::TestWithParam<ColorMap> {
 protected:
  [[nodiscard]] static double lightness(double t) {
    const ColorMap& map = GetParam();
    switch (map.kind) {
      case ColorMapKind::sequential:
        return map.ends + t * (map.middle - map.ends);
      case ColorMapKind::diverging:
        return map.middle - std::abs(2 * t - 1) * (map.middle - map.ends);
      case ColorMapKind::cyclic:
        return map.ends;
    }
    return 0;
  }
};

TEST_P(Maps, LieInSrgb) {
  for (int i = 0; i <= 4000; ++i) {
    for (const double light : to_linear(color_at(GetParam(), i / 4000.0))) {
      EXPECT_GE(light, 0) << i;
      EXPECT_LE(light, 1) << i;
    }
  }
}

TEST_P(Maps, AreEvenlyLight) {
  const ColorTable table = make_color_table(GetParam());
  const double last = GetParam().kind == ColorMapKind::cyclic ? 256 : 255;
  for (std::size_t i = 0; i < table.size(); ++i) {
    // Half a step of eight bits moves the lightness by 0.002, or by more where it is dark.
    EXPECT_NEAR(oklab_of(table[i]).lightness, lightness(static_cast<double>(i) / last), 0.004) << i;
  }
}

TEST_P(Maps, TakeStepsThatLookAlike) {
  const ColorMap& map = GetParam();
  double least = 1;
  double most = 0;
  for (int i = 0; i < 64; ++i) {
    const double step = distance(color_at(map, i / 64.0), color_at(map, (i + 1) / 64.0));
    least = std::min(least, step);
    most = std::max(most, step);
  }
  EXPECT_LT(most, 1.3 * least);
}

std::string name_of_map(const testing::TestParamInfo<ColorMap>& info) {
  return std::string(info.param.name);
}

INSTANTIATE_TEST_SUITE_P(All, Maps, testing::ValuesIn(color_maps()), name_of_map);

TEST(ColorMaps, OfOneDirectionOnlyGetLighter) {
  for (const ColorMap& map : color_maps()) {
    if (map.kind == ColorMapKind::sequential) {
      const ColorTable table = make_color_table(map);
      for (std::size_t i = 2; i < table.size(); ++i) {
        EXPECT_GT(oklab_of(table[i]).lightness, oklab_of(table[i - 2]).lightness) << map.name << ' ' << i;
      }
    }
  }
}

TEST(ColorMaps, OfPhasesClose) {
  const ColorMap& map = find_color_map("tide");
  EXPECT_LT(distance(color_at(map, 0), color_at(map, 1)), 1e-12);
}

TEST(ColorMaps, AreFoundByName) {
  EXPECT_EQ(find_color_map("moss").name, "moss");
  try {
    find_color_map("lavva");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_usage);
    EXPECT_THAT(error.what(), testing::HasSubstr("did you mean lava?"));
  }
}

TEST(Srgb, KeepsWhite) {
  EXPECT_EQ(to_rgb8(to_linear({.lightness = 1, .a = 0, .b = 0})), (Rgb8{255, 255, 255}));
  for (int value = 0; value < 256; ++value) {
    EXPECT_NEAR(encode_srgb(decode_srgb(value / 255.0)), value / 255.0, 1e-9);
  }
}

}  // namespace
}  // namespace basalt::patterns
