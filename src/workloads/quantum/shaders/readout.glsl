// What shaders that read a state have in common: blocks, a workgroup's threads over one, and sums that lose nothing.
//
// A workgroup reads a block of the field at a time. Thread t has the elements t + k·kThreads: neighbours read together.
#extension GL_EXT_buffer_reference : require
#extension GL_EXT_buffer_reference_uvec2 : require
#extension GL_EXT_control_flow_attributes : require

#include "field.glsl"
#include "sums.glsl"

// spirv-opt forgets of the copies that it makes of a loop's body which operations are precise. So where pairs depend on
// that, unrolling is left to drivers.
#ifdef PAIRS
#define UNROLLED
#else
#define UNROLLED [[unroll]]
#endif

layout(local_size_x_id = 0) in;
layout(constant_id = 1) const uint kBlockAxes = 12;

const uint kThreadElements = 16;
const uint kThreads = (1u << kBlockAxes) / kThreadElements;

// Where the field lies, and which of the workgroups of a whole sweep a dispatch runs. Every push constant begins so.
struct Sweep {
  uvec2 table;
  uvec2 results;      // of the dispatch's first group
  uvec2 given;        // what a shader is told besides
  uint first_group;
  uint groups;        // of this dispatch
  uint chunk_blocks;  // axes of the blocks in a chunk
};

uint group_number() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }

uint element_of_thread(uint k) { return gl_LocalInvocationID.x + k * kThreads; }

// A block, found once for all of its elements.
struct Block {
  Chunk chunk;
  uint low;
};

Block find_block(Sweep sweep, uint number) {
  const uint chunk = number >> sweep.chunk_blocks;
  const uint within = number & ((1u << sweep.chunk_blocks) - 1u);
  return Block(Chunk(Table(sweep.table).chunk[chunk]), within << kBlockAxes);
}

Amplitude element(Block block, uint index) { return block.chunk.at[block.low | index]; }

// The rank-th number whose bits at `zeros` are 0.
uint spread(uint rank, uint zeros) {
  for (uint rest = zeros; rest != 0; rest &= rest - 1) {
    const uint below = (rest & -rest) - 1;
    rank = ((rank & ~below) << 1) | (rank & below);
  }
  return rank;
}
