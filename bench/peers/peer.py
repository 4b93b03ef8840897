"""What every other simulator is to the comparison."""

from abc import ABC, abstractmethod
from importlib import metadata


class Peer(ABC):
    """A simulator. One circuit at a time is loaded; everything that the simulator documents as done once (reading,
    building, optimising a circuit) happens in `load` and `choose`, outside of what is timed."""

    name = ""
    package = ""  # on PyPI
    precisions = ()
    # What is tried on every circuit; the fastest is kept.
    variants = ("as is",)
    # Shorter runs cannot be told from noise.
    least_seconds = 0

    def __init__(self, threads):
        self.threads = threads

    def version(self):
        return metadata.version(self.package)

    @abstractmethod
    def settings(self):
        """What it was given, for people."""

    @abstractmethod
    def load(self, circuit, precision):
        """Builds the circuit."""

    def choose(self, variant):
        """Makes one of `variants` count."""

    @abstractmethod
    def run(self):
        """Seconds from |0...0> in memory to the final state."""

    @abstractmethod
    def state(self):
        """The final state, qubit 0 least significant."""

    def release(self):
        """Gives memory of the size of a state back."""


def unknown_gate(peer, gate):
    return NotImplementedError(f"{peer} is not told how to run {gate.name}")
