// The field, as shaders see it: chunks behind a table of addresses. An element's place is (low, chunk): its index's
// lowest chunk_axes bits, and the others. `low` times the size of an element stays below 4 GiB, beyond which indexing
// through a reference wraps on some drivers.
#ifdef C128
#define Real double
#define Amplitude dvec2
#define REAL_BYTES 8
#else
#define Real float
#define Amplitude vec2
#define REAL_BYTES 4
#endif

layout(buffer_reference, std430, buffer_reference_align = 16) buffer Chunk {
  Amplitude at[];
};
layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Table {
  uvec2 chunk[];
};
