"""Every shipped scenario in both variants: live, in lockstep, and twice virtual. Each run ends as its
file says and leaves nothing behind; the four daemons in lockstep show what the virtual run shows, and
one seed is one run, to the octet. Run by scenarios.sh; prints TAP."""

import collections
import concurrent.futures
import json
import os
import tempfile

from tap import claim, finish, run, scenarios

# Live runs mostly wait.
LIVE_AT_ONCE = 16
CODES = {"pass": 0, "fail": 1}

HOUR = """scenario an-hour
title "An hour of te2e, twenty-four times"
policy te2e 1h
ue UE1
every 61min from 1min until 26h UE1 sends "24"
expect EESE is EXPIRED for UE1 at least 24 times
expect UE1 and EESE share epoch 24
expect EESE delivers at least 25 messages
expect never EESE accepts data under an expired key
"""

Seen = collections.namedtuple("Seen", "run out left")  # |out|: the files of --out; |left|: any others


def play(mode, path, *args):
    """Runs it once, with an output folder and a temporary folder of its own."""
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryDirectory() as tmp:
        r = run("run", f"--{mode}", "--out", out, *args, path, env={"TMPDIR": tmp})
        files = {}
        for name in os.listdir(out):
            with open(os.path.join(out, name), "rb") as f:
                files[name] = f.read()
        return Seen(r, files, os.listdir(tmp))


def trace(seen):
    return [json.loads(line) for line in seen.out.get("trace.jsonl", b"").splitlines()]


def but_its_mode(seen):
    """What --out holds, but for what the mode is called. The first block of a capture tells it."""
    out = {name: text.replace(b"lockstep", b"virtual") for name, text in seen.out.items()}
    capture = seen.out.get("capture.pcapng", b"")
    out["capture.pcapng"] = capture[int.from_bytes(capture[4:8], "little") :]
    return out


def stated(path):
    """The verdict that a file states, by variant."""
    return json.loads(run("check", "--json", path).stdout)["stated"]


def play_quickly(job):
    """All runs that do not wait for a clock."""
    path, variant = job
    modes = [("virtual",), ("virtual", "--quiet"), ("lockstep",)]
    return [play(mode, path, "--variant", variant, *args) for mode, *args in modes]


def play_live(job):
    path, variant = job
    return play("live", path, "--variant", variant)


def length(seen):
    """For how long it will run live."""
    events = trace(seen)
    return events[-1]["t"] if events else 0


def differing(one, other):
    return [name for name in sorted(set(one) | set(other)) if one.get(name) != other.get(name)]


def claim_end(words, seen, code):
    r = seen.run
    claim(r.returncode == code, f"{words}: exit {code}", r.returncode, r.stdout, r.stderr)
    claim(not seen.left, f"{words}: no file is left", seen.left)


def check_scenarios():
    """The quick runs first: they tell how long the live ones take, of which the longest begin."""
    said = {path: stated(path) for path in scenarios()}
    jobs = [(path, variant) for path in said for variant in said[path]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        quick = dict(zip(jobs, pool.map(play_quickly, jobs)))
    longest_first = sorted(jobs, key=lambda job: length(quick[job][0]), reverse=True)
    with concurrent.futures.ThreadPoolExecutor(LIVE_AT_ONCE) as pool:
        live = dict(zip(longest_first, pool.map(play_live, longest_first)))
    for job in jobs:
        path, variant = job
        code = CODES[said[path][variant]]
        virtual, again, lockstep = quick[job]
        claim_end(f"{path} {variant}, live", live[job], code)
        claim_end(f"{path} {variant}, lockstep", lockstep, code)
        claim_end(f"{path} {variant}, virtual", virtual, code)
        claim(
            len(virtual.out) == 4 and virtual.out == again.out,
            f"{path} {variant}: virtual twice is one run, to the octet",
            differing(virtual.out, again.out),
        )
        one, other = but_its_mode(lockstep), but_its_mode(virtual)
        claim(
            len(one) == 4 and one == other,
            f"{path} {variant}: the daemons in lockstep show what virtual shows, to the octet",
            differing(one, other),
            lockstep.run.stderr,
        )


def check_hour():
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "hour.scn")
        with open(path, "w", encoding="utf-8") as f:
            f.write(HOUR)
        day = play("virtual", path)
        claim(day.run.returncode == 0, "a day of te2e of one hour, virtual", day.run)
        other = play("virtual", path, "--seed", "2")
        claim(trace(day) != trace(other), "another seed is another trace")


check_scenarios()
check_hour()
finish()
