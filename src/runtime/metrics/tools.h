// Tools that listen to this process: shared libraries that implement basalt/tool.h. While there is none, each of these
// costs a relaxed load at most.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "basalt/error.h"
#include "runtime/metrics/span.h"

namespace basalt::metrics {

/// Loads the libraries of a list separated by colons, besides those that are loaded already, and returns a note for
/// each that cannot be used. Libraries stay until the process ends.
std::vector<std::string> load_tool_list(std::string_view list);

/// The id of the span that begins; 0 if no tool was told.
std::uint64_t tell_tools_begin(std::string_view name, std::string_view detail, double bytes) noexcept;
void tell_tools_end(std::uint64_t id) noexcept;
void tell_tools_gauge(std::string_view name, double value) noexcept;
void tell_tools_error(const Error& error, std::string_view job) noexcept;

void tell_tools_memory(bool allocated, std::string_view tag, const void* block, std::uint64_t bytes) noexcept;
/// For sources of state-sized memory: after a block was taken, and before it is given back.
inline void tell_allocate(std::string_view tag, const void* block, std::uint64_t bytes) noexcept {
  if ((observers.load(std::memory_order_relaxed) & kToolsObserve) != 0) {
    tell_tools_memory(true, tag, block, bytes);
  }
}
inline void tell_release(std::string_view tag, const void* block, std::uint64_t bytes) noexcept {
  if ((observers.load(std::memory_order_relaxed) & kToolsObserve) != 0) {
    tell_tools_memory(false, tag, block, bytes);
  }
}

}  // namespace basalt::metrics
