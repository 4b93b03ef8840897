#include "workloads/quantum/stabilizer/frames.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace basalt::quantum {
namespace {

constexpr std::size_t kRowBytes = kFrameWords * sizeof(std::uint64_t);

}  // namespace

Frames::Frames(MemoryResource& memory, Qubit qubits, std::size_t shots, FrameRandom random)
    : memory_(&memory), qubits_(qubits), shots_(shots), random_(random), bits_(memory, size_bytes(qubits)) {
  assert(shots <= kFrameShots);
  std::memset(bits_.data(), 0, bits_.size_bytes());
}

Frames::Frames(MemoryResource& memory, Qubit qubits, std::size_t shots, std::uint64_t seed, std::uint64_t stream)
    : Frames(memory, qubits, shots, FrameRandom{.seed = seed, .stream = stream}) {
  for (Qubit qubit = 0; qubit < qubits; ++qubit) {
    draw_row(random_, table().z(qubit));
  }
}

void Frames::run(std::span<const CliffordStep> steps, std::size_t records) {
  reserve(records);
  run_frames(table(), steps, random_, flips_.as<std::uint64_t>());
}

void Frames::reserve(std::size_t records) {
  const std::size_t wanted = records * kRowBytes;
  if (wanted > flips_.size_bytes()) {
    Buffer grown(*memory_, std::max<std::size_t>(wanted, 2 * flips_.size_bytes()));
    if (records_ > 0) {
      std::memcpy(grown.data(), flips_.data(), records_ * kRowBytes);
    }
    std::memset(grown.data() + records_ * kRowBytes, 0, grown.size_bytes() - records_ * kRowBytes);
    flips_ = std::move(grown);
  }
  records_ = std::max(records_, records);
}

Frames Frames::make_empty(std::size_t shots, std::uint64_t stream) const {
  Frames result(*memory_, qubits_, shots, FrameRandom{.seed = random_.seed, .stream = stream});
  result.reserve(records_);
  return result;
}

void Frames::set_shot(std::size_t shot, const Frames& from, std::size_t from_shot) {
  const auto copy_bits = [&](const std::uint64_t* source, std::uint64_t* target, std::size_t rows) {
    for (std::size_t row = 0; row < rows; ++row, source += kFrameWords, target += kFrameWords) {
      target[shot / 64] |= (source[from_shot / 64] >> from_shot % 64 & 1) << shot % 64;
    }
  };
  copy_bits(from.table().bits, table().bits, 2 * std::size_t{qubits_});
  copy_bits(from.flips_.as<std::uint64_t>(), flips_.as<std::uint64_t>(), records_);
}

std::uint64_t Frames::shots_of_word(std::size_t word) const noexcept {
  const std::size_t first = word * 64;
  return shots_ >= first + 64 ? ~std::uint64_t{0} : shots_ <= first ? 0 : (std::uint64_t{1} << (shots_ - first)) - 1;
}

std::uint64_t Frames::size_bytes(Qubit qubits) noexcept {
  return std::max<std::uint64_t>(qubits, 1) * 2 * kRowBytes;
}

std::uint64_t Frames::record_bytes(std::uint64_t records) noexcept {
  return 3 * records * kRowBytes;  // while it grows: the old rows, and as many again in reserve
}

}  // namespace basalt::quantum
