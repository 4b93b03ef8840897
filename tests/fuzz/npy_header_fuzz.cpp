// Any bytes as the start of a NumPy file: refused with an Error, or a header that reads the same once written.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "basalt/error.h"
#include "base/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using basalt::NpyHeader;
  NpyHeader header;
  try {
    header = basalt::parse_npy_header({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const basalt::Error&) {
    return 0;
  }
  if (header.bytes > size) {
    std::abort();
  }
  if (header.type.find('\'') == std::string::npos) {
    const NpyHeader again = basalt::parse_npy_header(basalt::write_npy_header(header.type, header.shape), "again");
    if (again.type != header.type || again.shape != header.shape || again.elements != header.elements) {
      std::abort();
    }
  }
  return 0;
}
