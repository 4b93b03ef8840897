"""Numba's threads: by TBB where it is installed, as py-pde's documentation recommends."""

import contextlib
import ctypes
import sys
from pathlib import Path

# pip puts it where the loader does not look; what is loaded already is found by its name
for library in sorted(Path(sys.prefix, "lib").glob("libtbb.so.*"), key=lambda path: len(path.name))[:1]:
    with contextlib.suppress(OSError):
        ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)

import numba  # noqa: E402


@numba.njit(parallel=True)
def start_threads(count):
    total = 0
    for index in numba.prange(count):
        total += index
    return total


def threading_layer():
    start_threads(numba.get_num_threads())
    return numba.threading_layer()
