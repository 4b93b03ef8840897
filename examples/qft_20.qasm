// Finds a frequency: twenty qubits hold a wave of 314159.5 periods, and the inverse quantum Fourier transform turns it
// into the number. OpenQASM 3. Expected: the wave is half-way between two whole numbers, so about 40% of the shots are
// 314159 (01001100101100101111), 40% are 314160 (01001100101100110000), and the rest fall off around them.
OPENQASM 3.0;
include "stdgates.inc";

const int n = 20;
const float periods = 314159.5;

qubit[n] q;
bit[n] c;

// the wave: amplitude exp(2πi · periods · x / 2^n) at x
h q;
for int k in [0:n - 1] {
  p(2 * pi * periods * 2.0 ** k / 2.0 ** n) q[k];
}

// the inverse transform: of the circuit with its swaps first
for int k in [0:n / 2 - 1] {
  swap q[k], q[n - 1 - k];
}
for int target in [0:n - 1] {
  for int control in [0:target - 1] {
    cp(-pi / 2.0 ** (target - control)) q[control], q[target];
  }
  h q[target];
}
c = measure q;
