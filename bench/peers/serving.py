"""The other side of a WorkerClient: requests and answers are lines of JSON on standard input and output."""

import json
import os
import sys


def serve(begin):
    """Calls `begin()` for what is told of the simulator and for {name: action}; then answers until there is no more."""
    # what the simulator prints must not come between the answers
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    facts, actions = begin()
    print(json.dumps(facts), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        action = actions[request.pop("do")]
        try:
            answer = action(**request)
        except Exception as error:  # whatever a simulator throws is an answer
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)
