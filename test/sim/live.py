"""Runs with four daemons: what is left behind however they end, live and in lockstep, how many UEs
they carry, and what is worth nothing. Run by live.sh; prints TAP."""

import concurrent.futures
import os
import select
import signal
import subprocess
import sys
import tempfile
import uuid

from tap import BIN, DAEMONS, E2ESIM, PATIENCE, claim, finish, run

FLAGSHIP = "scenarios/flow/full-rekey.scn"
AT_ONCE = 6
# Long enough in lockstep to be met in its middle.
LONG = """scenario long
title "A UE reports every minute for a month"
policy te2e 1h
ue UE1
every 1min from 1min until 30d UE1 sends "24"
limit 31d
"""
THOUSAND = """scenario thousand
title "A thousand UEs in one process attach and are rekeyed"
policy te2e 4s
ues UE1..UE1000 attach over 2s
at 3s   each UE sends 24 bytes
at 8s   each UE sends 24 bytes
expect within 12s every UE and EESE share epoch 1
expect EESE delivers 2000 messages
expect never EESE accepts data under an expired key
limit 60s
"""

# More datagrams than the receive buffer of any of our sockets holds: each takes 768 octets of it, and
# 4 MiB is asked for, of which the system makes 8.
TOO_MANY = 13000
STANDSTILL = f"""scenario standstill
title "More comes to a process that stands still than its socket can hold"
ues UE1..UE{TOO_MANY} attach over 1s
at 0s pause EMSE
at 1500ms resume EMSE
end at 1600ms
"""
FLOOD = """scenario flood
title "A daemon sends more than the network can hold while it stands still"
ue UE1
end at 500ms
"""
# In place of ued; what it sends it does not announce, so that the runner cannot slow it down.
FLOODING_UED = f"""#!{sys.executable}
import os, re, signal, socket, sys
config, control = (sys.argv[sys.argv.index(o) + 1] for o in ("--config", "--control"))
control = socket.socket(fileno=int(control))
with open(config, encoding="ascii") as f:
    host, port = re.search(r"^peer EMSE (.*):(.*)$", f.read(), re.M).groups()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind((host, 0))
control.sendall(f"ready UE {{host}}:{{udp.getsockname()[1]}}\\n".encode())
for line in control.makefile():
    if line.startswith("start"):
        os.kill(os.getppid(), signal.SIGSTOP)
        for _ in range({TOO_MANY}):
            udp.sendto(b"x", (host, int(port)))
        os.kill(os.getppid(), signal.SIGCONT)
    elif line.startswith("quit"):
        control.sendall(b"bye\\n")
        break
"""


