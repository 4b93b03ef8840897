"""The process of one simulator of circuits.

usage: python -m peers.worker NAME THREADS
"""

import importlib
import statistics
import sys
import time

import numpy

from .circuit import read_circuit
from .serving import serve

PEERS = {"qsim": ("qsim_peer", "QsimPeer"), "aer": ("aer_peer", "AerPeer"), "qulacs": ("qulacs_peer", "QulacsPeer"),
         "lightning": ("lightning_peer", "LightningPeer")}
# Variants are tried until one run has taken so long: the others are left out then.
LONGEST_TRIAL_SECONDS = 20
MOST_RUNS = 1000


class Session:
    """The circuit that is loaded, and the simulator in the variant that is fastest for it."""

    def __init__(self, peer):
        self.peer = peer
        self.loaded = None
        self.chosen = {}

    def load(self, file, precision):
        key = (file, precision)
        if self.loaded == key:
            return
        self.loaded = None
        self.peer.load(read_circuit(file), precision)
        if key not in self.chosen:
            self.chosen[key] = self.fastest_variant()
        self.peer.choose(self.chosen[key])
        self.loaded = key

    def fastest_variant(self):
        seconds = {}
        for variant in reversed(self.peer.variants):
            self.peer.choose(variant)
            runs = [self.peer.run()]
            while sum(runs) < 0.1 and len(runs) < 5:
                runs.append(self.peer.run())
            seconds[variant] = min(runs)
            if runs[0] > LONGEST_TRIAL_SECONDS:
                break
        return min(seconds, key=seconds.get)

    def time(self, file, precision, least_seconds):
        """Median of as many runs as fill `least_seconds`."""
        self.load(file, precision)
        runs, start = [], time.perf_counter()
        while not runs or (time.perf_counter() - start < least_seconds and len(runs) < MOST_RUNS):
            runs.append(self.peer.run())
        self.peer.release()
        seconds = statistics.median(runs)
        if seconds <= self.peer.least_seconds:
            raise RuntimeError("the run is too short to be told from an empty circuit")
        return {"seconds": seconds, "runs": len(runs), "variant": str(self.chosen[self.loaded])}

    def compare(self, file, precision, state):
        """The largest difference of amplitudes, over the largest amplitude, free of the global phase."""
        self.load(file, precision)
        wanted = numpy.load(state).astype(numpy.complex128)
        got = numpy.asarray(self.peer.state()).astype(numpy.complex128)
        self.peer.release()
        place = numpy.argmax(numpy.abs(wanted))
        largest = abs(wanted[place])
        phase = wanted[place] / got[place] if got[place] != 0 else 1
        difference = numpy.max(numpy.abs(got * (phase / abs(phase)) - wanted))
        return {"difference": float(difference / largest)}


def begin(name, threads):
    module, peer_class = PEERS[name]
    peer = getattr(importlib.import_module(f"{__package__}.{module}"), peer_class)(threads)
    session = Session(peer)
    return ({"version": peer.version(), "settings": peer.settings(), "precisions": peer.precisions},
            {"time": session.time, "compare": session.compare})


if __name__ == "__main__":
    serve(lambda: begin(sys.argv[1], int(sys.argv[2])))
