"""py-pde: a class of equations of one's own on a periodic grid, its explicit Euler solver, its Numba backend."""

import time

import numpy
import pde

from .numba_threads import numba, threading_layer
from .pattern_peer import PatternPeer


class GrayScottEquations(pde.PDEBase):
    """Numbers are of the state's type: others would make Numba compute f32 in f64."""

    def __init__(self, model, parallel):
        super().__init__()
        self.model = model
        self.parallel = parallel

    def evolution_rate(self, state, t=0):
        raise NotImplementedError("there are compiled rates only")

    def make_evolution_rate(self, state, backend):
        number = state.dtype.type
        diffusion_of_u, diffusion_of_v, feed, removal, one = map(number, (
            self.model.Du, self.model.Dv, self.model.F, self.model.F + self.model.k, 1))
        laplace = state.grid.make_operator("laplace", bc="periodic", backend=backend, dtype=state.dtype)

        def rates_of_arrays(cells, t):
            u, v = cells[0], cells[1]
            rates = numpy.empty_like(cells)
            reaction = u * v * v
            rates[0] = diffusion_of_u * laplace(u) - reaction + feed * (one - u)
            rates[1] = diffusion_of_v * laplace(v) + reaction - removal * v
            return rates

        @numba.njit(parallel=True, fastmath=True)
        def add_reaction(cells, rates):
            for row in numba.prange(cells.shape[1]):
                for column in range(cells.shape[2]):
                    u, v = cells[0, row, column], cells[1, row, column]
                    reaction = u * v * v
                    rates[0, row, column] = diffusion_of_u * rates[0, row, column] - reaction + feed * (one - u)
                    rates[1, row, column] = diffusion_of_v * rates[1, row, column] + reaction - removal * v

        def rates_of_loops(cells, t):
            rates = numpy.empty_like(cells)
            laplace(cells[0], out=rates[0])
            laplace(cells[1], out=rates[1])
            add_reaction(cells, rates)
            return rates

        return rates_of_loops if self.parallel else rates_of_arrays


class PyPdePeer(PatternPeer):
    name = "pypde"
    package = "py-pde"
    variants = ("arrays", "parallel loops")

    def settings(self):
        pde.config["backend.numba.multithreading"] = "always" if self.threads > 1 else "never"
        return ("EulerSolver, backend numba, rates compiled from operations on arrays or from loops with "
                f"parallel=True, the faster for each grid; {numba.get_num_threads()} threads by {threading_layer()}")

    def load(self, state, model):
        self.first = state
        self.model = model
        shape = state.shape[1:]
        grid = pde.CartesianGrid([(0, cells * model.spacing) for cells in shape], shape, periodic=True)
        self.fields = pde.FieldCollection([pde.ScalarField(grid, species, dtype=state.dtype) for species in state],
                                          dtype=state.dtype)
        self.steppers = {}

    def choose(self, variant):
        if variant not in self.steppers:
            equations = GrayScottEquations(self.model, parallel=variant == "parallel loops")
            solver = pde.EulerSolver(equations, backend="numba")
            self.steppers[variant] = solver.make_stepper(self.fields, dt=self.model.step)
        self.advance = self.steppers[variant]

    def run(self, steps):
        self.fields.data = self.first
        start = time.perf_counter()
        self.advance(self.fields, 0, steps * self.model.step)
        return time.perf_counter() - start

    def state(self):
        return self.fields.data

    def release(self):
        self.first = self.fields = self.advance = None
        self.steppers = {}
