// A tool that writes down what it is told, for tools_test.cpp to read. It implements everything.

#include <basalt/tool.h>

#include <cstdio>
#include <mutex>
#include <string>

namespace {

std::mutex mutex;
std::string story;

void tell(const std::string& line) {
  const std::scoped_lock lock(mutex);
  story += line + '\n';
}

}  // namespace

extern "C" {

/// What was told since the last call.
BASALT_TOOL_EXPORT void take_story(std::string* into) {
  const std::scoped_lock lock(mutex);
  *into = story;
  story.clear();
}

uint32_t basalt_tool_version(void) {
  return BASALT_TOOL_VERSION;
}
void basalt_tool_init(const char* basalt_version) {
  tell(std::string("init ") + (basalt_version[0] != '\0' ? "with a version" : "without a version"));
}
void basalt_tool_finalize(void) {
  std::fputs("finalized\n", stdout);
}
void basalt_tool_begin_span(uint64_t id, const char* name, const char* detail, uint64_t bytes) {
  tell("begin " + std::to_string(id) + " " + name + " \"" + detail + "\" " + std::to_string(bytes));
}
void basalt_tool_end_span(uint64_t id) {
  tell("end " + std::to_string(id));
}
void basalt_tool_allocate(const char* tag, const void* block, uint64_t bytes) {
  tell(std::string("allocate ") + tag + " " + (block != nullptr ? "block" : "null") + " " + std::to_string(bytes));
}
void basalt_tool_release(const char* tag, const void* block, uint64_t bytes) {
  tell(std::string("release ") + tag + " " + (block != nullptr ? "block" : "null") + " " + std::to_string(bytes));
}
void basalt_tool_gauge(const char* name, double value) {
  tell(std::string("gauge ") + name + " " + std::to_string(value));
}
void basalt_tool_error(const char* code, const char* message, const char* job) {
  tell(std::string("error ") + code + " \"" + message + "\" \"" + job + "\"");
}
}
