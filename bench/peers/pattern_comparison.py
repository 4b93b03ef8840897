"""Basalt against simulators of patterns: Gray-Scott on the same grids, from the same states."""

import statistics
from collections import defaultdict

from .client import PeerFailure
from .pattern import GrayScott, steps_that_fill
from .rounds import ask_in_turn, times_of
from .summary import figure, geometric_mean

SETS = {"quick": "512x512,1024x1024,2048x2048", "standard": "512x512,1024x1024,2048x2048,4096x4096"}
# Differences of cells over the largest one.
TOLERANCES = {"single": 1e-4, "double": 1e-12}
# Neither is a whole number of the visits in which Basalt takes several steps; grids of more cells take the fewer.
CHECK_STEPS, FEW_CHECK_STEPS = 100, 20
MANY_CELLS = 2048 * 2048
# A sample is as long, by several runs where the steps of one are too few.
SAMPLE_SECONDS = 0.5
# Each is a process.
MOST_RUNS_OF_BASALT = 10
SEED = 1


class PatternComparison:
    def __init__(self, basalt, workers, folder, rounds, row_seconds, timeout):
        self.basalt = basalt
        self.workers = workers
        self.folder = folder
        self.rounds = rounds
        self.row_seconds = row_seconds
        self.timeout = timeout

    def run_row(self, size, precision):
        row = {"model": "gray-scott", "size": size, "cells": cells_of(size), "precision": precision,
               "threads": self.basalt.threads, "checks": {}, "failures": {}, "rivals": {}, "basalt": None, "ratios": {},
               "ratios_of_least": {}}
        try:
            begun = self.begin(row)
        except PeerFailure as failure:
            row["failures"]["basalt"] = str(failure)
            return row
        self.check(row, begun)
        answers = ask_in_turn(("basalt", *self.workers), lambda name: self.time_once(name, row, begun), row["failures"],
                              self.rounds, self.row_seconds)
        self.conclude(row, answers)
        for name, worker in self.workers.items():
            try:
                worker.ask(self.timeout, do="release")
            except PeerFailure as failure:
                row["failures"].setdefault(name, str(failure))
        for state in (begun["first"], begun["wanted"]):
            state.unlink()
        return row

    def begin(self, row):
        """Makes the state that all begin with, and the one that all must come to."""
        steps = CHECK_STEPS if row["cells"] <= MANY_CELLS else FEW_CHECK_STEPS
        output = self.folder / f"{row['size']}_{row['precision']}"
        report = self.basalt.run_pattern(row["size"], row["precision"], steps, self.timeout, seed=SEED, every=steps,
                                         format="npy", output=output)
        frames = [path for path in map(output.parent.joinpath, report["files"]) if path.suffix == ".npy"]
        return {"model": GrayScott.of_report(report).request(), "first": frames[0], "wanted": frames[-1],
                "steps": steps, "seconds_of_step": report["timing_seconds"]["execute"] / steps}

    def check(self, row, begun):
        for name, worker in self.workers.items():
            try:
                found = worker.ask(self.timeout, do="compare", state=str(begun["first"]), model=begun["model"],
                                   steps=begun["steps"], wanted=str(begun["wanted"]))
                row["checks"][name] = {**found, "steps": begun["steps"],
                                       "agrees": found["difference"] <= TOLERANCES[row["precision"]]}
            except PeerFailure as failure:
                row["failures"][name] = str(failure)

    def time_once(self, name, row, begun):
        if name == "basalt":
            return self.time_basalt(row, begun)
        return self.workers[name].ask(self.timeout, do="time", state=str(begun["first"]), model=begun["model"],
                                      least_seconds=SAMPLE_SECONDS)

    def time_basalt(self, row, begun):
        """As a worker does: the median of runs from the state, by Basalt's own time of the steps."""
        steps = steps_that_fill(SAMPLE_SECONDS, begun["seconds_of_step"])
        runs = []
        while not runs or (sum(runs) < SAMPLE_SECONDS and len(runs) < MOST_RUNS_OF_BASALT):
            report = self.basalt.run_pattern(row["size"], row["precision"], steps, self.timeout,
                                             initial_file=begun["first"])
            runs.append(report["timing_seconds"]["execute"])
        return {"seconds": statistics.median(runs), "steps": steps, "runs": len(runs), "threads": report["threads"],
                "steps_per_visit": report["steps_per_visit"], "steps_per_sweep": steps / report["sweep_equivalents"]}

    @staticmethod
    def conclude(row, answers):
        def times(each):
            return {**times_of([answer["seconds"] / answer["steps"] for answer in each]), "steps": each[-1]["steps"]}

        ours = answers.pop("basalt", [])
        if ours:
            row["basalt"] = {**times(ours), "threads": ours[-1]["threads"],
                             "steps_per_visit": ours[-1]["steps_per_visit"],
                             "cells_per_second": row["cells"] / times(ours)["seconds"],
                             "steps_per_sweep": statistics.median(answer["steps_per_sweep"] for answer in ours)}
        for name, each in answers.items():
            if each:
                row["rivals"][name] = {**times(each), "variant": each[-1]["variant"], "trials": each[-1]["trials"]}
                if ours:
                    row["ratios"][name] = row["rivals"][name]["seconds"] / row["basalt"]["seconds"]
                    row["ratios_of_least"][name] = (row["rivals"][name]["least_seconds"]
                                                    / row["basalt"]["least_seconds"])


def cells_of(size):
    columns, rows = map(int, size.split("x"))
    return columns * rows


def heading(rivals):
    return (f"{'grid':12} {'':6} {'thr':>3} {'basalt':>9}  " + "".join(f"{name:>9}  {'ratio':>7} " for name in rivals)
            + f"{'GLUP/s':>7} {'steps/visit':>11}  cells")


def line(row, rivals):
    wrong = [name for name, check in row["checks"].items() if not check["agrees"]]
    verdict = "not checked" if not row["checks"] else "agree" if not wrong else f"DIFFER: {', '.join(wrong)}"
    ours = row["basalt"]
    speed, visit = (f"{ours['cells_per_second'] / 1e9:.2f}", ours["steps_per_visit"]) if ours else ("-", "-")
    return (f"{row['size']:12} {row['precision']:6} {row['threads']:>3} {figure(ours)} "
            + "".join(f"{figure(row['rivals'].get(name))} {ratio_text(row, name):>7} " for name in rivals)
            + f"{speed:>7} {visit:>11}  {verdict}")


def ratio_text(row, name):
    return f"{row['ratios'][name]:.2f}" if name in row["ratios"] else "-"


def mean_lines(rows):
    """Geometric means of the ratios to each rival, the rows that one won, and what failed."""
    ratios = defaultdict(list)
    for row in rows:
        for name, ratio in row["ratios"].items():
            ratios[name, row["precision"]].append((ratio, row["ratios_of_least"][name]))
    for (name, precision), pairs in ratios.items():
        medians, least = zip(*pairs)
        yield (f"{name}, {precision}: Basalt has {geometric_mean(medians):.2f} times its speed "
               f"({geometric_mean(least):.2f} of the fastest samples); {len(pairs)} grids, {min(medians):.2f} to "
               f"{max(medians):.2f}")
    slower = [f"{name} on {row['size']} {row['precision']} ({ratio:.2f})" for row in rows
              for name, ratio in row["ratios"].items() if ratio < 1]
    if slower:
        yield "slower than " + ", ".join(slower)
    for row in rows:
        for name, text in row["failures"].items():
            yield f"{row['size']} {row['precision']}: {name}: {text}"
