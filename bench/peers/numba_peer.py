"""The step written by hand as loops for Numba, as a user might: compiled, rows in parallel."""

import time

import numpy

from .numba_threads import numba, threading_layer
from .pattern_peer import PatternPeer


@numba.njit(inline="always")
def next_u(column, left, right, above, u, below, v, weights):
    own, neighbour, constant, step = weights
    rate = step * u[column] * v[column] * v[column]
    return own * u[column] + neighbour * (above[column] + below[column] + u[left] + u[right]) - rate + constant


@numba.njit(inline="always")
def next_v(column, left, right, above, v, below, u, weights):
    own, neighbour, _, step = weights
    rate = step * u[column] * v[column] * v[column]
    return own * v[column] + neighbour * (above[column] + below[column] + v[left] + v[right]) + rate


def make_advance(together):
    """Whether one loop along a row does both species is all that the variants differ by."""

    @numba.njit(parallel=True, fastmath=True)
    def advance(now, later, steps, of_u, of_v):
        rows, columns = now.shape[1:]
        for _ in range(steps):
            for row in numba.prange(rows):
                above = row - 1 if row > 0 else rows - 1
                below = row + 1 if row + 1 < rows else 0
                u_above, u, u_below, u_to = now[0, above], now[0, row], now[0, below], later[0, row]
                v_above, v, v_below, v_to = now[1, above], now[1, row], now[1, below], later[1, row]
                for column in range(1, columns - 1):
                    u_to[column] = next_u(column, column - 1, column + 1, u_above, u, u_below, v, of_u)
                    if together:
                        v_to[column] = next_v(column, column - 1, column + 1, v_above, v, v_below, u, of_v)
                if not together:
                    for column in range(1, columns - 1):
                        v_to[column] = next_v(column, column - 1, column + 1, v_above, v, v_below, u, of_v)
                for column, left, right in ((0, columns - 1, 1), (columns - 1, columns - 2, 0)):
                    u_to[column] = next_u(column, left, right, u_above, u, u_below, v, of_u)
                    v_to[column] = next_v(column, left, right, v_above, v, v_below, u, of_v)
            now, later = later, now

    return advance


class NumbaPeer(PatternPeer):
    name = "numba"
    package = "numba"
    variants = ("one loop", "two loops")

    def __init__(self, threads):
        super().__init__(threads)
        self.compiled = {"one loop": make_advance(together=True), "two loops": make_advance(together=False)}

    def settings(self):
        return ("loops by hand, parallel=True, fastmath=True, both species in one loop along a row or each in its own, "
                f"the faster for each grid; {numba.get_num_threads()} threads by {threading_layer()}")

    def load(self, state, model):
        self.first = state
        number = state.dtype.type
        self.weights = [tuple(map(number, (*weights, model.step))) for weights in model.weights()]
        self.now, self.later = numpy.empty_like(state), numpy.empty_like(state)

    def choose(self, variant):
        self.advance = self.compiled[variant]

    def run(self, steps):
        self.now[...] = self.first
        start = time.perf_counter()
        self.advance(self.now, self.later, steps, *self.weights)
        seconds = time.perf_counter() - start
        self.last = self.later if steps % 2 else self.now
        return seconds

    def state(self):
        return self.last

    def release(self):
        self.first = self.now = self.later = self.last = None
