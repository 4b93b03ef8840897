// Adds two 8-bit numbers with the ripple-carry adder of Cuccaro, Draper, Kutin and Moulton (arXiv:quant-ph/0410184):
// b becomes a + b, with the carry in the highest bit of the result. a is one number, b a superposition of two.
// OpenQASM 2. Expected: sum = 100 + 27 = 127 (001111111) in half of the shots, 100 + 155 = 255 (011111111) in the rest.
OPENQASM 2.0;
include "qelib1.inc";

gate majority c, b, a {
  cx a, b;
  cx a, c;
  ccx c, b, a;
}
gate unmajority_and_add c, b, a {
  ccx c, b, a;
  cx a, c;
  cx c, b;
}

qreg carry_in[1];
qreg a[8];
qreg b[8];
qreg carry_out[1];
creg sum[9];

// a = 100 = 01100100
x a[2];
x a[5];
x a[6];

// b = 27 = 00011011, or with the highest bit set 155
x b[0];
x b[1];
x b[3];
x b[4];
h b[7];

majority carry_in[0], b[0], a[0];
majority a[0], b[1], a[1];
majority a[1], b[2], a[2];
majority a[2], b[3], a[3];
majority a[3], b[4], a[4];
majority a[4], b[5], a[5];
majority a[5], b[6], a[6];
majority a[6], b[7], a[7];
cx a[7], carry_out[0];
unmajority_and_add a[6], b[7], a[7];
unmajority_and_add a[5], b[6], a[6];
unmajority_and_add a[4], b[5], a[5];
unmajority_and_add a[3], b[4], a[4];
unmajority_and_add a[2], b[3], a[3];
unmajority_and_add a[1], b[2], a[2];
unmajority_and_add a[0], b[1], a[1];
unmajority_and_add carry_in[0], b[0], a[0];

measure b[0] -> sum[0];
measure b[1] -> sum[1];
measure b[2] -> sum[2];
measure b[3] -> sum[3];
measure b[4] -> sum[4];
measure b[5] -> sum[5];
measure b[6] -> sum[6];
measure b[7] -> sum[7];
measure carry_out[0] -> sum[8];
