// What is read off a state on a device, against the same state on the host: sizes below, at and above a block and a
// chunk, with qubits anywhere.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include "basalt/error.h"
#include "base/hash.h"
#include "base/random.h"
#include "device_state.h"
#include "workloads/quantum/shaders/device_setup.h"

namespace basalt::quantum {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{128} << 10;

using Counts = std::map<std::uint64_t, std::uint64_t>;

Counts counts_of(const Samples& samples) {
  Counts counts;
  for (const BasisCount& drawn : samples.counts()) {
    EXPECT_GT(drawn.count, 0);
    EXPECT_TRUE(counts.emplace(drawn.index, drawn.count).second) << "basis state " << drawn.index << " twice";
  }
  return counts;
}

std::uint64_t total(const Counts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [index, count] : counts) {
    sum += count;
  }
  return sum;
}

/// As a reference::State, but few of the amplitudes are not 0.
reference::State sparse_state(int qubits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  reference::State state(std::size_t{1} << qubits);
  for (int i = 0; i < 7; ++i) {
    state[random() % state.size()] = {0.25, 0.125 * i};
  }
  return state;
}

class Readout : public vulkan::VulkanTest, public testing::WithParamInterface<std::tuple<Mode, int>> {
 protected:
  static void TearDownTestSuite() { devices.clear(); }

  void SetUp() override {
    VulkanTest::SetUp();
    if (IsSkipped()) {
      return;
    }
    std::unique_ptr<TestDevice>& device = devices[mode()];
    if (device == nullptr) {
      device = TestDevice::make(mode(), kChunkBytes);
    }
    if (device == nullptr) {
      GTEST_SKIP() << vulkan::test_device()->plan.f64_reason;
    }
  }

  [[nodiscard]] static Mode mode() { return std::get<0>(GetParam()); }
  [[nodiscard]] static int qubits() { return std::get<1>(GetParam()); }
  [[nodiscard]] static TestDevice& on() { return *devices[mode()]; }
  [[nodiscard]] static std::uint64_t all() { return (std::uint64_t{1} << qubits()) - 1; }
  /// Both read the same amplitudes; only sums are rounded otherwise.
  [[nodiscard]] static double tolerance() { return mode() == Mode::c64_pairs ? 1e-11 : 1e-13; }

  /// Without a map, and with two others.
  template <typename Body>
  static void for_each_map(const reference::State& state, const Body& body) {
    for (int i = 0; i < 3; ++i) {
      SCOPED_TRACE("map " + std::to_string(i));
      DeviceState place(on(), state, mode(), i == 0 ? QubitMap{} : random_map(qubits(), static_cast<std::uint64_t>(i)));
      body(place);
    }
  }

  static std::map<Mode, std::unique_ptr<TestDevice>> devices;
};

std::map<Mode, std::unique_ptr<TestDevice>> Readout::devices;

INSTANTIATE_TEST_SUITE_P(Sizes, Readout,
                         testing::Combine(testing::Values(Mode::c64, Mode::c64_pairs, Mode::c128),
                                          testing::Values(1, 3, 11, 12, 13, 15, 17)),
                         [](const auto& chosen) {
                           return name_of(std::get<0>(chosen.param)) + "_" + std::to_string(std::get<1>(chosen.param));
                         });

TEST_P(Readout, NormsAgreeWithTheHost) {
  DeviceState place(on(), reference::random_state(qubits(), 1), mode());
  EXPECT_NEAR(place.reader.norm(), place.host_reader.norm(), tolerance());
  std::mt19937_64 random(5);
  for (int i = 0; i < 12; ++i) {
    const std::uint64_t every_other = random();
    const std::uint64_t mask = every_other & random() & all();
    const ControlMask keep{.mask = mask, .value = random() & mask};
    EXPECT_NEAR(place.reader.norm_where(keep), place.host_reader.norm_where(keep), tolerance())
        << "mask " << keep.mask << " value " << keep.value;
  }
}

TEST_P(Readout, MarginalsAgreeWithTheHost) {
  for_each_map(reference::random_state(qubits(), 2), [](DeviceState& place) {
    std::mt19937_64 random(6);
    for (const std::size_t count : {0, 1, 2, 5, 9, 13, qubits()}) {
      std::vector<Qubit> chosen(static_cast<std::size_t>(qubits()));
      std::iota(chosen.begin(), chosen.end(), Qubit{0});
      std::ranges::shuffle(chosen, random);
      chosen.resize(std::min<std::size_t>(count, chosen.size()));
      const std::vector<double> expected = place.host_reader.marginal(chosen);
      const std::vector<double> actual = place.reader.marginal(chosen);
      ASSERT_EQ(actual.size(), expected.size());
      for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(actual[i], expected[i], tolerance()) << testing::PrintToString(chosen) << " entry " << i;
      }
    }
  });
}

