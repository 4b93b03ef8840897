// Any sequence of allocations and releases, compared with slow bookkeeping. Three bytes of input are one operation.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "runtime/memory/offset_model.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size < 3) {
    return 0;
  }
  basalt::test::OffsetModel model(std::uint64_t{1} << data[0] % 34, std::uint64_t{1} << data[1] % 13);
  std::string wrong;
  for (std::size_t i = 3; i + 2 < size && wrong.empty(); i += 3) {
    const unsigned number = data[i + 1] + 256U * data[i + 2];
    if (data[i] % 2 == 0) {
      wrong = model.release(static_cast<std::uint16_t>(number));
    } else {
      const bool aligned = data[i] % 8 == 7;
      wrong =
          model.allocate(1 + (std::uint64_t{number} << (data[i] >> 4)), aligned ? std::uint64_t{1} << number % 20 : 1);
    }
    wrong += model.check_largest();
  }
  if (!wrong.empty()) {
    std::fprintf(stderr, "%s\n", wrong.c_str());
    std::abort();
  }
  return 0;
}
