"""Measures and prints; nothing here is a test. What is compared is measured side by side in one run,
for the machine is noisy. See README.md beside this file."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

BUILD, BIN = (os.path.abspath(p) for p in sys.argv[1:3])
E2ESIM = os.path.join(BIN, "e2esim")
TIMES = 5

PING = """scenario hop
title "Datagrams go to and fro between UE and EESE"
ue UE1
"""
HOURS = """scenario hours
title "An hour of te2e, twenty-four times"
policy te2e 1h
ue UE1
every 61min from 1min until 26h UE1 sends "24"
expect UE1 and EESE share epoch 24
"""
CROWD = """scenario crowd
title "A thousand UEs attach and are rekeyed"
policy te2e 4s
ues UE1..UE1000 attach over 2s
at 3s each UE sends 24 bytes
at 8s each UE sends 24 bytes
expect every UE and EESE share epoch 1
end at 10s
"""


def e2esim(*args, text=None, **env):
    return subprocess.run(
        [E2ESIM, "run", "--quiet", *args],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **env},
    )


def percentile(values, p):
    return sorted(values)[min(len(values) - 1, int(len(values) * p / 100))]


def hop(*args):
    """Microseconds of a hop, half a round trip: (direct, through the runner) for each percentile."""
    with tempfile.TemporaryDirectory() as tmp:
        for name in ("hssd", "emsed", "eesed", "ued"):
            os.symlink(os.path.join(BUILD, "bench_hop"), os.path.join(tmp, name))
        e2esim("--live", *args, "-", text=PING, E2ESIM_BINDIR=tmp, HOP_DIR=tmp)
        with open(os.path.join(tmp, "samples"), encoding="ascii") as f:
            pairs = [[int(x) / 2000 for x in line.split()] for line in f]
    return {
        f"p{p}": [round(percentile([pair[i] for pair in pairs], p), 1) for i in (0, 1)]
        for p in (50, 95, 99)
    }


def hops():
    plain = hop()
    with tempfile.TemporaryDirectory() as out:
        traced = hop("--out", os.path.join(out, "run"))
    return {"quiet": plain, "with --out": traced}


def jumping(mode, text):
    """The best of some runs on a clock that jumps: seconds, machine steps, datagrams."""
    best = None
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as out:
            begun = time.monotonic()
            e2esim(f"--{mode}", "-", text=text)
            seconds = time.monotonic() - begun
            e2esim(f"--{mode}", "--out", out, "-", text=text)
            with open(os.path.join(out, "report.json"), encoding="utf-8") as f:
                report = json.load(f)
        if best is None or seconds < best["seconds"]:
            best = {
                "seconds": round(seconds, 4),
                "steps": report["counts"]["steps"],
                "datagrams": report["counts"]["datagrams"],
                "simulated": report["duration"],
            }
    return best


def start():
    """Milliseconds from the start of e2esim to the first datagram of a live run, in the middle."""
    found = []
    with tempfile.NamedTemporaryFile("w", suffix=".scn", encoding="ascii") as f:
        f.write(PING + "end at 10ms\n")
        f.flush()
        for _ in range(TIMES):
            begun = time.monotonic()
            with subprocess.Popen(
                [E2ESIM, "run", "--live", f.name], stdout=subprocess.PIPE, text=True
            ) as process:
                for line in process.stdout:
                    if "ATTACH_REQ" in line:
                        found.append(1000 * (time.monotonic() - begun))
    return round(statistics.median(found), 1)


def numbers(program):
    """What it prints: a name and a number on each line."""
    out = subprocess.run([os.path.join(BUILD, program)], capture_output=True, text=True, check=True)
    return {name: int(n) for name, n in (line.split() for line in out.stdout.splitlines())}


def table(r):
    print("a hop over UDP on the loopback, microseconds      direct  through e2esim  added")
    for how, by_percentile in r["hop"].items():
        for p, (direct, relayed) in by_percentile.items():
            print(f"  {how:10} {p:33} {direct:9.1f} {relayed:15.1f} {relayed - direct:6.1f}")
    print("a clock that jumps                               seconds         steps  steps/s  simulated : real")
    for name, v in r["jumping"].items():
        print(
            f"  {name:44} {v['seconds']:9.4f} {v['steps']:13} {v['steps'] / v['seconds']:8.0f}"
            f" {v['simulated'] / v['seconds']:12.0f}"
        )
    print("one role alone with its node, steps/s")
    for name, rate in r["cores"].items():
        print(f"  {name:44} {rate:9}")
    print("one operation, nanoseconds")
    for name, ns in r["ops"].items():
        print(f"  {name:44} {ns:9}")
    print(f"four daemons, start to first datagram, ms {r['start_ms']:15}")


def main():
    result = {
        "hop": hops(),
        "jumping": {
            f"{name}, {mode}": jumping(mode, text)
            for name, text in [("24 rekeys at te2e 1 h", HOURS), ("1000 UEs attach and rekey", CROWD)]
            for mode in ["virtual", "lockstep"]
        },
        "cores": numbers("bench_cores"),
        "ops": numbers("bench_ops"),
        "start_ms": start(),
    }
    if "--json" in sys.argv[3:]:
        print(json.dumps(result, indent=2))
    else:
        table(result)


main()
