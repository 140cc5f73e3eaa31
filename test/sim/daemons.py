"""Checks the daemons without a runner. Run by daemons.sh; prints TAP."""

import os
import random
import re
import selectors
import signal
import socket
import subprocess
import tempfile
import time

from tap import BIN, DAEMONS, PATIENCE, claim, finish, run
from world import own_host

K = "465b5ce8b199b49faa5f0a2ee238a6bc"
OPC = "cd63cb71954a9f4e48a5994e37a02baf"
AKA = f"k {K} opc {OPC}"
IMSI = "001010000000001"
ROLE = {"hssd": "HSS", "emsed": "EMSE", "eesed": "EESE", "ued": "UE"}


class Gone(Exception):
    """What was waited for can no longer come."""


class Daemon:
    """A daemon with its lines; by hand on stdin and stdout, or over a control socket."""

    everything = []  # that any daemon has ever printed
    alive = []  # all are read all the time, for a slow reader slows a daemon down

    def __init__(self, program, config, control=False):
        self.program = program
        self.text = b""
        self.lines = []
        self.file = tempfile.NamedTemporaryFile("w", suffix=".conf")
        self.file.write(config)
        self.file.flush()
        command = [os.path.join(BIN, program), "--config", self.file.name]
        self.errors = tempfile.TemporaryFile("w+")
        if control:
            ours, theirs = socket.socketpair()
            self.process = subprocess.Popen(
                command + ["--control", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
            )
            theirs.close()
            self.socket = ours
            self.fd = ours.fileno()
        else:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                bufsize=0,
            )
            self.socket = None
            self.fd = self.process.stdout.fileno()
        self.ended = False
        Daemon.alive.append(self)

    def say(self, line):
        octets = (line + "\n").encode()
        if self.socket:
            self.socket.sendall(octets)
        else:
            self.process.stdin.write(octets)

    @staticmethod
    def pump():
        """Waits until some daemon prints; False when none does for long."""
        with selectors.DefaultSelector() as s:
            for d in Daemon.alive:
                s.register(d.fd, selectors.EVENT_READ, d)
            ready = s.select(PATIENCE)
        for key, _ in ready:
            more = os.read(key.fd, 65536)
            key.data.text += more
            if not more:
                key.data.ended = True
                Daemon.alive.remove(key.data)
        return bool(ready)

    def next_line(self):
        """The next line it prints; raises Gone at the end or when it hangs."""
        while b"\n" not in self.text:
            if self.ended:
                raise Gone(f"{self.program} has ended after {self.lines[-5:]}: {self.stderr()}")
            if not Daemon.pump():
                raise Gone(f"{self.program} hangs after {self.lines[-5:]}")
        line, self.text = self.text.split(b"\n", 1)
        self.lines.append(line.decode())
        Daemon.everything.append(line.decode())
        return self.lines[-1]

    def until(self, pattern):
        """Reads on until a line matches; returns the match."""
        while True:
            found = re.search(pattern, self.next_line())
            if found:
                return found

    def by_now_or_then(self, pattern):
        """Reads on until a line matches, unless one has."""
        if not any(re.search(pattern, line) for line in self.lines):
            self.until(pattern)

    def counters(self):
        self.say("counters")
        words = self.until(r"^counters (.*)").group(1).split()
        return {k: int(v) for k, v in (w.split("=") for w in words)}

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read()

    def rest(self):
        """The lines up to its end, and its exit code."""
        lines = []
        try:
            while True:
                lines.append(self.next_line())
        except Gone:
            pass
        return lines, self.process.wait(PATIENCE)

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        lines, code = self.rest()
        Daemon.everything += self.stderr().split("\n")
        return lines, code


