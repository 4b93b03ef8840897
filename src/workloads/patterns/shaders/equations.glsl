// The equations of the models as functions of GLSL, and the choice among them.
//
// `precise`: products are not fused with sums, so that every pipeline gives the same bits.

#define BEGIN(name, species, auxiliaries, parameters)
#define AUXILIARY(name) \
  void auxiliary_##name(Value u[kMostFields], Value laplacian[kMostFields], Value p[kMostParameters], out precise Value w)
#define RATES(name)                                                                                \
  void rates_##name(Value u[kMostFields], Value laplacian[kMostFields], Value p[kMostParameters], \
                    out precise Value rate[kMostFields])
#define END(name)

#include "../equations.inc"

// Of the model that the pipeline is for.
void rates(Value u[kMostFields], Value laplacian[kMostFields], Value p[kMostParameters],
           out precise Value rate[kMostFields]) {
  switch (kModel) {
#define ACT(number, name)              \
  case number:                         \
    rates_##name(u, laplacian, p, rate); \
    break;
    EACH_MODEL(ACT)
#undef ACT
  }
}

// Of those of them that have an auxiliary field.
void auxiliary(Value u[kMostFields], Value laplacian[kMostFields], Value p[kMostParameters], out precise Value w) {
  if (kModel == 5) {
    auxiliary_SwiftHohenberg(u, laplacian, p, w);
  } else {
    auxiliary_CahnHilliard(u, laplacian, p, w);
  }
}
