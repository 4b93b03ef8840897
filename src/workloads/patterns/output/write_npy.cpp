#include "workloads/patterns/output/write_npy.h"

#include <bit>

#include "base/atomic_file.h"
#include "base/npy.h"

namespace basalt::patterns {

static_assert(std::endian::native == std::endian::little, "the header below says little-endian");

void write_npy(const std::string& path, const FrameView& frame) {
  std::vector<std::uint64_t> shape = shape_of(frame.grid);
  shape.insert(shape.begin(), frame.species.size());
  const std::string header = write_npy_header(frame.precision == Precision::single_precision ? "<f4" : "<f8", shape);
  AtomicFile file(path);
  file.write(header.data(), header.size());
  for (std::size_t species = 0; species < frame.species.size(); ++species) {
    for_each_block(frame, species,
                   [&](const RowBlock& block) { file.write(block.cells, block.rows * frame.row_bytes()); });
  }
  file.commit();
}

}  // namespace basalt::patterns
