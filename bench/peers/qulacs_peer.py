"""Qulacs: f64. Merging gates is done once, as its manual does, and is not timed."""

import time

import numpy
import qulacs
from qulacs import gate as gates

from .peer import Peer, unknown_gate

FIXED = {"x": gates.X, "y": gates.Y, "z": gates.Z, "h": gates.H, "s": gates.S, "sdg": gates.Sdag, "t": gates.T,
         "tdg": gates.Tdag, "sx": gates.sqrtX, "cx": gates.CNOT, "cz": gates.CZ, "swap": gates.SWAP,
         "ccx": gates.TOFFOLI}
PAULIS = {"rxx": 1, "rzz": 3}


def gate_of(gate):
    if gate.name in FIXED:
        return FIXED[gate.name](*gate.qubits)
    if gate.name in ("rx", "ry", "rz"):  # Qulacs turns the other way
        return getattr(gates, gate.name.upper())(gate.qubits[0], -gate.angles[0])
    if gate.name == "p":
        return gates.U1(gate.qubits[0], gate.angles[0])
    if gate.name == "u3":
        return gates.U3(gate.qubits[0], *gate.angles)
    if gate.name == "cp":
        return gates.DiagonalMatrix(list(gate.qubits), [1, 1, 1, numpy.exp(1j * gate.angles[0])])
    if gate.name in PAULIS:
        return gates.PauliRotation(list(gate.qubits), [PAULIS[gate.name]] * 2, -gate.angles[0])
    raise unknown_gate("qulacs", gate)


MERGED_QUBITS = (2, 3, 4)


class QulacsPeer(Peer):
    name = "qulacs"
    package = "qulacs"
    precisions = ("double",)

    def settings(self):
        return (f"as is, optimize_light or optimize with block_size in {MERGED_QUBITS}, the best for each circuit; "
                f"OMP_NUM_THREADS={self.threads}")

    def load(self, circuit, precision):
        self.qubits = circuit.qubits
        # a block as wide as the circuit would be its whole result, computed before the clock starts
        blocks = [block for block in MERGED_QUBITS if block < circuit.qubits]
        self.variants = ("as is", "optimize_light", *(f"block_size={block}" for block in blocks))
        self.built = qulacs.QuantumCircuit(circuit.qubits)
        for gate in circuit.gates:
            self.built.add_gate(gate_of(gate))
        self.quantum_state = None

    def choose(self, variant):
        self.circuit = self.built.copy()
        optimizer = qulacs.circuit.QuantumCircuitOptimizer()
        if variant == "optimize_light":
            optimizer.optimize_light(self.circuit)
        elif variant != "as is":
            optimizer.optimize(self.circuit, int(variant.partition("=")[2]))

    def run(self):
        if self.quantum_state is None:
            self.quantum_state = qulacs.QuantumState(self.qubits)
        self.quantum_state.set_zero_state()
        start = time.perf_counter()
        self.circuit.update_quantum_state(self.quantum_state)
        return time.perf_counter() - start

    def state(self):
        self.run()
        return self.quantum_state.get_vector()

    def release(self):
        self.quantum_state = None
