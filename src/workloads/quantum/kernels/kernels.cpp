// Registers the kernels under their ids.
#include "workloads/quantum/kernels/kernels.h"

#include "workloads/quantum/kernels/variants.h"

namespace basalt::quantum {
namespace {

void dense(ElementType type, void* data, int axes, const DenseOperands& operands, Slice slice) {
  (operands.target_count <= 2 ? dense_small : dense_large)(type, data, axes, operands, slice);
}

template <typename Operands, ElementType type, void (*entry)(ElementType, void*, int, const Operands&, Slice)>
void run(void* data, int axes, const void* operands, Slice slice) {
  entry(type, data, axes, *static_cast<const Operands*>(operands), slice);
}

template <typename Operands, void (*entry)(ElementType, void*, int, const Operands&, Slice)>
void add(KernelRegistry& registry, std::string_view id) {
  registry.add({id, ElementType::c64, run<Operands, ElementType::c64, entry>});
  registry.add({id, ElementType::c128, run<Operands, ElementType::c128, entry>});
}

}  // namespace

void register_cpu_kernels(KernelRegistry& registry) {
  add<DenseOperands, dense>(registry, "quantum/dense");
  add<ExchangeOperands, exchange>(registry, "quantum/exchange");
  add<CollapseOperands, collapse>(registry, "quantum/collapse");
}

}  // namespace basalt::quantum
