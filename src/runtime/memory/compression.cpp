#include "runtime/memory/compression.h"

#include <lz4.h>
#include <zstd.h>

#include <algorithm>
#include <array>

#include "base/stopwatch.h"

namespace basalt {
namespace {

/// Fast enough to keep up with a disk; higher levels gain little on numbers.
constexpr int kZstdLevel = 1;

constexpr std::size_t kSamplePieces = 4;
constexpr std::size_t kPieceBytes = std::size_t{8} << 10;

const char* chars(std::span<const std::byte> bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

char* chars(std::span<std::byte> bytes) {
  return reinterpret_cast<char*>(bytes.data());
}

}  // namespace

std::vector<std::byte> sample_of(std::span<const std::byte> bytes) {
  if (bytes.size() <= kSamplePieces * kPieceBytes) {
    return {bytes.begin(), bytes.end()};
  }
  std::vector<std::byte> sample;
  for (std::size_t i = 0; i < kSamplePieces; ++i) {
    const auto piece = bytes.subspan(i * (bytes.size() - kPieceBytes) / (kSamplePieces - 1), kPieceBytes);
    sample.insert(sample.end(), piece.begin(), piece.end());
  }
  return sample;
}

std::size_t compress_bound(SpillCodec codec, std::size_t bytes) noexcept {
  switch (codec) {
    case SpillCodec::none:
    case SpillCodec::zfp:
      break;
    case SpillCodec::lz4:
      return static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(bytes)));
    case SpillCodec::zstd:
      return ZSTD_compressBound(bytes);
  }
  return bytes;
}

std::size_t compress(SpillCodec codec, std::span<const std::byte> from, std::span<std::byte> to) noexcept {
  switch (codec) {
    case SpillCodec::none:
    case SpillCodec::zfp:
      break;
    case SpillCodec::lz4:
      return static_cast<std::size_t>(
          LZ4_compress_default(chars(from), chars(to), static_cast<int>(from.size()), static_cast<int>(to.size())));
    case SpillCodec::zstd: {
      const std::size_t written = ZSTD_compress(to.data(), to.size(), from.data(), from.size(), kZstdLevel);
      return ZSTD_isError(written) != 0 ? 0 : written;
    }
  }
  return 0;
}

bool decompress(SpillCodec codec, std::span<const std::byte> from, std::span<std::byte> to) noexcept {
  switch (codec) {
    case SpillCodec::none:
    case SpillCodec::zfp:
      break;
    case SpillCodec::lz4:
      return LZ4_decompress_safe(chars(from), chars(to), static_cast<int>(from.size()), static_cast<int>(to.size())) ==
             static_cast<int>(to.size());
    case SpillCodec::zstd:
      return ZSTD_decompress(to.data(), to.size(), from.data(), from.size()) == to.size();
  }
  return false;
}

std::vector<CodecTrial> try_codecs(std::span<const std::byte> bytes) {
  const std::vector<std::byte> sample = sample_of(bytes);
  std::vector<std::byte> output(
      std::max(compress_bound(SpillCodec::lz4, sample.size()), compress_bound(SpillCodec::zstd, sample.size())));
  const auto input_bytes = static_cast<double>(std::max<std::size_t>(1, sample.size()));
  std::vector<CodecTrial> trials;
  for (const SpillCodec codec : {SpillCodec::lz4, SpillCodec::zstd}) {
    const Stopwatch watch;
    const std::size_t written = compress(codec, sample, output);
    if (written > 0) {
      trials.push_back({.codec = codec,
                        .seconds_per_byte = watch.seconds() / input_bytes,
                        .ratio = static_cast<double>(written) / input_bytes});
    }
  }
  return trials;
}

SpillCodec cheapest_codec(std::span<const CodecTrial> trials, double write_bytes_per_second) noexcept {
  CodecTrial best;
  const auto cost = [&](const CodecTrial& trial) {
    return trial.seconds_per_byte + trial.ratio / write_bytes_per_second;
  };
  for (const CodecTrial& trial : trials) {
    if (cost(trial) < cost(best)) {
      best = trial;
    }
  }
  return best.codec;
}

}  // namespace basalt
