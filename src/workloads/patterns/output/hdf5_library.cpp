#include "workloads/patterns/output/hdf5_library.h"

namespace basalt::patterns {
namespace {

std::mutex library_mutex;

}  // namespace

Hdf5Library::Hdf5Library() : lock_(library_mutex) {
  H5Eget_auto2(H5E_DEFAULT, &print_, &data_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Library::~Hdf5Library() {
  H5Eset_auto2(H5E_DEFAULT, print_, data_);
}

std::string Hdf5Library::last_reason() {
  std::string reason;
  const auto keep_first = [](unsigned, const H5E_error2_t* error, void* into) -> herr_t {
    auto& text = *static_cast<std::string*>(into);
    if (text.empty() && error->desc != nullptr) {
      text = error->desc;
    }
    return 0;
  };
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
  return reason.empty() ? "the HDF5 library gave no reason" : reason;
}

}  // namespace basalt::patterns
