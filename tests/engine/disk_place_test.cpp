// A state on disk, in tiles of a few KiB: what comes out is what the reference gives, or an error that says what
// happened.
#include "engine/disk_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <random>

#include "engine/storage_loss.h"
#include "reference/random_circuit.h"
#include "reference/state.h"
#include "runtime/memory/fake_storage.h"
#include "workloads/quantum/kernels/kernels.h"
#include "workloads/quantum/kernels/tile_compiler.h"

namespace basalt {
namespace {

using test::FakeStorage;
using testing::HasSubstr;

/// A place on a disk in memory, and all that it needs.
class Bench {
 public:
  Bench(ElementType type, int axes, DiskShape shape, int threads = 2)
      : arena_(threads),
        context_{.kernels = kernels(),
                 .arena = arena_,
                 .cancel = cancel,
                 .memory = memory_,
                 .tiles = quantum::tile_compiler(),
                 .at_boundary = {},
                 .on_stage_done = {}} {
    auto owned = std::make_unique<FakeStorage>(field_bytes(type, axes));
    storage = owned.get();
    limits_.threads = threads;
    place_.emplace(
        DiskPlaceSettings{.type = type,
                          .axes = axes,
                          .shape = shape,
                          // so slow that everything is compressed that may lose something
                          .figures = {.read = 1e9, .write = shape.lossy ? 1e3 : 1e9, .both = 1e9, .source = {}},
                          .folder = "/a/folder"},
        std::move(owned), context_, limits_);
    place_->reset();
  }

  /// Applies a circuit to what there is.
  void apply(const quantum::Circuit& circuit, const quantum::PassOptions& options = {}) {
    planned_ = place_->plan(circuit, options, touched_);
    place_->execute(planned_.plan.stages, planned_.lowered.program, {},
                    [&](const Stage&, double) { loss.add(place_->lost()); });
    for (const Step& step : planned_.lowered.program.steps) {
      touched_ |= step.access.mixes;
    }
    phase += planned_.lowered.global_phase;
  }

  std::unique_ptr<quantum::StateReader> reader() { return place_->reader(&planned_.lowered.map); }

  /// Through the file of the state.
  reference::State state() {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("basalt_disk_" + std::to_string(getpid()) + ".npy");
    reader()->save(phase, path);
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    std::filesystem::remove(path);
    const bool narrow = place_->type() == ElementType::c64;
    const std::size_t header = 128;
    reference::State result((bytes.size() - header) / (narrow ? 8 : 16));
    for (std::size_t i = 0; i < result.size(); ++i) {
      if (narrow) {
        std::complex<float> amplitude;
        std::memcpy(&amplitude, bytes.data() + header + 8 * i, 8);
        result[i] = amplitude;
      } else {
        std::memcpy(&result[i], bytes.data() + header + 16 * i, 16);
      }
    }
    return result;
  }

  DiskPlace& place() { return *place_; }
  [[nodiscard]] const PlannedCircuit& planned() const { return planned_; }

  CancelToken cancel;
  FakeStorage* storage = nullptr;
  double phase = 0;
  StorageLoss loss;

 private:
  static const KernelRegistry& kernels() {
    static const KernelRegistry registry = [] {
      KernelRegistry all;
      quantum::register_cpu_kernels(all);
      return all;
    }();
    return registry;
  }

