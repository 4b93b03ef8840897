"""What every other simulator of circuits is to the comparison."""

from abc import abstractmethod

from .simulator import Simulator


class Peer(Simulator):
    """One circuit at a time is loaded; everything that the simulator documents as done once (reading, building,
    optimising a circuit) happens in `load` and `choose`. The state has qubit 0 least significant."""

    precisions = ()
    # Shorter runs cannot be told from noise.
    least_seconds = 0

    @abstractmethod
    def load(self, circuit, precision):
        """Builds the circuit."""

    @abstractmethod
    def run(self):
        """Seconds from |0...0> in memory to the final state."""


def unknown_gate(peer, gate):
    return NotImplementedError(f"{peer} is not told how to run {gate.name}")
