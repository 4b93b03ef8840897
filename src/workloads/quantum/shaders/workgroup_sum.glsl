// A sum over a workgroup, in a fixed order.
shared Sum parts[kThreads];

// Given to all threads.
Sum workgroup_sum(Sum mine) {
  const uint thread = gl_LocalInvocationID.x;
  parts[thread] = mine;
  barrier();
  for (uint half_of = kThreads / 2; half_of != 0; half_of /= 2) {
    if (thread < half_of) {
      parts[thread] = plus(parts[thread], parts[thread + half_of]);
    }
    barrier();
  }
  const Sum sum = parts[0];
  barrier();
  return sum;
}
