#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "basalt/error.h"
#include "basalt/pattern_file.h"

namespace basalt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// What a file is refused with.
struct Refusal {
  std::string text;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

Refusal refused(const std::string& text) {
  try {
    read_pattern_toml(text, "run.toml");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::bad_input);
    EXPECT_EQ(error.where().file, "run.toml");
    return {error.what(), error.where().line, error.where().column};
  }
  ADD_FAILURE() << "taken: " << text;
  return {};
}

TEST(ReadToml, FillsWhatItSays) {
  const PatternRequest request = read_pattern_toml(R"(# a run
model = "gray-scott"
size = [64, 32, 16]
spacing = 0.5
step = 1            # whole numbers are numbers
steps = 20000
integrator = "rk4"
stencil = "axes"
precision = "double"
seed = "18446744073709551615"
every = 100
output = "frames"
backend = "vulkan"
device = "H100"
threads = 3
memory_limit_bytes = 1_000_000
priority = -2

[parameters]
F = 0.062
k = 609e-4

[initial]
kind = "spots"
values = [1, 0.5]
noise = 0
spots = 7

[sides]
y = { first = { kind = "dirichlet", value = 1.5 }, last = { kind = "neumann" } }

[sides.x.first]
kind = "robin"
value = 1
alpha = 2
beta = 3
[sides.x.last]
kind = "neumann"
)",
                                                   "run.toml");
  EXPECT_EQ(request.model, "gray-scott");
  EXPECT_THAT(request.size, ElementsAre(64, 32, 16));
  EXPECT_EQ(request.spacing, 0.5);
  EXPECT_EQ(request.step, 1);
  EXPECT_EQ(request.steps, 20000U);
  EXPECT_EQ(request.integrator, Integrator::rk4);
  EXPECT_EQ(request.stencil, Stencil::axes);
  EXPECT_EQ(request.precision, Precision::double_precision);
  EXPECT_EQ(request.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(request.every, 100U);
  EXPECT_EQ(request.output, "frames");
  EXPECT_EQ(request.backend, Backend::vulkan);
  EXPECT_EQ(request.device, "H100");
  EXPECT_EQ(request.threads, 3);
  EXPECT_EQ(request.memory_limit_bytes, 1'000'000U);
  EXPECT_EQ(request.priority, -2);
  EXPECT_THAT(request.parameters, ElementsAre(testing::Pair("F", 0.062), testing::Pair("k", 0.0609)));
  EXPECT_EQ(request.initial.kind, InitialKind::spots);
  EXPECT_THAT(request.initial.values, ElementsAre(1, 0.5));
  EXPECT_EQ(request.initial.noise, 0);
  EXPECT_EQ(request.initial.spots, 7U);
  EXPECT_EQ(request.sides[0][0], (Side{SideKind::robin, 1, 2, 3}));
  EXPECT_EQ(request.sides[1][0], (Side{SideKind::dirichlet, 1.5, 0, 0}));
  EXPECT_EQ(request.sides[1][1], (Side{SideKind::neumann, 0, 0, 0}));
  EXPECT_EQ(request.sides[2][0], Side{});
}

TEST(ReadToml, LeavesTheRestAsItIs) {
  const PatternRequest request = read_pattern_toml("model = 'brusselator'", "run.toml");
  const PatternRequest plain;
  EXPECT_EQ(request.size, plain.size);
  EXPECT_EQ(request.steps, plain.steps);
  EXPECT_FALSE(request.step);
  EXPECT_FALSE(request.threads);
  EXPECT_EQ(request.initial.spots, plain.initial.spots);
}

