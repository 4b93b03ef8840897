"""Qiskit Aer's statevector method: f32 and f64. Its own clock is read, less what an empty circuit takes."""

import statistics

import qiskit_aer
from qiskit import QuantumCircuit

from .peer import Peer, unknown_gate

GATES = {"x", "y", "z", "h", "s", "sdg", "t", "tdg", "sx", "rx", "ry", "rz", "p", "u3", "cx", "cz", "cp", "crz", "swap",
         "ccx", "rxx", "rzz"}
RENAMED = {"u3": "u"}


class AerPeer(Peer):
    name = "aer"
    package = "qiskit-aer"
    precisions = ("single", "double")
    variants = (3, 4, 5)

    def settings(self):
        return (f"method statevector, fusion on, fusion_max_qubit the best of {self.variants} for each circuit, "
                f"max_parallel_threads={self.threads}")

    def load(self, circuit, precision):
        built = QuantumCircuit(circuit.qubits)
        for gate in circuit.gates:
            if gate.name not in GATES:
                raise unknown_gate("aer", gate)
            getattr(built, RENAMED.get(gate.name, gate.name))(*gate.angles, *gate.qubits)
        self.precision = precision
        self.full = built.copy()
        self.full.save_statevector()
        # one amplitude: the cheapest thing that makes it run, and nothing of the size of the state is copied
        built.save_amplitudes([0])
        self.circuit = built
        self.choose(self.variants[-1])
        self.empty = QuantumCircuit(circuit.qubits)
        self.empty.save_amplitudes([0])
        self.least_seconds = 0.2 * statistics.median(self.seconds_of(self.empty) for _ in range(5))

    def choose(self, variant):
        self.simulator = qiskit_aer.AerSimulator(
            method="statevector", precision=self.precision, fusion_enable=True, fusion_max_qubit=variant,
            max_parallel_threads=self.threads, enable_truncation=False)

    def result_of(self, circuit):
        result = self.simulator.run(circuit, shots=1).result()
        if not result.success:
            raise RuntimeError(f"aer: {result.status}")
        return result

    def seconds_of(self, circuit):
        return self.result_of(circuit).results[0].time_taken

    def run(self):
        empty_seconds = self.seconds_of(self.empty)
        return self.seconds_of(self.circuit) - empty_seconds

    def state(self):
        return self.result_of(self.full).get_statevector().data
