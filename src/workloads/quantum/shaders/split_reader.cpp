#include "workloads/quantum/shaders/split_reader.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>
#include <utility>

#include "base/hash.h"
#include "workloads/quantum/results/split_shots.h"
#include "workloads/quantum/results/state_file.h"
#include "workloads/quantum/shaders/device_results.h"
#include "workloads/quantum/shaders/localised_string.h"

namespace basalt::quantum {
namespace {

constexpr std::uint64_t kHostWindowBytes = std::uint64_t{8} << 20;

std::uint64_t low_bits(int count) {
  return (std::uint64_t{1} << count) - 1;
}

bool is_odd(std::uint64_t bits) {
  return (std::popcount(bits) & 1) != 0;
}

}  // namespace

SplitReader::SplitReader(const std::vector<StatePart>& parts, PartExchange& exchange, const QubitMap& map,
                         const DrawResources& resources)
    : map_(map),
      exchange_(exchange),
      resources_(resources),
      type_(parts.front().field.type()),
      part_axes_(parts.front().field.axes()),
      axes_(part_axes_ + std::countr_zero(parts.size())) {
  for (int qubit = 0; qubit < axes_; ++qubit) {
    const std::uint64_t axis = map.axis_of(static_cast<std::uint64_t>(qubit));
    if (axis < static_cast<std::uint64_t>(part_axes_)) {
      inside_.push_back(static_cast<std::uint32_t>(qubit));
      part_map_.axis.push_back(static_cast<std::uint8_t>(axis));
    }
  }
  part_map_.flipped = map.flipped & low_bits(part_axes_);
  for (const StatePart& part : parts) {
    readers_.push_back(std::make_unique<DeviceReader>(part.field, part.pipelines, &part_map_, resources));
  }
}

const std::vector<double>& SplitReader::part_norms() {
  if (norms_.empty()) {
    for (const auto& reader : readers_) {
      norms_.push_back(reader->norm());
    }
  }
  return norms_;
}

/// From basis states of the qubits inside to those of all, in a part.
BitScatter SplitReader::basis_of_part(std::size_t part) const {
  std::vector<std::uint64_t> places;
  places.reserve(inside_.size());
  for (const std::uint32_t qubit : inside_) {
    places.push_back(std::uint64_t{1} << qubit);
  }
  // bits that the qubits inside have are 0 where the index has them as they are flipped
  const std::uint64_t index = static_cast<std::uint64_t>(part) << part_axes_ | part_map_.flipped;
  return BitScatter(places, map_.basis_of(index));
}

bool SplitReader::holds(std::size_t part, ControlMask keep) const noexcept {
  const std::uint64_t index = static_cast<std::uint64_t>(part) << part_axes_;
  return ((index ^ keep.value) & keep.mask & ~low_bits(part_axes_)) == 0;
}

double SplitReader::norm() {
  const std::vector<double>& norms = part_norms();
  return std::accumulate(norms.begin(), norms.end(), 0.0);
}

double SplitReader::norm_where(ControlMask keep) {
  const ControlMask inside{.mask = keep.mask & low_bits(part_axes_), .value = keep.value & low_bits(part_axes_)};
  double sum = 0;
  for (std::size_t part = 0; part < readers_.size(); ++part) {
    if (holds(part, keep)) {
      sum += inside.mask == 0 ? part_norms()[part] : readers_[part]->norm_where(inside);
    }
  }
  return sum;
}

Samples SplitReader::sample(std::uint64_t shots, std::uint64_t seed, std::uint64_t stream) {
  const ShotSplit split(part_norms(), shots, seed, mix(stream, readers_.size()), resources_.arena, resources_.cancel,
                        resources_.memory);
  std::vector<std::pair<std::size_t, Samples>> drawn;
  std::uint64_t size = 0;
  for (std::size_t part = 0; part < readers_.size(); ++part) {
    if (const std::uint64_t shots_here = split.shots()[part]; shots_here > 0) {
      drawn.emplace_back(part, readers_[part]->sample(shots_here, seed, mix(stream, ~std::uint64_t{part})));
      size += drawn.back().second.counts().size();
    }
  }
  Buffer storage(resources_.memory, size * sizeof(BasisCount));
  auto* next = storage.as<BasisCount>();
  for (const auto& [part, samples] : drawn) {
    const BitScatter basis_of = basis_of_part(part);
    for (const BasisCount& count : samples.counts()) {
      *next++ = {.index = basis_of(count.index), .count = count.count};
    }
  }
  return {std::move(storage), size};
}

std::vector<double> SplitReader::marginal(std::span<const Qubit> qubits) {
  std::vector<Qubit> inside;           // by their place among the qubits inside
  std::vector<std::uint64_t> places;   // of these, in the result's index
  std::vector<std::uint64_t> outside;  // of each of the others: its bit of the index
  std::vector<std::uint64_t> outside_places;
  for (std::size_t j = 0; j < qubits.size(); ++j) {
    const auto found = std::ranges::find(inside_, qubits[j]);
    if (found != inside_.end()) {
      inside.push_back(static_cast<Qubit>(found - inside_.begin()));
      places.push_back(std::uint64_t{1} << j);
    } else {
      outside.push_back(std::uint64_t{1} << map_.axis_of(qubits[j]));
      outside_places.push_back(std::uint64_t{1} << j);
    }
  }
  const double total = norm();
  std::vector<double> result(std::size_t{1} << qubits.size(), 0.0);
  for (std::size_t part = 0; part < readers_.size(); ++part) {
    if (part_norms()[part] == 0) {
      continue;
    }
    const std::uint64_t index = (static_cast<std::uint64_t>(part) << part_axes_) ^ map_.flipped;
    std::uint64_t fixed = 0;
    for (std::size_t j = 0; j < outside.size(); ++j) {
      fixed |= (index & outside[j]) != 0 ? outside_places[j] : 0;
    }
    const std::vector<double> here = inside.empty() ? std::vector<double>{1.0} : readers_[part]->marginal(inside);
    const BitScatter entry_of(places, fixed);
    for (std::size_t i = 0; i < here.size(); ++i) {
      result[entry_of(i)] += here[i] * part_norms()[part] / total;
    }
  }
  return result;
}

std::vector<double> SplitReader::expectations(std::span<const Observable> observables) {
  return combine_strings(map_, observables, norm(),
                         [&](std::span<const PauliString> strings) { return string_sums(strings); });
}

/// Those that need the same exchanges are measured together.
std::vector<double> SplitReader::string_sums(std::span<const PauliString> strings) {
  std::vector<LocalisedString> localised;
  localised.reserve(strings.size());
  for (const PauliString& string : strings) {
    localised.push_back(localise(string, part_axes_));
  }
  std::vector<double> sums(strings.size());
  std::vector<bool> done(strings.size(), false);
  for (std::size_t first = 0; first < strings.size(); ++first) {
    if (done[first]) {
      continue;
    }
    const std::vector<PartMove>& moves = localised[first].moves;
    std::vector<std::size_t> members;
    std::vector<PauliString> group;
    for (std::size_t i = first; i < strings.size(); ++i) {
      if (!done[i] && localised[i].moves == moves) {
        members.push_back(i);
        group.push_back(localised[i].string);
        done[i] = true;
      }
    }
    for (const PartMove& move : moves) {
      apply(move, exchange_, resources_.cancel);
    }
    const std::vector<double> values = sums_inside(group);
    std::for_each(moves.rbegin(), moves.rend(),
                  [&](const PartMove& move) { apply(move, exchange_, resources_.cancel); });
    for (std::size_t i = 0; i < members.size(); ++i) {
      sums[members[i]] = localised[members[i]].sign * values[i];
    }
  }
  return sums;
}

/// Of strings that flip no bit of the part's number.
std::vector<double> SplitReader::sums_inside(std::span<const PauliString> strings) {
  std::vector<PauliString> inside;  // distinct, none of them all I
  for (const PauliString& string : strings) {
    const PauliString part{.x_mask = string.x_mask, .z_mask = string.z_mask & low_bits(part_axes_)};
    if ((part.x_mask | part.z_mask) != 0 && std::ranges::find(inside, part) == inside.end()) {
      inside.push_back(part);
    }
  }
  std::vector<double> sums(strings.size(), 0.0);
  for (std::size_t part = 0; part < readers_.size(); ++part) {
    const std::vector<double> here = inside.empty() ? std::vector<double>{} : readers_[part]->string_sums(inside);
    const std::uint64_t index = static_cast<std::uint64_t>(part) << part_axes_;
    for (std::size_t i = 0; i < strings.size(); ++i) {
      const PauliString wanted{.x_mask = strings[i].x_mask, .z_mask = strings[i].z_mask & low_bits(part_axes_)};
      const auto found = std::ranges::find(inside, wanted) - inside.begin();
      // a string of Z on bits of the part's number alone is a sign of the whole part
      const double sum =
          (wanted.x_mask | wanted.z_mask) == 0 ? readers_[part]->norm() : here[static_cast<std::size_t>(found)];
      sums[i] += is_odd(strings[i].z_mask & index) ? -sum : sum;
    }
  }
  return sums;
}

std::vector<TopState> SplitReader::top_states(std::uint64_t count) {
  BestStates best(count);
  for (std::size_t part = 0; part < readers_.size(); ++part) {
    if (part_norms()[part] == 0) {
      continue;
    }
    const BitScatter basis_of = basis_of_part(part);
    for (TopState state : readers_[part]->top_states(count)) {
      state.index = basis_of(state.index);
      state.probability *= part_norms()[part];
      best.offer(state);
    }
  }
  return std::move(best).sorted(norm());
}

std::vector<Outcome> SplitReader::draw_outcomes(std::span<const Qubit> qubits, std::uint64_t shots, std::uint64_t seed,
                                                std::uint64_t stream) {
  return draw_outcomes_of(*this, resources_, qubits, shots, seed, stream);
}

void SplitReader::save(double global_phase, const std::filesystem::path& path) {
  const std::complex<double> phase = phase_factor(global_phase);
  save_gathered(map_, type_, axes_, std::min(kHostWindowBytes, readers_.front()->window_bytes()), path.string(),
                [&](std::uint64_t first, std::span<const std::uint64_t> places, std::byte* to) {
                  gather_amplitudes(first, places, phase, to);
                });
}

/// From every part that has some of them.
void SplitReader::gather_amplitudes(std::uint64_t first, std::span<const std::uint64_t> places,
                                    std::complex<double> phase, std::byte* to) {
  std::vector<std::uint64_t> inside;       // places
  std::vector<std::uint64_t> inside_bits;  // of the number of an amplitude
  std::vector<std::uint64_t> outside;      // places
  std::vector<std::uint64_t> outside_bits;
  for (std::size_t k = 0; k < places.size(); ++k) {
    const bool is_inside = places[k] <= low_bits(part_axes_);
    (is_inside ? inside : outside).push_back(places[k]);
    (is_inside ? inside_bits : outside_bits).push_back(std::uint64_t{1} << k);
  }
  const std::uint64_t bytes = element_bytes(type_);
  std::vector<std::byte> some(bytes << inside.size());
  const BitScatter index_of(outside, first);
  const BitScatter number_of(outside_bits);
  const BitScatter number_inside(inside_bits);
  for (std::uint64_t combination = 0; combination < std::uint64_t{1} << outside.size(); ++combination) {
    const std::uint64_t index = index_of(combination);
    DeviceReader& reader = *readers_[index >> part_axes_];
    if (outside.empty()) {
      reader.gather_amplitudes(index & low_bits(part_axes_), inside, phase, to);
      return;
    }
    reader.gather_amplitudes(index & low_bits(part_axes_), inside, phase, some.data());
    const std::uint64_t number = number_of(combination);
    for (std::uint64_t i = 0; i < std::uint64_t{1} << inside.size(); ++i) {
      std::memcpy(to + (number | number_inside(i)) * bytes, some.data() + i * bytes, bytes);
    }
  }
}

}  // namespace basalt::quantum
