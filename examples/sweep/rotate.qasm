// A pair of qubits turned by two angles: <X0*X1> is sin(theta) cos(phi). params.csv beside it has angles to try:
//   basalt batch rotate.qasm --sweep params.csv --observable "X0*X1"
OPENQASM 3.0;
include "stdgates.inc";

input float theta;
input float phi;

qubit[2] q;

ry(theta) q[0];
cx q[0], q[1];
rz(phi) q[1];
