// A two-qubit ansatz whose energy is scanned over its two angles: see params.csv beside it.
OPENQASM 3.0;
include "stdgates.inc";

input float theta;
input float phi;

qubit[2] q;

ry(theta) q[0];
cx q[0], q[1];
rz(phi) q[1];
ry(-theta) q[0];
