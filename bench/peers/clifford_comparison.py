"""Basalt's stabilizer method against Stim's sampler, on circuits of bench/peers/clifford.py."""

import json
import math
import os
import statistics
import subprocess
from pathlib import Path

from .client import PeerFailure
from .clifford import FAMILIES
from .summary import format_seconds

# Standard deviations that two samples of one distribution may differ by; there are some 10,000 comparisons a row.
TOLERATED = 7


def is_close(ours, theirs, shots):
    """Whether two numbers of ones, of so many shots each, can be of one probability."""
    share = (ours + theirs) / (2 * shots)
    return abs(ours - theirs) <= TOLERATED * math.sqrt(2 * shots * share * (1 - share))


def statistics_of(counts):
    """How often each outcome was 1, and how often each differed from the one before; outcome 0 is rightmost."""
    width = len(next(iter(counts)))
    ones, changes = [0] * width, [0] * (width - 1)
    for bits, count in counts.items():
        number = int(bits, 2)
        for into, value in ((ones, number), (changes, (number ^ (number >> 1)) & ((1 << (width - 1)) - 1))):
            while value:
                into[(value & -value).bit_length() - 1] += count
                value &= value - 1
    return ones, changes


class CliffordComparison:
    def __init__(self, basalt, python, folder, rounds, timeout):
        self.basalt = str(basalt)
        self.python = str(python)
        self.folder = Path(folder)
        self.rounds = rounds
        self.timeout = timeout

    def run_row(self, family, qubits, shots):
        program = FAMILIES[family](qubits)
        row = {"circuit": program.name, "qubits": program.qubits, "gates": program.gates, "outcomes": program.bits,
               "shots": shots}
        qasm, circuit = self.folder / f"{program.name}.qasm", self.folder / f"{program.name}.stim"
        qasm.write_text(program.qasm(), encoding="utf-8")
        circuit.write_text(program.stim(), encoding="utf-8")
        # one after the other, twice: whatever else the machine does hits both
        ours, theirs = [], []
        for _ in range(2):
            ours += [self.run_basalt(qasm, shots, seed) for seed in range(self.rounds)]
            theirs.append(self.run_stim(circuit, shots))
        seconds = [report["timing_seconds"]["execute"] + report["timing_seconds"]["sample"] for report in ours]
        reference = [second for answer in theirs for second in answer["reference_seconds"]]
        sample = [second for answer in theirs for second in answer["sample_seconds"]]
        row["basalt"] = {"seconds": statistics.median(seconds), "samples": seconds,
                         "total_seconds": statistics.median(report["timing_seconds"]["total"] for report in ours)}
        row["stim"] = {"seconds": statistics.median(a + b for a, b in zip(reference, sample)), "reference": reference,
                       "sample": sample, "version": theirs[0]["version"]}
        row["ratio"] = row["basalt"]["seconds"] / row["stim"]["seconds"]
        row["agrees"] = self.agree(ours[-1]["counts"], theirs[-1], shots)
        return row

    @staticmethod
    def agree(counts, theirs, shots):
        ones, changes = statistics_of(counts)
        return (len(ones) == len(theirs["ones"])
                and all(is_close(a, b, shots) for a, b in zip(ones, theirs["ones"]))
                and all(is_close(a, b, shots) for a, b in zip(changes, theirs["changes"])))

    def run_basalt(self, file, shots, seed):
        return self.answer([self.basalt, "run", str(file), "--method", "stabilizer", "--threads", "1", "--shots",
                            str(shots), "--seed", str(seed), "--json"])

    def run_stim(self, file, shots):
        return self.answer([self.python, "-m", "peers.stim_sampler", str(file), str(shots), str(self.rounds)])

    def answer(self, command):
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
        try:
            ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=self.timeout)
        except subprocess.TimeoutExpired:
            raise PeerFailure(f"{command[0]} took longer than {self.timeout:.0f} s") from None
        if ran.returncode != 0:
            raise PeerFailure(f"{command[0]}: {ran.stderr.strip()}")
        return json.loads(ran.stdout)


def heading():
    return (f"{'circuit':14} {'qubits':>6} {'gates':>8} {'outcomes':>8} {'shots':>8} {'basalt':>9} {'stim':>9} "
            f"{'ratio':>6}  outcomes")


def line(row):
    return (f"{row['circuit']:14} {row['qubits']:>6} {row['gates']:>8} {row['outcomes']:>8} {row['shots']:>8} "
            f"{format_seconds(row['basalt']['seconds']):>9} {format_seconds(row['stim']['seconds']):>9} "
            f"{row['ratio']:>6.2f}  {'agree' if row['agrees'] else 'DIFFER'}")