TEST(ReadToml, NamesTheNearestKey) {
  const Refusal key = refused("model = 'gray-scott'\n  stepss = 3\n");
  EXPECT_THAT(key.text, HasSubstr("run.toml:2:3: there is no key 'stepss'"));
  EXPECT_THAT(key.text, HasSubstr("did you mean steps?"));
  EXPECT_THAT(refused("model='gray-scott'\n[initial]\nnoize = 1").text,
              HasSubstr("3:1: there is no key 'initial.noize'"));
  EXPECT_THAT(refused("model='gray-scott'\n[sides.x.middle]\n").text, HasSubstr("'sides.x.middle'"));
  EXPECT_THAT(refused("model='gray-scott'\n[sides.w]\n").text, HasSubstr("the keys here are x, y, z"));
  EXPECT_THAT(refused("model='gray-scott'\nsides.x.first.kinds = 'neumann'\n").text, HasSubstr("did you mean kind?"));
}

TEST(ReadToml, CountsColumnsAsEditorsDo) {
  const Refusal wide = refused("model = 'gray-scott'\n\"schön\" = 'ü'\n");
  EXPECT_EQ(wide.line, 2U);
  EXPECT_EQ(wide.column, 1U);
  EXPECT_THAT(wide.text, HasSubstr("\"schön\" = 'ü'"));
  const Refusal after = refused("model = 'gray-scott'\ninitial = { 'ü' = 1 }\r\n");
  EXPECT_EQ(after.line, 2U);
  EXPECT_EQ(after.column, 13U);
  EXPECT_EQ(refused("\xEF\xBB\xBFmodels = 'gray-scott'").column, 1U);
}

TEST(ReadToml, RefusesValuesOfAnotherType) {
  EXPECT_THAT(refused("model = 3").text, HasSubstr("1:9: model is a whole number"));
  EXPECT_THAT(refused("size = 64").text, HasSubstr("1:8: size is a whole number\n"));
  EXPECT_THAT(refused("size = [64, 6.4]").text, HasSubstr("1:13: size is a number with a fraction"));
  EXPECT_THAT(refused("size = [64, -1]").text, HasSubstr("1:13: size is -1"));
  EXPECT_THAT(refused("step = 'x'").text, HasSubstr("step is a string"));
  EXPECT_THAT(refused("step = inf").text, HasSubstr("step is inf"));
  EXPECT_THAT(refused("steps = 1e3").text, HasSubstr("steps is a number with a fraction"));
  EXPECT_THAT(refused("steps = 'many'").text, HasSubstr("steps is 'many'"));
  EXPECT_THAT(refused("steps = '18446744073709551616'").text, HasSubstr("2^63 - 1"));
  EXPECT_THAT(refused("seed = true").text, HasSubstr("seed is true or false"));
  EXPECT_THAT(refused("seed = 1979-05-27").text, HasSubstr("seed is a date or time"));
  EXPECT_THAT(refused("threads = 3000000000").text, HasSubstr("give -2147483648 to 2147483647"));
  EXPECT_THAT(refused("initial = 'spots'").text, HasSubstr("initial is a string"));
  EXPECT_THAT(refused("initial.spots = -1").text, HasSubstr("initial.spots is -1"));
  EXPECT_THAT(refused("parameters = [1]").text, HasSubstr("parameters is a list"));
  EXPECT_THAT(refused("parameters.F = {}").text, HasSubstr("parameters.F is a table"));
  EXPECT_THAT(refused("integrator = 'rk5'").text, HasSubstr("did you mean rk4?"));
  EXPECT_THAT(refused("precision = 'half'").text, HasSubstr("give one of single, double"));
  EXPECT_THAT(refused("sides.x.first.kind = 'periodical'").text, HasSubstr("did you mean periodic?"));
}

