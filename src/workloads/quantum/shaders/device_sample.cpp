#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "workloads/quantum/results/basis_map.h"
#include "workloads/quantum/results/split_shots.h"
#include "workloads/quantum/shaders/device_results.h"

namespace basalt::quantum {
namespace {

/// As draw.comp has it.
struct DrawPush {
  SweepPush sweep;
  std::uint64_t seed = 0;
};

struct DrawJob {
  std::uint64_t stream = 0;
  std::uint32_t block = 0;
  std::uint32_t shots = 0;
  std::uint32_t place = 0;
  std::uint32_t unused = 0;
};

constexpr std::uint64_t kShotBytes = 4;

/// Draws into storage with room for every block's entries, which afterwards are moved together.
class Drawing {
 public:
  Drawing(DeviceSweep& sweep, const QubitMap& map, DrawKey key, const DrawResources& resources)
      : sweep_(sweep),
        key_(key),
        resources_(resources),
        basis_of_(basis_of_index(map, sweep.field().axes())),
        parts_(resources.memory, 16 * sweep.block_count()) {}

  Samples draw(const BlockNorms& norms, std::uint64_t shots) {
    const std::uint64_t blocks = sweep_.block_count();
    const ShotSplit split({norms.norms(), blocks}, shots, key_.seed, key_.stream, resources_.arena, resources_.cancel,
                          resources_.memory);
    Buffer storage(resources_.memory, std::min(blocks * sweep_.block_elements(), shots) * sizeof(BasisCount));
    drawn_ = storage.as<BasisCount>();
    for (std::uint64_t block = 0, next = 0; block < blocks; ++block) {
      offsets()[block] = next;
      sizes()[block] = 0;
      next += std::min(sweep_.block_elements(), split.shots()[block]);
    }
    draw_few(split.shots());
    draw_many(split.shots());
    std::uint64_t used = 0;
    for (std::uint64_t block = 0; block < blocks; ++block) {
      std::copy_n(drawn_ + offsets()[block], sizes()[block], drawn_ + used);
      used += sizes()[block];
    }
    return {std::move(storage), used};
  }

 private:
  [[nodiscard]] std::uint64_t* offsets() const { return parts_.as<std::uint64_t>(); }
  [[nodiscard]] std::uint64_t* sizes() const { return offsets() + sweep_.block_count(); }
  [[nodiscard]] bool has_many(std::uint64_t shots) const {
    return shots >= BlockDrawer::kManyShotsPerElement * sweep_.block_elements();
  }

  /// Shots one by one, on the device.
  void draw_few(std::span<const std::uint64_t> shots) {
    const std::uint64_t most_jobs = sweep_.window_bytes() / sizeof(DrawJob);
    const std::uint64_t most_shots = sweep_.window_bytes() / kShotBytes;
    std::vector<DrawJob> jobs;
    std::uint64_t waiting = 0;
    for (std::uint64_t block = 0; block < shots.size(); ++block) {
      if (shots[block] == 0 || has_many(shots[block])) {
        continue;
      }
      if (jobs.size() == most_jobs || waiting + shots[block] > most_shots) {
        run(jobs, waiting);
        jobs.clear();
        waiting = 0;
      }
      jobs.push_back({.stream = mix(~key_.stream, block),
                      .block = static_cast<std::uint32_t>(block),
                      .shots = static_cast<std::uint32_t>(shots[block]),
                      .place = static_cast<std::uint32_t>(waiting)});
      waiting += shots[block];
    }
    if (!jobs.empty()) {
      run(jobs, waiting);
    }
  }

  void run(std::span<const DrawJob> jobs, std::uint64_t shots) {
    DrawPush push{.sweep = {}, .seed = key_.seed};
    const std::span<const std::byte> results =
        sweep_.run_at_once({.pipeline = sweep_pipeline(sweep_.pipelines(), sweep_.field(), Readout::draw),
                            .push = bytes_of(push),
                            .groups = jobs.size(),
                            .group_elements = sweep_.block_elements(),
                            .given = std::as_bytes(jobs)},
                           shots * kShotBytes);
    constexpr std::uint64_t kPiece = 1024;
    resources_.arena.for_each((jobs.size() + kPiece - 1) / kPiece, resources_.cancel, [&](std::uint64_t piece) {
      std::vector<std::uint32_t> elements;
      for (const DrawJob& job : jobs.subspan(piece * kPiece, std::min(kPiece, jobs.size() - piece * kPiece))) {
        elements.resize(job.shots);
        std::memcpy(elements.data(), results.data() + job.place * kShotBytes, job.shots * kShotBytes);
        count(job.block, elements);
      }
    });
  }

  void count(std::uint64_t block, std::span<std::uint32_t> elements) {
    std::ranges::sort(elements);
    BasisCount* out = drawn_ + offsets()[block];
    for (std::size_t i = 0, end = 0; i < elements.size(); i = end) {
      while (end < elements.size() && elements[end] == elements[i]) {
        ++end;
      }
      *out++ = {.index = basis_of_((block << sweep_.block_axes()) | elements[i]), .count = end - i};
    }
    sizes()[block] = static_cast<std::uint64_t>(out - (drawn_ + offsets()[block]));
  }

  /// By binomials of the elements, on the host: no more is brought there than shots on the device would bring.
  void draw_many(std::span<const std::uint64_t> shots) {
    std::vector<std::uint64_t> blocks;
    for (std::uint64_t block = 0; block < shots.size(); ++block) {
      if (has_many(shots[block])) {
        blocks.push_back(block);
      }
    }
    BlockDrawer drawer(basis_of_, sweep_.block_elements());
    sweep_.read_blocks(blocks, [&](std::uint64_t block, const std::byte* elements) {
      const BlockOf place{
          .data = elements, .type = sweep_.field().type(), .first = 0, .count = sweep_.block_elements()};
      const DrawKey key{.seed = key_.seed, .stream = mix(~key_.stream, block)};
      BasisCount* const begin = drawn_ + offsets()[block];
      sizes()[block] = static_cast<std::uint64_t>(
          drawer.draw(place, block << sweep_.block_axes(), shots[block], key, begin) - begin);
    });
  }

  DeviceSweep& sweep_;
  DrawKey key_;
  const DrawResources& resources_;
  BitScatter basis_of_;
  Buffer parts_;  ///< Of the storage: where each block's entries begin, and how many there are.
  BasisCount* drawn_ = nullptr;
};

}  // namespace

Samples sample(DeviceSweep& sweep, const QubitMap& map, const BlockNorms& norms, std::uint64_t shots, DrawKey key,
               const DrawResources& resources) {
  return Drawing(sweep, map, key, resources).draw(norms, shots);
}

}  // namespace basalt::quantum
