/* What a tool implements to listen to Basalt: a profiler, a tracer, a leak finder. Plain C, so that any language can.
 *
 * BASALT_TOOL=libfirst.so:./libsecond.so basalt run ... loads tools without rebuilding anything. A tool is a shared
 * library that exports basalt_tool_version and any of the other functions below; what it does not export is not
 * called. Functions are called from any thread, many at once, and must be quick; they must not throw, and must not
 * call back into Basalt. Texts end with a zero byte, are cut after 255 bytes, and are gone after the call.
 */
#ifndef BASALT_TOOL_H
#define BASALT_TOOL_H

#include <stdint.h> /* NOLINT(modernize-deprecated-headers): this is C */

/* Grows whenever a function below changes its meaning or its parameters. */
#define BASALT_TOOL_VERSION 1u

#if defined(__GNUC__)
#define BASALT_TOOL_EXPORT __attribute__((visibility("default")))
#else
#define BASALT_TOOL_EXPORT
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Returns BASALT_TOOL_VERSION. A tool of another version is refused with a note. */
BASALT_TOOL_EXPORT uint32_t basalt_tool_version(void);

/* Once, before anything else. */
BASALT_TOOL_EXPORT void basalt_tool_init(const char* basalt_version);

/* Once, when the process exits in an orderly way. Calls that other threads began before may still be running. */
BASALT_TOOL_EXPORT void basalt_tool_finalize(void);

/* A span begins and ends on the same thread; spans of a thread nest. `id` is unique in the process and never 0.
 * `detail` may be empty: a kernel, a file. `bytes` is what the span is predicted to move, 0 if that is not known. */
BASALT_TOOL_EXPORT void basalt_tool_begin_span(uint64_t id, const char* name, const char* detail, uint64_t bytes);
BASALT_TOOL_EXPORT void basalt_tool_end_span(uint64_t id);

/* State-sized memory was taken from the system, or is about to be given back to it. `tag` says where it is: "host". */
BASALT_TOOL_EXPORT void basalt_tool_allocate(const char* tag, const void* block, uint64_t bytes);
BASALT_TOOL_EXPORT void basalt_tool_release(const char* tag, const void* block, uint64_t bytes);

/* A gauge took another value, e.g. basalt_memory_held_bytes. */
BASALT_TOOL_EXPORT void basalt_tool_gauge(const char* name, double value);

/* An error reached the edge of the library. `code` is the name that reports use, e.g. "out_of_resources". */
BASALT_TOOL_EXPORT void basalt_tool_error(const char* code, const char* message, const char* job);

#ifdef __cplusplus
}
#endif

#endif
