// What a job is, as a number: a result in a file belongs to a job as long as this is the same.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "basalt/batch.h"

namespace basalt {

/// Of a text; not for secrets.
std::uint64_t hash_of(std::string_view text) noexcept;

/// The hash of the source of a job that has none: a pattern is all in its definition.
inline constexpr std::uint64_t kNoSource = 0;

/// 16 hexadecimal digits from the job's place and definition, the text of its circuit (`source_hash`) and of the files
/// that its observables, or its pattern, name. What a circuit includes is not looked at.
std::string definition_of(const BatchJob& job, std::uint64_t index, std::uint64_t source_hash);

}  // namespace basalt
