"""The process of one simulator of patterns.

usage: python -m peers.pattern_worker NAME THREADS
"""

import importlib
import statistics
import sys

import numpy

from .pattern import STEPS_OF_A_VISIT, GrayScott, steps_that_fill
from .serving import serve

PEERS = {"pypde": ("pypde_peer", "PyPdePeer"), "numba": ("numba_peer", "NumbaPeer"),
         "numpy": ("numpy_peer", "NumpyPeer")}
MOST_RUNS = 1000


class Session:
    """The state that is loaded, and the simulator in the variant that is fastest for it."""

    def __init__(self, peer):
        self.peer = peer
        self.loaded = None
        self.chosen = {}  # of a state: the variant, and seconds of a step of each

    def load(self, state, model):
        if self.loaded == state:
            return
        self.loaded = None
        self.peer.load(numpy.load(state), GrayScott(**model))
        if state not in self.chosen:
            seconds = {variant: self.try_variant(variant) for variant in self.peer.variants}
            self.chosen[state] = (min(seconds, key=seconds.get), seconds)
        self.peer.choose(self.chosen[state][0])
        self.loaded = state

    def try_variant(self, variant):
        """Seconds of a step."""
        self.peer.choose(variant)
        self.peer.run(1)  # compiles, and touches memory
        return min(self.peer.run(STEPS_OF_A_VISIT) for _ in range(2)) / STEPS_OF_A_VISIT

    def time(self, state, model, least_seconds):
        """Median of as many runs as fill `least_seconds`, each from the state to a state some steps later."""
        self.load(state, model)
        variant, trials = self.chosen[state]
        steps = steps_that_fill(least_seconds, trials[variant])
        runs = []
        while not runs or (sum(runs) < least_seconds and len(runs) < MOST_RUNS):
            runs.append(self.peer.run(steps))
        return {"seconds": statistics.median(runs), "steps": steps, "runs": len(runs), "variant": variant,
                "trials": trials}

    def compare(self, state, model, steps, wanted):
        """The largest difference of a species' cells from those wanted after `steps`, over its largest cell."""
        self.load(state, model)
        self.peer.run(steps)
        wanted = numpy.load(wanted)
        got = numpy.asarray(self.peer.state())
        if got.dtype != wanted.dtype or got.shape != wanted.shape:
            raise RuntimeError(f"computed {got.dtype} cells of shape {got.shape}, not {wanted.dtype}, {wanted.shape}")
        # NaN is largest
        return {"difference": max(float(numpy.max(numpy.abs(ours - theirs)) / numpy.max(numpy.abs(theirs)))
                                  for ours, theirs in zip(got, wanted)), "variant": self.chosen[state][0]}

    def release(self):
        self.loaded = None
        self.peer.release()
        return {}


def begin(name, threads):
    module, peer_class = PEERS[name]
    peer = getattr(importlib.import_module(f"{__package__}.{module}"), peer_class)(threads)
    session = Session(peer)
    return ({"version": peer.version(), "settings": peer.settings()},
            {"time": session.time, "compare": session.compare, "release": session.release})


if __name__ == "__main__":
    serve(lambda: begin(sys.argv[1], int(sys.argv[2])))
