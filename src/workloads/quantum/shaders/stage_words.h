// The language in which a stage is told to a device: words of 32 bits, read by stage.comp and written by
// stage_encoder.cpp. Both C++ and GLSL include this file.
//
//   0       passes
//   1       runs of outer axes
//   2       where the common factor is (2 reals); 0: there is none
//   3       where the first pass is
//   4       for each axis of the tile: its bit in a place's low part, and in its chunk part
//   ...     for each run of outer axes: shifts (right, left << 8, 1 << 16 for the chunk part), and the mask between
//
// A pass: the tile's axes that are registers, a byte each; those that threads are, a byte each in kPassThreadWords;
// where its operations are; how many. An operation: its code, position << 8, the registers that controls select << 16
// (for a shared matrix: the number of targets << 8); tile controls (mask, value << 16); where the controls outside of
// the tile are (low mask, value, chunk mask, value), 0 for none; where its data are.

#ifdef __cplusplus
#define BASALT_WORD inline constexpr std::uint32_t
#else
#define BASALT_WORD const uint
#endif

// codes, and their data in reals
BASALT_WORD kUnitReal = 0u;       // [[1, p], [q, s]]: p, q, s
BASALT_WORD kUnitImaginary = 1u;  // [[1, ip], [iq, s]]: p, q, s
BASALT_WORD kReal = 2u;           // four entries, row by row
BASALT_WORD kDense = 3u;          // four entries, each real and imaginary part
BASALT_WORD kExchange = 4u;       // none
BASALT_WORD kCouple = 5u;         // positions p | q << 4, p < q: entries 00, 03, 30, 33, 11, 12, 21, 22
BASALT_WORD kPhases = 6u;         // see below
BASALT_WORD kSelect = 7u;         // a term without its angle; sets of registers (where it holds, << 16 where not); cos, sin
BASALT_WORD kDenseShared = 8u;    // words: targets; then reals: the matrix
BASALT_WORD kFlipShared = 9u;     // data is the mask that is flipped

// Phases: flags, the number of outer terms, the numbers of thread terms (6 bits for each register axis, then those of
// none); outer terms; thread terms; with kPhaseConstants a factor for each register. Flags: 1 all registers turn, 2 << k
// those where register axis k is 1.
BASALT_WORD kPhaseAll = 1u;
BASALT_WORD kPhaseAxis = 2u;
BASALT_WORD kPhaseConstants = 32u;

// A term: kind | axis << 8, masks and values as controls have them, the angle in turns (low word, high word)
BASALT_WORD kTermParity = 1u;    // the sum of the bits is odd, in place of equality
BASALT_WORD kTermHasAxis = 2u;   // one more axis beside the masks': of the tile (outer terms), of the registers
BASALT_WORD kTermWhereOne = 4u;  // not a parity: where that axis is 1, else where it is 0

BASALT_WORD kTermWords = 7u;
BASALT_WORD kOpWords = 4u;
BASALT_WORD kPassThreadWords = 3u;
BASALT_WORD kPassWords = 3u + kPassThreadWords;
BASALT_WORD kMostThreadTerms = 63u;

#undef BASALT_WORD
