// Twenty qubits that are all 0 or all 1. OpenQASM 3. Expected: about half of the shots each.
OPENQASM 3.0;
include "stdgates.inc";

qubit[20] q;
bit[20] c;

h q[0];
for int i in [0:18] {
  cx q[i], q[i + 1];
}
c = measure q;
