#!/usr/bin/env python3
"""Draws what bench_choices measured: time of a run at each place, by qubits, and which place was chosen.

usage: build/release/bench_choices --families random --qubits 8,10,12,14 --json | tools/plot_crossovers.py > crossovers.svg
"""

import json
import math
import sys

WIDTH, HEIGHT = 860, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 70, 50
COLOURS = ["#2563eb", "#d97706", "#16a34a", "#9333ea", "#dc2626", "#0891b2"]


def text_of(exponent):
    return {-6: "1 µs", -5: "10 µs", -4: "100 µs", -3: "1 ms", -2: "10 ms", -1: "100 ms"}.get(exponent, f"{10 ** exponent:g} s")


def main():
    data = json.load(sys.stdin)
    places = data["places"][:-1]  # the last is the choice itself
    family = data["rows"][0]["family"]
    rows = sorted((row for row in data["rows"] if row["family"] == family), key=lambda row: row["qubits"])
    first, last = rows[0]["qubits"], rows[-1]["qubits"]
    all_seconds = [seconds for row in rows for seconds in row["seconds"][:-1] if seconds > 0]
    low, high = math.floor(math.log10(min(all_seconds))), math.ceil(math.log10(max(all_seconds)))

    def x(qubits):
        return LEFT + (WIDTH - LEFT - RIGHT) * (qubits - first) / max(last - first, 1)

    def y(seconds):
        return TOP + (HEIGHT - TOP - BOTTOM) * (high - math.log10(seconds)) / (high - low)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22" font-size="15">Time of a run by place: family {family}, single precision; '
        'circles: chosen</text>',
        f'<text x="{LEFT}" y="42" fill="#555">{data["processor"]}</text>',
    ]
    for exponent in range(low, high + 1):
        height = y(10 ** exponent)
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height:.1f}" y2="{height:.1f}" stroke="#ddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{height + 4:.1f}" text-anchor="end">{text_of(exponent)}</text>')
    for row in rows:
        out.append(f'<text x="{x(row["qubits"]):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{row["qubits"]}</text>')
    out.append(f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">qubits</text>')
    legend = LEFT
    for index, place in enumerate(places):
        colour = COLOURS[index % len(COLOURS)]
        line = " ".join(f'{x(row["qubits"]):.1f},{y(row["seconds"][index]):.1f}'
                        for row in rows if row["seconds"][index] > 0)
        dashes = ' stroke-dasharray="5 4"' if place["named_only"] else ""
        out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>')
        for row in rows:
            if row["chosen"] == index:
                out.append(f'<circle cx="{x(row["qubits"]):.1f}" cy="{y(row["seconds"][index]):.1f}" r="5" fill="{colour}"/>')
        label = place["name"] + (" (only when named)" if place["named_only"] else "")
        out.append(f'<circle cx="{legend + 5}" cy="58" r="4" fill="{colour}"/><text x="{legend + 14}" y="62">{label}</text>')
        legend += 34 + 7.2 * len(label)
    out.append("</svg>")
    print("\n".join(out))


if __name__ == "__main__":
    main()
