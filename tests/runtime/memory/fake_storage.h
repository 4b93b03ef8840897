// A disk in memory that fails when it is told to.
#pragma once

#include <atomic>
#include <cstring>
#include <mutex>
#include <vector>

#include "basalt/error.h"
#include "basalt/memory/spill.h"

namespace basalt::test {

class FakeStorage final : public SpillStorage {
 public:
  explicit FakeStorage(std::uint64_t capacity) : content(capacity) {}

  void write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    if (++writes == fail_write || offset + bytes.size() > content.size()) {
      throw Error(ErrorCode::out_of_resources, "the disk is full");
    }
    std::memcpy(content.data() + offset, bytes.data(), bytes.size());
  }
  void read(std::uint64_t offset, std::span<std::byte> bytes) override {
    const int number = ++reads;
    if (number == fail_read) {
      throw Error(ErrorCode::io, "the file ends early");
    }
    std::memcpy(bytes.data(), content.data() + offset, bytes.size());
    if (number == flip_read) {
      bytes[bytes.size() / 2] ^= std::byte{1};
    }
  }
  void discard(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) noexcept override {}

  std::vector<std::byte> content;
  std::atomic<int> writes{0};
  std::atomic<int> reads{0};
  // which of them goes wrong, from 1; 0: none
  int fail_write = 0;
  int fail_read = 0;
  int flip_read = 0;
};

}  // namespace basalt::test
