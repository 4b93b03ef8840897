// What names a machine in the wisdom: whatever changes the figures, and nothing that changes from day to day.
#include <fmt/format.h>

#include <string_view>

#include "base/hash.h"
#include "plan/wisdom.h"

namespace basalt {
namespace {

class Fingerprint {
 public:
  void add(std::uint64_t value) { state_ = mix(state_, value); }
  void add(std::string_view text) {
    add(text.size());
    for (const char letter : text) {
      add(static_cast<unsigned char>(letter));
    }
  }
  [[nodiscard]] std::string text() const { return fmt::format("{:016x}", state_); }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace

std::string cpu_fingerprint(const Inventory& inventory) {
  Fingerprint fingerprint;
  fingerprint.add(inventory.processor);
  fingerprint.add(inventory.features.size());
  for (const std::string& feature : inventory.features) {
    fingerprint.add(feature);
  }
  fingerprint.add(inventory.cores.value);
  fingerprint.add(inventory.caches.size());
  for (const CacheLevel& cache : inventory.caches) {
    fingerprint.add(static_cast<std::uint64_t>(cache.level));
    fingerprint.add(cache.size_bytes);
    fingerprint.add(static_cast<std::uint64_t>(cache.shared_by));
  }
  fingerprint.add(static_cast<std::uint64_t>(inventory.numa_nodes));
  fingerprint.add(inventory.huge_page_bytes);
  return fingerprint.text();
}

std::string device_fingerprint(std::string_view uuid, std::uint32_t driver_version, std::uint64_t kernels) {
  Fingerprint fingerprint;
  fingerprint.add(uuid);
  fingerprint.add(driver_version);
  fingerprint.add(kernels);
  return fingerprint.text();
}

}  // namespace basalt
