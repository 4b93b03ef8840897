"""Basalt, as the comparison runs it: through its command line."""

import json
import os
import subprocess

from .client import PeerFailure


class Basalt:
    name = "basalt"

    def __init__(self, program, threads, folder):
        self.program = str(program)
        self.threads = threads
        self.environment = {**os.environ, "BASALT_WISDOM": str(folder / "wisdom.sqlite")}

    def call(self, *arguments, seconds=None):
        try:
            ran = subprocess.run([self.program, *arguments, "--json"], env=self.environment, capture_output=True,
                                 text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise PeerFailure(f"took longer than {seconds:.0f} s") from None
        if ran.returncode != 0:
            raise PeerFailure(ran.stderr.strip().splitlines()[0] if ran.stderr else f"exit status {ran.returncode}")
        return json.loads(ran.stdout)

    def tune(self):
        """Measures the machine as it is now, which is what plans then rely on."""
        self.call("tune", "--force")

    def time(self, file, precision, seconds):
        """One row of `basalt bench`."""
        report = self.call("bench", str(file), "--precision", precision, "--threads", str(self.threads), "--repeat",
                           "1", seconds=seconds)
        row = report["rows"][0]
        if "skipped" in row:
            raise PeerFailure(row["skipped"])
        return row

    def save_state(self, file, precision, path):
        self.call("run", str(file), "--precision", precision, "--threads", str(self.threads), "--shots", "1", "--top",
                  "1", "--save-state", str(path))

    def run_pattern(self, size, precision, steps, seconds=None, **options):
        """The report of `basalt pattern run` on Gray-Scott: on the CPU, by Euler's method, periodic sides."""
        given = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
        return self.call("pattern", "run", "--model", "gray-scott", "--size", size, "--precision", precision, "--steps",
                         str(steps), "--threads", str(self.threads), "--backend", "cpu", *given, seconds=seconds)
