#include "runtime/vulkan/quirks.h"

#include <volk.h>

#include <algorithm>
#include <array>

namespace basalt::vulkan {
namespace {

constexpr std::uint64_t kGiB = std::uint64_t{1} << 30;

constexpr std::uint32_t kQualcomm = 0x5143;

// Rows come from measurements on the card, or from what the maker writes of the driver.
constexpr std::array kQuirks = {
    Quirk{.driver_id = VK_DRIVER_ID_NVIDIA_PROPRIETARY,
          .most_chunk_bytes = 2 * kGiB,
          .reason = "indices into a buffer reference wrap at 4 GiB: chunks stay at 2 GiB"},
    Quirk{.driver_id = VK_DRIVER_ID_NVIDIA_PROPRIETARY,
          .shared_words = 1600,
          .reason = "reading a stage from memory delays all that it does: up to 1600 words are kept in shared memory, "
                    "of which two workgroups find room for so many"},
    Quirk{.driver_id = VK_DRIVER_ID_MESA_LLVMPIPE,
          .shared_words = 512,
          .reason = "small stages are kept in shared memory, so that tests see what other drivers need"},
    Quirk{.driver_id = VK_DRIVER_ID_MESA_LLVMPIPE,
          .most_chunk_bytes = kGiB,
          .reason = "buffers end at 4 GiB - 1 whatever an allocation may have, and they are the host's memory: chunks "
                    "of 1 GiB find room more easily"},
    Quirk{.driver_id = VK_DRIVER_ID_MESA_LLVMPIPE,
          .most_loop_rounds = 65535,
          .reason = "loops just end once an invocation of a shader has made 65535 rounds, those of all its loops "
                    "together: stages with more are cut"},
    Quirk{.driver_id = VK_DRIVER_ID_MOLTENVK, .no_f64 = true, .reason = "Metal has no 64-bit floating point"},
    Quirk{.vendor_id = kQualcomm, .no_f64 = true, .reason = "Adreno has no 64-bit floating point"},
};

}  // namespace

std::span<const Quirk> known_quirks() noexcept {
  return kQuirks;
}

bool is_meant(const Quirk& quirk, const DeviceProperties& properties) noexcept {
  return (quirk.vendor_id == 0 || quirk.vendor_id == properties.vendor_id) &&
         (quirk.driver_id == 0 || quirk.driver_id == properties.driver_id) &&
         properties.name.find(quirk.name_part) != std::string::npos &&
         quirk.first_version <= properties.driver_version && properties.driver_version <= quirk.last_version;
}

void apply_quirks(std::span<const Quirk> quirks, const DeviceProperties& properties, DevicePlan& plan) {
  for (const Quirk& quirk : quirks) {
    if (!is_meant(quirk, properties)) {
      continue;
    }
    if (quirk.most_chunk_bytes != 0) {
      plan.chunk_bytes = std::min(plan.chunk_bytes, quirk.most_chunk_bytes);
      plan.block_bytes = std::min(plan.block_bytes, plan.chunk_bytes);
    }
    if (quirk.most_loop_rounds != 0) {
      plan.most_loop_rounds =
          std::min(plan.most_loop_rounds == 0 ? quirk.most_loop_rounds : plan.most_loop_rounds, quirk.most_loop_rounds);
    }
    plan.shared_words = std::max(plan.shared_words, quirk.shared_words);
    if (quirk.no_f64) {
      plan.f64 = false;
      plan.f64_reason = quirk.reason;
    }
    plan.host_import = plan.host_import && !quirk.no_host_import;
    if (quirk.unusable && plan.usable) {
      plan.usable = false;
      plan.reason = quirk.reason;
    }
    plan.quirks.emplace_back(quirk.reason);
  }
}

}  // namespace basalt::vulkan
