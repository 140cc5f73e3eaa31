"""Daemons that die and come back with their state, or without it, and disks that fail. Run by
durable.sh; prints TAP."""

import concurrent.futures
import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time

from tap import BIN, DAEMONS, PATIENCE, claim, finish, run
from world import AKA, IMSI, Hangs, World

ORDERS = {"ued": "eesed", "eesed": "ued"}  # who sends data to whom
WORKERS = 6

# ---- the flow ----


class Flow:
    """Attach, data, rekey, data, data to the UE. Orders are repeated to a process that died before
    it had taken them; each repetition of data has a number of its own."""

    def __init__(self, world):
        self.w = world
        self.sent = []  # (program, text) whose order was acknowledged

    def attach(self):
        self.w.order("ued", "attach", "=READY")
        self.w.until(lambda: self.w.shown("ued", "=READY") > 0)

    def send(self, program, text):
        """Acknowledged when the step is printed: from then on nothing may lose the message."""
        steps = self.w.shown(program, "event=APP_SEND ")
        tries = 0

        def taken():
            nonlocal tries
            life = self.w.lives.get(program)
            if life and life.ready and life is not taken.life:
                taken.life = life
                tries += 1
                self.w.write(program, f'send "{text} {tries}"')
            return self.w.shown(program, "event=APP_SEND ") > steps

        taken.life = None
        self.w.until(taken)
        to = ORDERS[program]
        texts = [f"{text} {i + 1}" for i in range(tries)]
        self.w.until(lambda: any(self.w.delivered(to, t) for t in texts))
        self.sent.append((to, texts))

    def rekey(self):
        epoch = int(self.w.key("eesed")[0])
        life = None

        def done():
            nonlocal life
            now = self.w.lives.get("eesed")
            if now and now.ready and now is not life:
                life = now
                self.w.write("eesed", "rekey")
            return int(self.w.key("eesed")[0]) > epoch and self.agree()

        self.w.until(done)

    def agree(self):
        return self.w.key("ued") == self.w.key("eesed")

    def go(self):
        self.attach()
        self.send("ued", "one")
        self.rekey()
        self.send("ued", "two")
        self.send("eesed", "down")
        self.send("ued", "three")
        self.w.until(self.agree)

    def wrong(self):
        """What must never be: messages that came twice, and numbers and vectors used twice."""
        twice = [
            (to, t) for to, texts in self.sent for t in texts if self.w.delivered(to, t) > 1
        ]
        return [f"delivered twice: {x}" for x in twice] + reuse(self.w.captured)


# ---- what was on the wire ----


def fields(octets):
    """The fields of a protobuf message, by number."""
    out, at = {}, 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (octets[at] & 0x7F) << shift
            shift += 7
            at += 1
            if octets[at - 1] < 0x80:
                return value

    while at < len(octets):
        tag = varint()
        kind = tag & 7
        if kind == 0:
            out[tag >> 3] = varint()
        else:
            size = {1: 8, 5: 4}.get(kind) or varint()
            out[tag >> 3] = octets[at : at + size]
            at += size
    return out


SID, KID, CTR, MAC, MAC32 = 1, 2, 3, 5, 6
AV_RSP, AKA_CHAL = 19, 20
DATA = {7: "data", 8: "data", 9: "dack", 10: "error"}  # under e2e keys; the rest under e2m keys


def reuse(captured):
    """Pairs of key and number under which two different frames were sent; and challenges that
    were used for two runs."""
    frames, vectors, wrong = {}, {}, []
    for sender, to, octets in captured:
        f = fields(octets)
        body = next(k for k in f if k > MAC32)
        if body in (AV_RSP, AKA_CHAL) and isinstance(f[body], bytes):
            m = fields(f[body])
            for name, value in (("rand", m.get(5 if body == AV_RSP else 2)),
                                ("autn", m.get(6 if body == AV_RSP else 3))):
                if value and vectors.setdefault((body, name, value), m.get(1)) != m.get(1):
                    wrong.append(f"a {name} serves two runs")
        if MAC not in f and MAC32 not in f or f.get(KID, 0) == 0:
            continue
        up = sender == "ued"
        key = (up, f.get(SID), f[KID], DATA.get(body, "e2m"), f.get(CTR))
        if frames.setdefault(key, octets) != octets:
            wrong.append(f"a number is used twice: {key} {sender} to {to}")
    return wrong


# ---- kill -9 at every datagram ----


def count_datagrams():
    w = World()
    flow = Flow(w)
    flow.go()
    n, wrong = len(w.captured), flow.wrong()
    w.close()
    claim(not wrong, f"the flow is {n} datagrams long, and clean", wrong)
    return n


