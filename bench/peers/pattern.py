"""What simulators of patterns run: Gray-Scott by Euler's method, five-point Laplacian, periodic sides.

  u' = u + step (Du lap(u) - u v^2 + F (1 - u))
  v' = v + step (Dv lap(v) + u v^2 - (F + k) v),  lap(u) = (the four neighbours - 4 u) / spacing^2
"""

import math
from dataclasses import asdict, dataclass

# Basalt takes so many steps in one visit of a large grid: runs are whole visits.
STEPS_OF_A_VISIT = 8
# v decays to where v^2 is a denormal number in f32 soon after, which not everybody rounds to zero.
MOST_STEPS = 256


@dataclass(frozen=True)
class GrayScott:
    F: float
    k: float
    Du: float
    Dv: float
    spacing: float
    step: float

    @staticmethod
    def of_report(report):
        """What a run of `basalt pattern run --json` computed."""
        return GrayScott(**report["parameters"], spacing=report["spacing"], step=report["step"])

    def request(self):
        return asdict(self)

    def weights(self):
        """(own, neighbour, constant) for u and v: u' = own u + neighbour (the four) - step u v^2 + constant."""
        of_u, of_v = (self.step * diffusion / self.spacing**2 for diffusion in (self.Du, self.Dv))
        return ((1 - 4 * of_u - self.step * self.F, of_u, self.step * self.F),
                (1 - 4 * of_v - self.step * (self.F + self.k), of_v, 0.0))


def steps_that_fill(seconds, seconds_of_step):
    visits = math.ceil(seconds / max(seconds_of_step, 1e-9) / STEPS_OF_A_VISIT)
    return min(max(visits, 1) * STEPS_OF_A_VISIT, MOST_STEPS)
