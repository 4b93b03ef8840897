// Operations through shared memory: any matrix, any exchange. Part of stage.comp.

#define SHARE(part)                                                    \
  barrier();                                                           \
  [[unroll]] for (uint r = 0; r < 16; ++r) {                           \
    exchanged[bank(thread_index) ^ register_bank(r)] = part[r];        \
  }                                                                    \
  barrier();

// The bits of a tile index at the targets, and the index without them.
uint target_bits(uint index, uint targets, uint data) {
  uint bits = 0;
  for (uint k = 0; k < targets; ++k) {
    bits |= ((index >> word(data + k)) & 1u) << k;
  }
  return bits;
}

uint spread_bits(uint bits, uint targets, uint data) {
  uint index = 0;
  for (uint k = 0; k < targets; ++k) {
    index |= ((bits >> k) & 1u) << word(data + k);
  }
  return index;
}

// Whether the tile's controls, thread and register axes together, select an index. `outer` does so for the tile.
bool selects(uint condition, uint index) { return (index & (condition & 0xffffu)) == condition >> 16; }

void run_dense(uint targets, uint condition, bool outer, uint data) {
  const uint size = 1u << targets;
  const uint matrix = data + kTargetWords;
  const uint all_targets = spread_bits(size - 1, targets, data);
  Real new_re[16];
  Real new_im[16];
  SHARE(re)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    const uint row = matrix + target_bits(index, targets, data) * size * 2 * REAL_WORDS;
    Real x = 0;
    Real y = 0;
    for (uint column = 0; column < size; ++column) {
      const Real value = exchanged[bank((index & ~all_targets) | spread_bits(column, targets, data))];
      x += real_word(row + 2 * column * REAL_WORDS) * value;
      y += real_word(row + (2 * column + 1) * REAL_WORDS) * value;
    }
    new_re[r] = x;
    new_im[r] = y;
  }
  SHARE(im)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    const uint row = matrix + target_bits(index, targets, data) * size * 2 * REAL_WORDS;
    Real x = new_re[r];
    Real y = new_im[r];
    for (uint column = 0; column < size; ++column) {
      const Real value = exchanged[bank((index & ~all_targets) | spread_bits(column, targets, data))];
      x -= real_word(row + (2 * column + 1) * REAL_WORDS) * value;
      y += real_word(row + 2 * column * REAL_WORDS) * value;
    }
    if (outer && selects(condition, index)) {
      re[r] = x;
      im[r] = y;
    }
  }
}

void run_flip(uint condition, bool outer, uint flip) {
  SHARE(re)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    if (outer && (selects(condition, index) || selects(condition, index ^ flip))) {
      re[r] = exchanged[bank(index ^ flip)];
    }
  }
  SHARE(im)
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uint index = thread_index | register_index(r);
    if (outer && (selects(condition, index) || selects(condition, index ^ flip))) {
      im[r] = exchanged[bank(index ^ flip)];
    }
  }
}