  HostMemory memory_;
  Arena arena_;
  ExecuteContext context_;
  PlanLimits limits_;
  std::uint64_t touched_ = 0;
  PlannedCircuit planned_;
  std::optional<DiskPlace> place_;
};

const quantum::PassOptions kInPlace{.without = {"rename-qubits"}};

double tolerance(ElementType type) {
  return type == ElementType::c64 ? 2e-5 : 1e-12;
}

TEST(DiskPlace, GivesTheAmplitudesOfTheReference) {
  std::uint64_t seed = 0;
  for (const ElementType type : {ElementType::c64, ElementType::c128}) {
    for (const DiskShape shape : {DiskShape{.tile_axes = 12, .chunk_axes = 4, .buffers = 2, .threads = 3},
                                  DiskShape{.tile_axes = 12, .chunk_axes = 6, .buffers = 3, .threads = 1},
                                  DiskShape{.tile_axes = 13, .chunk_axes = 5, .buffers = 2, .threads = 4},
                                  DiskShape{.tile_axes = 14, .chunk_axes = 8, .buffers = 2, .threads = 2}}) {
      for (const int axes : {14, 15}) {
        const quantum::Circuit circuit = reference::random_circuit(axes, 60, ++seed);
        reference::State expected = reference::zero_state(axes);
        reference::apply(expected, circuit);
        Bench bench(type, axes, shape);
        bench.apply(circuit, kInPlace);
        EXPECT_LT(reference::max_difference(bench.state(), expected), tolerance(type))
            << axes << " axes, tiles of " << shape.tile_axes << ", chunks of " << shape.chunk_axes << ", seed " << seed;
        EXPECT_NEAR(bench.reader()->norm(), 1, 10 * tolerance(type));
      }
    }
  }
}

/// One circuit after another, as a program with feedback gives them.
TEST(DiskPlace, GoesOnFromWhereItWas) {
  Bench bench(ElementType::c128, 14, {.tile_axes = 12, .chunk_axes = 4, .buffers = 2, .threads = 2});
  reference::State expected = reference::zero_state(14);
  for (const std::uint64_t seed : {71U, 72U, 73U}) {
    const quantum::Circuit circuit = reference::random_circuit(14, 12, seed);
    reference::apply(expected, circuit);
    bench.apply(circuit, kInPlace);
    EXPECT_LT(reference::max_difference(bench.state(), expected), 1e-12);
  }
  bench.place().reset();
  EXPECT_EQ(bench.reader()->norm(), 1);
}

TEST(DiskPlace, ReadsResultsOfEveryKind) {
  for (const int chunk_axes : {4, 6}) {
    const int axes = 15;
    Bench bench(ElementType::c128, axes, {.tile_axes = 12, .chunk_axes = chunk_axes, .buffers = 2, .threads = 2});
    const quantum::Circuit circuit = reference::random_circuit(axes, 90, 5);
    bench.apply(circuit);  // qubits may be renamed
    reference::State expected = reference::zero_state(axes);
    reference::apply(expected, circuit);
    const auto reader = bench.reader();

    const std::vector<quantum::Qubit> qubits{14, 0, 7, 12};
    const std::vector<double> marginal = reader->marginal(qubits);
    const std::vector<double> exact = reference::probabilities(expected, qubits);
    for (std::size_t i = 0; i < exact.size(); ++i) {
      EXPECT_NEAR(marginal[i], exact[i], 1e-12);
    }

    // on axes inside of chunks and outside of tiles: X, Y and Z alone, together, and everywhere
    std::vector<quantum::Observable> observables;
    std::vector<double> values;
    std::mt19937_64 random(chunk_axes);
    for (int i = 0; i < 60; ++i) {
      const std::uint64_t all = (std::uint64_t{1} << axes) - 1;
      const std::uint64_t x = i == 0 ? all : random() & random() & all;
      const std::uint64_t z = i == 1 ? std::uint64_t{1} << 14 : i == 0 ? all : random() & all;
      quantum::Observable observable{.name = std::to_string(i), .terms = {}};
      observable.terms.push_back({.coefficient = 1, .x_mask = x, .z_mask = z});
      observables.push_back(observable);
      values.push_back(reference::pauli_expectation(expected, x, z).real());
    }
    const std::vector<double> measured = reader->expectations(observables);
    for (std::size_t i = 0; i < values.size(); ++i) {
      EXPECT_NEAR(measured[i], values[i], 1e-12) << i;
    }

    const std::vector<quantum::TopState> top = reader->top_states(7);
    ASSERT_EQ(top.size(), 7U);
    for (const quantum::TopState& state : top) {
      EXPECT_NEAR(state.probability, std::norm(expected[state.index]), 1e-12);
    }
    EXPECT_NEAR(top.front().probability,
                std::norm(*std::ranges::max_element(expected, {}, [](const auto& a) { return std::norm(a); })), 1e-12);
  }
}

/// The same numbers in the same order, whatever holds the state.
TEST(DiskPlace, DrawsTheSamplesOfAStateInMemory) {
  const int axes = 15;
  Bench bench(ElementType::c128, axes, {.tile_axes = 12, .chunk_axes = 5, .buffers = 2, .threads = 2});
  bench.apply(reference::random_circuit(axes, 60, 11), kInPlace);
  HostMemory memory;
  Field field(memory, ElementType::c128, axes);
  const reference::State state = bench.state();
  std::copy(state.begin(), state.end(), field.buffer.as<std::complex<double>>());
  const Arena arena(1);
  const quantum::StateView view{.field = field, .arena = arena, .cancel = bench.cancel, .memory = memory};
  bench.phase = 0;
  for (const std::uint64_t shots : {1U, 100U, 100'000U}) {
    const quantum::Samples here = bench.reader()->sample(shots, 9, 4);
    const quantum::Samples there = quantum::sample(view, shots, 9, 4);
    ASSERT_EQ(here.counts().size(), there.counts().size());
    for (std::size_t i = 0; i < here.counts().size(); ++i) {
      EXPECT_EQ(here.counts()[i].index, there.counts()[i].index);
      EXPECT_EQ(here.counts()[i].count, there.counts()[i].count);
    }
  }
}

TEST(DiskPlace, ProjectsWithoutMovingAnything) {
  const int axes = 14;
  for (const auto& qubits : {std::vector<quantum::Qubit>{13}, {2}, {13, 2, 7}}) {
    Bench bench(ElementType::c128, axes, {.tile_axes = 12, .chunk_axes = 4, .buffers = 2, .threads = 2});
    const quantum::Circuit circuit = reference::random_circuit(axes, 60, 21);
    bench.apply(circuit, kInPlace);
    reference::State expected = reference::zero_state(axes);
    reference::apply(expected, circuit);
    const std::uint64_t outcome = 1;
    std::vector<std::uint8_t> bits(qubits.size(), 0);
    bits[0] = 1;
    const quantum::ControlMask keep = quantum::where_measured({}, qubits, bits);
    const double probability = reference::probability(expected, qubits, outcome);
    EXPECT_NEAR(bench.reader()->norm_where(keep), probability, 1e-12);
    const int moved = bench.storage->writes + bench.storage->reads;
    bench.place().scale_where(keep, 1 / std::sqrt(probability), [](const Stage&, double) {});
    EXPECT_EQ(bench.storage->writes + bench.storage->reads, moved);
    reference::collapse(expected, qubits, outcome);
    EXPECT_LT(reference::max_difference(bench.state(), expected), 1e-12) << "as it is read";
    const quantum::Circuit more = reference::random_circuit(axes, 20, 22);
    bench.apply(more, kInPlace);
    reference::apply(expected, more);
    EXPECT_LT(reference::max_difference(bench.state(), expected), 1e-12) << "and as it is worked on";
  }
}

/// Window by window into another, with a projection that tiles do not have yet.
TEST(DiskPlace, IsCopiedAsItIs) {
  const int axes = 14;
  const DiskShape shape{.tile_axes = 12, .chunk_axes = 6, .buffers = 2, .threads = 3};
  Bench bench(ElementType::c128, axes, shape);
  bench.apply(reference::random_circuit(axes, 60, 21), kInPlace);
  const std::array<quantum::Qubit, 2> qubits{13, 2};
  const std::array<std::uint8_t, 2> bits{1, 0};
  const quantum::ControlMask keep = quantum::where_measured({}, qubits, bits);
  bench.place().scale_where(keep, 2, [](const Stage&, double) {});
  Bench copy(ElementType::c128, axes, {.tile_axes = 13, .chunk_axes = 4, .buffers = 2, .threads = 1});
  copy.apply(reference::random_circuit(axes, 20, 5), kInPlace);
  HostMemory memory;
  const Buffer window(memory, std::uint64_t{1} << 15);
  for (std::uint64_t first = 0; first < field_bytes(ElementType::c128, axes); first += window.size_bytes()) {
    bench.place().download(first, window.bytes());
    copy.place().upload(first, window.bytes());
  }
  copy.place().go_on(~std::uint64_t{0}, {});
  copy.phase = bench.phase;
  EXPECT_EQ(reference::max_difference(copy.state(), bench.state()), 0);
  const quantum::Circuit more = reference::random_circuit(axes, 20, 22);
  bench.apply(more, kInPlace);
  copy.apply(more, kInPlace);
  EXPECT_LT(reference::max_difference(copy.state(), bench.state()), 1e-12);
}

TEST(DiskPlace, IsNotWholeWhereAStageDidNotEnd) {
  Bench bench(ElementType::c128, 14, {.tile_axes = 12, .chunk_axes = 6, .buffers = 2, .threads = 3});
  EXPECT_TRUE(bench.place().is_whole());
  bench.apply(reference::random_circuit(14, 10, 5), kInPlace);
  EXPECT_TRUE(bench.place().is_whole());
  bench.storage->fail_write = bench.storage->writes + 300;
  EXPECT_THROW(bench.apply(reference::random_circuit(14, 40, 31), kInPlace), Error);
  EXPECT_FALSE(bench.place().is_whole());
  bench.place().reset();
  EXPECT_TRUE(bench.place().is_whole());
}

TEST(DiskPlace, KeepsTheFidelityThatItPromises) {
  const int axes = 18;
  for (const ElementType type : {ElementType::c64, ElementType::c128}) {
    double bound_before = 1;
    for (const double loss : {1e-4, 1e-3, 1e-2}) {
      const quantum::Circuit circuit = reference::random_circuit(axes, 80, 3);
      reference::State expected = reference::zero_state(axes);
      reference::apply(expected, circuit);
      Bench bench(type, axes,
                  {.tile_axes = 17,
                   .chunk_axes = 11,
                   .buffers = 2,
                   .threads = 2,
                   .window_bytes = 0,
                   .lossy = LossyNumbers{.type = type, .tolerance = loss * std::exp2(-0.5 * axes)}});
      bench.apply(circuit, kInPlace);
      const double bound = bench.loss.fidelity();
      EXPECT_LT(bound, bound_before) << "something was lost";
      const double visits = static_cast<double>(bench.planned().plan.stages.size());
      EXPECT_GT(bound, 1 - 2.01 * visits * visits * loss * loss) << "no more than numbers may change";
      // what rounding does is not what storage does
      EXPECT_GT(reference::fidelity(bench.state(), expected), bound - tolerance(type));
      EXPECT_NEAR(bench.reader()->norm(), 1, bench.loss.norm_slack() + tolerance(type));
      bound_before = bound;

      const std::array<quantum::Qubit, 1> qubit{17};
      const std::array<std::uint8_t, 1> bit{1};
      const double probability = bench.reader()->norm_where(quantum::where_measured({}, qubit, bit));
      bench.place().scale_where(quantum::where_measured({}, qubit, bit), 1 / std::sqrt(probability),
                                [](const Stage&, double) {});
      bench.loss.project(1 / std::sqrt(probability));
      reference::collapse(expected, qubit, 1);
      EXPECT_LT(bench.loss.fidelity(), bound) << "a part of the state has a larger part of the loss";
      EXPECT_GT(reference::fidelity(bench.state(), expected), bench.loss.fidelity() - tolerance(type));
    }
  }
}

TEST(DiskPlace, MovesNoZeros) {
  Bench bench(ElementType::c128, 15, {.tile_axes = 12, .chunk_axes = 6, .buffers = 2, .threads = 2});
  quantum::Circuit circuit(15);
  const quantum::Qubit target = 3;
  circuit.append(quantum::GateId::h, {}, {}, {&target, 1});
  bench.apply(circuit);
  EXPECT_LE(bench.storage->writes, 2) << "of 512 chunks one holds something";
  EXPECT_NEAR(bench.reader()->norm(), 1, 1e-15);
}

class DiskFaults : public testing::Test {
 protected:
  static constexpr int kAxes = 14;

  /// Runs with one fault; the message of what went wrong, empty where nothing did.
  static std::string run(int FakeStorage::*which, int number, ErrorCode code) {
    Bench bench(ElementType::c128, kAxes, {.tile_axes = 12, .chunk_axes = 6, .buffers = 2, .threads = 3});
    bench.storage->*which = number + (which == &FakeStorage::fail_write ? 1 : 0);  // one write made it all zeros
    try {
      bench.apply(reference::random_circuit(kAxes, 40, 31), kInPlace);
      bench.reader()->norm();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      return error.message();
    }
    return {};
  }

  /// Every one of them in turn, until there are no more.
  static void fail_each(int FakeStorage::*which, ErrorCode code, const std::string& text) {
    int number = 1;
    for (std::string message; !(message = run(which, number, code)).empty(); number += number < 20 ? 1 : 37) {
      EXPECT_THAT(message, HasSubstr(text));
    }
    EXPECT_GT(number, 100) << "there are as many transfers";
  }
};

TEST_F(DiskFaults, EndARunThatCannotWrite) {
  fail_each(&FakeStorage::fail_write, ErrorCode::out_of_resources, "the disk is full");
}

TEST_F(DiskFaults, EndARunThatCannotRead) {
  fail_each(&FakeStorage::fail_read, ErrorCode::io, "the file ends early");
}

TEST_F(DiskFaults, EndARunThatReadsWhatWasNotWritten) {
  fail_each(&FakeStorage::flip_read, ErrorCode::io, "of 256 of the file in /a/folder");
}

TEST(DiskPlace, StopsWhenCancelled) {
  Bench bench(ElementType::c128, 14, {.tile_axes = 12, .chunk_axes = 4, .buffers = 2, .threads = 2});
  bench.cancel.request();
  try {
    bench.apply(reference::random_circuit(14, 30, 41), kInPlace);
    FAIL() << "it ran to its end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::cancelled);
  }
}

}  // namespace
}  // namespace basalt
