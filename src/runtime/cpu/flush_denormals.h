// Numbers too small for a normalised f32 or f64, as zeros: values that decay for long would otherwise end as denormals,
// which some processors are a hundred times slower with.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace basalt {

/// While it lives, the calling thread takes and gives zeros for denormals. Where the processor's control word is not
/// known, it does nothing.
class FlushDenormals {
 public:
  FlushDenormals() noexcept : before_(read()) { write(before_ | kFlush); }
  ~FlushDenormals() { write(before_); }
  FlushDenormals(const FlushDenormals&) = delete;
  FlushDenormals& operator=(const FlushDenormals&) = delete;

 private:
#if defined(__x86_64__)
  static constexpr std::uint64_t kFlush = 0x8040;  // results (bit 15) and operands (bit 6)
  static std::uint64_t read() noexcept {
    return _mm_getcsr();
  }
  static void write(std::uint64_t word) noexcept {
    _mm_setcsr(static_cast<unsigned>(word));
  }
#elif defined(__aarch64__)
  static constexpr std::uint64_t kFlush = std::uint64_t{1} << 24;
  static std::uint64_t read() noexcept {
    std::uint64_t word = 0;
    asm volatile("mrs %0, fpcr" : "=r"(word));
    return word;
  }
  static void write(std::uint64_t word) noexcept {
    asm volatile("msr fpcr, %0" : : "r"(word));
  }
#else
  static constexpr std::uint64_t kFlush = 0;
  static std::uint64_t read() noexcept {
    return 0;
  }
  static void write(std::uint64_t /*word*/) noexcept {}
#endif

  std::uint64_t before_;
};

}  // namespace basalt
