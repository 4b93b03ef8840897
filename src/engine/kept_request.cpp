// A request as JSON and back, for checkpoints.
#include <filesystem>

#include "engine/kept_json.h"

namespace basalt {
namespace {

template <typename T>
KeptJson optional_json(const std::optional<T>& value) {
  return value ? KeptJson(*value) : KeptJson();
}

std::optional<std::uint64_t> optional_whole(const KeptJson& kept) {
  return kept.is_null() ? std::nullopt : std::optional(whole<std::uint64_t>(kept));
}

/// One of those up to `last`.
template <typename Enum>
Enum enum_of(const KeptJson& kept, Enum last) {
  const int value = whole<int>(kept);
  if (value < 0 || value > static_cast<int>(last)) {
    refuse_kept();
  }
  return static_cast<Enum>(value);
}

}  // namespace

KeptJson to_kept(const Request& request) {
  return {
      {"name", request.source.name},
      {"text", request.source.text},
      {"included", request.source.included},
      {"shots", request.shots},
      {"seed", optional_json(request.seed)},
      {"precision", static_cast<int>(request.precision)},
      {"backend", static_cast<int>(request.backend)},
      {"device", request.device},
      {"fall_back", request.fall_back},
      {"verify", request.verify},
      {"threads", request.threads},
      {"memory_limit_bytes", optional_json(request.memory_limit_bytes)},
      {"device_memory_limit_bytes", optional_json(request.device_memory_limit_bytes)},
      {"priority", request.priority},
      {"observables", request.observables},
      {"probability_qubits", request.probability_qubits},
      {"top", request.top},
      {"save_state", request.save_state.empty() ? "" : std::filesystem::absolute(request.save_state).string()},
      {"inputs", request.inputs},
      {"without_passes", request.without_passes},
      {"spill_folder", request.spill_folder.empty() ? "" : std::filesystem::absolute(request.spill_folder).string()},
      {"lossy_storage", request.lossy_storage},
      {"every_seconds", optional_json(request.checkpoint.every_seconds)}};
}

Request request_of(const KeptJson& kept) {
  Request request;
  request.source = {.name = kept.at("name"), .text = kept.at("text"), .folder = std::nullopt, .included = {}};
  kept.at("included").get_to(request.source.included);
  request.shots = whole<std::uint64_t>(kept.at("shots"));
  request.seed = optional_whole(kept.at("seed"));
  request.precision = enum_of(kept.at("precision"), Precision::double_precision);
  request.backend = enum_of(kept.at("backend"), Backend::vulkan);
  request.device = kept.at("device");
  request.method = Method::state;  // others are not kept
  request.fall_back = kept.at("fall_back");
  request.verify = whole<std::uint64_t>(kept.at("verify"));
  request.threads = whole<int>(kept.at("threads"));
  request.memory_limit_bytes = optional_whole(kept.at("memory_limit_bytes"));
  request.device_memory_limit_bytes = optional_whole(kept.at("device_memory_limit_bytes"));
  request.priority = whole<int>(kept.at("priority"));
  kept.at("observables").get_to(request.observables);
  request.probability_qubits = whole_list<std::uint32_t>(kept.at("probability_qubits"));
  request.top = whole<std::uint64_t>(kept.at("top"));
  request.save_state = kept.at("save_state");
  kept.at("inputs").get_to(request.inputs);
  kept.at("without_passes").get_to(request.without_passes);
  request.spill_folder = kept.at("spill_folder");
  request.lossy_storage = kept.at("lossy_storage");
  if (const KeptJson& every = kept.at("every_seconds"); !every.is_null()) {
    request.checkpoint.every_seconds = every.get<double>();
  }
  return request;
}

}  // namespace basalt
