#include "engine/batch/definition.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/hash.h"
#include "base/regular_file.h"
#include "engine/batch/job_line.h"

namespace basalt {
namespace {

/// Of the contents, of any size. No file, or one that cannot be read, which is a failure of the job, has the hash 0.
std::uint64_t hash_of_file(const std::string& path) {
  try {
    const RegularFile file(path);
    std::uint64_t hash = 0;
    std::string piece;
    for (std::uint64_t offset = 0; offset < file.bytes(); offset += piece.size()) {
      piece.resize(std::min<std::uint64_t>(file.bytes() - offset, std::uint64_t{1} << 20));
      file.read(offset, piece.data(), piece.size());
      hash = mix(hash, hash_of(piece));
    }
    return hash;
  } catch (const Error&) {
    return 0;
  }
}

std::uint64_t hash_of_files(const PatternRequest& pattern) {
  std::uint64_t hash = hash_of_file(pattern.initial.file);
  for (const auto& [name, map] : pattern.maps) {
    hash = mix(hash, hash_of_file(map.file));
  }
  return hash;
}

}  // namespace

std::uint64_t hash_of(std::string_view text) noexcept {
  std::uint64_t hash = mix(0, text.size());
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t bytes = std::min(text.size(), sizeof word);
    std::memcpy(&word, text.data(), bytes);
    hash = mix(hash, word);
    text.remove_prefix(bytes);
  }
  return hash;
}

std::string definition_of(const BatchJob& job, std::uint64_t index, std::uint64_t source_hash) {
  std::uint64_t hash = mix(mix(index, hash_of(definition_line(job))), source_hash);
  for (const std::string& observable : job.request.observables) {
    if (observable.starts_with('@')) {
      hash = mix(hash, hash_of_file(observable.substr(1)));
    }
  }
  if (job.pattern) {
    hash = mix(hash, hash_of_files(*job.pattern));
  }
  return fmt::format("{:016x}", hash);
}

}  // namespace basalt
