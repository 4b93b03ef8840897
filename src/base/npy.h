// The header of NumPy's array files (.npy): written as format 1.0, read as 1.0 to 3.0.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace basalt {

struct NpyHeader {
  std::string type;  ///< NumPy's name of the element type: byte order, kind, bytes, e.g. "<f4".
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
  std::uint64_t elements = 1;  ///< Product of the shape.
  std::uint64_t bytes = 0;     ///< Of the header: where the elements begin.
};

/// Magic, version, length, and a Python literal padded with blanks to a multiple of 64 bytes, for elements in C order.
std::string write_npy_header(std::string_view type, const std::vector<std::uint64_t>& shape);

/// What a reader must have of a file to parse its header, at most.
inline constexpr std::size_t kMaxNpyHeaderBytes = 12 + (std::size_t{1} << 16);

/// Parses the header at the start of `bytes`, the first kMaxNpyHeaderBytes of a file or all of it. `name` is what
/// messages call the file. Throws Error(bad_input) for what is no header, damaged, or larger than that.
NpyHeader parse_npy_header(std::string_view bytes, const std::string& name);

}  // namespace basalt
