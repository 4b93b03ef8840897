// A machine of fixed size that every process of a test agrees on, and what its processes tell one another beside the
// ledger, so that the ledger is not its own witness.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "basalt/ledger.h"

namespace basalt::test {

inline constexpr std::uint64_t kFixedBytes = 8;
inline constexpr std::uint64_t kFixedCores = 4;

inline Capacity fixed_machine() {
  return {{{.resource = Resource::host_bytes, .name = "test memory", .value = kFixedBytes, .shared = true},
           {.resource = Resource::cores, .name = "test cores", .value = kFixedCores, .shared = true}}};
}

/// In memory that the children of a test share.
struct Witness {
  static constexpr std::size_t kMost = 8;
  std::array<std::atomic<std::uint64_t>, kMost> held{};  ///< By each child, from after its grant to before its release.
  std::array<std::atomic<bool>, kMost> doomed{};         ///< About to be killed: what it holds no longer counts.
  std::atomic<std::uint64_t> grants{0};
  std::atomic<std::uint64_t> over_commitments{0};

  /// Maps a file, made where there is none; for as long as the process lives.
  static Witness* open(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    const bool sized = file >= 0 && ::ftruncate(file, sizeof(Witness)) == 0;
    void* page = sized ? ::mmap(nullptr, sizeof(Witness), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0) : MAP_FAILED;
    ::close(file);
    return page == MAP_FAILED ? nullptr : static_cast<Witness*>(page);
  }

  [[nodiscard]] std::uint64_t total() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < kMost; ++i) {
      sum += doomed[i] ? 0 : held[i].load();
    }
    return sum;
  }
};

}  // namespace basalt::test
