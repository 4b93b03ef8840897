// A repetition code of 500 qubits in the state |00...0> + |11...1>: 20 rounds of measuring, by 499 more qubits that are
// reset each time, whether neighbours are equal, then all of them. 999 qubits and 20,460 gates, all Clifford.
OPENQASM 3.1;
include "stdgates.inc";

qubit[500] data;
qubit[499] check;
bit[499] differ;
bit[500] outcome;

h data[0];
for uint i in [0:498] { cx data[i], data[i + 1]; }
for uint round in [1:20] {
  for uint i in [0:498] {
    cx data[i], check[i];
    cx data[i + 1], check[i];
  }
  differ = measure check;
  reset check;
}
outcome = measure data;
