"""What every other simulator of patterns is to the comparison."""

from abc import abstractmethod

from .simulator import Simulator


class PatternPeer(Simulator):
    """One state at a time is loaded, species by rows by columns; its type is that of the computation."""

    @abstractmethod
    def load(self, state, model):
        """Takes the state to begin with, a numpy array that it may keep but not change, and a GrayScott."""

    @abstractmethod
    def run(self, steps):
        """Seconds of so many steps, from the first state in memory to the last."""
