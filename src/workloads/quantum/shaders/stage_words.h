// The language in which a stage is told to a device: words of 32 bits, read by stage.comp and written by
// stage_encoder.cpp. Both C++ and GLSL include this file.
//
// Everything begins at a multiple of four words. First: the number of passes, that of runs of outer axes, where the
// passes are, where the common factor is (2 reals; 0: there is none). Then: where the steps of gathering are, where
// those of storing are, two words that are free. Then, for each run of outer axes, two words: shifts (right, left << 8,
// 1 << 16 for the chunk part), and the mask between.
//
// Steps: for each thread axis, then for each register axis, what it adds to a place: its low part and its chunk.
//
// A pass: the tile's axes that are registers, a byte each; those that threads are, a byte each in two words; nothing;
// where its operations are; how many; nothing, twice.
//
// An operation: its code, position << 8, the registers that controls select << 16 (for a shared matrix: the number of
// targets << 8); tile controls (mask, value << 16); where the controls outside of the tile are (low mask, value, chunk
// mask, value), 0 for none; where its data are.

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
BASALT_WORD kSelect = 7u;  // a thread term with kTermOuter; cos, sin. In the place of its angle, two sets of registers:
                           // those that turn where it holds, << 16 where it does not
BASALT_WORD kDenseShared = 8u;  // words: kTargetWords targets; then reals: the matrix
BASALT_WORD kFlipShared = 9u;   // data is the mask that is flipped

BASALT_WORD kConstants = 10u;  // a factor for each register, real and imaginary part

// In the code of an operation on registers: it has controls.
BASALT_WORD kControlled = 0x80u;

// Phases: flags, the number of outer terms, the numbers of thread terms (6 bits for each register axis, then those of
// none), nothing; outer terms; thread terms; with kPhaseConstants a factor for each register. Flags: 1 all registers
// turn, 2 << k those where register axis k is 1.
BASALT_WORD kPhaseAll = 1u;
BASALT_WORD kPhaseAxis = 2u;

// A term: kind | axis << 8, a condition on the tile's axes (mask, value << 16), the angle in turns (low word, high
// word). With kTermOuter, a condition on where the tile lies follows, as controls have it. Outer terms always have one.
BASALT_WORD kTermParity = 1u;    // the sum of the bits is odd, in place of equality
BASALT_WORD kTermHasAxis = 2u;   // one more axis beside the masks': of the tile (outer terms), of the registers
BASALT_WORD kTermWhereOne = 4u;  // not a parity: where that axis is 1, else where it is 0
BASALT_WORD kTermOuter = 8u;

BASALT_WORD kHeaderWords = 8u;
BASALT_WORD kPassWords = 8u;
BASALT_WORD kOpWords = 4u;
BASALT_WORD kOuterTermWords = 8u;
BASALT_WORD kTargetWords = 8u;
BASALT_WORD kMostThreadTerms = 63u;

#undef BASALT_WORD
