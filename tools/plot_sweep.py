#!/usr/bin/env python3
"""Draws what bench_sweep_table measured: time of a gate over one in-place scale, by qubit position.

usage: build/release/bench_sweep_table --json | tools/plot_sweep.py > sweep.svg
"""

import json
import sys

WIDTH, HEIGHT = 860, 360
LEFT, RIGHT, TOP, BOTTOM = 60, 20, 58, 50
GATES = [("h", "H", "#2563eb"), ("x", "X", "#16a34a"), ("u3", "U", "#d97706")]
GOAL = 1.4
TOP_RATIO = 1.6


def main():
    data = json.load(sys.stdin)
    qubits = data["qubits"]

    def x(qubit):
        return LEFT + (WIDTH - LEFT - RIGHT) * (qubit + 0.5) / qubits

    def y(ratio):
        return TOP + (HEIGHT - TOP - BOTTOM) * (1 - min(ratio, TOP_RATIO) / TOP_RATIO)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="15">One gate against one in-place scale of the state: '
        f'{qubits} qubits, {data["precision"]} precision</text>',
        f'<text x="{LEFT}" y="42" fill="#555">{data["processor"]}, {data["instruction_set"]}, {data["threads"]} threads</text>',
    ]
    for tick in (0, 0.5, 1.0, 1.5):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(tick) + 4:.1f}" text-anchor="end">{tick:g}</text>')
    out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(GOAL):.1f}" y2="{y(GOAL):.1f}" stroke="#dc2626" '
               'stroke-dasharray="5 4"/>')
    out.append(f'<text x="{WIDTH - RIGHT}" y="{y(GOAL) - 5:.1f}" text-anchor="end" fill="#dc2626">goal for H: {GOAL}</text>')
    for qubit in range(qubits):
        out.append(f'<text x="{x(qubit):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle" font-size="11">{qubit}</text>')
    out.append(f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">qubit that the gate acts on</text>')
    for index, (gate, label, colour) in enumerate(GATES):
        points = sorted((int(row["position"]), row["ratio"]) for row in data["rows"] if row["gate"] == gate)
        line = " ".join(f"{x(qubit):.1f},{y(ratio):.1f}" for qubit, ratio in points)
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for qubit, ratio in points:
            out.append(f'<circle cx="{x(qubit):.1f}" cy="{y(ratio):.1f}" r="3" fill="{colour}"/>')
        legend = WIDTH - RIGHT - 150 + 55 * index
        out.append(f'<circle cx="{legend}" cy="38" r="4" fill="{colour}"/>'
                   f'<text x="{legend + 9}" y="42">{label}</text>')
    out.append("</svg>")
    print("\n".join(out))


if __name__ == "__main__":
    main()
