// Which instruction sets the kernels are compiled for. Include before any Highway header.
//
// On x86: AVX3 (AVX-512), AVX2 and SSE4, the least that is supported; on Arm: NEON. The variants in between would add
// build time and change no kernel: they differ in instructions that the kernels do not use.
#pragma once

#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)

// Highway's scalar fallback has vectors of one number, which cannot hold an amplitude.
#if defined(__x86_64__) && !defined(__AVX2__)
#define HWY_BASELINE_TARGETS HWY_SSE4
#endif