TEST_P(Readout, ExpectationValuesAgreeWithTheHost) {
  for_each_map(reference::random_state(qubits(), 3), [](DeviceState& place) {
    std::mt19937_64 random(7);
    std::vector<Observable> observables;
    const std::array<std::uint64_t, 6> flips{0, 1, all(), random() & all(), random() & all(), (all() + 1) / 2};
    for (const std::uint64_t x_mask : flips) {
      for (int i = 0; i < 22; ++i) {  // more than one sweep reads
        observables.push_back(
            {.name = "", .terms = {{.coefficient = 1 + i / 8.0, .x_mask = x_mask, .z_mask = random() & all()}}});
      }
      observables.push_back({.name = "", .terms = {{.coefficient = -2, .x_mask = x_mask, .z_mask = x_mask}}});
    }
    observables.push_back({.name = "sum", .terms = {}});
    for (std::size_t i = 0; i + 1 < observables.size(); ++i) {
      observables.back().terms.push_back(observables[i].terms.front());
    }
    observables.push_back({.name = "identity", .terms = {{.coefficient = 3, .x_mask = 0, .z_mask = 0}}});
    const std::vector<double> expected = place.host_reader.expectations(observables);
    const std::vector<double> actual = place.reader.expectations(observables);
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_NEAR(actual[i], expected[i], 200 * tolerance())
          << "x " << observables[i].terms[0].x_mask << " z " << observables[i].terms[0].z_mask;
    }
  });
}

void expect_same_top(DeviceState& place, std::uint64_t count) {
  const std::vector<TopState> expected = place.host_reader.top_states(count);
  const std::vector<TopState> actual = place.reader.top_states(count);
  ASSERT_EQ(actual.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    ASSERT_EQ(actual[i].index, expected[i].index) << i << " of " << count;
    EXPECT_EQ(actual[i].amplitude, expected[i].amplitude);
    EXPECT_NEAR(actual[i].probability, expected[i].probability, 1e-11);
  }
}

TEST_P(Readout, TopStatesAreThoseOfTheHost) {
  for_each_map(reference::random_state(qubits(), 4), [](DeviceState& place) {
    for (const std::uint64_t count : {1, 3, 40, 5000}) {
      expect_same_top(place, count);
    }
  });
  for_each_map(sparse_state(qubits(), 4), [](DeviceState& place) { expect_same_top(place, 20); });
}

TEST_P(Readout, EqualTopStatesComeByIndex) {
  const double amplitude = std::pow(2, -(qubits() + 1) / 2);
  reference::State state(std::size_t{1} << qubits(), Complex{0, amplitude});
  for_each_map(state, [](DeviceState& place) { expect_same_top(place, 7); });
  for (std::size_t i = 0; i < state.size(); ++i) {
    state[i] = (i * 2654435761U >> 7) % 16 == 0 ? Complex{amplitude, 0} : Complex{0, 0};
  }
  state.back() = {0, amplitude};
  for_each_map(state, [](DeviceState& place) { expect_same_top(place, 9); });
}

TEST_P(Readout, SamplesFollowTheDistribution) {
  for_each_map(reference::random_state(qubits(), 5), [](DeviceState& place) {
    std::vector<Qubit> chosen(std::min<std::size_t>(4, static_cast<std::size_t>(qubits())));
    const std::size_t step = std::max<std::size_t>(1, static_cast<std::size_t>(qubits()) / 4);
    for (std::size_t j = 0; j < chosen.size(); ++j) {
      chosen[j] = static_cast<Qubit>(static_cast<std::size_t>(qubits()) - 1 - j * step);
    }
    const std::vector<double> expected = place.host_reader.marginal(chosen);
    for (const std::uint64_t shots : {1, 1000, 150000}) {
      const Counts counts = counts_of(place.reader.sample(shots, 11, 12));
      EXPECT_EQ(total(counts), shots);
      EXPECT_EQ(counts, counts_of(place.reader.sample(shots, 11, 12)));
      std::vector<double> seen(expected.size(), 0);
      for (const auto& [index, count] : counts) {
        std::uint64_t value = 0;
        for (std::size_t j = 0; j < chosen.size(); ++j) {
          value |= ((index >> chosen[j]) & 1) << j;
        }
        seen[value] += static_cast<double>(count);
      }
      for (std::size_t i = 0; i < expected.size(); ++i) {
        const double mean = static_cast<double>(shots) * expected[i];
        EXPECT_NEAR(seen[i], mean, 5 * std::sqrt(mean * (1 - expected[i])) + 1) << "outcome " << i;
      }
    }
    EXPECT_TRUE(qubits() < 3 ||
                counts_of(place.reader.sample(1000, 11, 12)) != counts_of(place.reader.sample(1000, 12, 12)));
  });
}

