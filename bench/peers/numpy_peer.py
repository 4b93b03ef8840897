"""NumPy, as one would write it for speed: operations in place, no array taken in a step. They use one thread."""

import time

import numpy

from .pattern_peer import PatternPeer

# What a strip of rows of all arrays takes: of 128 KiB to 2 MiB among the fastest, on grids of 512² to 2048² cells.
STRIP_BYTES = 1 << 20
ARRAYS = 6  # both species, now and next, and two to compute in


class NumpyPeer(PatternPeer):
    name = "numpy"
    package = "numpy"
    variants = ("roll", "slices", "strips")

    def settings(self):
        return ("in place, with buffers: np.roll, slices of arrays with a border of rows, or the same in strips of "
                f"rows of {STRIP_BYTES >> 10} KiB, the fastest for each grid; one thread")

    def load(self, state, model):
        self.first = state
        number = state.dtype.type
        self.weights = [tuple(map(number, weights)) for weights in model.weights()]
        self.step_of_time = number(model.step)

    def choose(self, variant):
        _, rows, columns = self.first.shape
        self.variant = variant
        # a border of columns, too, would take rows off the boundaries of cache lines, which cost a quarter of the speed
        border = 0 if variant == "roll" else 1
        self.now, self.next = ([numpy.empty((rows + 2 * border, columns), self.first.dtype) for _ in range(2)]
                               for _ in range(2))
        self.inner = slice(border, rows + border)
        strip = rows
        if variant == "strips":
            strip = min(max(STRIP_BYTES // (ARRAYS * columns * self.first.itemsize), 1), rows)
        self.strips = [(begin, min(begin + strip, rows)) for begin in range(0, rows, strip)]
        self.buffers = [numpy.empty((strip, columns), self.first.dtype) for _ in range(2)]

    def run(self, steps):
        for cells, first in zip(self.now, self.first):
            cells[self.inner] = first
        advance = self.advance_rolled if self.variant == "roll" else self.advance_sliced
        start = time.perf_counter()
        for _ in range(steps):
            advance()
            self.now, self.next = self.next, self.now
        return time.perf_counter() - start

    def advance_rolled(self):
        rate, four = self.buffers
        self.react(*self.now, rate)
        for cells, to, weights, combine in zip(self.now, self.next, self.weights, (numpy.subtract, numpy.add)):
            numpy.add(numpy.roll(cells, 1, 0), numpy.roll(cells, -1, 0), out=four)
            four += numpy.roll(cells, 1, 1)
            four += numpy.roll(cells, -1, 1)
            self.finish(cells, four, rate, to, weights, combine)

    def advance_sliced(self):
        for cells in self.now:
            cells[0], cells[-1] = cells[-2], cells[1]
        for begin, end in self.strips:
            rate, four = (buffer[:end - begin] for buffer in self.buffers)
            middle = slice(begin + 1, end + 1)
            self.react(*(cells[middle] for cells in self.now), rate)
            for cells, to, weights, combine in zip(self.now, self.next, self.weights, (numpy.subtract, numpy.add)):
                numpy.add(cells[begin:end], cells[begin + 2:end + 2], out=four)
                four[:, 1:] += cells[middle, :-1]
                four[:, 0] += cells[middle, -1]
                four[:, :-1] += cells[middle, 1:]
                four[:, -1] += cells[middle, 0]
                self.finish(cells[middle], four, rate, to[middle], weights, combine)

    def react(self, u, v, rate):
        numpy.multiply(v, v, out=rate)
        rate *= u
        if self.step_of_time != 1:
            rate *= self.step_of_time

    @staticmethod
    def finish(cells, four, rate, to, weights, combine):
        own, neighbour, constant = weights
        numpy.multiply(cells, own, out=to)
        four *= neighbour
        to += four
        combine(to, rate, out=to)
        if constant:
            to += constant

    def state(self):
        return numpy.stack([cells[self.inner] for cells in self.now])

    def release(self):
        self.first = self.now = self.next = self.buffers = None
