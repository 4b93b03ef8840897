// Any bytes as a program: OpenQASM 3, or what its header names.
#include "parse_once.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace basalt::quantum;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto tree = fuzz::parse_once(parse, text)) {
    fuzz::check(*tree);
  }
  return 0;
}
