"""Reads straight OpenQASM 2 circuits, such as `basalt bench --write` makes, into a list of gates."""

import math
import re
from dataclasses import dataclass

# Other names of the same gate, up to a global phase.
ALIASES = {"u1": "p", "cu1": "cp", "u": "u3", "U": "u3", "CX": "cx"}
IGNORED = ("OPENQASM", "include", "creg", "barrier", "measure")
STATEMENT = re.compile(r"^(\w+)\s*(?:\(([^)]*)\))?\s+(.+)$")
OPERAND = re.compile(r"^(\w+)\[(\d+)\]$")
ANGLE = re.compile(r"^[\d\s.eE+\-*/]*$")


class UnreadableCircuit(Exception):
    pass


@dataclass(frozen=True)
class Gate:
    name: str
    angles: tuple
    qubits: tuple


@dataclass(frozen=True)
class Circuit:
    qubits: int
    gates: tuple


def angle_of(text):
    """"-pi/4" as a number."""
    numbers = text.replace("pi", repr(math.pi))
    if not ANGLE.match(numbers):
        raise UnreadableCircuit(f"no angle: {text}")
    return float(eval(numbers, {"__builtins__": {}}))  # digits and operators only


def read_circuit(path):
    offsets, qubits, gates = {}, 0, []
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"//[^\n]*", "", file.read())
    for statement in (part.strip() for part in text.split(";")):
        if not statement or statement.startswith(IGNORED):
            continue
        found = STATEMENT.match(statement)
        if not found or "{" in statement:
            raise UnreadableCircuit(f"only gates on single qubits are read here, not: {statement[:60]}")
        name, angles, operands = found.groups()
        places = [OPERAND.match(operand.strip()) for operand in operands.split(",")]
        if not all(places):
            raise UnreadableCircuit(f"no element of a register: {operands}")
        if name == "qreg":
            offsets[places[0][1]] = qubits
            qubits += int(places[0][2])
            continue
        numbers = tuple(angle_of(part) for part in angles.split(",")) if angles else ()
        if name == "u2":
            name, numbers = "u3", (math.pi / 2, *numbers)
        gates.append(Gate(ALIASES.get(name, name), numbers, tuple(offsets[p[1]] + int(p[2]) for p in places)))
    return Circuit(qubits, tuple(gates))
