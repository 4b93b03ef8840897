"""Tests of what bench/compare_peers.py reads and concludes; none of the other simulators is needed."""

import math
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench"))
import compare_peers  # noqa: E402
from peers import clifford, clifford_comparison, summary  # noqa: E402
from peers.circuit import Gate, UnreadableCircuit, read_circuit  # noqa: E402

HEADER = 'OPENQASM 2.0;\ninclude "qelib1.inc";\n'


class ReadCircuit(unittest.TestCase):
    def read(self, text):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "circuit.qasm"
            file.write_text(HEADER + text, encoding="utf-8")
            return read_circuit(file)

    def test_gates_angles_and_registers(self):
        circuit = self.read("qreg a[2]; qreg b[3]; // two\nh a[1];\ncu1(-pi/4) a[0],b[2];\nu2(0,2*pi) b[0];\n")
        self.assertEqual(circuit.qubits, 5)
        self.assertEqual(circuit.gates[0], Gate("h", (), (1,)))
        self.assertEqual(circuit.gates[1], Gate("cp", (-math.pi / 4,), (0, 4)))
        self.assertEqual(circuit.gates[2], Gate("u3", (math.pi / 2, 0, 2 * math.pi), (2,)))

    def test_measurements_are_left_out(self):
        self.assertEqual(self.read("qreg q[1]; creg c[1]; barrier q; measure q -> c;").gates, ())

    def test_refuses_what_it_would_get_wrong(self):
        for text in ("qreg q[2]; h q;", "gate g a { h a; }", "qreg q[1]; if (c==1) x q[0];",
                     "qreg q[1]; rx(__import__('os')) q[0];"):
            with self.subTest(text), self.assertRaises(UnreadableCircuit):
                self.read(text)


class Conclude(unittest.TestCase):
    def row(self, **rivals):
        row = {"circuit": "qft_20", "family": "qft", "qubits": 20, "precision": "single", "threads": 2, "checks": {},
               "failures": {}, "rivals": {}, "basalt": None, "best_rival": None, "ratio": None, "ratio_with_plan": None,
               "ratio_of_least": None}
        ours = {"seconds": 2, "plan_seconds": 2, "sweep_seconds": 1, "sweep_equivalents": 2, "stages": 4}
        samples = {name: [{"seconds": second, "variant": "as is"} for second in seconds]
                   for name, seconds in rivals.items()}
        compare_peers.Comparison.conclude(row, {"basalt": [ours] * 3, **samples})
        return row

    def test_takes_medians_and_the_best_rival(self):
        row = self.row(aer=[9, 6, 6], qsim=[20, 8, 8], lightning=[])
        self.assertEqual(row["best_rival"], "aer")
        self.assertEqual(row["ratio"], 3)
        self.assertEqual(row["ratio_with_plan"], 1.5)
        self.assertEqual(row["ratio_of_least"], 3)
        self.assertEqual(row["rivals"]["qsim"]["sweep_equivalents"], 8)
        self.assertNotIn("lightning", row["rivals"])

    def test_without_rivals_there_is_no_ratio(self):
        row = self.row()
        self.assertIsNone(row["ratio"])
        self.assertIn("not checked", summary.line(row, ["aer"]))

    def test_means_are_geometric_and_name_what_is_slower(self):
        lines = list(summary.mean_lines([self.row(aer=[8]), self.row(aer=[1])]))
        self.assertIn("1.41 times the best rival's speed (0.71 with planning", lines[0])
        self.assertTrue(any("slower than the best rival: qft_20 single (0.50)" in line for line in lines))

    def test_shows_who_disagrees(self):
        row = self.row(aer=[8])
        row["checks"] = {"aer": {"difference": 0.1, "agrees": False}, "qsim": {"difference": 0, "agrees": True}}
        self.assertIn("DIFFER: aer", summary.line(row, ["aer", "qsim"]))


class CliffordCircuits(unittest.TestCase):
    def test_both_texts_say_the_same(self):
        for family, make in clifford.FAMILIES.items():
            with self.subTest(family):
                program = make(20)
                qasm, stim = program.qasm(), program.stim()
                self.assertEqual(qasm.count("measure"), program.bits)
                measured = [line.split()[1:] for line in stim.splitlines() if line.startswith("M")]
                self.assertEqual(sum(map(len, measured)), program.bits)
                self.assertEqual(len([line for line in stim.splitlines() if not line.startswith("M")]), program.gates)
                self.assertLessEqual(program.qubits, 20)

    def test_a_surface_code_has_as_many_checks_as_it_must(self):
        self.assertEqual(clifford.surface_code(17).qubits, 17)
        self.assertEqual(clifford.surface_code(1000).qubits, 2 * 22 ** 2 - 1)

    def test_statistics_of_counts(self):
        self.assertEqual(clifford_comparison.statistics_of({"011": 3, "100": 2}), ([3, 3, 2], [0, 5]))

    def test_samples_that_cannot_be_of_one_distribution(self):
        self.assertTrue(clifford_comparison.is_close(500, 530, 1000))
        self.assertFalse(clifford_comparison.is_close(300, 530, 1000))
        self.assertTrue(clifford_comparison.is_close(1000, 1000, 1000))
        self.assertTrue(clifford_comparison.is_close(0, 0, 1000))


if __name__ == "__main__":
    unittest.main()
