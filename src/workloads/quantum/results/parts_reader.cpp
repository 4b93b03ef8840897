#include "workloads/quantum/results/parts_reader.h"

#include <algorithm>
#include <bit>
#include <map>
#include <numeric>
#include <utility>

#include "basalt/error.h"
#include "workloads/quantum/results/basis_map.h"
#include "workloads/quantum/results/expectation.h"
#include "workloads/quantum/results/marginal.h"
#include "workloads/quantum/results/state_file.h"

namespace basalt::quantum {
namespace {

constexpr std::uint64_t low_bits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

}  // namespace

StateView PartsReader::view(const Field& part) const {
  return {.field = part, .arena = resources_.arena, .cancel = resources_.cancel, .memory = resources_.memory};
}

/// Part after part of the field, each contiguous.
PartsLook PartsReader::in_order(std::function<void(std::uint64_t base, const Field& part)> see) const {
  PartsLook look{.directions = {}, .wanted = {}, .see = std::move(see)};
  for (int axis = parts_.low_axes(); axis < parts_.part_axes(); ++axis) {
    look.directions.push_back(std::uint64_t{1} << axis);
  }
  return look;
}

const BlockNorms& PartsReader::norms() {
  if (!norms_) {
    const std::uint64_t blocks = std::uint64_t{1} << (parts_.axes() - kBlockAxes);
    Buffer norms(resources_.memory, 8 * blocks);
    std::ranges::fill(norms.view<double>(), 0.0);
    parts_.look(in_order([&](std::uint64_t base, const Field& part) {
      const StateView piece = view(part);
      double* const norm = norms.as<double>() + (base >> kBlockAxes);
      piece.for_each_run([&](std::uint64_t first, std::uint64_t end) {
        for (std::uint64_t block = first; block < end; ++block) {
          norm[block] = block_norm(piece.block(block));
        }
      });
    }));
    norms_ = total_norms(std::move(norms));
  }
  return *norms_;
}

double PartsReader::norm() {
  return norms().total();
}

double PartsReader::norm_where(ControlMask keep) {
  const ControlMask inside{.mask = keep.mask & low_bits(parts_.part_axes()),
                           .value = keep.value & low_bits(parts_.part_axes())};
  const std::uint64_t low = low_bits(parts_.low_axes());
  double sum = 0;
  PartsLook look =
      in_order([&](std::uint64_t /*base*/, const Field& part) { sum += measure_norm_where(view(part), inside); });
  look.wanted = [&](std::uint64_t first) { return ((first ^ keep.value) & keep.mask & ~low) == 0; };
  parts_.look(look);
  return sum;
}

Samples PartsReader::sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  const BitScatter basis_of = basis_of_index(map_, parts_.axes());
  const std::uint64_t blocks = std::uint64_t{1} << (parts_.axes() - kBlockAxes);
  const std::uint64_t run_blocks = std::uint64_t{1} << std::max(0, parts_.low_axes() - kBlockAxes);
  ShotDraw draw({norms().norms(), blocks}, std::uint64_t{1} << kBlockAxes, basis_of, shots,
                {.seed = seed, .stream = stream}, resources_.arena, resources_.cancel, resources_.memory);
  PartsLook look = in_order([&](std::uint64_t base, const Field& part) { draw.draw(view(part), base >> kBlockAxes); });
  look.wanted = [&](std::uint64_t first) { return draw.wants(first >> kBlockAxes, run_blocks); };
  parts_.look(look);
  return std::move(draw).finish();
}

std::vector<double> PartsReader::marginal(std::span<const Qubit> qubits) {
  std::uint64_t wanted = 0;
  for (const Qubit qubit : qubits) {
    wanted |= std::uint64_t{1} << map_.axis_of(qubit);
  }
  AxisSums sums(parts_.axes(), kBlockAxes, wanted, resources_.memory);
  parts_.look(in_order([&](std::uint64_t base, const Field& part) { sums.add(view(part), base >> kBlockAxes); }));
  return distribution_of(sums.tables(), map_, qubits, resources_.arena, resources_.cancel);
}

std::vector<double> PartsReader::expectations(std::span<const Observable> observables) {
  return combine_strings(map_, observables, norm(),
                         [&](std::span<const PauliString> strings) { return sums_of(strings); });
}

