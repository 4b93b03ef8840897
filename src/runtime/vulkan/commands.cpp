#include "runtime/vulkan/commands.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "basalt/error.h"
#include "runtime/metrics/trace.h"
#include "runtime/vulkan/device_clock.h"
#include "runtime/vulkan/driver_call.h"
#include "runtime/vulkan/structure.h"

namespace basalt::vulkan {
namespace {

constexpr std::uint32_t kPushBytes = 128;

constexpr VkAccessFlags kWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags kReads = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(ErrorCode::bad_usage, "commands for a device: " + what);
}

}  // namespace

struct Commands::State {
  State(std::shared_ptr<Device> on, QueueKind kind, std::uint32_t most_marks)
      : device(std::move(on)), queue(kind), family(device->properties().queues.at(device->family(kind))) {
    // A clock is of use where its queries can be reset, which a queue for copies alone cannot.
    marks = family.timestamp_bits > 0 && (family.compute || family.graphics) ? most_marks : 0;
  }
  ~State() {
    device->settle(last);
    const DriverCall call;
    device->api().vkDestroyQueryPool(device->handle(), queries, nullptr);
    device->api().vkDestroyCommandPool(device->handle(), pool, nullptr);  // with its buffer
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void create();
  void barrier(VkPipelineStageFlags to_stages, VkAccessFlags to_accesses) const;
  [[nodiscard]] const VolkDeviceTable& api() const noexcept { return device->api(); }
  /// Those in which commands of this queue touch memory.
  [[nodiscard]] VkPipelineStageFlags stages() const noexcept {
    return VK_PIPELINE_STAGE_TRANSFER_BIT | (family.compute ? VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT : 0);
  }
  /// Without those of shaders where there are none.
  [[nodiscard]] VkAccessFlags possible(VkAccessFlags accesses) const noexcept {
    constexpr VkAccessFlags kShader = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT;
    return family.compute ? accesses : accesses & ~kShader;
  }

  std::shared_ptr<Device> device;
  QueueKind queue;
  QueueFamily family;
  std::uint32_t marks = 0;  ///< That there is room for; 0 where the queue has no clock.
  VkCommandPool pool = VK_NULL_HANDLE;
  VkCommandBuffer buffer = VK_NULL_HANDLE;
  VkQueryPool queries = VK_NULL_HANDLE;
  std::uint32_t marked = 0;  ///< Since begin().
  bool ready = false;        ///< To be submitted.
  Moment last;
  std::int64_t submitted = 0;  ///< When; 0: no trace was recorded.
};

void Commands::State::create() {
  device->expect_alive("recording commands");
  const DriverCall call;
  auto pool_info = structure<VkCommandPoolCreateInfo>(VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO);
  pool_info.queueFamilyIndex = device->family(queue);
  device->check(api().vkCreateCommandPool(device->handle(), &pool_info, nullptr, &pool), "creating a command pool");
  auto buffer_info = structure<VkCommandBufferAllocateInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO);
  buffer_info.commandPool = pool;
  buffer_info.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY;
  buffer_info.commandBufferCount = 1;
  device->check(api().vkAllocateCommandBuffers(device->handle(), &buffer_info, &buffer), "creating a command buffer");
  if (marks > 0) {
    auto query_info = structure<VkQueryPoolCreateInfo>(VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO);
    query_info.queryType = VK_QUERY_TYPE_TIMESTAMP;
    query_info.queryCount = marks;
    device->check(api().vkCreateQueryPool(device->handle(), &query_info, nullptr, &queries), "creating queries");
  }
}

