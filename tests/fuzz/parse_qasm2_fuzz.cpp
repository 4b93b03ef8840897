// Any bytes as an OpenQASM 2 program; the header is given, so that little work is spent on finding it.
#include "parse_once.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace basalt::quantum;
  std::string text = "OPENQASM 2.0;";
  text.append(reinterpret_cast<const char*>(data), size);
  if (const auto tree = fuzz::parse_once(parse_qasm2, std::move(text))) {
    fuzz::check(*tree);
  }
  return 0;
}
