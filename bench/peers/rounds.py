"""Asks simulators in turn, so that whatever else the machine does hits all of them."""

import statistics

from .client import PeerFailure


def ask_in_turn(names, ask, failures, rounds, row_seconds):
    """Answers of ask(name) for each name, one a round; each round begins with the next one of them. Who is in
    `failures` is not asked, who fails comes into it. No round begins after `row_seconds` of what was timed."""
    answers = {name: [] for name in names if name not in failures}
    order = list(answers)
    for round_number in range(rounds):
        shift = round_number % max(1, len(order))
        for name in order[shift:] + order[:shift]:
            if name in failures:
                continue
            try:
                answers[name].append(ask(name))
            except PeerFailure as failure:
                failures[name] = str(failure)
                answers[name].clear()
        if sum(answer["seconds"] for each in answers.values() for answer in each) > row_seconds:
            break
    return answers


def times_of(samples):
    return {"seconds": statistics.median(samples), "least_seconds": min(samples), "samples": samples}