def marked(mark):
    """Processes that were born with |mark| in their environment: {pid: name}."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if mark.encode() not in f.read():
                    continue
            with open(f"/proc/{pid}/comm", encoding="utf-8") as f:
                found[int(pid)] = f.read().strip()
        except OSError:
            continue
    return found


def wait_for_end(pids):
    """Waits until each of |pids| has ended. Returns those that have not."""
    left = []
    for pid in pids:
        try:
            fd = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        if not select.select([fd], [], [], PATIENCE)[0]:
            left.append(pid)
        os.close(fd)
    return left


class Run:
    """A run in the background, with a mark and a temporary folder of its own."""

    def __init__(self, mode="live"):
        self.mark = "E2ESIM_TEST=" + uuid.uuid4().hex
        self.tmp = tempfile.TemporaryDirectory()
        name, _, value = self.mark.partition("=")
        self.process = subprocess.Popen(
            [E2ESIM, "run", f"--{mode}", FLAGSHIP if mode == "live" else "-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",  # it may be read from the middle of a character
            start_new_session=True,
            env={**os.environ, "TMPDIR": self.tmp.name, name: value},
        )
        self.process.stdin.write("" if mode == "live" else LONG)
        self.process.stdin.close()
        self.process.stdin = None

    def wait_for(self, word):
        """Reads the ladder up to a row with |word|."""
        for line in self.process.stdout:
            if word in line:
                return True
        return False

    def daemon(self, name):
        return next(pid for pid, comm in marked(self.mark).items() if comm == name)

    def finish(self):
        """Returns (exit code, stderr, processes left, files left)."""
        everyone = marked(self.mark)
        _, err = self.process.communicate(timeout=PATIENCE)
        left = wait_for_end(everyone)
        left += [p for p in marked(self.mark)]
        files = os.listdir(self.tmp.name)
        self.tmp.cleanup()
        return self.process.returncode, err, left, files


def clean(words, code, end):
    """The claims on a run that has ended."""
    got, err, left, files = end
    return [
        (got == code, f"{words}: exit {code}", got, err),
        (not left, f"{words}: no process is left", left),
        (not files, f"{words}: no file is left", files),
    ]


# Each of the following is one run; it returns its claims, for runs go on side by side.


def stopped(number, name, mode="live"):
    r = Run(mode)
    claims = [
        (r.wait_for("KEYSET_FWD"), f"{name}: the run is in its middle"),
        (len(set(marked(r.mark).values()) & set(DAEMONS)) == 4, f"{name}: four daemons run"),
    ]
    # As a terminal does it: the whole group.
    os.killpg(r.process.pid, number)
    return claims + clean(name, -number, r.finish())


def killed(number, name, mode="live"):
    r = Run(mode)
    r.wait_for("KEYSET_FWD")
    os.kill(r.process.pid, number)
    end = r.finish()
    # A sanitizer reports the crash and exits by itself.
    if number == signal.SIGSEGV and end[0] not in (0, -number):
        end = (-number, *end[1:])
    return clean(name, -number, end)


def killed_at_start():
    r = Run()
    os.kill(r.process.pid, signal.SIGKILL)
    return clean("kill -9 at the start", -signal.SIGKILL, r.finish())


def daemon_dies(name, mode="live"):
    r = Run(mode)
    r.wait_for("KEYSET_FWD")
    os.kill(r.daemon(name), signal.SIGKILL)
    end = r.finish()
    says = f"{name} was killed by signal 9" in end[1]
    words = f"{name} killed, {mode}"
    return [*clean(words, 3, end), (says, f"{words}: stderr says so", end[1])]


def reader_goes(mode="live"):
    r = Run(mode)
    r.wait_for("KEYSET_FWD")
    r.process.stdout.close()
    r.process.stdout = None
    return clean(f"the reader gone, {mode}", -signal.SIGPIPE, r.finish())


def daemon_hangs(mode="live"):
    r = Run(mode)
    r.wait_for("KEYSET_FWD")
    os.kill(r.daemon("eesed"), signal.SIGSTOP)
    return clean(f"eesed hangs, {mode}", 3, r.finish())


def thousand():
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "thousand.scn")
        with open(path, "w", encoding="utf-8") as f:
            f.write(THOUSAND)
        r = run("run", "--live", "--quiet", path)
    return [(r.returncode == 0, "a thousand UEs in one ued, live", r.stdout[-2000:], r.stderr)]


def overflows(words, text, says, env=None):
    """A run that shows a loss that nobody has asked for is none."""
    r = run("run", "--live", "--quiet", "-", input=text, env=env)
    good = r.returncode == 3 and f"the receive buffer of {says} ran over" in r.stderr
    return [(good, f"{words}: exit 3, and stderr says whose", r.returncode, r.stdout, r.stderr)]


def daemon_overflows():
    return overflows("the buffer of a daemon runs over", STANDSTILL, "emsed")


def network_overflows():
    with tempfile.TemporaryDirectory() as bindir:
        for name in DAEMONS[:3]:
            os.symlink(os.path.join(BIN, name), os.path.join(bindir, name))
        ued = os.path.join(bindir, "ued")
        with open(ued, "w", encoding="ascii") as f:
            f.write(FLOODING_UED)
        os.chmod(ued, 0o755)
        words = "a buffer of the network runs over"
        return overflows(words, FLOOD, "the network for UE->EMSE", {"E2ESIM_BINDIR": bindir})


RUNS = [
    (daemon_hangs, "lockstep"),  # the longest first
    (thousand,),
    (daemon_overflows,),
    (network_overflows,),
    (daemon_hangs,),
    (stopped, signal.SIGINT, "Ctrl-C, lockstep", "lockstep"),
    (killed, signal.SIGKILL, "kill -9, lockstep", "lockstep"),
    *[(daemon_dies, name, "lockstep") for name in DAEMONS],
    (reader_goes, "lockstep"),
    (stopped, signal.SIGINT, "Ctrl-C"),
    (stopped, signal.SIGTERM, "SIGTERM"),
    (killed, signal.SIGKILL, "kill -9"),
    (killed, signal.SIGSEGV, "a crash"),
    (killed_at_start,),
    *[(daemon_dies, name) for name in DAEMONS],
    (reader_goes,),
]
with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
    for claims in pool.map(lambda r: r[0](*r[1:]), RUNS):
        for each in claims:
            claim(*each)
finish()
