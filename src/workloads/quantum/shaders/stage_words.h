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
// An operation is a layer or a single one. A layer: kLayer and its parts, the kinds of rotations << 8 (two bits for
// each register axis), how its couplings pair register axes << 16 (the partner of axis 0, less 1); where the data of
// its phases are; nothing; where its other data are.
//
// A single operation: its code, position << 8, the registers that controls select << 16 (for a shared matrix: the
// number of targets << 8); tile controls (mask, value << 16); where the controls outside of the tile are (low mask,
// value, chunk mask, value), 0 for none; where its data are.

#ifdef __cplusplus
#define BASALT_WORD inline constexpr std::uint32_t
#else
#define BASALT_WORD const uint
#endif

// codes, and their data in reals
BASALT_WORD kUnitReal = 0u;       // under controls only. [[1, p], [q, s]]: p, q, s
BASALT_WORD kUnitImaginary = 1u;  // under controls only. [[1, ip], [iq, s]]: p, q, s
BASALT_WORD kReal = 2u;           // four entries, row by row
BASALT_WORD kDense = 3u;          // four entries, each real and imaginary part
BASALT_WORD kExchange = 4u;       // none
BASALT_WORD kCouple = 5u;         // positions p | q << 4, p < q: entries 00, 03, 30, 33, 11, 12, 21, 22
BASALT_WORD kSelect = 7u;  // a thread term with kTermOuter; cos, sin. In the place of its angle, two sets of registers:
                           // those that turn where it holds, << 16 where it does not
BASALT_WORD kDenseShared = 8u;  // words: kTargetWords targets; then reals: the matrix
BASALT_WORD kFlipShared = 9u;   // data is the mask that is flipped

// Parts of a layer, in the order in which they are done and in which their data are.
BASALT_WORD kLayer = 0x40u;
BASALT_WORD kHasPhases = 1u;        // see below
BASALT_WORD kHasFactors = 2u;       // of each register, real and imaginary part
BASALT_WORD kHasRotations = 4u;     // p for each register axis
BASALT_WORD kHasFactorsAfter = 8u;  // as before
BASALT_WORD kHasCoupling = 16u;  // of axis 0 with its partner, << 1 of the other two. For both of them p, u, v, 0: 00
                                 // and 11 by [[1, p], [-p, 1]], 01 and 10 by [[u, v], [-v, u]]

// Kinds of rotations; 0 is none.
BASALT_WORD kRotateReal = 1u;       // [[1, p], [-p, 1]]
BASALT_WORD kRotateImaginary = 2u;  // [[1, ip], [ip, 1]]

// In the code of an operation on registers: it has controls.
BASALT_WORD kControlled = 0x80u;

// Phases: flags, the number of outer terms, the numbers of thread terms (6 bits for each register axis, then those of
// none), nothing; for each register axis an angle where it is 1 (low word, high word); outer terms; thread terms.
// Flags: 1 all registers turn, 2 << k those where register axis k is 1.
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
BASALT_WORD kPhaseHeadWords = 12u;
BASALT_WORD kOuterTermWords = 8u;
BASALT_WORD kTargetWords = 8u;
BASALT_WORD kMostThreadTerms = 63u;

// What a stage needs of the shader besides the rest of layers, and exchanges: a pipeline without it is smaller, holds
// less in registers, and is faster.
BASALT_WORD kNeedsPhases = 1u;     // in layers
BASALT_WORD kNeedsImaginary = 2u;  // rotations
BASALT_WORD kNeedsCouplings = 4u;  // in layers
BASALT_WORD kNeedsSingles = 8u;    // any
BASALT_WORD kNeedsMatrices = 16u;  // kReal, kDense, kCouple, whatever has controls
BASALT_WORD kNeedsShared = 32u;    // kDenseShared, kFlipShared

#undef BASALT_WORD