def killed(program, positions, more=""):
    """Runs the flow and kills |program| each time a datagram of |positions| passes."""
    seen = 0

    def strike(world, _sender, _octets):
        nonlocal seen
        seen += 1
        if seen in positions and program in world.lives and world.lives[program].ready:
            world.kill(program)
            world.start(program)

    w = World(more, strike)
    flow = Flow(w)
    try:
        flow.go()
        return flow.wrong()
    except Hangs as hang:
        return [f"does not converge:\n{hang}"]
    finally:
        w.close()


def check_kills(total, pool):
    for p in DAEMONS:
        jobs = [pool.submit(killed, p, {n}) for n in range(1, total + 1)]
        bad = [f"at {n}: {x}" for n, j in enumerate(jobs, 1) for x in j.result()]
        claim(not bad, f"{p}: killed at any of {total} datagrams, state kept, all goes well", *bad)
    jobs = {p: pool.submit(killed, p, set(range(3, total, 5))) for p in DAEMONS}
    for p, j in jobs.items():
        claim(not j.result(), f"{p}: killed at every fifth datagram of one run", *j.result())


# ---- the state is gone ----


def wiped(program):
    w = World()
    flow = Flow(w)
    try:
        flow.attach()
        flow.send("ued", "before")
        flow.rekey()
        flow.send("eesed", "before")
        if program == "emsed":
            w.order("hssd", "policy te2e 2s", "event=NEW_POLICY")
            w.until(lambda: w.shown("eesed", "note=POLICY_APPLIED") > 0)
            flow.rekey()
        w.kill(program)
        w.wipe(program)
        w.start(program)
        w.until(lambda: w.lives[program].ready)
        if program == "emsed":
            w.until(lambda: w.shown("eesed", "event=TE2E_EXPIRED") > 0)
        if program == "ued":
            attached = w.shown("ued", "note=ATTACHED")
            w.order("ued", "attach", "note=ATTACHED")
            w.until(lambda: w.shown("ued", "note=ATTACHED") > attached)
        flow.send("ued", "after")
        flow.send("eesed", "after")
        w.until(flow.agree)
        roots = w.shown("emsed", "note=ATTACHED")
        return [] if roots >= 2 else [f"no new root: {roots}"]
    except Hangs as hang:
        return [f"does not converge:\n{hang}"]
    finally:
        w.close()


def check_wipes(pool):
    jobs = {p: pool.submit(wiped, p) for p in DAEMONS[1:]}
    for p, j in jobs.items():
        claim(not j.result(), f"{p}: state wiped, the ends agree on a new root", *j.result())


# ---- disks that fail ----


def has_fiu():
    linked = subprocess.run(
        ["ldd", os.path.join(BIN, "hssd")], capture_output=True, text=True, check=False
    )
    return shutil.which("fiu-run") and "san.so" not in linked.stdout


def failing(program, point, position):
    """The disk of |program| fails from datagram |position| on, until it has stopped."""
    seen = 0
    w = World()

    def strike(world, _sender, _octets):
        nonlocal seen
        seen += 1
        life = world.lives.get(program)
        if seen == position and life and life.ready:
            subprocess.run(
                ["fiu-ctrl", "-c", f"enable name={point}", str(life.process.pid)],
                check=True,
                capture_output=True,
                timeout=60,
            )

    ends = []

    def died(name):
        life = w.lives.pop(name)
        ends.append((name, w.reap(name, life), life.stderr()))
        w.start(name)

    flow = Flow(w)
    try:
        w.kill(program)
        w.start(program, ["fiu-run", "-x"])
        w.until(lambda: w.lives[program].ready)
        w.on_datagram = strike
        w.died = died
        flow.go()
        bad = [e for e in ends if e[0] != program or e[1] != 3 or "state /" not in e[2]]
        return [f"ended so: {e}" for e in bad] + flow.wrong(), len(ends)
    except Hangs as hang:
        return [f"does not converge:\n{hang}"], len(ends)
    finally:
        w.close()


def check_disks(total, pool):
    if not has_fiu():
        claim(True, "no fiu-run with this build: failing disks # SKIP")
        return
    for p in DAEMONS:
        for point in ("posix/io/sync/fdatasync", "posix/io/rw/pwrite"):
            at = range(1, total, 4)
            results = [pool.submit(failing, p, point, n) for n in at]
            bad = [f"at {n}: {x}" for n, r in zip(at, results) for x in r.result()[0]]
            struck = sum(r.result()[1] for r in results)
            claim(
                not bad and struck > 0,
                f"{p}: when {point} fails it says so, stops, and all goes well after",
                *bad,
                struck,
            )


# ---- the file and the configuration ----


def refused(program, text):
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
        f.write(text)
        f.flush()
        return run("--config", f.name, program=os.path.join(BIN, program), stdin=subprocess.DEVNULL)