def free_ports(host, n):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(n)]
    for s in sockets:
        s.bind((host, 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


def configs(host, ues=1, more=""):
    """A configuration for each of the four, who know each other's addresses."""
    at = f"[{host}]" if ":" in host else host
    h, m, e, u = (f"{at}:{p}" for p in free_ports(host, 4))
    common = "seed 42\npace 10%\n" + more
    return {
        "hssd": f"{common}name hss.home\nlisten {h}\npeer EMSE {m}\n"
        f"subscriber {IMSI} count {ues} {AKA} amf 8000\nprofile * te2e 1h\n",
        "emsed": f"{common}name emse.home\nlisten {m}\npeer HSS {h}\npeer EESE {e}\n"
        "eese eese.plant1\n",
        "eesed": f"{common}name eese.plant1\nlisten {e}\npeer EMSE {m}\n",
        "ued": f"{common}listen {u}\npeer EMSE {m}\npeer EESE {e}\n"
        f"ue {IMSI} count {ues} {AKA} emse emse.home eese eese.plant1\n",
    }, {"hssd": h, "emsed": m, "eesed": e, "ued": u}


def start(config):
    daemons = {p: Daemon(p, config[p]) for p in DAEMONS}
    for p, d in daemons.items():
        d.address = d.until(f"^ready {ROLE[p]} (.*)").group(1)
    return daemons


def check_flow(host):
    """The whole flow, to its very end; returns the fingerprints of the first two epochs."""
    config, addresses = configs(host, more="timer OVERLAP 100ms\n")
    host = "IPv6" if ":" in host else "IPv4"
    d = start(config)
    claim(
        all(d[p].address == addresses[p] for p in DAEMONS),
        f"{host}: each says that it is ready, and where",
        addresses,
    )
    d["ued"].say(f"order {IMSI} attach")
    d["ued"].until("note=ATTACHED")
    first = d["ued"].lines[-2].rsplit("fp=", 1)[1]
    claim("epoch=0" in d["ued"].lines[-2], f"{host}: the UE attaches", d["ued"].lines)
    d["ued"].say(f'order {IMSI} send "temperature 21"')
    got = d["eesed"].until(f"deliver ue={IMSI} .*payload=(.*)").group(1)
    claim(bytes.fromhex(got) == b"temperature 21", f"{host}: data arrives at the EESE", got)
    d["ued"].until("note=ACKED")
    d["eesed"].say(f"order {IMSI} rekey")
    there = d["eesed"].until(r"step .* epoch=1 fp=(\w+)").group(1)
    here = d["ued"].until(r"step .* epoch=1 fp=(\w+)").group(1)
    claim(there == here != first, f"{host}: both derive the same new key", first, here, there)
    d["eesed"].say(f"order {IMSI} send-hex 0001ff")
    got = d["ued"].until(f"deliver ue={IMSI} .*payload=(.*)").group(1)
    claim(got == "0001ff", f"{host}: data arrives at the UE", got)
    for p, last in [("ued", "OVERLAP_DUE"), ("eesed", "OVERLAP_DUE"), ("eesed", "RX_DACK")]:
        d[p].by_now_or_then(f"event={last} ")
    return d, [first, here]


def throw(address, octets):
    host, port = address.rsplit(":", 1)
    host = host.strip("[]")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.sendto(octets, (host, int(port)))


def check_garbage(d):
    """Junk from a stranger changes counters only."""
    dice = random.Random(3)
    junk = [b"", b"\0" * 1200, b"\0" * 1201, b"\xff" * 65507, b"\x08"]
    junk += [dice.randbytes(dice.randint(1, 1200)) for _ in range(200)]
    before = {p: d[p].counters() for p in DAEMONS}
    for p in DAEMONS:
        for octets in junk:
            throw(d[p].address, octets)
    for p in DAEMONS:
        now = d[p].counters()
        while now["received"] + now["oversize"] + now["stranger"] < sum(
            before[p][k] for k in ("received", "oversize", "stranger")
        ) + len(junk):
            now = d[p].counters()  # the datagrams may be read after the line
        new = {k: v - before[p].get(k, 0) for k, v in now.items()}
        told = ["received", "oversize", "stranger", "refused", "unrouted"]
        others = {k: v for k, v in new.items() if v and k not in told and "refused_" not in k}
        claim(others == {}, f"{p}: garbage changes counters only", others)
        if p in ("hssd", "ued"):
            claim(new["stranger"] == len(junk), f"{p}: strangers are not heard", new)
        else:
            claim(
                new["oversize"] == 2 and new["refused"] + new["unrouted"] == len(junk) - 2,
                f"{p}: all of it is refused",
                new,
            )
    d["ued"].say(f'order {IMSI} send "still here"')
    got = d["eesed"].until(f"deliver ue={IMSI} .*payload=(.*)").group(1)
    claim(bytes.fromhex(got) == b"still here", "after the garbage data arrives as before", got)
    d["ued"].until("note=ACKED")


def check_control(d):
    ue = d["ued"]
    steps = ue.counters()["steps"]
    for line, error in [
        ("nonsense", "error expected start, order, clock, die, step, tick, counters or quit, found 'nonsense'"),
        (f"order {IMSI} sned", "error 'sned' is no order; did you mean 'send'?"),
        ("order 999999999999999 attach", "error there is no context of 999999999999999 here"),
        ("x" * 5000, "error a line of more than 2048 octets"),
        (f"order {IMSI} policy te2e 2s", "error policy: only the HSS keeps device profiles"),
    ]:
        ue.say(line)
        got = ue.until("^error").string
        claim(got == error, f"a wrong line is answered: {line[:40]}", got)
    claim(ue.counters()["steps"] == steps, "a wrong line changes nothing", ue.lines[-5:])
    d["hssd"].say(f"order {IMSI} policy te2e 5s")
    got = d["eesed"].until("note=POLICY_APPLIED value=(.*) ").group(1)
    claim(got == "2", "a policy reaches the EESE with its version", got)


def check_stop(d):
    hss = d["hssd"]
    hss.process.send_signal(signal.SIGUSR1)
    claim(hss.until("^counters "), "SIGUSR1 prints the counters")
    hss.process.send_signal(signal.SIGHUP)
    claim(hss.counters(), "SIGHUP changes nothing")
    hss.process.stdin.close()
    hss.process.send_signal(signal.SIGUSR1)
    claim(hss.until("^counters "), "the end of stdin is not a stop")
    for p, number in zip(DAEMONS, [signal.SIGTERM, signal.SIGINT, signal.SIGTERM, signal.SIGINT]):
        lines, code = d[p].stop(number)
        claim(
            code == 0 and lines[-1:] == ["bye"],
            f"{p}: {number.name} stops it cleanly",
            code,
            lines,
        )


def check_peers_late_and_gone():
    config, _ = configs(own_host(), ues=100, more="timer ATTACH 20ms cap 40ms\n")
    config["ued"] = config["ued"].replace("eese.plant1\n", "eese.plant1 attach\n")
    ue = Daemon("ued", config["ued"])
    ue.until("event=ATTACH_DUE")
    others = {p: Daemon(p, config[p]) for p in DAEMONS[:3]}
    for _ in range(100):
        ue.until("note=ATTACHED")
    claim(True, "a UE daemon attaches a hundred UEs to peers that come later")
    others["eesed"].stop(signal.SIGKILL)
    ue.say(f'order {IMSI} send "into the void"')
    ue.until("event=DATA_DUE")
    claim(ue.process.poll() is None, "a peer that is gone is survived")
    others["eesed"] = Daemon("eesed", config["eesed"])
    ue.until("note=ACKED")
    claim(True, "a peer that lost its state and came back gets the message")
    for other in [ue, *others.values()]:
        other.stop()


def check_command_line():
    for p in DAEMONS:
        r = run("--help", program=os.path.join(BIN, p))
        claim(r.returncode == 0 and "listen ADDRESS" in r.stdout, f"{p} --help tells settings", r)
        claim(max(map(len, r.stdout.split("\n"))) <= 80, f"{p} --help fits 80 columns", r.stdout)
        r = run("--version", program=os.path.join(BIN, p))
        claim(re.fullmatch(rf"{p} \d+\.\d+\.\d+\n", r.stdout), f"{p} --version tells it", r)
    for words, args, says in [
        ("no --config", [], "--config FILE is missing"),
        ("a missing file", ["--config", "/nowhere/x.conf"], "/nowhere/x.conf: No such file"),
        ("a folder", ["--config", "/"], "/: Is a directory"),
        ("an unknown option", ["--confgi", "x"], "unrecognized option"),
        ("a stray word", ["--config", "x", "y"], "unexpected argument y"),
        ("a closed descriptor", ["--config", "x", "--control", "77"], "found 77"),
    ]:
        r = run(*args, program=os.path.join(BIN, "emsed"))
        claim(r.returncode == 2 and says in r.stderr and r.stdout == "", f"{words} is exit 2", r)


def check_environment():
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as f:
        f.write("name m\nees eese.plant1\n  listen 127.0.0.1\n")
        f.flush()
        r = run("--config", f.name, program=os.path.join(BIN, "emsed"))
        claim(
            r.returncode == 2
            and f"{f.name}:2:1: error: " in r.stderr
            and "did you mean 'eese'?" in r.stderr
            and f"{f.name}:3:10: error: expected an address" in r.stderr,
            "every mistake of a configuration is told with its place, exit 2",
            r,
        )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        taken = f"127.0.0.1:{s.getsockname()[1]}"
        for words, text, says in [
            ("a taken port", f"listen {taken}\n", [f"cannot listen on {taken}", "choose another"]),
            ("a foreign address", "listen 192.0.2.1:4001\n", ["192.0.2.1:4001", "no such address"]),
            ("a peer of the other family", "peer EMSE [::1]:1\n", ["peer EMSE", "::1"]),
        ]:
            d = Daemon("hssd", text)
            _, code = d.rest()
            told = d.stderr()
            claim(code == 3 and all(w in told for w in says), f"{words} is exit 3", code, told)


def check_runner():
    d = Daemon("hssd", "seed 1\n", control=True)
    d.until("^ready HSS 127.0.0.1:")
    d.say(f"start {time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
    d.say("quit")
    lines, code = d.rest()
    claim((lines, code) == (["bye"], 0), "over a control socket it is told to stop", lines, code)
    claim(d.stderr() == "", "and says nothing on stderr", d.stderr())
    d = Daemon("hssd", "", control=True)
    d.until("^ready")
    Daemon.alive.remove(d)
    d.socket.close()
    claim(d.process.wait(PATIENCE) == 0, "when the runner is gone it stops")


def check_zero_of_time():
    d = Daemon("ued", f"ue {IMSI} {AKA} emse m eese e\npeer EMSE 127.0.0.1:9\n", control=True)
    d.until("^ready")
    d.say("start 0")
    d.say(f"order {IMSI} attach")
    shown = float(d.until(r"^UE t=(\d+\.\d{6}) step").group(1))
    now = time.clock_gettime(time.CLOCK_MONOTONIC)
    claim(0 < shown <= now, "times are of CLOCK_MONOTONIC since the start", shown, now)
    d.say("quit")
    d.rest()


def check_granted():
    """A runner that keeps the time: nothing happens but what it grants."""
    d = Daemon("ued", f"seed 1\nue {IMSI} {AKA} emse m eese e\npeer EMSE 127.0.0.1:9\n", control=True)
    d.until("^ready")
    for line in ["step 7000000", "start 0", f"order {IMSI} attach", "step 7000000"]:
        d.say(line)
    shown = d.until(r"^UE t=(\S+) step .* event=ATTACH ").group(1)
    claim(shown == "7.000000", "time stands where the runner says", shown)
    due = int(d.until(r"^idle 2 (\d+)$").group(1))
    claim(due > 7000000, "when all is done it says so, and when its next timer is due", due)
    for at, words, happens in [
        (due - 1, "one microsecond before nothing happens", False),
        (due, "then it does", True),
    ]:
        told = len(d.lines)
        d.say(f"tick {at}")
        d.until("^idle")
        steps = [line for line in d.lines[told:] if " step " in line]
        claim(bool(steps) == happens, words, steps)
    claim(f"t={due // 1000000}.{due % 1000000:06} " in steps[0], "at that very time", steps)
    d.say("quit")
    d.rest()


def has_ipv6():
    try:
        free_ports("::1", 1)
    except OSError:
        return False
    return True


check_command_line()
check_environment()
check_runner()
check_zero_of_time()
check_granted()
four, prints = check_flow(own_host())
check_garbage(four)
check_control(four)
check_stop(four)
if has_ipv6():
    six, same = check_flow("::1")
    claim(prints == same, "one seed gives the same keys again", prints, same)
    for daemon in six.values():
        daemon.stop()
check_peers_late_and_gone()
claim(
    not any(K in line or OPC in line for line in Daemon.everything),
    "no key was ever printed",
)
finish()
