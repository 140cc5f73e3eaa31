"""Each daemon dies at each message of the flow, at each of three points, and comes back with its
state. Run by kills.sh; prints TAP. In virtual time and in lockstep every one of them; live one of each
kind for each daemon, or every one with KILLS=live in the environment (`make kills`)."""

import concurrent.futures
import os

from tap import claim, finish, run

FLOW = """scenario kills
title "Whoever dies at whatever message, both ends agree and every message arrives once"
pace 10%
policy te2e 1s
ue UE1
link UE-EESE delay 20ms
link UE-EMSE delay 30ms
{rule}
100ms after {role} dies: restart {role}
at 500ms  UE1 sends "41"
at 1600ms UE1 sends "42"
at 2500ms EESE contacts UE1 "read now"
at 3800ms UE1 sends "43"
expect {role} dies once
expect EESE delivers "41" from UE1 once
expect EESE delivers "42" from UE1 once
expect EESE delivers "43" from UE1 once
expect UE1 receives "read now" once
expect finally UE1 and EESE share an epoch
"""
POINTS = {
    "sent": ("from", "kill sender"),
    "before it is durable": ("to", "kill receiver before it is durable"),
    "when it is durable": ("to", "kill receiver after it is durable"),
}
ROLES = ["HSS", "EMSE", "EESE", "UE"]
MESSAGES_MAX = 60  # of one role in one direction
LIVE_SAMPLE = {"HSS": 2, "EMSE": 8, "EESE": 4, "UE": 4}  # in the rekey: RAND, keys, data


def ordinal(n):
    return f"{n}" + ("th" if n // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th"))


def play(job):
    mode, role, point, n = job
    side, what = POINTS[point]
    rule = f"on {ordinal(n)} any message {side} {role} {what}"
    text = FLOW.format(rule=rule, role=role)
    return job, run("run", f"--{mode}", "--quiet", "-", input=text)


def judge(job, r):
    mode, role, point, n = job
    claim(r.returncode == 0, f"{mode}: {role} dies, {point}, message {n}", r.stdout, r.stderr)


def die_at_each(role, point):
    """One death after another, until there is no such message. Returns how many there are."""
    for n in range(1, MESSAGES_MAX):
        job, r = play(("virtual", role, point, n))
        if "vacuous" in r.stdout:
            return n - 1
        judge(job, r)
        judge(*play(("lockstep", role, point, n)))
    return MESSAGES_MAX


def main():
    live = []
    for role in ROLES:
        for point in POINTS:
            count = die_at_each(role, point)
            claim(1 < count < MESSAGES_MAX, f"{role} {point}: {count} messages in all", count)
            every = os.environ.get("KILLS") == "live"
            numbers = range(1, count + 1) if every else [LIVE_SAMPLE[role]]
            live += [("live", role, point, n) for n in numbers]
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        for job, r in pool.map(play, live):
            judge(job, r)
    finish()


main()
