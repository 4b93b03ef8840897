"""What every other simulator is to a comparison, of circuits or of patterns."""

from abc import ABC, abstractmethod
from importlib import metadata


class Simulator(ABC):
    """Has one thing loaded at a time. What is done once (compiling, taking memory, building) happens outside of what is
    timed."""

    name = ""
    package = ""  # on PyPI
    # What is tried on everything that is loaded; the fastest is kept.
    variants = ("as is",)

    def __init__(self, threads):
        self.threads = threads

    def version(self):
        return metadata.version(self.package)

    @abstractmethod
    def settings(self):
        """What it was given, for people."""

    def choose(self, variant):
        """Makes one of `variants` count."""

    @abstractmethod
    def state(self):
        """The state that the last run came to."""

    def release(self):
        """Gives memory of the size of a state back."""
