"""The other simulators, installed from PyPI into a virtual environment of the comparison's own."""

import json
import subprocess
import sys
from pathlib import Path

PACKAGES = {"qsim": "qsimcirq", "aer": "qiskit-aer", "qulacs": "qulacs", "lightning": "pennylane-lightning"}
# Of the comparison of Clifford circuits.
CLIFFORD_PACKAGES = {"stim": "stim"}
# Of the comparison of patterns; Numba's threads come from TBB where that can be had.
PATTERN_PACKAGES = {"pypde": "py-pde", "numba": "numba", "numpy": "numpy"}
THREADS_OF_NUMBA = {"tbb": "tbb"}
LIST_VERSIONS = """
import importlib.metadata, json
print(json.dumps({found.metadata["Name"].lower().replace("_", "-"): found.version
                  for found in importlib.metadata.distributions()}))
"""


class Environment:
    def __init__(self, folder):
        self.folder = Path(folder).absolute()
        self.python = self.folder / "bin" / "python"
        self.failures = {}  # name of a peer: why it could not be installed

    def prepare(self, packages):
        """Installs what is missing of {name: package}. One that cannot be installed is noted, and no reason to stop."""
        if not self.python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(self.folder)], check=True)
        for name, package in packages.items():
            if package in self.versions():
                continue
            print(f"installing {package} into {self.folder}", file=sys.stderr)
            ran = subprocess.run([str(self.python), "-m", "pip", "install", "--quiet", package],
                                 capture_output=True, text=True)
            if ran.returncode != 0:
                lines = ran.stderr.strip().splitlines()
                self.failures[name] = f"{package} could not be installed: {lines[-1] if lines else 'no reason'}"

    def versions(self):
        """Of every package that is there."""
        return json.loads(subprocess.run([str(self.python), "-c", LIST_VERSIONS], check=True, capture_output=True,
                                         text=True).stdout)
