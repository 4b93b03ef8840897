// Teleports the state of one qubit to another: two measurements in the middle of the circuit decide which corrections
// are made. OpenQASM 3. Expected: received is 1 with probability sin²(theta/2), a quarter for the default π/3,
// whatever the two bits that were sent.
OPENQASM 3.0;
include "stdgates.inc";

const float theta = pi / 3;

qubit message;
qubit[2] pair;
bit[2] sent;
bit received;

ry(theta) message;

// the pair that both ends share
h pair[0];
cx pair[0], pair[1];

// the sender measures in the Bell basis ...
cx message, pair[0];
h message;
sent[0] = measure message;
sent[1] = measure pair[0];

// ... and the receiver corrects
if (sent[1]) {
  x pair[1];
}
if (sent[0]) {
  z pair[1];
}
received = measure pair[1];
