// Sums in f64; where the device has none, in pairs of f32, the second holding what the first rounds off. Pairs keep
// about 48 bits. Nothing here may be reordered or contracted, hence `precise`.
#ifdef PAIRS

#define Sum vec2

const Sum kNothing = vec2(0);

Sum plus(Sum a, Sum b) {
  precise float high = a.x + b.x;
  precise float shadow = high - a.x;
  precise float error = (a.x - (high - shadow)) + (b.x - shadow);
  precise float low = error + (a.y + b.y);
  precise float sum = high + low;
  precise float rest = low - (sum - high);
  return vec2(sum, rest);
}

// Dekker's product: exact, also where fma is not one operation.
Sum product(float a, float b) {
  precise float wide_a = 4097.0 * a;
  precise float high_a = wide_a - (wide_a - a);
  precise float low_a = a - high_a;
  precise float wide_b = 4097.0 * b;
  precise float high_b = wide_b - (wide_b - b);
  precise float low_b = b - high_b;
  precise float high = a * b;
  precise float low = ((high_a * high_b - high) + high_a * low_b + low_a * high_b) + low_a * low_b;
  return vec2(high, low);
}

Sum product_of_sums(Sum a, Sum b) {
  precise Sum high = product(a.x, b.x);
  precise float cross = a.x * b.y + a.y * b.x;
  return plus(high, vec2(cross, 0));
}

bool is_above(Sum a, Sum b) { return a.x > b.x || (a.x == b.x && a.y > b.y); }

// In [0, 1), of 64 random bits: the highest 48.
Sum uniform_of(uvec2 bits) {
  const float high = float(bits.y >> 8) * (1.0 / 16777216.0);
  const float low = float(((bits.y & 0xffu) << 16) | (bits.x >> 16)) * (1.0 / 16777216.0 / 16777216.0);
  return plus(vec2(high, 0), vec2(low, 0));
}

#else

#define Sum double

const Sum kNothing = 0.0lf;

Sum plus(Sum a, Sum b) { return a + b; }

Sum product(Real a, Real b) {
  precise double both = double(a) * double(b);
  return both;
}

Sum product_of_sums(Sum a, Sum b) {
  precise double both = a * b;
  return both;
}

bool is_above(Sum a, Sum b) { return a > b; }

// In [0, 1), of 64 random bits: the highest 53, as CounterRandom::uniform has it.
Sum uniform_of(uvec2 bits) {
  return double(bits.y) * (1.0lf / 4294967296.0lf) + double(bits.x >> 11) * (1.0lf / 9007199254740992.0lf);
}

#endif

Sum norm_of(Amplitude a) {
  precise Sum sum = plus(product(a.x, a.x), product(a.y, a.y));
  return sum;
}

layout(buffer_reference, std430, buffer_reference_align = 8) buffer Sums {
  Sum at[];
};
