// The HDF5 library: one user at a time, quiet, with objects that close themselves.
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

namespace basalt::patterns {

/// The library keeps one state for the whole process, without a lock; while this lives, it is the caller's. What the
/// library says of a failed call goes into errors instead of to standard error.
class Hdf5Library {
 public:
  Hdf5Library();
  ~Hdf5Library();
  Hdf5Library(const Hdf5Library&) = delete;
  Hdf5Library& operator=(const Hdf5Library&) = delete;

  /// The innermost reason on the library's stack of errors, which names the system's.
  static std::string last_reason();

 private:
  std::scoped_lock<std::mutex> lock_;
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// The number of one of the library's objects, closed at its end.
class Hdf5Object {
 public:
  using Close = herr_t (*)(hid_t);
  /// Throws Error with the path and the reason.
  using Refuse = void (*)(const std::string& path, const std::string& reason);

  Hdf5Object(hid_t id, Close closing, std::string path, Refuse refuse)
      : id_(id), close_(closing), path_(std::move(path)), refuse_(refuse) {
    require(id);
  }
  ~Hdf5Object() {
    if (id_ >= 0) {
      close_(id_);
    }
  }
  Hdf5Object(const Hdf5Object&) = delete;
  Hdf5Object& operator=(const Hdf5Object&) = delete;

  [[nodiscard]] hid_t id() const noexcept { return id_; }
  /// Closes it here, where a failure can be told.
  void close() { require(close_(std::exchange(id_, -1))); }
  void require(hid_t result) const {
    if (result < 0) {
      refuse_(path_, Hdf5Library::last_reason());
    }
  }

 private:
  hid_t id_;
  Close close_;
  std::string path_;
  Refuse refuse_;
};

}  // namespace basalt::patterns