/// As many strings in one look as find their partners in its parts.
std::vector<double> PartsReader::sums_of(std::span<const PauliString> strings) {
  std::vector<double> sums(strings.size(), 0.0);
  std::vector<std::size_t> waiting(strings.size());
  std::iota(waiting.begin(), waiting.end(), std::size_t{0});
  while (!waiting.empty()) {
    StringFrame frame(parts_.axes(), parts_.part_axes(), parts_.low_axes());
    std::vector<std::size_t> places;
    std::vector<PauliString> members;
    std::vector<std::size_t> later;
    for (const std::size_t i : waiting) {
      if (frame.take(strings[i])) {
        places.push_back(i);
        members.push_back(strings[i]);
      } else {
        later.push_back(i);
      }
    }
    const std::vector<double> values = sums_in(frame, members);
    for (std::size_t k = 0; k < places.size(); ++k) {
      sums[places[k]] = values[k];
    }
    waiting = std::move(later);
  }
  return sums;
}

/// Strings that differ may be the same in parts, up to a sign; and all I there, where they only have a Z outside.
std::vector<double> PartsReader::sums_in(const StringFrame& frame, std::span<const PauliString> strings) {
  const std::vector<StringFrame::Local> locals = frame.localise(strings);
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> numbers;
  std::vector<PauliString> distinct;
  for (const StringFrame::Local& local : locals) {
    const auto& [x_mask, z_mask] = local.string;
    if ((x_mask | z_mask) != 0 && numbers.emplace(std::pair(x_mask, z_mask), distinct.size()).second) {
      distinct.push_back(local.string);
    }
  }
  const bool needs_norm =
      std::ranges::any_of(locals, [](const auto& local) { return (local.string.x_mask | local.string.z_mask) == 0; });
  std::vector<double> sums(strings.size(), 0.0);
  const auto see = [&](std::uint64_t base, const Field& part) {
    const std::vector<double> values = string_sums(view(part), distinct);
    const double norm = needs_norm ? measure_block_norms(view(part)).total() : 0;
    for (std::size_t k = 0; k < sums.size(); ++k) {
      const auto number = numbers.find({locals[k].string.x_mask, locals[k].string.z_mask});
      const double value = locals[k].sign * (number == numbers.end() ? norm : values[number->second]);
      sums[k] += (std::popcount(strings[k].z_mask & base) & 1) != 0 ? -value : value;
    }
  };
  parts_.look({.directions = frame.directions(), .wanted = {}, .see = see});
  return sums;
}

std::vector<TopState> PartsReader::top_states(std::uint64_t count) {
  const BitScatter basis_of = basis_of_index(map_, parts_.axes());
  BestStates best(count);
  parts_.look(
      in_order([&](std::uint64_t base, const Field& part) { offer_states(view(part), base, count, basis_of, best); }));
  return std::move(best).sorted(norm());
}

std::vector<Outcome> PartsReader::draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                                std::uint64_t stream) {
  return draw_outcomes_of(*this, resources_, qubits, shots, seed, stream);
}

void PartsReader::save(double global_phase, const std::filesystem::path& path) {
  for (int qubit = 0; qubit < parts_.axes(); ++qubit) {
    if (map_.axis_of(static_cast<std::uint64_t>(qubit)) != static_cast<std::uint64_t>(qubit) || map_.flipped != 0) {
      throw Error(ErrorCode::failed, "a state on disk whose qubits were renamed cannot be saved");
    }
  }
  const std::uint64_t part_bytes = element_bytes(parts_.type()) << parts_.part_axes();
  const std::uint64_t all_bytes = element_bytes(parts_.type()) << parts_.axes();
  const std::complex<double> phase = phase_factor(global_phase);
  StateFile file(path.string(), parts_.type(), parts_.axes());
  std::uint64_t written = 0;
  const auto fill_up_to = [&](std::uint64_t end) {
    const std::vector<std::byte> zeros(std::min<std::uint64_t>(end - written, std::uint64_t{1} << 20));
    while (written < end) {
      resources_.cancel.check();
      const std::uint64_t size = std::min<std::uint64_t>(zeros.size(), end - written);
      file.write(zeros.data(), size);
      written += size;
    }
  };
  parts_.look(in_order([&](std::uint64_t base, const Field& part) {
    fill_up_to(base * element_bytes(parts_.type()));
    append_amplitudes(view(part), phase, file);
    written += part_bytes;
  }));
  fill_up_to(all_bytes);
  file.commit();
}

}  // namespace basalt::quantum
