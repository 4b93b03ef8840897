"""qsim through qsimcirq: f32. Its own clock is read: time to fuse plus time to simulate."""

import ctypes
import math
import os
import re
import tempfile

import cirq
import numpy
import qsimcirq

from .peer import Peer, unknown_gate

FIXED = {"x": cirq.X, "y": cirq.Y, "z": cirq.Z, "h": cirq.H, "s": cirq.S, "sdg": cirq.S**-1, "t": cirq.T,
         "tdg": cirq.T**-1, "cx": cirq.CNOT, "cz": cirq.CZ, "swap": cirq.SWAP, "ccx": cirq.CCNOT}
TURNING = {"rx": cirq.rx, "ry": cirq.ry, "rz": cirq.rz,
           "p": lambda angle: cirq.ZPowGate(exponent=angle / math.pi),
           "cp": lambda angle: cirq.CZPowGate(exponent=angle / math.pi),
           "rxx": lambda angle: cirq.XXPowGate(exponent=angle / math.pi, global_shift=-0.5),
           "rzz": lambda angle: cirq.ZZPowGate(exponent=angle / math.pi, global_shift=-0.5)}
CLOCK = re.compile(r"(?:fuse|simu) time is ([0-9.eE+-]+) seconds")


def u3(theta, phi, lam):
    cosine, sine = math.cos(theta / 2), math.sin(theta / 2)
    return cirq.MatrixGate(numpy.array(
        [[cosine, -numpy.exp(1j * lam) * sine],
         [numpy.exp(1j * phi) * sine, numpy.exp(1j * (phi + lam)) * cosine]]))


def gate_of(gate):
    if gate.name in FIXED:
        return FIXED[gate.name]
    if gate.name in TURNING:
        return TURNING[gate.name](*gate.angles)
    if gate.name == "u3":
        return u3(*gate.angles)
    raise unknown_gate("qsim", gate)


class OutputOfC:
    """Catches what C code prints to standard output."""

    def __enter__(self):
        self.kept = os.dup(1)
        self.file = tempfile.TemporaryFile()
        os.dup2(self.file.fileno(), 1)
        return self

    def __exit__(self, *_):
        ctypes.CDLL(None).fflush(None)
        os.dup2(self.kept, 1)
        os.close(self.kept)
        self.file.seek(0)
        self.text = self.file.read().decode()
        self.file.close()


class QsimPeer(Peer):
    name = "qsim"
    package = "qsimcirq"
    precisions = ("single",)
    variants = (3, 4, 5)

    def settings(self):
        return f"max_fused_gate_size the best of {self.variants} for each circuit, cpu_threads={self.threads}"

    def load(self, circuit, precision):
        line = cirq.LineQubit.range(circuit.qubits)
        # every qubit is in the circuit, also one without gates
        built = cirq.Circuit(cirq.I.on_each(*line))
        built.append(gate_of(gate).on(*(line[q] for q in gate.qubits)) for gate in circuit.gates)
        # Cirq's first qubit is most significant
        simulator = qsimcirq.QSimSimulator()
        translated, _ = simulator._translate_circuit(qsimcirq.QSimCircuit(built), "translate_cirq_to_qsim",
                                                     list(reversed(line)))
        self.options = {**simulator.qsim_options, "t": self.threads, "v": 2, "c": translated, "s": 1}
        self.simulate = simulator._sim_module.qsim_simulate_fullstate

    def choose(self, variant):
        self.options["f"] = variant

    def run(self):
        with OutputOfC() as output:
            self.simulate(self.options, 0)
        return sum(float(seconds) for seconds in CLOCK.findall(output.text))

    def state(self):
        with OutputOfC():
            return self.simulate(self.options, 0).view(numpy.complex64)