TEST_P(Readout, SamplesAreInTheOrderOfTheField) {
  DeviceState place(on(), reference::random_state(qubits(), 5), mode(), random_map(qubits(), 3));
  std::uint64_t next = 0;
  const Samples samples = place.reader.sample(2000, 1, 2);
  for (const BasisCount& drawn : samples.counts()) {
    const std::uint64_t index = place.map.index_of(drawn.index);
    EXPECT_GE(index, next);
    next = index + 1;
  }
}

TEST_P(Readout, SamplesAreOnlyPossibleStates) {
  const reference::State state = sparse_state(qubits(), 6);
  for_each_map(state, [&](DeviceState& place) {
    for (const std::uint64_t shots : {500, 200000}) {
      const Counts counts = counts_of(place.reader.sample(shots, 3, 4));
      EXPECT_EQ(total(counts), shots);
      for (const auto& [index, count] : counts) {
        EXPECT_NE(state[place.map.index_of(index)], Complex{0}) << index;
      }
    }
  });
}

TEST_P(Readout, OutcomesFollowTheDistribution) {
  for_each_map(reference::random_state(qubits(), 7), [](DeviceState& place) {
    std::vector<Qubit> chosen(static_cast<std::size_t>(qubits()));  // more than a table holds for the largest
    std::iota(chosen.begin(), chosen.end(), Qubit{0});
    const std::vector<Outcome> all_qubits = place.reader.draw_outcomes(chosen, 300, 5, 6);
    std::uint64_t shots = 0;
    for (std::size_t i = 0; i < all_qubits.size(); ++i) {
      EXPECT_EQ(all_qubits[i].bits.size(), chosen.size());
      EXPECT_EQ(all_qubits[i].probability > 0, qubits() <= 16);
      EXPECT_TRUE(i == 0 || all_qubits[i - 1].shots <= all_qubits[i].shots);
      shots += all_qubits[i].shots;
    }
    EXPECT_EQ(shots, 300);
    chosen = {0};
    const double expected = place.host_reader.marginal(chosen)[1];
    for (const Outcome& outcome : place.reader.draw_outcomes(chosen, 10000, 5, 6)) {
      const double probability = outcome.bits[0] == 1 ? expected : 1 - expected;
      EXPECT_NEAR(outcome.probability, probability, tolerance());
      EXPECT_NEAR(static_cast<double>(outcome.shots), 10000 * probability, 5 * std::sqrt(10000 * 0.25));
    }
  });
}

std::vector<char> content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

template <typename Real>
double largest_difference(const std::vector<char>& a, const std::vector<char>& b, std::size_t from) {
  double most = 0;
  for (std::size_t i = from; i + sizeof(Real) <= a.size(); i += sizeof(Real)) {
    Real left = 0;
    Real right = 0;
    std::memcpy(&left, a.data() + i, sizeof(left));
    std::memcpy(&right, b.data() + i, sizeof(right));
    most = std::max(most, std::isnan(left) ? 1 : std::abs(static_cast<double>(left) - static_cast<double>(right)));
  }
  return most;
}

TEST_P(Readout, SavesTheFileOfTheHost) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("basalt_device_save_" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  for_each_map(reference::random_state(qubits(), 8), [&](DeviceState& place) {
    for (const double phase : {0.0, 0.7}) {
      place.reader.save(phase, folder / "device.npy");
      place.host_reader.save(phase, folder / "host.npy");
      const std::vector<char> actual = content(folder / "device.npy");
      const std::vector<char> expected = content(folder / "host.npy");
      ASSERT_EQ(actual.size(), expected.size());
      constexpr std::size_t kHeader = 128;
      const std::size_t header = actual.size() - (element_bytes(place.field.type()) << qubits());
      EXPECT_LE(header, kHeader);
      EXPECT_TRUE(std::equal(actual.begin(), actual.begin() + static_cast<std::ptrdiff_t>(header), expected.begin()));
      const double difference = mode() == Mode::c128 ? largest_difference<double>(actual, expected, header)
                                                     : largest_difference<float>(actual, expected, header);
      EXPECT_LE(difference, phase == 0 ? 0 : mode() == Mode::c128 ? 1e-15 : 1e-7);
    }
  });
  std::filesystem::remove_all(folder);
}

