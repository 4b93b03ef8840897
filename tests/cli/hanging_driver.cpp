// A Vulkan driver that hangs as soon as it is loaded.
#include <unistd.h>

// NOLINTNEXTLINE(readability-identifier-naming): the loader looks for this name
extern "C" __attribute__((visibility("default"))) int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned* /*version*/) {
  while (true) {
    pause();
  }
}
