"""Clifford circuits for the comparison with Stim, each as an OpenQASM 3 program and as a circuit of Stim."""

import random


class Program:
    """Both texts, written gate by gate. Outcomes are numbered in the order in which they are measured."""

    STIM_NAMES = {"h": "H", "s": "S", "x": "X", "cx": "CX", "cz": "CZ"}

    def __init__(self, name, qubits):
        self.name = name
        self.qubits = qubits
        self.bits = 0
        self.gates = 0
        self.qasm_lines = []
        self.stim_lines = []

    def gate(self, name, *qubits):
        self.gates += 1
        self.qasm_lines.append(f"{name} " + ", ".join(f"q[{qubit}]" for qubit in qubits) + ";")
        self.stim_lines.append(f"{self.STIM_NAMES[name]} " + " ".join(map(str, qubits)))

    def measure(self, qubits):
        for qubit in qubits:
            self.qasm_lines.append(f"c[{self.bits}] = measure q[{qubit}];")
            self.bits += 1
        self.stim_lines.append("M " + " ".join(map(str, qubits)))

    def measure_and_reset(self, qubits):
        for qubit in qubits:
            self.qasm_lines.append(f"c[{self.bits}] = measure q[{qubit}]; reset q[{qubit}];")
            self.bits += 1
        self.stim_lines.append("MR " + " ".join(map(str, qubits)))

    def qasm(self):
        return (f'OPENQASM 3.0;\ninclude "stdgates.inc";\nqubit[{self.qubits}] q;\nbit[{self.bits}] c;\n'
                + "\n".join(self.qasm_lines) + "\n")

    def stim(self):
        return "\n".join(self.stim_lines) + "\n"


def ghz(qubits):
    program = Program(f"ghz_{qubits}", qubits)
    program.gate("h", 0)
    for qubit in range(1, qubits):
        program.gate("cx", qubit - 1, qubit)
    program.measure(range(qubits))
    return program


def random_clifford(qubits, gates_per_qubit=100):
    """H, S and CX in equal parts, anywhere; then everything is measured."""
    program = Program(f"random_{qubits}", qubits)
    draw = random.Random(qubits)
    for _ in range(gates_per_qubit * qubits):
        first, second = draw.sample(range(qubits), 2)
        name = draw.choice(("h", "s", "cx"))
        program.gate(name, *((first, second) if name == "cx" else (first,)))
    program.measure(range(qubits))
    return program


def surface_code(qubits):
    """As many rounds of a rotated surface code as its distance, the largest that fits: most outcomes are certain."""
    distance = 2
    while 2 * (distance + 1) ** 2 - 1 <= qubits:
        distance += 1
    data = {(row, column): row * distance + column for row in range(distance) for column in range(distance)}
    checks = []  # whether of X, and the data qubits, in the order in which they are touched
    for row in range(-1, distance):
        for column in range(-1, distance):
            of_x = (row + column) % 2 == 0
            corners = [(row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1)]
            touched = [data[place] for place in (corners if of_x else [corners[i] for i in (0, 2, 1, 3)])
                       if place in data]
            on_edge = row in (-1, distance - 1), column in (-1, distance - 1)
            if len(touched) == 4 or (len(touched) == 2 and ((on_edge[0] and of_x) or (on_edge[1] and not of_x))):
                checks.append((of_x, touched))
    program = Program(f"surface_{distance}", len(data) + len(checks))
    ancillas = range(len(data), len(data) + len(checks))
    for _ in range(distance):
        for ancilla, (of_x, touched) in zip(ancillas, checks):
            if of_x:
                program.gate("h", ancilla)
            for qubit in touched:
                program.gate("cx", *((ancilla, qubit) if of_x else (qubit, ancilla)))
            if of_x:
                program.gate("h", ancilla)
        program.measure_and_reset(ancillas)
    program.measure(range(len(data)))
    return program


FAMILIES = {"ghz": ghz, "random": random_clifford, "surface": surface_code}
