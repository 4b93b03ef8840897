// What is set, scaled and read in a device's memory, against the definitions: every size.
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <numeric>

#include "basalt/arena.h"
#include "conformance/device_harness.h"
#include "runtime/memory/field.h"
#include "workloads/quantum/shaders/device_reader.h"

namespace basalt::quantum {
namespace {

/// Of sums of so many terms: the shaders add in trees.
constexpr double kTolerance = 1e-11;

class DeviceReadouts : public DeviceConformance {
 protected:
  DeviceReadouts() : DeviceConformance(1 << 17) {}

  /// A state on the device, and the same on the host.
  struct Place {
    TestDevice& on;
    State state;
    vulkan::DeviceField field;
    DeviceReader reader;
    std::mt19937_64& random;

    [[nodiscard]] std::uint64_t all() const { return state.size() - 1; }
    /// Any number of axes, few more often than many.
    [[nodiscard]] ControlMask any_axes() const {
      const std::uint64_t mask = random() & random() & all();
      return {mask, random() & mask};
    }
  };

  /// Every size, on chunks of either size in turn.
  void for_each_size(const std::function<void(Place&)>& body) {
    std::mt19937_64 random(1);
    for (int axes = 1; axes <= kMostAxes; ++axes) {
      for (const ElementType type : kElementTypes) {
        SCOPED_TRACE(testing::Message() << "axes " << axes << (type == ElementType::c64 ? ", c64" : ", c128"));
        if (!has(type) || !is_chosen(axes, type)) {
          continue;
        }
        TestDevice& on = *devices_[static_cast<std::size_t>((axes / 2 + (type == ElementType::c64 ? 1 : 0)) % 2)];
        vulkan::DeviceField field(on.memory, type, axes);
        State state = random_amplitudes(random, axes);
        upload(on, field, state);
        Place place{on, std::move(state), std::move(field), {place.field, on.pipelines, nullptr, resources_}, random};
        body(place);
        if (HasFatalFailure()) {
          return;
        }
      }
    }
  }

