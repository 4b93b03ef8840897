#include "runtime/metrics/tools.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <limits>
#include <mutex>

#include "basalt/tool.h"
#include "basalt/version.h"

namespace basalt::metrics {
namespace {

/// What a library exports; null where it does not.
struct Tool {
  decltype(&basalt_tool_init) init = nullptr;
  decltype(&basalt_tool_finalize) finalize = nullptr;
  decltype(&basalt_tool_begin_span) begin_span = nullptr;
  decltype(&basalt_tool_end_span) end_span = nullptr;
  decltype(&basalt_tool_allocate) allocate = nullptr;
  decltype(&basalt_tool_release) release = nullptr;
  decltype(&basalt_tool_gauge) gauge = nullptr;
  decltype(&basalt_tool_error) error = nullptr;
};

using Tools = std::vector<Tool>;

/// Replaced whole when tools are added, and never freed: who reads it needs no lock. Null: no tools.
std::atomic<const Tools*> loaded{nullptr};

/// Calls `function` of every tool that has it.
template <typename Function, typename... Arguments>
void tell(Function Tool::*function, Arguments... arguments) noexcept {
  if (const Tools* tools = loaded.load(std::memory_order_acquire)) {
    for (const Tool& tool : *tools) {
      if (tool.*function != nullptr) {
        (tool.*function)(arguments...);
      }
    }
  }
}

/// A text for C, cut where it is too long.
class CText {
 public:
  explicit CText(std::string_view text) {
    const std::string_view kept = text.substr(0, bytes_.size() - 1);
    *std::ranges::copy(kept, bytes_.begin()).out = '\0';
  }
  [[nodiscard]] const char* get() const { return bytes_.data(); }

 private:
  std::array<char, 256> bytes_;
};

/// Bytes as a number that C tools can take: nothing below 0, and not beyond what 64 bits hold.
std::uint64_t whole_bytes(double bytes) {
  constexpr double kTooMany = 0x1p64;
  if (bytes >= kTooMany) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  return bytes > 0 ? static_cast<std::uint64_t>(bytes) : 0;
}

template <typename Function>
bool find_function(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

/// The functions of a library; throws Error(bad_usage) for one that is no tool.
Tool load_tool(const std::string& path) {
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw Error(ErrorCode::bad_usage, fmt::format("the tool \"{}\" was not loaded: {}", path, ::dlerror()));
  }
  decltype(&basalt_tool_version) version = nullptr;
  if (!find_function(library, "basalt_tool_version", version)) {
    throw Error(ErrorCode::bad_usage, fmt::format("\"{}\" is no tool: it exports no basalt_tool_version", path));
  }
  if (const std::uint32_t found = version(); found != BASALT_TOOL_VERSION) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("the tool \"{}\" is for version {} of the tool interface, not {}: build it anew", path,
                            found, BASALT_TOOL_VERSION));
  }
  Tool tool;
  find_function(library, "basalt_tool_init", tool.init);
  find_function(library, "basalt_tool_finalize", tool.finalize);
  bool listens = find_function(library, "basalt_tool_begin_span", tool.begin_span);
  listens |= find_function(library, "basalt_tool_end_span", tool.end_span);
  listens |= find_function(library, "basalt_tool_allocate", tool.allocate);
  listens |= find_function(library, "basalt_tool_release", tool.release);
  listens |= find_function(library, "basalt_tool_gauge", tool.gauge);
  listens |= find_function(library, "basalt_tool_error", tool.error);
  if (!listens) {
    throw Error(ErrorCode::bad_usage,
                fmt::format("the tool \"{}\" exports no function of basalt/tool.h that listens", path));
  }
  return tool;
}

void finalize_tools() {
  observers.fetch_and(~kToolsObserve);
  tell(&Tool::finalize);
}

/// Lets `tool` listen, besides those that do already.
void add_tool(const Tool& tool) {
  static std::mutex mutex;
  static std::once_flag registered;
  const std::scoped_lock lock(mutex);
  const Tools* before = loaded.load();
  auto* const after = before != nullptr ? new Tools(*before) : new Tools;
  after->push_back(tool);
  if (tool.init != nullptr) {
    tool.init(BASALT_VERSION);
  }
  loaded.store(after, std::memory_order_release);
  std::call_once(registered, [] { std::atexit(finalize_tools); });
  observers.fetch_or(kToolsObserve);
}

}  // namespace

std::vector<std::string> load_tool_list(std::string_view list) {
  std::vector<std::string> notes;
  while (!list.empty()) {
    const std::string path(list.substr(0, list.find(':')));
    list.remove_prefix(std::min(list.size(), path.size() + 1));
    if (path.empty()) {
      continue;
    }
    try {
      add_tool(load_tool(path));
    } catch (const Error& error) {
      notes.push_back(error.message());
    }
  }
  return notes;
}

std::uint64_t tell_tools_begin(std::string_view name, std::string_view detail, double bytes) noexcept {
  static std::atomic<std::uint64_t> last_id{0};
  if (loaded.load(std::memory_order_acquire) == nullptr) {
    return 0;
  }
  const std::uint64_t id = ++last_id;
  tell(&Tool::begin_span, id, CText(name).get(), CText(detail).get(), whole_bytes(bytes));
  return id;
}

void tell_tools_end(std::uint64_t id) noexcept {
  tell(&Tool::end_span, id);
}

void tell_tools_gauge(std::string_view name, double value) noexcept {
  if (loaded.load(std::memory_order_acquire) != nullptr) {
    tell(&Tool::gauge, CText(name).get(), value);
  }
}

void tell_tools_memory(bool allocated, std::string_view tag, const void* block, std::uint64_t bytes) noexcept {
  tell(allocated ? &Tool::allocate : &Tool::release, CText(tag).get(), block, bytes);
}

void tell_tools_error(const Error& error, std::string_view job) noexcept {
  tell(&Tool::error, CText(name_of(error.code())).get(), CText(error.message()).get(), CText(job).get());
}

}  // namespace basalt::metrics

namespace basalt {

const std::vector<std::string>& load_tools() {
  static const auto* const notes = [] {
    const char* list = ::secure_getenv("BASALT_TOOL");
    return new std::vector<std::string>(metrics::load_tool_list(list != nullptr ? list : ""));
  }();
  return *notes;
}

}  // namespace basalt
