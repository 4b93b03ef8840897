// Where amplitudes of a tile lie, and how they come to a thread. Part of stage.comp.

void find_tile(uint tile, uint runs) {
  tile_low = 0;
  tile_chunk = 0;
  for (uint i = 0; i < runs; ++i) {
    const uint how = word(kHeaderWords + 2 * i);
    const uint moved = ((tile >> (how & 0xffu)) & word(kHeaderWords + 2 * i + 1)) << ((how >> 8) & 0xffu);
    if ((how >> 16) != 0) {
      tile_chunk |= moved;
    } else {
      tile_low |= moved;
    }
  }
}

// Takes up the mapping of threads and registers to the tile that a pass has.
void map_threads(uvec4 pass) {
  register_axes = pass.x;
  thread_index = 0;
  [[unroll]] for (uint bit = 0; bit < kThreadAxes; ++bit) {
    const uint axis = ((bit < 4 ? pass.y : pass.z) >> (8 * (bit % 4))) & 0xffu;
    thread_index |= ((gl_LocalInvocationID.x >> bit) & 1u) << axis;
  }
  [[unroll]] for (uint k = 0; k < kRegisterAxes; ++k) {
    register_banks[k] = bank(1u << register_axis(k));
  }
}

// Where amplitudes of a thread lie: its own place, and what its registers add to it.
struct Places {
  uvec2 own;
  uvec2 steps[4];
};

Places find_places(uint steps) {
  Places places;
  places.own = uvec2(tile_low, tile_chunk);
  [[unroll]] for (uint bit = 0; bit < kThreadAxes; bit += 2) {
    const uvec4 two = four(steps + 2 * bit);
    places.own |= two.xy & -((gl_LocalInvocationID.x >> bit) & 1u);
    if (bit + 1 < kThreadAxes) {
      places.own |= two.zw & -((gl_LocalInvocationID.x >> (bit + 1)) & 1u);
    }
  }
  const uint registers = steps + 2 * ((kThreadAxes + 1) / 2 * 2);
  const uvec4 low = four(registers);
  const uvec4 high = four(registers + 4);
  places.steps[0] = low.xy;
  places.steps[1] = low.zw;
  places.steps[2] = high.xy;
  places.steps[3] = high.zw;
  return places;
}

uvec2 place_of(Places places, uint r) {
  return places.own | ((r & 1u) != 0 ? places.steps[0] : uvec2(0)) | ((r & 2u) != 0 ? places.steps[1] : uvec2(0)) |
         ((r & 4u) != 0 ? places.steps[2] : uvec2(0)) | ((r & 8u) != 0 ? places.steps[3] : uvec2(0));
}

void load(uint steps) {
  const Places places = find_places(steps);
  Table table = Table(push.table);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uvec2 place = place_of(places, r);
    const Amplitude a = Chunk(table.chunk[place.y]).at[place.x];
    re[r] = a.x;
    im[r] = a.y;
  }
}

void store(uint steps) {
  const Places places = find_places(steps);
  Table table = Table(push.table);
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    const uvec2 place = place_of(places, r);
    Chunk(table.chunk[place.y]).at[place.x] = Amplitude(re[r], im[r]);
  }
}

// Amplitudes go to the threads that the next pass has them in.
void transpose(uvec4 next_pass) {
  const uint from = bank(thread_index);
  uint from_banks[4] = register_banks;
  map_threads(next_pass);
  const uint to = bank(thread_index);
  uint to_banks[4] = register_banks;
  register_banks = from_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    exchanged[from ^ register_bank(r)] = re[r];
  }
  register_banks = to_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    re[r] = exchanged[to ^ register_bank(r)];
  }
  register_banks = from_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    exchanged[from ^ register_bank(r)] = im[r];
  }
  register_banks = to_banks;
  barrier();
  [[unroll]] for (uint r = 0; r < 16; ++r) {
    im[r] = exchanged[to ^ register_bank(r)];
  }
}
