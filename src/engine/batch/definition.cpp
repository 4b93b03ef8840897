#include "engine/batch/definition.h"

#include <fmt/format.h>

#include <cstring>

#include "base/hash.h"
#include "engine/batch/job_line.h"
#include "workloads/quantum/input/source.h"

namespace basalt {
namespace {

/// A file that cannot be read is a failure of the job and has no text here.
std::uint64_t hash_of_file(const std::string& path) {
  try {
    return hash_of(quantum::read_source(path));
  } catch (const Error&) {
    return 0;
  }
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
  return fmt::format("{:016x}", hash);
}

}  // namespace basalt
