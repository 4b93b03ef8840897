"""Samples a circuit with Stim, in its own process.

usage: python -m peers.stim_sampler FILE SHOTS ROUNDS

Prints one JSON document: the version; for each round the seconds of the reference sample and of drawing the shots, bit-packed;
and of the last round how often each outcome was 1, and how often each differed from the one before.
"""

import json
import sys
import time

import numpy
import stim


def main(file, shots, rounds):
    circuit = stim.Circuit.from_file(file)
    answer = {"version": stim.__version__, "reference_seconds": [], "sample_seconds": []}
    for number in range(rounds):
        start = time.perf_counter()
        sampler = circuit.compile_sampler(seed=number)
        compiled = time.perf_counter()
        packed = sampler.sample(shots, bit_packed=True)
        answer["reference_seconds"].append(compiled - start)
        answer["sample_seconds"].append(time.perf_counter() - compiled)
    bits = numpy.unpackbits(packed, axis=1, bitorder="little")[:, :circuit.num_measurements]
    answer["ones"] = bits.sum(axis=0, dtype=int).tolist()
    answer["changes"] = (bits[:, 1:] != bits[:, :-1]).sum(axis=0, dtype=int).tolist()
    print(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
