#!/usr/bin/env python3
"""Checks that folders include one another only in the direction of ARCHITECTURE.md.

usage: tools/check_layers.py [ROOT]

Reads every #include "..." (and <basalt/...>) of include/, src/ and apps/. Prints FILE:LINE and the rule for each
include against the direction, and every cycle between folders; exits with 1 if there is any. tests/ and bench/ may
include everything.
"""

import re
import sys
from pathlib import Path

# What each layer may include besides itself and the public headers. A layer is a folder of src/; the most specific
# name that fits a file counts. "*" is any one workload, and the same one on both sides.
BASE = {"base"}
METRICS = BASE | {"runtime/metrics"}
RESOURCE = METRICS | {"runtime/resource"}
MEMORY = RESOURCE | {"runtime/memory"}
PARALLEL = MEMORY | {"runtime/parallel"}
BACKEND = PARALLEL | {"runtime/backend"}
PLAN = BACKEND | {"plan"}
EXECUTE = PLAN | {"execute"}
WORKLOAD = PLAN | {"workloads/*"}  # its own only

ALLOWED = {
    "base": BASE,
    "runtime/metrics": METRICS,
    "runtime/resource": RESOURCE,
    "runtime/memory": MEMORY,
    "runtime/parallel": PARALLEL,
    "runtime/backend": BACKEND,
    "runtime/cpu": BACKEND | {"runtime/cpu"},
    "runtime/vulkan": BACKEND | {"runtime/vulkan"},
    "plan": PLAN,
    "execute": EXECUTE,
    "workloads/*": WORKLOAD,
    "workloads/*/kernels": WORKLOAD | {"runtime/cpu"},
    "workloads/*/stabilizer": WORKLOAD | {"runtime/cpu"},
    "workloads/*/shaders": WORKLOAD | {"runtime/vulkan"},
    "engine": EXECUTE | {"engine", "runtime/cpu", "runtime/vulkan", "workloads/any"},
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<(basalt/[^>]+)>)')
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
SUFFIXES = {".h", ".hpp", ".cpp", ".inc", ".inl"}


def layer_of(path):
    """The layer of a path below src/, e.g. ("workloads/*/kernels", "quantum"); (None, None) if there is none."""
    parts = Path(path).parts[:-1]
    workload = parts[1] if len(parts) > 1 and parts[0] == "workloads" else None
    generic = list(parts)
    if workload:
        generic[1] = "*"
    while generic:
        name = "/".join(generic)
        if name in ALLOWED:
            return name, workload
        generic.pop()
    return None, None


def strip_comments(text):
    """Blanks comments out; lines keep their numbers."""
    return COMMENT.sub(lambda found: "\n" * found.group().count("\n"), text)


def includes_of(path):
    """(line, included path) of every include that may name a file of the project."""
    text = strip_comments(path.read_text(encoding="utf-8", errors="replace"))
    for number, line in enumerate(text.splitlines(), start=1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1) or found.group(2)


def is_generated(root, included):
    """Whether it is the words of a shader, which the build makes in the folder of this name."""
    path = root / "src" / included
    return path.suffix == ".inc" and (path.parent / "shaders.cmake").is_file()


def broken_rule(root, file, included):
    """Why `file` (relative to root) may not include `included`; None if it may."""
    area = file.parts[0]
    if ".." in Path(included).parts:
        return 'paths start at src/ or include/, without ".."'
    if included.startswith("basalt/"):
        return None
    if area == "include":
        return "public headers include only public headers"
    if area == "apps":
        if (root / file.parent / included).is_file() or not (root / "src" / included).is_file():
            return None
        return 'front ends see only the public headers ("basalt/...") and their own folder'
    if not (root / "src" / included).is_file() and not is_generated(root, included):
        if (root / file.parent / included).is_file():
            return "paths start at src/ or include/"
        if (root / "src" / Path(included).parts[0]).is_dir():
            return "there is no such file below src/"
        return None  # a library's header

    layer, workload = layer_of(file.relative_to("src"))
    target, target_workload = layer_of(included)
    if layer is None:
        return "this folder is unknown: name it in tools/check_layers.py and in ARCHITECTURE.md"
    if target is None:
        return "it includes a folder that is unknown"
    allowed = ALLOWED[layer]
    if target.startswith("workloads/*"):
        if "workloads/any" in allowed or ("workloads/*" in allowed and workload == target_workload):
            return None
        return "workloads do not include one another" if workload else f"{layer} may not include workloads"
    if target in allowed:
        return None
    if target == "runtime/cpu" and workload:
        return "of a workload only kernels/ and stabilizer/ may include runtime/cpu"
    return f"{layer} may not include {target}"


def folder_cycles(edges):
    """Cycles in {folder: {included folder: where}}, each as a list of folders; every folder is in at most one."""
    cycles = []
    state = {}  # folder -> "open" while on the path, "closed" after
    for start in sorted(edges):
        if start in state:
            continue
        path = [start]
        state[start] = "open"
        pending = [iter(sorted(edges[start]))]
        while pending:
            following = next(pending[-1], None)
            if following is None:
                pending.pop()
                state[path.pop()] = "closed"
            elif state.get(following) == "open":
                cycles.append(path[path.index(following):] + [following])
            elif following not in state:
                state[following] = "open"
                path.append(following)
                pending.append(iter(sorted(edges.get(following, {}))))
    return cycles


def check(root):
    """All complaints about the tree at `root`, as lines of text."""
    complaints = []
    edges = {}
    for area in ("include", "src", "apps"):
        for path in sorted((root / area).rglob("*")):
            if path.suffix not in SUFFIXES or not path.is_file():
                continue
            file = path.relative_to(root)
            for number, included in includes_of(path):
                where = f"{file}:{number}"
                rule = broken_rule(root, file, included)
                if rule:
                    complaints.append(f'{where}: includes "{included}": {rule}')
                if area == "src" and (root / "src" / included).is_file():
                    source, target = str(file.parent.relative_to("src")), str(Path(included).parent)
                    if source != target:
                        edges.setdefault(source, {}).setdefault(target, where)
    for cycle in folder_cycles(edges):
        steps = ", ".join(f"{a} -> {b} ({edges[a][b]})" for a, b in zip(cycle, cycle[1:]))
        complaints.append(f"folders include one another in a cycle: {steps}")
    return complaints


def main(arguments):
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    if not (root / "src").is_dir():
        print(f"check_layers: {root} has no folder src", file=sys.stderr)
        return 2
    complaints = check(root)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
