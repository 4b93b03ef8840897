"""What every other simulator of patterns is to the comparison."""

from abc import ABC, abstractmethod
from importlib import metadata


class PatternPeer(ABC):
    """One state at a time is loaded, species by rows by columns; its type is that of the computation. What is done once
    (compiling, taking memory, copying the state) happens outside of what is timed."""

    name = ""
    package = ""  # on PyPI
    # What is tried on every grid; the fastest is kept.
    variants = ("as is",)

    def __init__(self, threads):
        self.threads = threads

    def version(self):
        return metadata.version(self.package)

    @abstractmethod
    def settings(self):
        """What it was given, for people."""

    @abstractmethod
    def load(self, state, model):
        """Takes the state to begin with, a numpy array that it may keep but not change, and a GrayScott."""

    def choose(self, variant):
        """Makes one of `variants` count."""

    @abstractmethod
    def run(self, steps):
        """Seconds of so many steps, from the first state in memory to the last."""

    @abstractmethod
    def state(self):
        """The state that the last run came to."""

    @abstractmethod
    def release(self):
        """Gives memory of the size of a state back."""
