#include "workloads/quantum/shaders/device_sweep.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>

namespace basalt::quantum {
namespace {

constexpr int kThreadAxes = 4;  // elements of a thread

/// Elements that a dispatch visits, so that it is short on slow devices too; but so many groups it has in any case.
constexpr std::uint64_t kDispatchElements = std::uint64_t{1} << 25;
constexpr std::uint64_t kLeastGroups = 256;

constexpr std::uint64_t kWindowBytes = std::uint64_t{8} << 20;

vulkan::Pipeline pipeline_of(vulkan::Pipelines& pipelines, const vulkan::DeviceField& field, Readout what,
                             std::span<const std::uint32_t> more) {
  const auto block_axes = static_cast<std::uint32_t>(sweep_block_axes(field));
  std::vector<std::uint32_t> constants{1U << (block_axes - kThreadAxes), block_axes};
  constants.insert(constants.end(), more.begin(), more.end());
  return pipelines.get(readout_shader(what, arithmetic_of(field)), constants);
}

}  // namespace

int sweep_block_axes(const vulkan::DeviceField& field) {
  const vulkan::DevicePlan& plan = field.memory().device().plan();
  const int axes = field.type() == ElementType::c64 ? plan.tile_axes_c64 : plan.tile_axes_c128;
  assert(axes <= field.chunk_axes() && axes <= field.padded_axes());
  return axes;
}

Arithmetic arithmetic_of(const vulkan::DeviceField& field) {
  if (field.type() == ElementType::c128) {
    return Arithmetic::c128;
  }
  return field.memory().device().plan().f64 ? Arithmetic::c64 : Arithmetic::c64_pairs;
}

vulkan::Pipeline sweep_pipeline(vulkan::Pipelines& pipelines, const vulkan::DeviceField& field, Readout what) {
  return pipeline_of(pipelines, field, what, {});
}

vulkan::Pipeline pauli_pipeline(vulkan::Pipelines& pipelines, const vulkan::DeviceField& field, std::uint32_t strings) {
  return pipeline_of(pipelines, field, Readout::pauli, {&strings, 1});
}

double sum_at(Arithmetic arithmetic, const std::byte* from) noexcept {
  if (arithmetic != Arithmetic::c64_pairs) {
    double sum = 0;
    std::memcpy(&sum, from, sizeof(sum));
    return sum;
  }
  std::array<float, 2> pair{};
  std::memcpy(pair.data(), from, sizeof(pair));
  return static_cast<double>(pair[0]) + static_cast<double>(pair[1]);
}

void record_sweep(vulkan::Commands& commands, const vulkan::DeviceField& field, const SweepWork& work) {
  SweepPush push;
  std::memcpy(&push, work.push.data(), sizeof(push));
  push.table = field.table_address();
  push.chunk_blocks = static_cast<std::uint32_t>(field.chunk_axes() - sweep_block_axes(field));
  const std::uint64_t most = std::max(kLeastGroups, kDispatchElements / work.group_elements);
  for (std::uint64_t first = 0; first < work.groups; first += most) {
    SweepPush part = push;
    part.first_group += static_cast<std::uint32_t>(first);
    part.groups = static_cast<std::uint32_t>(std::min(most, work.groups - first));
    part.results += first * work.result_bytes;
    std::memcpy(work.push.data(), &part, sizeof(part));
    commands.dispatch(work.pipeline, work.push, part.groups);
  }
}

DeviceSweep::DeviceSweep(vulkan::DeviceField& field, vulkan::Pipelines& pipelines, const CancelToken& cancel)
    : field_(field),
      pipelines_(pipelines),
      cancel_(cancel),
      block_axes_(sweep_block_axes(field)),
      window_bytes_(std::min(kWindowBytes, field.memory().device().plan().chunk_bytes)),
      arithmetic_(arithmetic_of(field)),
      commands_(field.memory().shared_device(), vulkan::QueueKind::compute) {}

/// Room for results: what there is, or a power of two, so that few sizes are asked for.
void DeviceSweep::reserve(std::uint64_t bytes) {
  assert(bytes <= window_bytes_);
  if (results_.size_bytes() < bytes) {
    results_ = field_.memory().allocate(std::bit_ceil(bytes), vulkan::Placement::device, "results");
    results_on_host_ = field_.memory().allocate(std::bit_ceil(bytes), vulkan::Placement::download, "results");
  }
}

void DeviceSweep::give(std::span<const std::byte> given) {
  if (given.empty()) {
    return;
  }
  if (given_.size_bytes() < given.size()) {
    const std::uint64_t bytes = std::bit_ceil(given.size());
    given_ = field_.memory().allocate(bytes, vulkan::Placement::device, "operands of readout");
    given_on_host_ = field_.memory().allocate(bytes, vulkan::Placement::upload, "operands of readout");
  }
  std::memcpy(given_on_host_.data(), given.data(), given.size());
  commands_.copy(given_on_host_, 0, given_, 0, given.size());
  commands_.barrier();
}

std::span<const std::byte> DeviceSweep::run_at_once(const SweepWork& work, std::uint64_t bytes) {
  cancel_.check();
  commands_.begin();  // waits for what ran before
  reserve(bytes);
  give(work.given);
  SweepPush push;
  std::memcpy(&push, work.push.data(), sizeof(push));
  push.results = results_.address();
  push.given = given_.address();
  std::memcpy(work.push.data(), &push, sizeof(push));
  record_sweep(commands_, field_, work);
  commands_.barrier();
  commands_.copy(results_, 0, results_on_host_, 0, bytes);
  commands_.host_barrier();
  commands_.end();
  commands_.run(&cancel_);
  return {results_on_host_.data(), bytes};
}

void DeviceSweep::run(const SweepWork& work, const Take& take) {
  const std::uint64_t most = window_bytes_ / work.result_bytes;
  std::vector<std::byte> constants(work.push.begin(), work.push.end());
  for (std::uint64_t first = 0; first < work.groups; first += most) {
    SweepPush push;
    std::memcpy(&push, work.push.data(), sizeof(push));
    push.first_group = static_cast<std::uint32_t>(first);
    std::memcpy(constants.data(), &push, sizeof(push));
    SweepWork window = work;
    window.push = constants;
    window.groups = std::min(most, work.groups - first);
    take(first, run_at_once(window, window.groups * work.result_bytes));
  }
}

void DeviceSweep::read_blocks(std::span<const std::uint64_t> blocks, const TakeBlock& take) {
  const int chunk_blocks = field_.chunk_axes() - block_axes_;
  const std::uint64_t in_chunk = (std::uint64_t{1} << chunk_blocks) - 1;
  const std::uint64_t most = window_bytes_ / block_bytes();
  for (std::uint64_t first = 0; first < blocks.size(); first += most) {
    cancel_.check();
    const auto some = blocks.subspan(first, std::min<std::uint64_t>(most, blocks.size() - first));
    commands_.begin();
    reserve(some.size() * block_bytes());
    for (std::size_t i = 0; i < some.size(); ++i) {
      commands_.copy(field_.chunks()[some[i] >> chunk_blocks], (some[i] & in_chunk) * block_bytes(), results_on_host_,
                     i * block_bytes(), block_bytes());
    }
    commands_.host_barrier();
    commands_.end();
    commands_.run(&cancel_);
    for (std::size_t i = 0; i < some.size(); ++i) {
      take(some[i], results_on_host_.data() + i * block_bytes());
    }
  }
}

}  // namespace basalt::quantum
