"""Tables and means of what was measured."""

import math
import statistics
from collections import defaultdict


def format_seconds(seconds):
    if seconds is None:
        return "-"
    for limit, factor, unit in ((1e-3, 1e6, "µs"), (1, 1e3, "ms"), (math.inf, 1, "s")):
        if seconds < limit:
            return f"{seconds * factor:.3g} {unit}"
    return "-"


def figure(times):
    """A median, marked where the samples spread by more than a quarter."""
    if times is None:
        return f"{'-':>9} "
    noisy = max(times["samples"]) > 1.25 * min(times["samples"])
    return f"{format_seconds(times['seconds']):>9}" + ("~" if noisy else " ")


def geometric_mean(values):
    return math.exp(statistics.fmean(math.log(value) for value in values))


def heading(rivals):
    return (f"{'circuit':34} {'n':>3} {'':6} {'thr':>3} {'basalt':>9}  {'+plan':>9} "
            + "".join(f"{name:>9} " for name in rivals) + f"{'best rival':>10} {'ratio':>7} {'sweeps':>7}  amplitudes")


def line(row, rivals):
    wrong = [name for name, check in row["checks"].items() if not check["agrees"]]
    verdict = "not checked" if not row["checks"] else "agree" if not wrong else f"DIFFER: {', '.join(wrong)}"
    ours = row["basalt"]
    ratio = f"{row['ratio']:.2f}" if row["ratio"] else "-"
    sweeps = f"{ours['sweep_equivalents']:.1f}" if ours else "-"
    return (f"{row['circuit']:34} {row['qubits']:>3} {row['precision']:6} {row['threads']:>3} {figure(ours)} "
            f"{format_seconds(ours and ours['seconds_with_plan']):>9} "
            + "".join(figure(row["rivals"].get(name)) for name in rivals)
            + f"{row['best_rival'] or '-':>10} {ratio:>7} {sweeps:>7}  {verdict}")


def mean_lines(rows):
    """Geometric means of the ratios, and the rows that a rival won."""
    groups = defaultdict(list)
    for row in rows:
        if row["ratio"]:
            size = "20 qubits and more" if row["qubits"] >= 20 else "fewer than 20 qubits"
            for name in (size, f"{row['family']}, {size}"):
                groups[name].append(row)
    width = max((len(name) for name in groups), default=0)
    for name, members in sorted(groups.items(), key=lambda item: ("," in item[0], item[0])):
        means = [geometric_mean(row[key] for row in members) for key in ("ratio", "ratio_with_plan", "ratio_of_least")]
        worst = min(row["ratio"] for row in members)
        yield (f"{name:{width}}  {means[0]:.2f} times the best rival's speed ({means[1]:.2f} with planning, "
               f"{means[2]:.2f} of the fastest calls); {len(members)} rows, worst {worst:.2f}")
    slower = [row for row in rows if row["ratio"] and row["ratio"] < 1]
    if slower:
        yield "slower than the best rival: " + ", ".join(
            f"{row['circuit']} {row['precision']} ({row['ratio']:.2f})" for row in slower)
    failures = [(row, name, text) for row in rows for name, text in row["failures"].items()]
    for row, name, text in failures:
        yield f"{row['circuit']} {row['precision']}: {name}: {text}"