  HostMemory memory_;
  CancelToken cancel_;
  Arena arena_{2};
  DrawResources resources_{arena_, cancel_, memory_};
};

TEST_F(DeviceReadouts, CollapseKeepsWhatMatchesAndClearsTheRest) {
  for_each_size([](Place& place) {
    const ControlMask keep = place.any_axes();
    scale_where(place.on.pipelines, place.field, keep, 1.25);
    for (std::size_t i = 0; i < place.state.size(); ++i) {
      place.state[i] *= (i & keep.mask) == keep.value ? 1.25 : 0.0;
    }
    const State got = download_all(place.on, place.field);
    const auto padding = std::span(got).subspan(place.state.size());
    ASSERT_LE(reference::max_difference(std::span(got).first(place.state.size()), place.state),
              2 * rounding(place.field.type()));
    ASSERT_TRUE(std::ranges::all_of(padding, [](const Complex& a) { return a == Complex{}; }));
  });
}

TEST_F(DeviceReadouts, ZeroStatesAreZero) {
  for_each_size([](Place& place) {
    set_zero_state(place.on.pipelines, place.field);
    State expected(std::size_t{1} << place.field.padded_axes());
    expected[0] = 1;
    ASSERT_TRUE(download_all(place.on, place.field) == expected);
  });
}

TEST_F(DeviceReadouts, NormsAreSumsOfSquares) {
  for_each_size([](Place& place) {
    const double norm = reference::norm(place.state);
    EXPECT_NEAR(place.reader.norm() / norm, 1, kTolerance);
    const ControlMask keep = place.any_axes();
    double kept = 0;
    for (std::size_t i = 0; i < place.state.size(); ++i) {
      kept += (i & keep.mask) == keep.value ? std::norm(place.state[i]) : 0;
    }
    EXPECT_NEAR(place.reader.norm_where(keep) / norm, kept / norm, kTolerance) << keep.mask << " is " << keep.value;
  });
}

TEST_F(DeviceReadouts, MarginalsAreProbabilities) {
  for_each_size([](Place& place) {
    std::vector<Qubit> qubits(static_cast<std::size_t>(place.field.axes()));
    std::iota(qubits.begin(), qubits.end(), Qubit{0});
    std::ranges::shuffle(qubits, place.random);
    qubits.resize(std::min<std::size_t>(3, qubits.size()));
    std::vector<double> expected = reference::probabilities(place.state, qubits);
    const double norm = reference::norm(place.state);
    std::ranges::transform(expected, expected.begin(), [norm](double p) { return p / norm; });
    EXPECT_THAT(place.reader.marginal(qubits), testing::Pointwise(testing::DoubleNear(kTolerance), expected));
  });
}

TEST_F(DeviceReadouts, ExpectationValuesAreThoseOfTheirStrings) {
  for_each_size([](Place& place) {
    std::vector<Observable> observables;
    std::vector<double> expected;
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t x = i == 0 ? 0 : place.random() & place.all();
      const std::uint64_t z = place.random() & place.all();
      observables.push_back({.name = std::to_string(i), .terms = {{.coefficient = 0.5, .x_mask = x, .z_mask = z}}});
      expected.push_back(0.5 * reference::pauli_expectation(place.state, x, z).real() / reference::norm(place.state));
    }
    EXPECT_THAT(place.reader.expectations(observables), testing::Pointwise(testing::DoubleNear(kTolerance), expected));
  });
}

TEST_F(DeviceReadouts, TopStatesAreTheLargest) {
  for_each_size([](Place& place) {
    const std::uint64_t count = std::min<std::uint64_t>(5, place.state.size());
    std::vector<std::uint64_t> order(place.state.size());
    std::iota(order.begin(), order.end(), std::uint64_t{0});
    std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count), std::greater{},
                              [&](std::uint64_t i) { return std::norm(place.state[i]); });
    const std::vector<TopState> top = place.reader.top_states(count);
    ASSERT_EQ(top.size(), count);
    const double norm = reference::norm(place.state);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(top[i].index, order[i]);
      EXPECT_EQ(top[i].amplitude, place.state[order[i]]);
      EXPECT_NEAR(top[i].probability, std::norm(place.state[order[i]]) / norm, kTolerance);
    }
  });
}

/// What is drawn, by the values of up to three qubits; a fixed seed, so that five deviations never fail by chance.
TEST_F(DeviceReadouts, SamplesFollowTheDistribution) {
  for_each_size([](Place& place) {
    constexpr std::uint64_t kShots = 20000;
    std::vector<Qubit> qubits;
    for (const int qubit : {0, place.field.axes() / 2, place.field.axes() - 1}) {
      if (qubits.empty() || qubits.back() != static_cast<Qubit>(qubit)) {
        qubits.push_back(static_cast<Qubit>(qubit));
      }
    }
    const std::vector<double> weights = reference::probabilities(place.state, qubits);
    const double norm = std::accumulate(weights.begin(), weights.end(), 0.0);
    std::vector<double> seen(weights.size());
    const Samples samples = place.reader.sample(kShots, 11, 12);
    for (const BasisCount& drawn : samples.counts()) {
      ASSERT_LT(drawn.index, place.state.size());
      std::size_t value = 0;
      for (std::size_t j = 0; j < qubits.size(); ++j) {
        value |= ((drawn.index >> qubits[j]) & 1) << j;
      }
      seen[value] += static_cast<double>(drawn.count);
    }
    EXPECT_EQ(std::accumulate(seen.begin(), seen.end(), 0.0), kShots);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double mean = kShots * weights[i] / norm;
      EXPECT_NEAR(seen[i], mean, 5 * std::sqrt(mean) + 1) << "outcome " << i;
    }
  });
}

}  // namespace
}  // namespace basalt::quantum
