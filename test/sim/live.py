"""Live runs: every shipped scenario, and what is left behind. Run by live.sh; prints TAP."""

import concurrent.futures
import json
import os
import select
import signal
import subprocess
import tempfile
import uuid

from tap import DAEMONS, E2ESIM, PATIENCE, claim, finish, run, scenarios

FLAGSHIP = "scenarios/flow/full-rekey.scn"


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
    """A live run of the flagship in the background, with a mark and a temporary folder of its own."""

    def __init__(self, *args, scenario=FLAGSHIP):
        self.mark = "E2ESIM_TEST=" + uuid.uuid4().hex
        self.tmp = tempfile.TemporaryDirectory()
        name, _, value = self.mark.partition("=")
        self.process = subprocess.Popen(
            [E2ESIM, "run", "--live", scenario, *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "TMPDIR": self.tmp.name, name: value},
        )

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


def claim_clean(words, code, end):
    got, err, left, files = end
    claim(got == code, f"{words}: exit {code}", got, err)
    claim(not left, f"{words}: no process is left", left)
    claim(not files, f"{words}: no file is left", files)


def check_signals():
    for number, name in [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "SIGTERM")]:
        r = Run()
        claim(r.wait_for("KEYSET_FWD"), f"{name}: the run is in its middle")
        claim(len(set(marked(r.mark).values()) & set(DAEMONS)) == 4, f"{name}: four daemons run")
        # As a terminal does it: the whole group.
        os.killpg(r.process.pid, number)
        claim_clean(name, -number, r.finish())
    for number, name in [(signal.SIGKILL, "kill -9"), (signal.SIGSEGV, "a crash")]:
        r = Run()
        r.wait_for("KEYSET_FWD")
        os.kill(r.process.pid, number)
        code = r.finish()
        # A sanitizer reports the crash and exits by itself.
        if number == signal.SIGSEGV and code[0] not in (0, -number):
            code = (-number, *code[1:])
        claim_clean(name, -number, code)
    r = Run()
    os.kill(r.process.pid, signal.SIGKILL)
    claim_clean("kill -9 at the start", -signal.SIGKILL, r.finish())


def check_daemons_that_die():
    for name in DAEMONS:
        r = Run()
        r.wait_for("KEYSET_FWD")
        os.kill(r.daemon(name), signal.SIGKILL)
        end = r.finish()
        claim_clean(f"{name} killed", 3, end)
        claim(f"{name} was killed by signal 9" in end[1], f"{name} killed: stderr says so", end[1])


def check_reader_gone():
    r = Run()
    r.wait_for("KEYSET_FWD")
    r.process.stdout.close()
    r.process.stdout = None
    claim_clean("the reader gone", -signal.SIGPIPE, r.finish())


def check_hung_daemon():
    r = Run()
    r.wait_for("KEYSET_FWD")
    os.kill(r.daemon("eesed"), signal.SIGSTOP)
    end = r.finish()
    claim_clean("eesed hangs", 3, end)


def stated(path):
    """The verdict that a file states, by variant."""
    return json.loads(run("check", "--json", path).stdout)["stated"]


def check_scenario(job):
    path, mode, variant = job
    with tempfile.TemporaryDirectory() as tmp:
        r = run("run", f"--{mode}", path, "--variant", variant, env={"TMPDIR": tmp})
        files = os.listdir(tmp)
    return job, r, files


def check_scenarios():
    """All at once, a few at a time: runs do not disturb each other. Each ends as its file says."""
    said = {path: stated(path) for path in scenarios()}
    jobs = [
        (path, mode, variant)
        for path in sorted(said, key=lambda p: "demo" not in p)
        for variant in ["hardened", "literal"]
        for mode in ["live", "virtual"]
    ]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for (path, mode, variant), r, files in pool.map(check_scenario, jobs):
            code = {"pass": 0, "fail": 1}[said[path][variant]]
            claim(
                r.returncode == code and not files,
                f"{path} {mode} {variant}: exit {code}",
                r.returncode,
                r.stdout,
                r.stderr,
                files,
            )


def check_thousand():
    text = """scenario thousand
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
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "thousand.scn")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        r = run("run", "--live", "--quiet", path)
        claim(r.returncode == 0, "a thousand UEs in one ued, live", r.stdout[-2000:], r.stderr)


with concurrent.futures.ThreadPoolExecutor(1) as background:
    hung = background.submit(check_hung_daemon)
    check_signals()
    check_daemons_that_die()
    check_reader_gone()
    hung.result()
check_scenarios()
check_thousand()
finish()
