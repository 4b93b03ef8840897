// A Vulkan driver that crashes as soon as it is loaded.
#include <csignal>

// NOLINTNEXTLINE(readability-identifier-naming): the loader looks for this name
extern "C" __attribute__((visibility("default"))) int vk_icdNegotiateLoaderICDInterfaceVersion(unsigned* /*version*/) {
  signal(SIGSEGV, SIG_DFL);
  return raise(SIGSEGV);
}
