// Letters beyond ASCII, for identifiers.
#pragma once

namespace basalt::quantum {

/// Whether `c`, at least 0x80, may stand in an identifier.
bool is_unicode_letter(char32_t c) noexcept;

}  // namespace basalt::quantum
