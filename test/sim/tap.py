"""What the tests of the programs share: the programs, TAP, and waiting for events, never sleeping."""

import glob
import os
import signal
import subprocess
import sys

BIN = os.path.abspath(sys.argv[1])
E2ESIM = os.path.join(BIN, "e2esim")
DAEMONS = ["hssd", "emsed", "eesed", "ued"]
# A shell lets what it starts in the background ignore Ctrl-C; here it counts, for our children too.
signal.signal(signal.SIGINT, signal.default_int_handler)
# Bounds a hang only; nothing is measured against it.
PATIENCE = 120

_results = []


def claim(good, words, *evidence):
    """One line of TAP; the evidence is shown when the claim does not hold."""
    _results.append(bool(good))
    print(f"{'ok' if good else 'not ok'} {len(_results)} - {words}", flush=True)
    if not good:
        for item in evidence:
            print("# " + str(item)[-4000:].replace("\n", "\n# "), flush=True)


def finish():
    print(f"1..{len(_results)}")
    sys.exit(0 if all(_results) else 1)


def run(*args, env=None, program=E2ESIM, **kwargs):
    return subprocess.run(
        [program, *args],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={**os.environ, **(env or {})},
        **kwargs,
    )


def scenarios(folder="*"):
    return sorted(glob.glob(f"scenarios/{folder}/*.scn"))
