#include "workloads/quantum/shaders/part_exchange.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

#include "workloads/quantum/shaders/device_sweep.h"

namespace basalt::quantum {
namespace {

/// On its way in one direction at a time: long enough to hide submissions, short enough that two overlap soon.
constexpr std::uint64_t kMostWindowBytes = std::uint64_t{8} << 20;
constexpr std::size_t kSlots = 2;
/// More than devices ask of the alignment of what they import.
constexpr std::uint64_t kAlignment = std::uint64_t{64} << 10;

constexpr std::uint64_t lane_bytes(std::uint64_t window_bytes) {
  return 2 * kSlots * window_bytes + kAlignment;
}

/// No more than a buffer of any of the devices holds.
std::uint64_t window_bytes_of(const std::vector<StatePart>& parts) {
  std::uint64_t bytes = kMostWindowBytes;
  for (const StatePart& part : parts) {
    bytes = std::min(bytes, std::bit_floor(part.field.memory().device().plan().chunk_bytes));
  }
  return bytes;
}

std::uint64_t half_bytes(const vulkan::DeviceField& field) {
  return (element_bytes(field.type()) << field.axes()) / 2;
}

/// As exchange.comp has it.
struct ExchangePush {
  SweepPush sweep;
  std::uint32_t axis = 0;
  std::uint32_t value = 0;
  std::uint32_t chunk_axes = 0;
  std::uint32_t count_axes = 0;
  std::uint32_t to_buffer = 0;
};

/// One part's side of a slot.
struct Port {
  vulkan::DeviceBuffer out;  ///< What leaves it.
  vulkan::DeviceBuffer in;   ///< What enters it.
  vulkan::Commands pack;     ///< After the buffers: these go first, and wait until they are no longer in use.
  vulkan::Commands unpack;
  vulkan::Moment packed{};
  vulkan::Moment unpacked{};

  explicit Port(const std::shared_ptr<vulkan::Device>& device)
      : pack(device, vulkan::QueueKind::compute), unpack(device, vulkan::QueueKind::compute) {}
};

/// Memory that the device reaches where it lies, or else a buffer of its own, which the host fills or empties.
vulkan::DeviceBuffer reach(vulkan::DeviceMemory& memory, std::span<std::byte> shared, vulkan::Placement otherwise) {
  constexpr const char* kTag = "parts on their way";
  if (memory.device().properties().host_pointer_alignment <= kAlignment) {
    if (std::optional<vulkan::DeviceBuffer> imported = memory.import_host(shared, kTag)) {
      return std::move(*imported);
    }
  }
  return memory.allocate(shared.size(), otherwise, kTag);
}

}  // namespace

/// Between two parts. One window of what goes is fetched while the one before it is put in place.
class PartExchange::Lane {
 public:
  Lane(const StatePart& low, const StatePart& high, std::uint64_t window_bytes, MemoryResource& memory)
      : sides_{&low, &high}, window_bytes_(window_bytes), host_(memory, lane_bytes(window_bytes)) {
    auto* const address = host_.as<std::byte>();
    const std::uint64_t past = reinterpret_cast<std::uintptr_t>(address) % kAlignment;
    std::span<std::byte> rest(address + (past == 0 ? 0 : kAlignment - past), 2 * kSlots * window_bytes_);
    for (Slot& slot : slots_) {
      for (std::size_t side = 0; side < 2; ++side) {
        slot[side] = std::make_unique<Port>(field(side).memory().shared_device());
      }
      for (std::size_t side = 0; side < 2; ++side) {
        const std::span<std::byte> shared = rest.first(window_bytes_);
        rest = rest.subspan(window_bytes_);
        slot[side]->out = reach(field(side).memory(), shared, vulkan::Placement::download);
        slot[1 - side]->in = reach(field(1 - side).memory(), shared, vulkan::Placement::upload);
      }
    }
  }

  /// Submits the fetching of a window: of each side, the elements whose bit `axis` has the side's value.
  void pack(int axis, std::array<std::uint32_t, 2> values, std::uint64_t window, const CancelToken& cancel) {
    Slot& slot = slots_[window % kSlots];
    wait(slot, &Port::unpacked, cancel);  // the other side has taken what was there
    for (std::size_t side = 0; side < 2; ++side) {
      Port& port = *slot[side];
      port.pack.begin();
      record(port.pack, side, {.axis = axis, .value = values[side], .window = window, .to_buffer = true}, port.out);
      port.pack.host_barrier();
      port.pack.end();
      port.packed = port.pack.submit();
    }
  }

