"""Tests of tools/check_layers.py on small invented trees."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_layers  # noqa: E402


class CheckLayers(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.root = Path(self.folder.name)

    def write(self, path, *lines):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def include(self, file, *included):
        """Writes `file` with includes of files that exist, too."""
        for path in included:
            if not path.startswith("basalt/") and not (self.root / "src" / path).exists():
                self.write("src/" + path)
        self.write(file, *(f'#include "{path}"' for path in included))

    def accepts(self):
        self.assertEqual(check_layers.check(self.root), [])

    def rejects(self, *parts):
        complaints = check_layers.check(self.root)
        self.assertEqual(len(complaints), 1, complaints)
        for part in parts:
            self.assertIn(part, complaints[0])

    def test_the_direction_is_accepted(self):
        self.include("src/runtime/memory/memory.cpp", "basalt/memory.h", "runtime/resource/inventory.h",
                     "base/bits.h", "basalt/error.h")
        self.include("src/plan/plan.cpp", "runtime/backend/kernel.h", "plan/plan.h")
        self.include("src/execute/execute.cpp", "plan/plan.h", "basalt/arena.h")
        self.include("src/engine/run.cpp", "execute/execute.h", "workloads/quantum/input/parse.h",
                     "workloads/patterns/grid.h", "runtime/cpu/sweep.h")
        self.include("src/workloads/quantum/kernels/dense.cpp", "runtime/cpu/sweep.h", "workloads/quantum/gates.h")
        self.include("src/workloads/quantum/lower.cpp", "plan/program.h", "workloads/quantum/circuit.h")
        self.include("apps/cli/main.cpp", "basalt/engine.h")
        self.write("apps/cli/output.h")
        self.include("tests/x_test.cpp", "engine/run.h")
        self.accepts()

    def test_library_headers_in_quotes_are_not_ours(self):
        self.include("src/base/a.h")
        self.write("src/runtime/cpu/sweep.cpp", '#include "hwy/foreach_target.h"', "#include <vector>")
        self.accepts()

    def test_upwards(self):
        self.include("src/base/bits.cpp", "basalt/error.h", "plan/plan.h")
        self.rejects("src/base/bits.cpp:2", "base may not include plan")

    def test_down_the_runtime_only(self):
        self.include("src/runtime/resource/inventory.cpp", "runtime/memory/field.h")
        self.rejects("runtime/resource may not include runtime/memory")

    def test_planner_knows_no_backend_and_no_workload(self):
        self.include("src/plan/a.cpp", "runtime/cpu/sweep.h")
        self.rejects("plan may not include runtime/cpu")
        self.include("src/plan/a.cpp", "workloads/quantum/circuit.h")
        self.rejects("plan may not include workloads")

    def test_execute_and_workloads_are_siblings(self):
        self.include("src/execute/a.cpp", "workloads/quantum/circuit.h")
        self.rejects("execute may not include workloads")
        self.include("src/execute/a.cpp", "plan/plan.h")
        self.include("src/workloads/quantum/a.cpp", "execute/execute.h")
        self.rejects("workloads/* may not include execute")

    def test_backends_do_not_include_one_another(self):
        self.include("src/runtime/vulkan/a.cpp", "runtime/cpu/sweep.h")
        self.rejects("runtime/vulkan may not include runtime/cpu")

    def test_workloads_do_not_include_one_another(self):
        self.include("src/workloads/quantum/a.cpp", "workloads/patterns/grid.h")
        self.rejects("workloads do not include one another")

    def test_only_kernels_include_a_backend(self):
        self.include("src/workloads/quantum/input/a.cpp", "runtime/cpu/sweep.h")
        self.rejects("only kernels/ and stabilizer/ may include runtime/cpu")

    def test_front_ends_see_public_headers_only(self):
        self.include("apps/cli/main.cpp", "engine/run.h")
        self.rejects("apps/cli/main.cpp:1", "only the public headers")

    def test_public_headers_stand_alone(self):
        self.write("src/base/bits.h")
        self.write("include/basalt/engine.h", "#pragma once", '#include "base/bits.h"')
        self.rejects("include/basalt/engine.h:2", "only public headers")

    def test_paths_are_absolute(self):
        self.write("src/base/bits.h")
        self.write("src/base/a.cpp", '#include "bits.h"')
        self.rejects("paths start at src/")
        self.write("src/base/a.cpp", '#include "../base/bits.h"')
        self.rejects('without ".."')

    def test_missing_and_unknown(self):
        self.write("src/base/a.cpp", '#include "base/nothing.h"')
        self.rejects("no such file")
        self.write("src/base/a.cpp")
        self.include("src/helpers/a.cpp", "base/bits.h")
        self.rejects("folder is unknown")

    def test_words_of_shaders_come_from_the_build(self):
        self.write("src/workloads/quantum/shaders/a.cpp", '#include "workloads/quantum/shaders/stage.inc"')
        self.rejects("no such file")
        self.write("src/workloads/quantum/shaders/shaders.cmake")
        self.accepts()

    def test_comments_do_not_count_and_lines_do(self):
        self.write("src/plan/plan.h")
        self.write("src/base/a.cpp", "/* two", "lines", '#include "plan/plan.h" */', '// #include "plan/plan.h"',
                   '  #  include "plan/plan.h"')
        self.rejects("src/base/a.cpp:5")

    def test_cycles_between_folders(self):
        self.write("src/workloads/quantum/input/parse.h", '#include "workloads/quantum/passes/fuse.h"')
        self.write("src/workloads/quantum/passes/fuse.h")
        self.write("src/workloads/quantum/passes/other.h", '#include "workloads/quantum/input/source.h"')
        self.write("src/workloads/quantum/input/source.h")
        self.rejects("cycle", "src/workloads/quantum/input/parse.h:1", "src/workloads/quantum/passes/other.h:1")

    def test_long_cycles(self):
        count = 50
        for i in range(count):
            self.write(f"src/base/f{i}/a.h", f'#include "base/f{(i + 1) % count}/a.h"')
        self.rejects("cycle", "base/f0 -> base/f1")

    def test_exit_status(self):
        program = [sys.executable, str(ROOT / "tools" / "check_layers.py")]
        self.assertEqual(subprocess.run([*program, str(self.root)], capture_output=True).returncode, 2)
        self.write("src/base/a.h")
        self.assertEqual(subprocess.run([*program, str(self.root)], capture_output=True).returncode, 0)
        self.include("src/base/a.cpp", "plan/plan.h")
        found = subprocess.run([*program, str(self.root)], capture_output=True, text=True)
        self.assertEqual(found.returncode, 1)
        self.assertIn("src/base/a.cpp:1", found.stdout)

    def test_this_repository(self):
        self.assertEqual(check_layers.check(ROOT), [])


if __name__ == "__main__":
    unittest.main()