TEST(ReadToml, RefusesWhatNoRunWouldTake) {
  EXPECT_THAT(refused("steps = 3").text, HasSubstr("names no model"));
  EXPECT_THAT(refused("\nmodel = 'grey-scott'").text, HasSubstr("2:9: there is no model 'grey-scott'"));
  EXPECT_THAT(refused("model = 'gray-scott'\nparameters.f = 1").text,
              HasSubstr("2:16: gray-scott has no parameter 'f'"));
  EXPECT_THAT(refused("model = 'gray-scott'\nparameters.Du = -1").text, HasSubstr("2:17: Du = -1"));
  EXPECT_THAT(refused("model = 'gray-scott'\nsize = [64, 2]").text, HasSubstr("2:8: 2 cells along y are too few"));
  EXPECT_THAT(refused("model = 'gray-scott'\nspacing = 0").text, HasSubstr("2:11: 0 is no spacing"));
  EXPECT_THAT(refused("model = 'gray-scott'\nstep = -0.5").text, HasSubstr("2:8: a step of -0.5"));
  EXPECT_THAT(refused("model = 'gray-scott'\nthreads = 0").text, HasSubstr("2:11: nothing runs on 0"));
  EXPECT_THAT(refused("model = 'gray-scott'\ninitial.values = [1]").text, HasSubstr("1 values for 2 species"));
  EXPECT_THAT(refused("model = 'gray-scott'\ninitial.noise = -1").text, HasSubstr("noise of ±-1"));
  const Refusal side = refused("model = 'gray-scott'\n[sides.x.first]\nkind = 'neumann'");
  EXPECT_THAT(side.text, HasSubstr("the last side along x is periodic, and the other is not"));
  EXPECT_EQ(side.line, 2U);
}

TEST(ReadToml, RefusesMapsMethodsAndSweepsThatNoRunWouldTake) {
  EXPECT_THAT(refused("model = \"gray-scott\"\n[maps.G]\naxis = \"x\"").text, HasSubstr("no parameter 'G'"));
  EXPECT_EQ(refused("model = \"gray-scott\"\n[maps.G]\naxis = \"x\"").line, 2U);
  EXPECT_THAT(refused("model = \"gray-scott\"\n[maps.F]\nfrom = 1").text, HasSubstr("varies nowhere"));
  EXPECT_THAT(refused("model = \"gray-scott\"\ntolerance = 1e-3").text, HasSubstr("euler has no tolerance"));
  EXPECT_THAT(refused("model = \"gray-scott\"\nintegrator = \"rk45\"\ntolerance = 2").text,
              HasSubstr("2 is no tolerance"));
  const Refusal waves = refused(
      "model = \"gray-scott\"\nintegrator = \"etd\"\nsides.x.first.kind = \"neumann\"\nsides.x.last.kind = "
      "\"neumann\"");
  EXPECT_THAT(waves.text, HasSubstr("etd steps in waves"));
  EXPECT_EQ(waves.line, 2U);
  EXPECT_THAT(refused("model = \"gray-scott\"\nstatistics = 1").text, HasSubstr("give true or false"));
  EXPECT_THAT(refused("model = \"gray-scott\"\n[[sweep]]\nparameter = \"F\"").text, HasSubstr("sweep"));
}

TEST(ReadToml, ReadsSweeps) {
  const std::string text =
      "model = \"gray-scott\"\noutput = \"map\"\n[[sweep]]\nparameter = \"k\"\nfrom = 0.03\nto = 0.07\npoints = 5\n"
      "[[sweep]]\nparameter = \"F\"\nfrom = 1\nto = 2\n";
  const PatternSweepRequest sweep = read_pattern_sweep_toml(text, "sweep.toml");
  ASSERT_EQ(sweep.ranges.size(), 2);
  EXPECT_EQ(sweep.ranges[0].parameter, "k");
  EXPECT_EQ(sweep.ranges[0].points, 5U);
  EXPECT_EQ(sweep.ranges[1].points, 1U);
  EXPECT_EQ(sweep.batch.output, "map");
  EXPECT_EQ(sweep.pattern.output, "");
  const PatternSweepRequest again = read_pattern_sweep_toml(write_pattern_sweep_toml(sweep), "sweep.toml");
  EXPECT_EQ(again.ranges[0].to, 0.07);
  EXPECT_EQ(again.batch.output, "map");
  try {
    read_pattern_sweep_toml("model = \"gray-scott\"\n[[sweep]]\nparametr = \"F\"", "sweep.toml");
    FAIL() << "parametr is no key";
  } catch (const Error& error) {
    EXPECT_THAT(error.advice(), HasSubstr("did you mean parameter?"));
    EXPECT_EQ(error.where().line, 3U);
  }
}

