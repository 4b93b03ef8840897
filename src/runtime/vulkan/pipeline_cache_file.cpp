#include "runtime/vulkan/pipeline_cache_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <system_error>
#include <type_traits>

#include "base/atomic_file.h"
#include "base/hash.h"

namespace basalt::vulkan {
namespace {

constexpr std::uint64_t kMagic = 0x45484341434c5342;  // "BSLCACHE"
constexpr std::uint32_t kFormatVersion = 1;
// More than any cache of Basalt's pipelines; a file that says more is damaged.
constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;

/// In the byte order of the machine: a driver's data is of no use to another.
struct Header {
  std::uint64_t magic = kMagic;
  std::uint32_t format_version = kFormatVersion;
  std::uint32_t vendor_id = 0;
  std::uint32_t device_id = 0;
  std::uint32_t driver_id = 0;
  std::uint32_t driver_version = 0;
  std::uint32_t reserved = 0;
  std::array<char, 32> cache_uuid{};
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;
};
static_assert(sizeof(Header) == 80 && std::has_unique_object_representations_v<Header>);

Header header_of(const DeviceProperties& device, std::span<const std::byte> data) {
  Header header;
  header.vendor_id = device.vendor_id;
  header.device_id = device.device_id;
  header.driver_id = device.driver_id;
  header.driver_version = device.driver_version;
  device.cache_uuid.copy(header.cache_uuid.data(), header.cache_uuid.size());
  header.bytes = data.size();
  header.checksum = checksum_of(data);
  return header;
}

}  // namespace

std::uint64_t checksum_of(std::span<const std::byte> data) noexcept {
  std::uint64_t sum = data.size();
  while (!data.empty()) {
    std::uint64_t word = 0;
    const std::size_t bytes = std::min(sizeof(word), data.size());
    std::memcpy(&word, data.data(), bytes);
    sum = mix(sum, word);
    data = data.subspan(bytes);
  }
  return sum;
}

std::filesystem::path pipeline_cache_file(const std::filesystem::path& folder, const DeviceProperties& device) {
  if (folder.empty()) {
    return {};
  }
  return folder / fmt::format("vulkan-{:x}-{:x}-{}.pipelines", device.vendor_id, device.device_id, device.driver_id);
}

std::optional<std::vector<std::byte>> read_pipeline_cache(const std::filesystem::path& file,
                                                          const DeviceProperties& device) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    return std::nullopt;
  }
  std::ifstream input(file, std::ios::binary);
  Header found;
  if (!input.read(reinterpret_cast<char*>(&found), sizeof(found)) || found.bytes > kMostBytes ||
      std::filesystem::file_size(file, error) != sizeof(found) + found.bytes || error) {
    return std::nullopt;
  }
  std::vector<std::byte> data(found.bytes);
  if (!input.read(reinterpret_cast<char*>(data.data()), static_cast<std::streamsize>(data.size()))) {
    return std::nullopt;
  }
  const Header expected = header_of(device, data);
  if (std::memcmp(&found, &expected, sizeof(found)) != 0) {
    return std::nullopt;
  }
  return data;
}

void write_pipeline_cache(const std::filesystem::path& file, const DeviceProperties& device,
                          std::span<const std::byte> data) {
  std::error_code ignored;  // a folder that cannot be made shows when the file is created
  std::filesystem::create_directories(file.parent_path(), ignored);
  const Header header = header_of(device, data);
  AtomicFile output(file.string());
  output.write(&header, sizeof(header));
  output.write(data.data(), data.size());
  output.commit();
}

}  // namespace basalt::vulkan
