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
      return "hdf5";
    case FrameFormat::mp4:
      break;
  }
  return "mp4";
}

std::string_view name_of(Integrator integrator) noexcept {
  switch (integrator) {
    case Integrator::euler:
      return "euler";
    case Integrator::rk4:
      return "rk4";
    case Integrator::rk45:
      return "rk45";
    case Integrator::etd:
      break;
  }
  return "etd";
}

std::string_view name_of(Stencil stencil) noexcept {
  return stencil == Stencil::axes ? "axes" : "isotropic";
}

std::string_view name_of(PatternClass kind) noexcept {
  switch (kind) {
    case PatternClass::uniform:
      return "uniform";
    case PatternClass::oscillating:
      return "oscillating";
    case PatternClass::spots:
      return "spots";
    case PatternClass::holes:
      return "holes";
    case PatternClass::stripes:
      return "stripes";
    case PatternClass::pattern:
      break;
  }
  return "pattern";
}

}  // namespace basalt
