// The eigenvalues of largest real part of a matrix that is known by its products with vectors alone.
#pragma once

#include <complex>
#include <cstdint>
#include <vector>

#include "basalt/cancel.h"
#include "basalt/memory.h"
#include "workloads/patterns/analysis/growth_filter.h"

namespace basalt::patterns {

struct RitzValue {
  std::complex<double> value;
  double residual = 0;  ///< At least |A x − value · x| of its vector x, |x| = 1.
};

struct Rightmost {
  std::vector<RitzValue> values;  ///< Rightmost first, each as often as it is one.
  std::uint64_t products = 0;     ///< With the matrix.
};

/// What `rightmost_eigenvalues` holds in memory, at most.
std::uint64_t rightmost_bytes(std::uint64_t unknowns, std::uint64_t count);

/// The `count` (1 to `unknowns`) eigenvalues of largest real part of a real matrix, by a Krylov-Schur method: G. W.
/// Stewart, SIAM J. Matrix Anal. Appl. 23 (2002) 601, in blocks of `count` vectors (Y. Zhou and Y. Saad, Numer.
/// Algorithms 47 (2008) 341), so that eigenvalues that are as many as that at one place are all found. The space is
/// that of a GrowthFilter p(A), whose largest eigenvalues are wanted; eigenvalues and residuals are those of A itself
/// on the space that is found. Where they are thought to lie follows from a first space of A, and is corrected by what
/// is found.
///
/// Found means: a residual of at most 1e-8 of |value| or 1e-11 of the size of the whole spectrum. Throws Error(failed)
/// with the residual that is left where that does not come about, Error(out_of_resources), Error(cancelled). Results
/// are functions of the arguments alone.
Rightmost rightmost_eigenvalues(const LinearMap& matrix, std::uint64_t unknowns, std::uint64_t count,
                                std::uint64_t seed, MemoryResource& memory, const CancelToken& cancel);

}  // namespace basalt::patterns