  /// Waits for what pack() fetched, and submits putting it in place on the other side.
  void unpack(int axis, std::array<std::uint32_t, 2> values, std::uint64_t window, const CancelToken& cancel) {
    Slot& slot = slots_[window % kSlots];
    wait(slot, &Port::packed, cancel);
    for (std::size_t side = 0; side < 2; ++side) {
      Port& port = *slot[side];
      const vulkan::DeviceBuffer& from = slot[1 - side]->out;
      if (from.data() != port.in.data()) {
        std::memcpy(port.in.data(), from.data(), std::min(window_bytes_, half_bytes(field(side))));
      }
      port.unpack.begin();
      record(port.unpack, side, {.axis = axis, .value = values[side], .window = window, .to_buffer = false}, port.in);
      port.unpack.end();
      port.unpacked = port.unpack.submit();
    }
  }

  void finish(const CancelToken& cancel) {
    for (const Slot& slot : slots_) {
      wait(slot, &Port::unpacked, cancel);
    }
  }

 private:
  using Slot = std::array<std::unique_ptr<Port>, 2>;  ///< A port for each side.

  struct Window {
    int axis = 0;
    std::uint32_t value = 0;
    std::uint64_t window = 0;
    bool to_buffer = false;
  };

  [[nodiscard]] vulkan::DeviceField& field(std::size_t side) const { return sides_[side]->field; }

  void wait(const Slot& slot, vulkan::Moment Port::*moment, const CancelToken& cancel) const {
    for (std::size_t side = 0; side < 2; ++side) {
      field(side).memory().device().wait((*slot[side]).*moment, &cancel);
    }
  }

  void record(vulkan::Commands& commands, std::size_t side, const Window& what, const vulkan::DeviceBuffer& buffer) {
    const vulkan::DeviceField& of = field(side);
    const std::uint64_t block_elements = std::uint64_t{1} << sweep_block_axes(of);
    const std::uint64_t block_bytes = block_elements * element_bytes(of.type());
    const std::uint64_t groups = (std::min(window_bytes_, half_bytes(of)) + block_bytes - 1) / block_bytes;
    ExchangePush push{
        .sweep = {.results = buffer.address(), .first_group = static_cast<std::uint32_t>(what.window * groups)},
        .axis = static_cast<std::uint32_t>(what.axis),
        .value = what.value,
        .chunk_axes = static_cast<std::uint32_t>(of.chunk_axes()),
        .count_axes = static_cast<std::uint32_t>(of.axes() - 1),
        .to_buffer = what.to_buffer ? 1U : 0U};
    record_sweep(commands, of,
                 {.pipeline = sweep_pipeline(sides_[side]->pipelines, of, Readout::exchange),
                  .push = bytes_of(push),
                  .groups = groups,
                  .group_elements = block_elements,
                  .result_bytes = block_bytes});
  }

  std::array<const StatePart*, 2> sides_;
  std::uint64_t window_bytes_;
  Buffer host_;  ///< Before the ports, which import it.
  std::array<Slot, kSlots> slots_;
};

PartExchange::PartExchange(std::vector<StatePart> parts, MemoryResource& memory)
    : parts_(std::move(parts)), window_bytes_(window_bytes_of(parts_)), memory_(memory) {}

PartExchange::~PartExchange() = default;

std::uint64_t PartExchange::host_bytes(std::size_t parts) noexcept {
  return parts / 2 * static_cast<std::uint64_t>(std::countr_zero(parts)) * lane_bytes(kMostWindowBytes);
}

void PartExchange::swap_axes(int inside, int outside, const CancelToken& cancel) {
  exchange(inside, {1, 0}, outside, cancel);
}

void PartExchange::flip_outside(int inside, int outside, const CancelToken& cancel) {
  exchange(inside, {1, 1}, outside, cancel);
}

void PartExchange::exchange(int inside, std::array<std::uint32_t, 2> values, int outside, const CancelToken& cancel) {
  const std::vector<Lane*> lanes = lanes_for(outside);
  const std::uint64_t windows = std::max<std::uint64_t>(1, half_bytes(parts_.front().field) / window_bytes_);
  for (std::uint64_t window = 0; window <= windows; ++window) {
    for (Lane* const lane : lanes) {
      if (window < windows) {
        lane->pack(inside, values, window, cancel);
      }
    }
    for (Lane* const lane : lanes) {
      if (window > 0) {
        lane->unpack(inside, values, window - 1, cancel);
      }
    }
  }
  for (Lane* const lane : lanes) {
    lane->finish(cancel);
  }
}

std::vector<PartExchange::Lane*> PartExchange::lanes_for(int outside) {
  const std::size_t bit = std::size_t{1} << (outside - parts_.front().field.axes());
  std::vector<Lane*> lanes;
  for (std::size_t low = 0; low < parts_.size(); ++low) {
    if ((low & bit) == 0) {
      std::unique_ptr<Lane>& lane = lanes_[{low, low | bit}];
      if (lane == nullptr) {
        lane = std::make_unique<Lane>(parts_[low], parts_[low | bit], window_bytes_, memory_);
      }
      lanes.push_back(lane.get());
    }
  }
  return lanes;
}

}  // namespace basalt::quantum