TEST(ReadToml, RefusesWhatIsNoToml) {
  const Refusal text = refused("model = 'gray-scott'\nsteps = = 3\n");
  EXPECT_EQ(text.line, 2U);
  EXPECT_THAT(text.text, HasSubstr("this is no TOML"));
  EXPECT_EQ(refused("steps = 1\nsteps = 2").line, 2U);
  EXPECT_THAT(refused(std::string("model = '\xFF'")).text, HasSubstr("run.toml:1"));
  EXPECT_THAT(refused(std::string(10'000, '[')).text, HasSubstr("run.toml:1"));
  EXPECT_THAT(refused("a = " + std::string(10'000, '[')).text, HasSubstr("run.toml:1"));
  EXPECT_THAT(refused(std::string(kMaxPatternFileBytes + 1, '\n')).text, HasSubstr("1048577 bytes"));
}

TEST(WriteToml, RefusesNamesThatAreNotUtf8) {
  PatternRequest request;
  request.output = "\xFF";
  EXPECT_THROW(write_pattern_toml(request), Error);
}

double any_number() {
  const double number = std::bit_cast<double>(*rc::gen::arbitrary<std::uint64_t>());
  return std::isfinite(number) ? number : *rc::gen::arbitrary<double>();
}

template <typename Value, typename Make>
std::optional<Value> perhaps(Make make) {
  return *rc::gen::arbitrary<bool>() ? std::optional<Value>(make()) : std::nullopt;
}

/// Any request that a run would take, its stability aside.
PatternRequest any_request() {
  PatternRequest request;
  const PatternModel& model = *rc::gen::elementOf(pattern_models());
  request.model = model.name;
  for (const PatternParameter& parameter : model.parameters) {
    if (*rc::gen::arbitrary<bool>()) {
      const double value = any_number();
      request.parameters[parameter.name] = parameter.not_negative ? std::abs(value) : value;
    }
  }
  request.size = *rc::gen::container<std::vector<std::uint64_t>>(*rc::gen::inRange<std::size_t>(1, 4),
                                                                 rc::gen::arbitrary<std::uint64_t>());
  for (std::uint64_t& size : request.size) {
    size = 3 + size % 8000;
  }
  const auto positive = [] { return std::max(std::abs(any_number()), 1e-300); };
  request.spacing = perhaps<double>(positive);
  request.step = perhaps<double>(positive);
  request.steps = *rc::gen::arbitrary<std::uint64_t>();
  request.integrator = *rc::gen::element(Integrator::euler, Integrator::rk4, Integrator::rk45);
  if (request.integrator == Integrator::rk45) {
    request.tolerance = perhaps<double>([] { return *rc::gen::inRange(1, 1000) / 1e6; });
  }
  for (const PatternParameter& parameter : model.parameters) {
    if (*rc::gen::arbitrary<bool>()) {
      ParameterMap& map = request.maps[parameter.name];
      (*rc::gen::arbitrary<bool>() ? map.axis : map.file) = *rc::gen::element<std::string>("x", "y", "a \"b\".png");
      map.from = perhaps<double>(any_number);
      map.to = perhaps<double>(any_number);
    }
  }
  request.statistics = *rc::gen::arbitrary<bool>();
  request.initial.file = *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7F'));
  request.stencil = *rc::gen::element(Stencil::axes, Stencil::isotropic);
  for (std::size_t axis = 0; axis < request.size.size(); ++axis) {
    if (*rc::gen::arbitrary<bool>()) {
      request.sides[axis].fill({.kind = SideKind::neumann, .value = 0, .alpha = any_number(), .beta = any_number()});
      if (!model.fourth_order) {
        request.sides[axis][1].kind = SideKind::dirichlet;
        request.sides[axis][1].value = any_number();
      }
    }
  }
  request.initial.kind =
      *rc::gen::element(InitialKind::automatic, InitialKind::uniform, InitialKind::square, InitialKind::spots);
  if (*rc::gen::arbitrary<bool>()) {
    request.initial.values.assign(model.species.size(), any_number());
  }
  request.initial.noise = perhaps<double>(positive);
  request.initial.spots = *rc::gen::arbitrary<std::uint32_t>();
  request.precision = *rc::gen::element(Precision::single_precision, Precision::double_precision);
  request.seed = *rc::gen::arbitrary<std::uint64_t>();
  request.every = *rc::gen::arbitrary<std::uint64_t>();
  request.formats = *rc::gen::container<std::vector<FrameFormat>>(
      rc::gen::element(FrameFormat::png, FrameFormat::npy, FrameFormat::vti, FrameFormat::hdf5, FrameFormat::mp4));
  request.output = *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7F'));
  request.backend = *rc::gen::element(Backend::automatic, Backend::cpu, Backend::vulkan);
  request.device = *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7F'));
  request.threads = perhaps<int>([] { return *rc::gen::inRange(1, std::numeric_limits<int>::max()); });
  request.memory_limit_bytes = perhaps<std::uint64_t>([] { return *rc::gen::arbitrary<std::uint64_t>(); });
  request.priority = *rc::gen::arbitrary<int>();
  return request;
}

RC_GTEST_PROP(WriteToml, IsReadAsTheSameRequest, ()) {
  const PatternRequest request = any_request();
  const std::string text = write_pattern_toml(request);
  RC_LOG() << text;
  const PatternRequest read = read_pattern_toml(text, "run.toml");
  RC_ASSERT(read.model == request.model);
  RC_ASSERT(read.parameters == request.parameters);
  RC_ASSERT(read.size == request.size);
  RC_ASSERT(read.spacing == request.spacing);
  RC_ASSERT(read.step == request.step);
  RC_ASSERT(read.steps == request.steps);
  RC_ASSERT(read.integrator == request.integrator);
  RC_ASSERT(read.stencil == request.stencil);
  RC_ASSERT(read.tolerance == request.tolerance);
  RC_ASSERT(read.statistics == request.statistics);
  RC_ASSERT(read.initial.file == request.initial.file);
  RC_ASSERT(read.formats == request.formats);
  RC_ASSERT(read.maps.size() == request.maps.size());
  for (const auto& [name, map] : request.maps) {
    const ParameterMap& other = read.maps.at(name);
    RC_ASSERT(other.axis == map.axis);
    RC_ASSERT(other.file == map.file);
    RC_ASSERT(other.from == map.from);
    RC_ASSERT(other.to == map.to);
  }
  RC_ASSERT(read.sides == request.sides);
  RC_ASSERT(read.initial.kind == request.initial.kind);
  RC_ASSERT(read.initial.values == request.initial.values);
  RC_ASSERT(read.initial.noise == request.initial.noise);
  RC_ASSERT(read.initial.spots == request.initial.spots);
  RC_ASSERT(read.precision == request.precision);
  RC_ASSERT(read.seed == request.seed);
  RC_ASSERT(read.every == request.every);
  RC_ASSERT(read.output == request.output);
  RC_ASSERT(read.backend == request.backend);
  RC_ASSERT(read.device == request.device);
  RC_ASSERT(read.threads == request.threads);
  RC_ASSERT(read.memory_limit_bytes == request.memory_limit_bytes);
  RC_ASSERT(read.priority == request.priority);
}

}  // namespace
}  // namespace basalt
