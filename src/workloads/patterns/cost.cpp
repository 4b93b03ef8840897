#include "workloads/patterns/cost.h"

namespace basalt::patterns {

std::uint64_t visits_per_step(const Model& model, Integrator integrator) {
  const std::uint64_t stages = integrator == Integrator::euler ? 1 : 4;
  return stages * (1 + model.auxiliary());
}

double bytes_per_step(const Model& model, Integrator integrator, double field_bytes) {
  const auto species = static_cast<double>(model.species());
  // an auxiliary field: species are read and it is written, then both are read
  const double auxiliary = model.auxiliary() > 0 ? species + 2 : 0;
  if (integrator == Integrator::euler) {
    return field_bytes * (2 * species + auxiliary);
  }
  // the first stage reads one array and writes two, the next two read three and write two, the last reads two, writes
  // one
  return field_bytes * (16 * species + 4 * auxiliary);
}

}  // namespace basalt::patterns
