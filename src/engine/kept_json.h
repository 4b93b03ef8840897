// What a checkpoint says of a run, as JSON: the request, where the run is in its tree, and the results so far. Written
// as CBOR. What is read was checked by its checksum, yet may be of another version: what does not fit throws Error(io)
// or KeptJson::exception.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "basalt/request.h"
#include "engine/branches.h"

namespace basalt {

using KeptJson = nlohmann::json;

/// The document of a checkpoint.
KeptJson read_kept(std::span<const std::byte> document);

/// Error(io): what was kept makes no sense.
[[noreturn]] void refuse_kept();

/// A number that T has; the library would make one of any other.
template <typename T>
T whole(const KeptJson& kept) {
  if (kept.is_number_unsigned() && std::in_range<T>(kept.get<std::uint64_t>())) {
    return static_cast<T>(kept.get<std::uint64_t>());
  }
  if (kept.is_number_integer() && !kept.is_number_unsigned() && std::in_range<T>(kept.get<std::int64_t>())) {
    return static_cast<T>(kept.get<std::int64_t>());
  }
  refuse_kept();
}

template <typename T>
std::vector<T> whole_list(const KeptJson& kept) {
  if (!kept.is_array()) {
    refuse_kept();
  }
  std::vector<T> list;
  list.reserve(kept.size());
  for (const KeptJson& one : kept) {
    list.push_back(whole<T>(one));
  }
  return list;
}

/// Without `prepared` and what says where it is kept.
KeptJson to_kept(const Request& request);
Request request_of(const KeptJson& kept);

KeptJson to_kept(const TreePosition& position);
/// Machines are at the start of `script`.
TreePosition position_of(const KeptJson& kept, const std::shared_ptr<const quantum::Script>& script);

}  // namespace basalt
