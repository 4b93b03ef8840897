"""PennyLane's lightning.qubit: f32 and f64. Operations are applied one by one, from Python, as the device does."""

import time

import numpy
import pennylane
from pennylane_lightning.lightning_qubit._state_vector import LightningStateVector

from .peer import Peer, unknown_gate

FIXED = {"x": "PauliX", "y": "PauliY", "z": "PauliZ", "h": "Hadamard", "s": "S", "t": "T", "sx": "SX", "cx": "CNOT",
         "cz": "CZ", "swap": "SWAP", "ccx": "Toffoli"}
TURNING = {"rx": "RX", "ry": "RY", "rz": "RZ", "p": "PhaseShift", "cp": "ControlledPhaseShift", "crz": "CRZ",
           "rxx": "IsingXX", "rzz": "IsingZZ"}


def operation_of(gate, wires):
    if gate.name in FIXED:
        return getattr(pennylane, FIXED[gate.name])(wires=wires)
    if gate.name in ("sdg", "tdg"):
        return pennylane.adjoint(getattr(pennylane, gate.name[0].upper())(wires=wires))
    if gate.name in TURNING:
        return getattr(pennylane, TURNING[gate.name])(gate.angles[0], wires=wires)
    if gate.name == "u3":  # up to a global phase, and with a kernel of its own
        theta, phi, lam = gate.angles
        return pennylane.Rot(lam, theta, phi, wires=wires)
    raise unknown_gate("lightning", gate)


class LightningPeer(Peer):
    name = "lightning"
    package = "pennylane-lightning"
    precisions = ("single", "double")

    def settings(self):
        return f"lightning.qubit, kernels as it chooses them; OMP_NUM_THREADS={self.threads}"

    def load(self, circuit, precision):
        self.qubits = circuit.qubits
        self.type = numpy.complex64 if precision == "single" else numpy.complex128
        # PennyLane's first wire is most significant
        self.operations = [operation_of(gate, [circuit.qubits - 1 - q for q in gate.qubits]) for gate in circuit.gates]
        self.vector = None

    def run(self):
        if self.vector is None:
            self.vector = LightningStateVector(self.qubits, dtype=self.type)
        self.vector.reset_state()
        start = time.perf_counter()
        self.vector.apply_operations(self.operations)
        return time.perf_counter() - start

    def state(self):
        self.run()
        return self.vector.state

    def release(self):
        self.vector = None
