// Where the checkout and the program under test are. In a source of their own: the same tests of another checkout are
// the same to a compiler cache.
#pragma once

namespace basalt::places {

extern const char* const kSourceFolder;
extern const char* const kProgram;

}  // namespace basalt::places
