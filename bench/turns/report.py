#!/usr/bin/env python3
"""Prints the table of turn-taking and draws the curve of early commits against delay.

usage: bench/turns/report.py OURS.json [PEERS.json...] [--corpus DIR] [--half measure]
                             [--curve curve.svg]

A result file is one run or a list of runs; the first run of OURS is the default profile, its others
(a sweep, the patient profile on `-expected` items) are points of the curve and the dictation row.
README.md describes the format. Standard library only.
"""

import argparse
import json
import pathlib
import sys

import curve
import figures
import setup_python


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("peers", type=pathlib.Path, nargs="*")
    parser.add_argument("--corpus", type=pathlib.Path,
                        default=setup_python.cache() / "turns" / "corpus")
    parser.add_argument("--half", choices=("tune", "measure"), default="measure")
    parser.add_argument("--curve", type=pathlib.Path, default=pathlib.Path("turns-curve.svg"))
    return parser.parse_args()


def runs_in(path):
    document = json.loads(path.read_text())
    return document if isinstance(document, list) else [document]


def table(rows, head):
    """Markdown with padded columns, so that a terminal shows it too."""
    lines = [head, *rows]
    widths = [max(len(str(line[column])) for line in lines) for column in range(len(head))]

    def one(line):
        return "| " + " | ".join(str(cell).ljust(width)
                                 for cell, width in zip(line, widths)) + " |"

    return "\n".join([one(head), "|" + "|".join("-" * (width + 2) for width in widths) + "|",
                      *(one(row) for row in rows)])


def main():
    options = arguments()
    document = json.loads((options.corpus / "corpus.json").read_text())
    items = {item["id"]: item for item in document["items"] if item["half"] == options.half}
    ours = runs_in(options.ours)
    peers = [run for path in options.peers for run in runs_in(path)]
    systems = [ours[0], *peers]
    print(f"# Turn-taking, half `{options.half}`, corpus seed {document['seed']}\n")
    for run in systems:
        void = " **void: the runner was late**" if run.get("void") else ""
        missing = sum(figures.needed(item) for item in items.values()) - len(
            [1 for result in run["items"]
             if result["id"] in items and figures.needed(items[result["id"]])])
        left = f" ({missing} items not run)" if missing > 0 else ""
        print(f"- {run['system']}: {run['settings']}{left}{void}")
    names = [run["system"] for run in systems]
    print("\n" + table(figures.goal_rows(items, ours, peers), ["", "must", "aim", *names]))
    print("\n## Turns by class: early %, heard %, missed %, delay of turns not cut p50 / p90 ms\n")
    print(table(figures.class_rows(items, systems), ["class", "n", *names]))
    print("\n## Noise: early %, missed %\n")
    print(table(figures.noise_rows(items, systems), ["noise", "n", *names]))
    print("\n## While the agent speaks: stopped % (resumed / answered of n), silence p50 ms\n")
    print(table(figures.over_rows(items, systems), ["class", "n", *names]))
    points = figures.curve_points(items, ours, peers)
    print("\n## The curve: early commits against delay\n")
    print(table([[name, "; ".join(f"{100 * early:.1f} % at {middle:.0f} / {slow:.0f} ms"
                                  for early, middle, slow in line)]
                 for name, line in points.items()], ["system", "early at delay p50 / p90"]))
    options.curve.write_text(curve.draw(points))
    print(f"\ndrawn: {options.curve}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
