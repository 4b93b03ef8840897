// Any bytes as the TOML file of a run: refused with an Error, or a request that reads the same once written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "basalt/error.h"
#include "basalt/pattern_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  std::string written;
  try {
    written = basalt::write_pattern_toml(basalt::read_pattern_toml(text, "fuzz"));
  } catch (const basalt::Error& error) {
    if (error.where().caret > 20 * error.where().source_line.size() + 1) {
      std::abort();  // a caret far beside its line
    }
    return 0;
  }
  if (basalt::write_pattern_toml(basalt::read_pattern_toml(written, "again")) != written) {
    std::abort();
  }
  return 0;
}
