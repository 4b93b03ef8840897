// A file that one process at a time appends to.
#pragma once

#include <string>

#include "runtime/parallel/file_descriptor.h"

namespace basalt {

/// Opens or creates a file for reading and appending; the descriptor holds the file's lock. Throws Error(io), and
/// Error(bad_usage) where it is no ordinary file or another process has the lock.
FileDescriptor open_locked(const std::string& path);

/// Throws Error(io) that says which action failed, and why by errno.
[[noreturn]] void fail_for_file(const char* action, const std::string& path);

}  // namespace basalt
