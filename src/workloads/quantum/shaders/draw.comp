// Draws shots inside blocks: one workgroup, one job. A mark is drawn on the running sum of |a|², in which the elements
// of one thread after those of the other stand: first the thread is looked up that holds the mark, then the element.
#version 450
#extension GL_GOOGLE_include_directive : require

#include "readout.glsl"
#include "random.glsl"

layout(push_constant) uniform Push {
  Sweep sweep;  // given: the jobs
  uvec2 seed;
} push;

// Shots of one block.
struct Job {
  uvec2 stream;
  uint block;
  uint shots;
  uint place;  // of the first shot among all results
  uint unused;
};

layout(buffer_reference, std430, buffer_reference_align = 8) readonly buffer Jobs {
  Job at[];
};
layout(buffer_reference, std430, buffer_reference_align = 4) writeonly buffer Elements {
  uint at[];
};

const uint kRun = 16;  // columns that are added up one after another
const uint kRuns = kThreads / kRun;

shared Sum sums[kThreads];  // of all columns up to each
shared Sum before[kRuns];

// Adding nothing changes no sum, and every other addition gives what it gives to all that come after: a column that
// holds nothing is never met.
void add_up(Sum mine) {
  const uint thread = gl_LocalInvocationID.x;
  sums[thread] = mine;
  barrier();
  if (thread < kRuns) {
    for (uint i = thread * kRun + 1; i < (thread + 1) * kRun; ++i) {
      sums[i] = plus(sums[i - 1], sums[i]);
    }
  }
  barrier();
  if (thread == 0) {
    before[0] = kNothing;
    for (uint run = 1; run < kRuns; ++run) {
      before[run] = plus(before[run - 1], sums[run * kRun - 1]);
    }
  }
  barrier();
  sums[thread] = plus(before[thread / kRun], sums[thread]);
  barrier();
}

// How many columns end at the mark or below.
uint find_column(Sum mark) {
  uint column = 0;
  for (uint half_of = kThreads / 2; half_of != 0; half_of /= 2) {
    if (!is_above(sums[column + half_of - 1], mark)) {
      column += half_of;
    }
  }
  return column;
}

uint find_element(Block block, uint column, Sum mark) {
  Sum sum = column == 0 ? kNothing : sums[column - 1];
  uint last_possible = 0;
  for (uint k = 0; k < kThreadElements; ++k) {
    const Sum probability = norm_of(element(block, column + k * kThreads));
    sum = plus(sum, probability);
    if (is_above(sum, mark)) {
      return column + k * kThreads;
    }
    last_possible = is_above(probability, kNothing) ? k : last_possible;
  }
  // The sums were rounded otherwise: what is left over goes to the last that is possible.
  return column + last_possible * kThreads;
}

void main() {
  const uint group = group_number();
  if (group >= push.sweep.groups) {
    return;
  }
  const Job job = Jobs(push.sweep.given).at[push.sweep.first_group + group];
  Block block = find_block(push.sweep, job.block);
  Sum column = kNothing;
  UNROLLED for (uint k = 0; k < kThreadElements; ++k) {
    column = plus(column, norm_of(element(block, element_of_thread(k))));
  }
  add_up(column);
  const Sum total = sums[kThreads - 1];
  for (uint shot = gl_LocalInvocationID.x; shot < job.shots; shot += kThreads) {
    const Sum mark = product_of_sums(uniform_of(random_bits(push.seed, job.stream, uvec2(shot, 0))), total);
    Elements(push.sweep.results).at[job.place + shot] = find_element(block, find_column(mark), mark);
  }
}
