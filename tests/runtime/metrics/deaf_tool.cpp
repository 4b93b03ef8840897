// A tool of the version DEAF_TOOL_VERSION that implements nothing else.

#include <basalt/tool.h>

extern "C" uint32_t basalt_tool_version(void) {
  return DEAF_TOOL_VERSION;
}
