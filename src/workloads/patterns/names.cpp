// What the enumerations of requests are called, on command lines and in files.
#include "basalt/pattern.h"

namespace basalt {

std::string_view name_of(SideKind kind) noexcept {
  switch (kind) {
    case SideKind::periodic:
      return "periodic";
    case SideKind::dirichlet:
      return "dirichlet";
    case SideKind::neumann:
      return "neumann";
    case SideKind::robin:
      break;
  }
  return "robin";
}

std::string_view name_of(FrameFormat format) noexcept {
  switch (format) {
    case FrameFormat::png:
      return "png";
    case FrameFormat::npy:
      return "npy";
    case FrameFormat::vti:
      return "vti";
    case FrameFormat::hdf5:
      break;
  }
  return "hdf5";
}

std::string_view name_of(Integrator integrator) noexcept {
  return integrator == Integrator::euler ? "euler" : "rk4";
}

std::string_view name_of(Stencil stencil) noexcept {
  return stencil == Stencil::axes ? "axes" : "isotropic";
}

}  // namespace basalt