def check_files():
    w = World()
    flow = Flow(w)
    flow.attach()
    flow.send("ued", "one")
    eese = "name eese.plant1\nstate "
    for words, program, text, says in [
        ("in use", "eesed", eese + w.state("eesed"), ["another process uses it"]),
        ("of another role", "emsed", f"name m\neese e\nstate {w.state('eesed')}", []),
        ("in no folder", "eesed", eese + "/nowhere/x.db", ["/nowhere/x.db", "name a file"]),
    ]:
        r = refused(program, text)
        claim(
            r.returncode == 3 and "state /" in r.stderr and all(s in r.stderr for s in says),
            f"a file {words} is refused",
            r,
        )
    for p in DAEMONS:
        w.kill(p)
    for words, program, text, says in [
        ("of another role", "emsed", f"name m\neese e\nstate {w.state('eesed')}", "another role"),
        ("of another EESE", "eesed", f"name eese.x\nstate {w.state('eesed')}", "another EESE"),
    ]:
        with open(w.state("eesed"), "rb") as f:
            before = f.read()
        r = refused(program, text)
        with open(w.state("eesed"), "rb") as f:
            after = f.read()
        claim(r.returncode == 3 and says in r.stderr, f"a file {words} is refused, and says so", r)
        claim(before == after, f"a file {words} is left as it was")
    w.close()


def check_boot():
    """A boot of the system: the clock of the stored deadlines is gone."""
    w = World()
    flow = Flow(w)
    flow.attach()
    flow.send("ued", "one")
    for p in DAEMONS:
        w.kill(p)
        db = sqlite3.connect(w.state(p))
        db.execute("UPDATE layout SET clock = 'another boot'")
        db.commit()
        db.close()
    for p in DAEMONS:
        w.start(p)
    w.until(lambda: w.shown("eesed", "note=EXPIRED_ON_RESTORE") == 1)
    flow.send("ued", "two")
    w.until(lambda: w.key("eesed")[0] != "0" and flow.agree())
    wrong = flow.wrong()
    claim(not wrong, "a te2e of another boot has expired, and a new key follows", wrong)
    w.close()


def check_reach():
    """Both ends of the network side die: data to the UE finds it, though it says nothing."""
    w = World()
    flow = Flow(w)
    flow.attach()
    flow.send("ued", "one")
    for p in ("emsed", "eesed"):
        w.kill(p)
        w.start(p)
    w.until(lambda: all(x.ready for x in w.lives.values()))
    flow.send("eesed", "down")
    claim(True, "an EESE that comes back reaches the UE where it was last heard")
    w.close()


def check_removed():
    w = World()
    Flow(w).attach()
    w.kill("hssd")
    path = f"{w.folder}/hssd.conf"
    with open(path, encoding="ascii") as f:
        text = f.read()
    with open(path, "w", encoding="ascii") as f:
        f.write(text.replace(f"subscriber {IMSI} {AKA} amf 8000\n", ""))
    life = w.start("hssd")
    w.until(lambda: life.ready)
    told = life.stderr()
    claim("1 UEs in it are not in the configuration" in told, "a removed subscriber is told", told)
    w.kill("hssd")
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    w.start("hssd")
    w.until(lambda: w.lives["hssd"].ready)
    w.until(lambda: w.shown("hssd", "event=STARTED") == 1)
    claim(True, "and has its state when it is configured again")
    w.close()


def check_runner():
    """Under a runner what was restored waits for `start`, so that its times count from there."""
    w = World()
    flow = Flow(w)
    flow.attach()
    w.kill("eesed")
    ours, theirs = socket.socketpair()
    with subprocess.Popen(
        [f"{BIN}/eesed", "--config", f"{w.folder}/eesed.conf", "--control", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
    ) as eese:
        theirs.close()
        lines = ours.makefile("r")
        claim(lines.readline().startswith("ready EESE"), "under a runner it says that it is ready")
        ours.sendall(b"counters\n")
        quiet = lines.readline()
        claim(" steps=0 " in quiet, "and does nothing more until it is told the time", quiet)
        zero = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000 - 7000000
        ours.sendall(f"start {zero}\n".encode())
        first = lines.readline()
        claim(" t=7." in first and "event=STARTED" in first, "from which all times count", first)
        ours.sendall(b"quit\n")
        claim(eese.wait(PATIENCE) == 0, "and stops as before")
    ours.close()
    w.close()


def check_switch_off():
    more = "".join(f"without durable-{r}\n" for r in ("hss", "emse", "eese", "ue"))
    w = World(more)
    flow = Flow(w)
    flow.go()
    claim(not flow.wrong(), "with the corrections off the flow is the same", flow.wrong())
    w.close()


with concurrent.futures.ThreadPoolExecutor(WORKERS) as executor:
    length = count_datagrams()
    check_files()
    check_boot()
    check_reach()
    check_removed()
    check_runner()
    check_switch_off()
    check_wipes(executor)
    check_kills(length, executor)
    check_disks(length, executor)
finish()
