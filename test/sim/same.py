"""Compares live and virtual runs of one scenario. Run by same.sh; prints TAP."""

import collections
import concurrent.futures
import json
import os
import re
import tempfile

from tap import claim, finish, run, scenarios

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


def is_random(path):
    """Whether chance plays a part: then the two clocks may see different draws."""
    with open(path, encoding="utf-8") as f:
        text = "\n".join(line for line in f if not line.startswith("#"))
    return re.search(r"\b(loss|jitter|exponential|reorder|duplicat\w*)\b", text) is not None


def trace(mode, path, variant, tmp, *args):
    r = run("run", f"--{mode}", "--quiet", "--variant", variant, "--out", tmp, *args, path)
    with open(os.path.join(tmp, "trace.jsonl"), encoding="utf-8") as f:
        return r, f.read()


def sequences(text):
    """What happened on each link and in each role, for each UE, without times."""
    found = collections.defaultdict(list)
    for line in text.splitlines():
        e = json.loads(line)
        if e["ev"] == "msg":
            key = ("msg", e["from"], e["to"], e.get("ue"))
            what = [e.get(k) for k in ("msg", "epoch", "ctr", "bytes", "fate")]
        elif e["ev"] == "step":
            key = ("step", e["role"], e.get("ue"))
            what = [e.get(k) for k in ("state", "event", "next", "action", "epoch", "fp")]
        else:
            continue
        found[key].append(what)
    return found


def first_difference(a, b):
    for key in sorted(set(a) | set(b), key=str):
        for i in range(max(len(a[key]), len(b[key]))):
            one = a[key][i] if i < len(a[key]) else None
            other = b[key][i] if i < len(b[key]) else None
            if one != other:
                return f"{key} number {i}: live {one}, virtual {other}"
    return None


def check(job):
    path, variant = job
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        live_run, live = trace("live", path, variant, a)
        virtual_run, virtual = trace("virtual", path, variant, b)
        _, again = trace("virtual", path, variant, b)
    difference = first_difference(sequences(live), sequences(virtual))
    return job, live_run, virtual_run, difference, virtual == again and virtual != ""


def main():
    jobs = [
        (path, variant)
        for path in scenarios()
        if "/demo/" not in path and not is_random(path)
        for variant in ["hardened", "literal"]
    ]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for (path, variant), live, virtual, difference, same in pool.map(check, jobs):
            claim(live.returncode == virtual.returncode, f"{path} {variant}: one verdict", live)
            claim(difference is None, f"{path} {variant}: live shows what virtual does", difference)
            claim(same, f"{path} {variant}: virtual twice is one trace, to the octet")
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "hour.scn")
        with open(path, "w", encoding="utf-8") as f:
            f.write(HOUR)
        r, text = trace("virtual", path, "hardened", tmp)
        claim(r.returncode == 0, "a day of te2e of one hour, virtual", r.stdout, r.stderr)
        _, other = trace("virtual", path, "hardened", tmp, "--seed", "2")
        claim(text != other, "another seed is another trace")
    finish()


main()
