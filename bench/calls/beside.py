"""More calls than have room."""

import judge
import rig
import servers
import tables

OVER = 1.5
REFUSALS = ("503", "1013")  # at the handshake; after a start that says whose call it is


def overload(where, options):
    """Half as many calls again as have room: those that run stay within limits."""
    if not options.limit:
        raise SystemExit("--overload needs --limit: how many calls pass, by the ladder")
    room = 0 if options.admission == "measured" else options.limit
    server = servers.Antiphon(rig.free_port(), options.recognizer, room)
    try:
        run, _ = rig.runs(where, server, int(options.limit * OVER), options)
    finally:
        server.close()
    refused = {why: count for why, count in run["lost"].items() if why in REFUSALS}
    broken = judge.failures(run, REFUSALS)
    print(tables.HEAD)
    print(tables.row("antiphon, over its limit", run, ", ".join(broken) or "yes"))
    print(f"refused: {refused or 'none'}; running calls out of limits: "
          f"{'some: ' + ', '.join(broken) if broken else 0}")
