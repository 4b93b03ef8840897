"""Our side of a worker: starts it, asks it, kills it when it takes too long."""

import json
import os
import select
import subprocess
from pathlib import Path

START_SECONDS = 120
THREADED = ("OMP", "MKL", "OPENBLAS", "NUMBA")


class PeerFailure(Exception):
    """What one simulator could not do; the others go on."""


class WorkerClient:
    """One simulator in a process that lives over all rows: what it imports is never timed."""

    def __init__(self, name, python, threads, log, module="worker"):
        self.name = name
        self.log = Path(log)
        self.command = [str(python), "-m", f"peers.{module}", name, str(threads)]
        self.environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent),
                            **{f"{library}_NUM_THREADS": str(threads) for library in THREADED}}
        self.process = None
        self.start()

    def start(self):
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                                            env=self.environment)
        self.facts = self.answer(START_SECONDS)

    def answer(self, seconds):
        ready, _, _ = select.select([self.process.stdout], [], [], seconds)
        if not ready:
            self.close()
            raise PeerFailure(f"took longer than {seconds:.0f} s")
        line = self.process.stdout.readline()
        if not line:
            self.close()
            lines = self.log.read_text(errors="replace").strip().splitlines()
            raise PeerFailure(f"its process ended: {lines[-1] if lines else 'it said nothing'}")
        return json.loads(line)

    def ask(self, seconds, **request):
        if self.process is None:
            self.start()
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        answer = self.answer(seconds)
        if "error" in answer:
            raise PeerFailure(answer["error"])
        return answer

    def close(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
            self.process = None


def start_workers(names, environment, threads, folder, module="worker"):
    """({name: WorkerClient}, {name: why there is none})."""
    workers, failures = {}, dict(environment.failures)
    for name in names:
        if name in failures:
            continue
        try:
            workers[name] = WorkerClient(name, environment.python, threads, folder / f"{name}.log", module)
        except PeerFailure as failure:
            failures[name] = str(failure)
    return workers, failures