void Commands::State::barrier(VkPipelineStageFlags to_stages, VkAccessFlags to_accesses) const {
  auto memory = structure<VkMemoryBarrier>(VK_STRUCTURE_TYPE_MEMORY_BARRIER);
  memory.srcAccessMask = possible(kWrites);
  memory.dstAccessMask = to_accesses;
  api().vkCmdPipelineBarrier(buffer, stages(), to_stages, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

Commands::Commands(std::shared_ptr<Device> device, QueueKind queue, std::uint32_t marks)
    : state_(std::make_unique<State>(std::move(device), queue, marks)) {
  state_->create();
}

Commands::~Commands() = default;
Commands::Commands(Commands&& other) noexcept = default;
Commands& Commands::operator=(Commands&& other) noexcept = default;

void Commands::begin() {
  State& state = *state_;
  state.device->wait(state.last);
  const DriverCall call;
  state.ready = false;
  state.marked = 0;
  state.device->check(state.api().vkResetCommandPool(state.device->handle(), state.pool, 0), "forgetting commands");
  auto info = structure<VkCommandBufferBeginInfo>(VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO);
  info.flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT;  // may be submitted again before it has ended
  state.device->check(state.api().vkBeginCommandBuffer(state.buffer, &info), "recording commands");
  if (state.marks > 0) {
    state.api().vkCmdResetQueryPool(state.buffer, state.queries, 0, state.marks);
  }
  barrier();
}

void Commands::dispatch(const Pipeline& pipeline, std::span<const std::byte> push, std::uint64_t groups) {
  const State& state = *state_;
  const std::uint64_t row = state.device->plan().groups_per_row;
  const std::uint64_t rows = (groups + row - 1) / row;
  if (push.size() > kPushBytes || push.size() % 4 != 0) {
    refuse(std::to_string(push.size()) + " bytes of push constants, not a multiple of 4 up to 128");
  }
  if (rows > state.device->properties().max_workgroup_count[1]) {
    refuse(std::to_string(groups) + " workgroups in one dispatch");
  }
  if (groups == 0) {
    return;
  }
  state.api().vkCmdBindPipeline(state.buffer, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline.handle);
  if (!push.empty()) {
    state.api().vkCmdPushConstants(state.buffer, pipeline.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                   static_cast<std::uint32_t>(push.size()), push.data());
  }
  state.api().vkCmdDispatch(state.buffer, static_cast<std::uint32_t>(std::min(groups, row)),
                            static_cast<std::uint32_t>(rows), 1);
}

void Commands::barrier() {
  state_->barrier(state_->stages(), state_->possible(kReads | kWrites));
}

void Commands::host_barrier() {
  state_->barrier(VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT);
}

void Commands::copy(const DeviceBuffer& from, std::uint64_t from_offset, const DeviceBuffer& to,
                    std::uint64_t to_offset, std::uint64_t bytes) {
  if (bytes > 0) {
    const VkBufferCopy region{.srcOffset = from_offset, .dstOffset = to_offset, .size = bytes};
    state_->api().vkCmdCopyBuffer(state_->buffer, from.handle(), to.handle(), 1, &region);
  }
}

void Commands::fill(const DeviceBuffer& buffer, std::uint64_t offset, std::uint64_t bytes, std::uint32_t word) {
  if (bytes > 0) {
    state_->api().vkCmdFillBuffer(state_->buffer, buffer.handle(), offset, bytes, word);
  }
}

void Commands::mark() {
  State& state = *state_;
  if (state.marks == 0) {
    return;
  }
  if (state.marked == state.marks) {
    refuse("more marks than the " + std::to_string(state.marks) + " there is room for");
  }
  state.api().vkCmdWriteTimestamp(state.buffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, state.queries, state.marked++);
}

void Commands::end() {
  const DriverCall call;
  state_->device->check(state_->api().vkEndCommandBuffer(state_->buffer), "recording commands");
  state_->ready = true;
}

Moment Commands::submit(std::span<const Moment> after) {
  if (!state_->ready) {
    refuse("submitted before they were recorded to their end");
  }
  state_->submitted = metrics::is_recording() ? metrics::now_nanoseconds() : 0;
  state_->last = state_->device->submit(state_->queue, state_->buffer, after);
  return state_->last;
}

void Commands::run(const CancelToken* cancel) {
  state_->device->wait(submit(), cancel);
}

Marks Commands::marks(std::int64_t after) const {
  const State& state = *state_;
  std::vector<std::uint64_t> ticks(state.marked);
  if (ticks.empty() || state.last.value == 0) {
    return {};
  }
  const DriverCall call;
  const std::size_t bytes = ticks.size() * sizeof(ticks[0]);
  state.device->check(state.api().vkGetQueryPoolResults(state.device->handle(), state.queries, 0, state.marked, bytes,
                                                        ticks.data(), sizeof(ticks[0]), VK_QUERY_RESULT_64_BIT),
                      "reading times");
  const DeviceClock clock{.bits = state.family.timestamp_bits, .period = state.device->properties().timestamp_period};
  Marks marks;
  marks.seconds.reserve(ticks.size());
  for (const std::uint64_t tick : ticks) {
    marks.seconds.push_back(clock.seconds(ticks[0], tick));
  }
  if (state.submitted != 0) {
    const HostBounds bounds{.earliest = std::max(state.submitted, after),
                            .latest = metrics::now_nanoseconds(),
                            .nanoseconds = std::llround(marks.seconds.back() * 1e9)};
    std::optional<std::int64_t> told;
    if (const auto pair = state.device->read_clocks()) {
      told = clock.host_nanoseconds(ticks[0], *pair);
    }
    marks.start = start_on_host(told, bounds);
  }
  return marks;
}

}  // namespace basalt::vulkan
