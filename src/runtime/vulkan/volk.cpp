// The loader's functions: the one place where they are defined.
#define VOLK_IMPLEMENTATION
#include <volk.h>
