#include "runtime/memory/lossy.h"

#include <zfp.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "base/stopwatch.h"

namespace basalt {
namespace {

struct Close {
  void operator()(zfp_field* field) const noexcept { zfp_field_free(field); }
  void operator()(zfp_stream* stream) const noexcept { zfp_stream_close(stream); }
  void operator()(bitstream* bits) const noexcept { stream_close(bits); }
};

/// Numbers in memory as zfp sees them, and a stream that takes them with a bounded error.
class Codec {
 public:
  Codec(const LossyNumbers& numbers, const std::byte* data, std::size_t bytes) noexcept
      : field_(zfp_field_1d(const_cast<std::byte*>(data),
                            numbers.type == ElementType::c64 ? zfp_type_float : zfp_type_double,
                            2 * bytes / element_bytes(numbers.type))),
        stream_(zfp_stream_open(nullptr)) {
    if (is_open()) {
      zfp_stream_set_accuracy(stream_.get(), numbers.tolerance);
    }
  }

  [[nodiscard]] bool is_open() const noexcept { return field_ != nullptr && stream_ != nullptr; }

  [[nodiscard]] std::size_t bound() const noexcept {
    return is_open() ? zfp_stream_maximum_size(stream_.get(), field_.get()) : 0;
  }

  /// Bytes of the stream, which has room for `bytes`; 0 where that does not work.
  template <typename Work>
  std::size_t run(std::byte* stream, std::size_t bytes, const Work& work) noexcept {
    const std::unique_ptr<bitstream, Close> bits(is_open() ? stream_open(stream, bytes) : nullptr);
    if (bits == nullptr) {
      return 0;
    }
    zfp_stream_set_bit_stream(stream_.get(), bits.get());
    zfp_stream_rewind(stream_.get());
    return work(stream_.get(), field_.get());
  }

 private:
  std::unique_ptr<zfp_field, Close> field_;
  std::unique_ptr<zfp_stream, Close> stream_;
};

template <typename Real>
NumberChange change(std::span<const std::byte> before, std::span<const std::byte> after) noexcept {
  const auto* const from = reinterpret_cast<const Real*>(before.data());
  const auto* const to = reinterpret_cast<const Real*>(after.data());
  NumberChange result;
  for (std::size_t i = 0; i < before.size() / sizeof(Real); ++i) {
    const double off = std::abs(static_cast<double>(to[i]) - static_cast<double>(from[i]));
    if (!std::isfinite(off)) {
      return {.largest = std::numeric_limits<double>::quiet_NaN(), .sum_of_squares = 0};
    }
    result.largest = std::max(result.largest, off);
    result.sum_of_squares += off * off;
  }
  return result;
}

}  // namespace

std::size_t lossy_bound(const LossyNumbers& numbers, std::size_t bytes) noexcept {
  constexpr std::size_t kWord = 8;
  return (Codec(numbers, nullptr, bytes).bound() + kWord - 1) / kWord * kWord;
}

std::size_t compress_lossy(const LossyNumbers& numbers, std::span<const std::byte> from,
                           std::span<std::byte> to) noexcept {
  return Codec(numbers, from.data(), from.size()).run(to.data(), to.size(), zfp_compress);
}

bool decompress_lossy(const LossyNumbers& numbers, std::span<const std::byte> from, std::span<std::byte> to) noexcept {
  auto* const stream = const_cast<std::byte*>(from.data());  // it is only read
  return Codec(numbers, to.data(), to.size()).run(stream, from.size(), zfp_decompress) == from.size();
}

NumberChange change_of(ElementType type, std::span<const std::byte> before, std::span<const std::byte> after) noexcept {
  return type == ElementType::c64 ? change<float>(before, after) : change<double>(before, after);
}

CodecTrial try_lossy(const LossyNumbers& numbers, std::span<const std::byte> bytes) {
  const std::vector<std::byte> sample = sample_of(bytes);
  std::vector<std::byte> packed(lossy_bound(numbers, sample.size()));
  std::vector<std::byte> back(sample.size());
  const Stopwatch watch;
  const std::size_t size = compress_lossy(numbers, sample, packed);
  if (size == 0 || !decompress_lossy(numbers, std::span(packed).first(size), back)) {
    return {};
  }
  const auto input_bytes = static_cast<double>(sample.size());
  return {.codec = SpillCodec::zfp,
          .seconds_per_byte = watch.seconds() / input_bytes,
          .ratio = static_cast<double>(size) / input_bytes};
}

}  // namespace basalt