TEST_P(Readout, SetsTheStateOfAllZeros) {
  DeviceState place(on(), reference::random_state(qubits(), 9), mode());
  std::vector<std::byte> bytes(place.field.size_bytes());
  place.fill_nan(bytes);
  place.field.upload(on().staging, bytes, 0, nullptr);
  set_zero_state(on().pipelines, place.field);
  reference::State expected(place.field.size_bytes() / element_bytes(place.field.type()));
  expected[0] = 1;
  EXPECT_EQ(place.download(on()), expected);
}

TEST_P(Readout, ScalesWhatIsKeptAndClearsTheRest) {
  std::mt19937_64 random(10);
  for (int i = 0; i < 6; ++i) {
    const std::uint64_t every_other = random();
    const std::uint64_t mask = every_other & random() & all();
    const ControlMask keep{.mask = mask, .value = random() & mask};
    DeviceState place(on(), reference::random_state(qubits(), 10), mode());
    reference::State expected = place.download(on());
    for (std::size_t index = 0; index < expected.size(); ++index) {
      expected[index] *= (index & keep.mask) == keep.value ? 1.5 : 0.0;
    }
    scale_where(on().pipelines, place.field, keep, 1.5);
    EXPECT_LE(reference::max_difference(place.download(on()), expected), mode() == Mode::c128 ? 0 : 1e-6);
  }
}

TEST_P(Readout, StopsWhenItIsCancelled) {
  DeviceState place(on(), reference::random_state(qubits(), 11), mode());
  place.host.cancel.request();
  EXPECT_THROW(static_cast<void>(place.reader.norm()), Error);
  EXPECT_THROW(static_cast<void>(place.reader.marginal({})), Error);
  EXPECT_THROW(static_cast<void>(place.reader.top_states(3)), Error);
}

/// The draw in a block of the whole state, as draw.comp does it.
Counts draw_as_the_shader(const DeviceState& place, std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  constexpr std::size_t kElements = 16;
  constexpr std::size_t kRun = 16;
  const vulkan::DevicePlan& plan = place.field.memory().device().plan();
  const std::size_t block = std::size_t{1}
                            << (place.field.type() == ElementType::c64 ? plan.tile_axes_c64 : plan.tile_axes_c128);
  const std::size_t columns = block / kElements;
  const auto probability = [&](std::size_t i) {
    if (i >= std::size_t{1} << place.host.field.axes) {
      return 0.0;
    }
    const Complex a = place.field.type() == ElementType::c64
                          ? Complex(place.host.field.buffer.as<std::complex<float>>()[i])
                          : place.host.field.buffer.as<Complex>()[i];
    return a.real() * a.real() + a.imag() * a.imag();
  };
  std::vector<double> sums(columns, 0);
  for (std::size_t column = 0; column < columns; ++column) {
    for (std::size_t k = 0; k < kElements; ++k) {
      sums[column] += probability(column + k * columns);
    }
  }
  double before = 0;
  for (std::size_t run = 0; run < columns; run += kRun) {
    for (std::size_t i = run + 1; i < run + kRun; ++i) {
      sums[i] += sums[i - 1];
    }
    const double next = before + sums[run + kRun - 1];
    for (std::size_t i = run; i < run + kRun; ++i) {
      sums[i] += before;
    }
    before = next;
  }
  Counts counts;
  const CounterRandom random(seed, mix(~stream, 0));
  for (std::uint64_t shot = 0; shot < shots; ++shot) {
    const double mark = random.uniform(shot) * sums.back();
    const auto column = static_cast<std::size_t>(std::ranges::upper_bound(sums, mark) - sums.begin());
    double sum = column == 0 ? 0 : sums[column - 1];
    std::size_t k = 0;
    while (k < kElements && (sum += probability(column + k * columns)) <= mark) {
      ++k;
    }
    EXPECT_LT(k, kElements) << "rounded: choose another seed";
    ++counts[column + k * columns];
  }
  return counts;
}

TEST_P(Readout, DrawsWithTheNumbersOfTheHost) {
  if (qubits() > 11 || mode() == Mode::c64_pairs) {
    GTEST_SKIP() << "for one block, in f64";
  }
  DeviceState place(on(), reference::random_state(qubits(), 12), mode());
  EXPECT_EQ(counts_of(place.reader.sample(16000, 123456789123456789U, 42)),
            draw_as_the_shader(place, 16000, 123456789123456789U, 42));
}

}  // namespace
}  // namespace basalt::quantum
