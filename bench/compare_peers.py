#!/usr/bin/env python3
"""Compares Basalt with other simulators on the same circuits, in one run on one machine.

Installs qsimcirq, qiskit-aer, qulacs and pennylane-lightning from PyPI into a virtual environment of its own, writes
the circuits with `basalt bench --write`, and runs each circuit on each simulator in turn, several rounds, so that
whatever else the machine does hits all of them. Every simulator gets the settings that its documentation recommends,
the same precision and number of threads, and of its settings for merging gates the best for each circuit.

Time is that of the simulation alone: from |0...0> in memory to the final state. Reading, building and, where a
simulator documents that as a step done once (Qulacs), optimising a circuit are not in it; merging gates in the course
of a run (qsim, Aer) is. Of Basalt both are shown: the gates alone, and with planning. Amplitudes are compared up to a
global phase.

Prints a line for each row and geometric means of the ratios (best rival's time over Basalt's): of medians, of medians
with planning, and of each one's fastest call, which other programs on the machine disturb least. A time is marked
with ~ where its samples spread by more than a quarter. With --json everything, samples included, is one document.

With --clifford the circuits are Clifford circuits with measurements, and the rival is Stim's sampler: its reference sample and
its shots against the same of `basalt run --method stabilizer`, each on one thread, reading not counted. Outcomes are compared by
how often each is 1, and how often it differs from the one before.

With --patterns it is Gray-Scott by Euler's method on periodic grids, and the rivals are py-pde with its Numba backend,
loops by hand for Numba, and NumPy, each in the variant that is fastest for the grid. All begin with the same state,
written by Basalt, and must come to the same cells. Time is that of the steps alone, from the state in memory to the
state in memory, once everything is compiled: Basalt's is its own, in which it also looks every 64 steps for cells that
are not finite. Ratios are the rival's time of a step over Basalt's.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from peers import clifford_comparison, pattern_comparison, summary
from peers.basalt import Basalt
from peers.client import PeerFailure, start_workers
from peers.clifford import FAMILIES as CLIFFORD_FAMILIES
from peers.environment import CLIFFORD_PACKAGES, PACKAGES, PATTERN_PACKAGES, THREADS_OF_NUMBA, Environment
from peers.rounds import ask_in_turn, times_of

ROOT = Path(__file__).resolve().parent.parent
SETS = {"quick": "10,16,20", "standard": "10,16,20,24,26,28"}
# Differences of amplitudes over the largest one; rounding grows with the gates.
TOLERANCES = {"single": 1e-3, "double": 1e-9}
BYTES_OF_AMPLITUDE = {"single": 8, "double": 16}
# Calls are this long at least: short runs are repeated inside.
LEAST_SECONDS = 0.05


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--basalt", default=ROOT / "build" / "release" / "basalt", type=Path, help="the program")
    parser.add_argument("--set", choices=SETS, default="quick", help="widths: " + "; ".join(
        f"{name}: {widths}, of patterns {pattern_comparison.SETS[name]}" for name, widths in SETS.items()))
    parser.add_argument("--qubits", help="widths in place of those of the set, as 10,24")
    parser.add_argument("--families", help="families of basalt bench, separated by commas (default: all)")
    parser.add_argument("--precision", choices=("single", "double", "both"), default="both")
    parser.add_argument("--threads", default="all", help="a number, or all")
    parser.add_argument("--rivals", help=f"default: {','.join(PACKAGES)}; of patterns {','.join(PATTERN_PACKAGES)}")
    parser.add_argument("--repeat", type=int, default=5, help="rounds (default: %(default)s)")
    parser.add_argument("--row-seconds", type=float, default=60, help="after which no further round begins")
    parser.add_argument("--timeout", type=float, default=600, help="seconds that one answer may take")
    parser.add_argument("--check-qubits", type=int, default=20, help="widest circuit whose amplitudes are compared")
    parser.add_argument("--more", type=Path, metavar="FOLDER",
                        help="OpenQASM 2 files to run too, where they are no wider than the widest")
    parser.add_argument("--clifford", action="store_true", help="Clifford circuits, against Stim")
    parser.add_argument("--shots", default="1024", help="of Clifford circuits, as 1024,10000 (default: %(default)s)")
    parser.add_argument("--patterns", action="store_true", help="Gray-Scott, against py-pde, Numba and NumPy")
    parser.add_argument("--size", help="grids of patterns in place of those of the set, as 512x512,300x200")
    parser.add_argument("--environment", default=ROOT / "build" / "peers-venv", type=Path, help="virtual environment")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    arguments = parser.parse_args()
    if arguments.clifford and arguments.patterns:
        parser.error("--clifford and --patterns are two comparisons")
    arguments.packages = PATTERN_PACKAGES if arguments.patterns else PACKAGES
    arguments.rivals = arguments.rivals.split(",") if arguments.rivals else list(arguments.packages)
    arguments.thread_count = (len(os.sched_getaffinity(0)) if arguments.threads == "all" else int(arguments.threads))
    return arguments


def write_circuits(arguments, folder):
    """(family, file) of everything that is run."""
    command = [str(arguments.basalt), "bench", "--write", str(folder), "--qubits",
               arguments.qubits or SETS[arguments.set]]
    if arguments.families:
        command += ["--families", arguments.families]
    written = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    circuits = [(Path(path).stem.rsplit("_", 1)[0], Path(path)) for path in written]
    if arguments.more:
        widest = max(int(width) for width in (arguments.qubits or SETS[arguments.set]).split(","))
        circuits += [(arguments.more.name, path) for path in sorted(arguments.more.glob("*.qasm"))
                     if qubits_of(path) <= widest]
    return circuits


def qubits_of(path):
    """Of a program with one register."""
    text = path.read_text()
    begin = text.index("[", text.index("qreg")) + 1
    return int(text[begin:text.index("]", begin)])


def available_bytes():
    with open("/proc/meminfo", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable"))


class Comparison:
    def __init__(self, arguments, folder, environment):
        self.arguments = arguments
        self.folder = folder
        self.threads = arguments.thread_count
        self.basalt = Basalt(arguments.basalt, self.threads, folder)
        self.workers, self.failures = start_workers(arguments.rivals, environment, self.threads, folder)

    def close(self):
        for worker in self.workers.values():
            worker.close()

    def run_row(self, family, file, precision):
        row = {"circuit": file.stem, "family": family, "qubits": qubits_of(file), "precision": precision,
               "threads": self.threads, "checks": {}, "failures": {}, "rivals": {}, "basalt": None, "best_rival": None,
               "ratio": None, "ratio_with_plan": None, "ratio_of_least": None}
        if 3 * BYTES_OF_AMPLITUDE[precision] << row["qubits"] > available_bytes():
            row["failures"]["all"] = "three states would not fit in memory"
            return row
        rivals = {name: worker for name, worker in self.workers.items() if precision in worker.facts["precisions"]}
        if row["qubits"] <= self.arguments.check_qubits:
            self.check(row, file, rivals)
        samples = ask_in_turn(("basalt", *rivals), lambda name: self.time_once(name, file, precision), row["failures"],
                              self.arguments.repeat, self.arguments.row_seconds)
        self.conclude(row, samples)
        return row

    def check(self, row, file, rivals):
        state = self.folder / "state.npy"
        try:
            self.basalt.save_state(file, row["precision"], state)
        except PeerFailure as failure:
            row["failures"]["basalt"] = str(failure)
            return
        for name, worker in rivals.items():
            try:
                found = worker.ask(self.arguments.timeout, do="compare", file=str(file), precision=row["precision"],
                                   state=str(state))
                row["checks"][name] = {**found, "agrees": found["difference"] <= TOLERANCES[row["precision"]]}
            except PeerFailure as failure:
                row["failures"][name] = str(failure)
        state.unlink()

    def time_once(self, name, file, precision):
        if name == "basalt":
            return self.basalt.time(file, precision, self.arguments.timeout)
        return self.workers[name].ask(self.arguments.timeout, do="time", file=str(file), precision=precision,
                                      least_seconds=LEAST_SECONDS)

    @staticmethod
    def conclude(row, samples):
        def median(answers, key):
            return statistics.median(answer[key] for answer in answers)

        def times(answers):
            return times_of([answer["seconds"] for answer in answers])

        ours = samples.pop("basalt", [])
        if ours:
            figures = ("plan_seconds", "sweep_seconds", "sweep_equivalents", "stages")
            row["basalt"] = {**times(ours), **{key: median(ours, key) for key in figures}}
            row["basalt"]["seconds_with_plan"] = statistics.median(a["seconds"] + a["plan_seconds"] for a in ours)
        for name, answers in samples.items():
            if answers:
                row["rivals"][name] = {**times(answers), "variant": answers[0]["variant"]}
        if not row["rivals"] or not ours:
            return
        for rival in row["rivals"].values():
            rival["sweep_equivalents"] = rival["seconds"] / row["basalt"]["sweep_seconds"]
        row["best_rival"] = min(row["rivals"], key=lambda name: row["rivals"][name]["seconds"])
        best = row["rivals"][row["best_rival"]]["seconds"]
        row["ratio"] = best / row["basalt"]["seconds"]
        row["ratio_with_plan"] = best / row["basalt"]["seconds_with_plan"]
        row["ratio_of_least"] = (min(rival["least_seconds"] for rival in row["rivals"].values())
                                 / row["basalt"]["least_seconds"])


def sayer(arguments):
    """Prints a line for people, where the document is not."""
    return (lambda text: print(text, file=sys.stderr)) if arguments.json else (lambda text: print(text, flush=True))


def introduce(workers, failures, say):
    for name, worker in workers.items():
        say(f"{name} {worker.facts['version']}: {worker.facts['settings']}")
    for name, failure in failures.items():
        say(f"{name} is left out: {failure}")


def precisions_of(arguments):
    return ("single", "double") if arguments.precision == "both" else (arguments.precision,)


def compare(arguments, folder):
    say = sayer(arguments)
    names = arguments.rivals
    environment = Environment(arguments.environment)
    environment.prepare({name: PACKAGES[name] for name in names})
    comparison = Comparison(arguments, folder, environment)
    try:
        comparison.basalt.tune()
        introduce(comparison.workers, comparison.failures, say)
        rows = []
        say(summary.heading(names))
        for family, file in write_circuits(arguments, folder / "circuits"):
            for precision in precisions_of(arguments):
                rows.append(comparison.run_row(family, file, precision))
                say(summary.line(rows[-1], names))
    finally:
        comparison.close()
    say("")
    for text in summary.mean_lines(rows):
        say(text)
    return {"threads": comparison.threads,
            "rivals": {name: worker.facts for name, worker in comparison.workers.items()},
            "failures": comparison.failures, "packages": environment.versions(), "rows": rows}


def compare_patterns(arguments, folder):
    say = sayer(arguments)
    names = arguments.rivals
    environment = Environment(arguments.environment)
    environment.prepare({**{name: PATTERN_PACKAGES[name] for name in names}, **THREADS_OF_NUMBA})
    workers, failures = start_workers(names, environment, arguments.thread_count, folder, "pattern_worker")
    comparison = pattern_comparison.PatternComparison(
        Basalt(arguments.basalt, arguments.thread_count, folder), workers, folder, arguments.repeat,
        arguments.row_seconds, arguments.timeout)
    rows = []
    try:
        introduce(workers, failures, say)
        say(pattern_comparison.heading(names))
        for size in (arguments.size or pattern_comparison.SETS[arguments.set]).split(","):
            for precision in precisions_of(arguments):
                rows.append(comparison.run_row(size, precision))
                say(pattern_comparison.line(rows[-1], names))
    finally:
        for worker in workers.values():
            worker.close()
    say("")
    for text in pattern_comparison.mean_lines(rows):
        say(text)
    return {"threads": arguments.thread_count, "rivals": {name: worker.facts for name, worker in workers.items()},
            "failures": failures, "packages": environment.versions(), "rows": rows}


def compare_clifford(arguments, folder):
    say = sayer(arguments)
    environment = Environment(arguments.environment)
    environment.prepare(CLIFFORD_PACKAGES)
    if environment.failures:
        sys.exit(f"compare_peers: {environment.failures['stim']}")
    families = arguments.families.split(",") if arguments.families else list(CLIFFORD_FAMILIES)
    comparison = clifford_comparison.CliffordComparison(arguments.basalt, environment.python, folder, arguments.repeat,
                                                        arguments.timeout)
    rows = []
    say(clifford_comparison.heading())
    for qubits in map(int, (arguments.qubits or "100,1000").split(",")):
        for family in families:
            for shots in map(int, arguments.shots.split(",")):
                rows.append(comparison.run_row(family, qubits, shots))
                say(clifford_comparison.line(rows[-1]))
    return {"packages": environment.versions(), "rows": rows}


def main():
    arguments = parse_arguments()
    unknown = set(arguments.rivals) - set(arguments.packages)
    if unknown:
        sys.exit(f"compare_peers: no such rival: {', '.join(sorted(unknown))}; there are "
                 f"{', '.join(arguments.packages)}")
    if not arguments.basalt.exists():
        sys.exit(f"compare_peers: {arguments.basalt} is absent: build it, or give --basalt")
    if arguments.size and not all(re.fullmatch(r"\d+x\d+", size) for size in arguments.size.split(",")):
        sys.exit(f"compare_peers: --size {arguments.size} is no list of planes such as 512x512,300x200")
    if arguments.more and not arguments.more.is_dir():
        sys.exit(f"compare_peers: --more {arguments.more} is no folder")
    with tempfile.TemporaryDirectory(prefix="compare_peers_") as folder:
        run = compare_clifford if arguments.clifford else compare_patterns if arguments.patterns else compare
        document = run(arguments, Path(folder))
    if arguments.json:
        print(json.dumps(document, indent=2))
    disagreeing = [row for row in document["rows"] if not (
        row["agrees"] if arguments.clifford else all(check["agrees"] for check in row["checks"].values()))]
    sys.exit(1 if disagreeing else 0)


if __name__ == "__main__":
    main()
