"""Checks `e2esim matrix` against single runs. Run by matrix.sh; prints TAP."""

import csv
import io
import json
import os
import signal
import subprocess
import tempfile

from tap import E2ESIM, PATIENCE, claim, finish, run, scenarios

CALM = 'scenario calm\ntitle "calm"\nue UE1\nat 500ms UE1 sends "41"\nexpect EESE delivers "41" from UE1 once\n'
IDLE = CALM.replace("calm", "idle") + "on 9th DATA_UL drop\nin literal this run fails\n"
# Many hours of te2e: what it takes to run this 28 times is not over before a signal arrives.
LONG = """scenario long
title "Many hours"
policy te2e 1s
ue UE1
every 1s from 1s until 200h UE1 sends "24"
expect EESE delivers data
"""


def matrix(*args):
    return run("matrix", *args)


def rows(*args):
    """The csv: {scenario: {column: verdict}}."""
    return {r["scenario"]: r for r in csv.DictReader(io.StringIO(matrix("--format", "csv", *args).stdout))}


def alone(path, how, in_force):
    """The exit code of that cell as a run of its own."""
    if how in ("literal", "hardened"):
        options = ["--variant", how]
    else:
        options = ["--variant", "hardened", "--with" if in_force else "--without", how]
    return run("run", "--virtual", "--quiet", path, *options).returncode


def check_against_runs():
    """A cell says what a process says that runs nothing else: no run leaves anything to the next."""
    r = matrix("--format", "json")
    whole = json.loads(r.stdout)
    claim(r.returncode == 0 and whole["as_stated"], "every verdict is the one that its file states", r.stdout[-3000:])
    paths = [s["file"] for s in whole["scenarios"]]
    claim(paths == scenarios("races") + scenarios("attacks"), "the usual folders are races and attacks", paths)
    for s in whole["scenarios"]:
        wrong = []
        for c in s["cells"]:
            if c["verdict"] == "pass" and c["column"] not in ("literal", "hardened", "index", "overlap", "soft-trigger"):
                continue  # a sample of what passes will do
            expected = {"pass": 0, "fail": 1, "vacuous": 1, "error": 3}[c["verdict"]]
            if alone(s["file"], c["column"], c.get("in_force")) != expected:
                wrong.append((c["column"], c["verdict"]))
        claim(not wrong, f"{s['scenario']}: the table and single runs agree", wrong)
    claim(
        all(
            (c["verdict"] in ("fail", "vacuous", "error")) <= bool(c["reasons"])
            for s in whole["scenarios"] for c in s["cells"]
        ),
        "what does not pass has a reason",
    )
    for s in whole["scenarios"]:
        table = {c["column"]: c["verdict"] for c in s["cells"]}
        needs = [n["correction"] for n in s["needs"]]
        failing = [c["column"] for c in s["cells"] if c.get("in_force") is False and c["verdict"] == "fail"]
        claim(needs == (failing if table["hardened"] == "pass" else []), f"{s['scenario']}: needs are what fails", s)


def check_order():
    whole = rows()
    backwards = rows(*reversed(scenarios("races") + scenarios("attacks")))
    claim(whole == backwards and list(whole) == list(reversed(backwards)), "the order of files changes no cell")
    again = matrix("--seed", "5").stdout
    claim(again == matrix("--seed", "5").stdout and "with seed 5" in again, "one seed gives one table")


def check_verdicts(tmp):
    def write(name, text):
        path = os.path.join(tmp, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    calm = write("calm.scn", CALM)
    r = matrix(calm)
    claim(r.returncode == 0 and "Every verdict is the one that its file states." in r.stdout, "as stated is exit 0", r)
    liar = write("liar.scn", CALM.replace("calm", "liar") + "in hardened this run fails\n")
    r = matrix(calm, liar)
    claim(r.returncode == 1 and "liar in hardened (stated: fail)" in r.stdout, "not as stated is exit 1", r)
    idle = write("idle.scn", IDLE)
    r = matrix(idle)
    claim(
        r.returncode == 1 and "idle in literal (stated: fail), idle in hardened (stated: pass)" in r.stdout,
        "a run whose rule never fires is not as stated, whatever is stated",
        r,
    )
    claim(set(list(rows(idle)["idle"].values())[2:]) == {"vacuous"}, "... but vacuous")
    soft = write("soft.scn", CALM.replace("calm", "soft") + "with soft-trigger\n")
    r = matrix(soft)
    claim(r.returncode == 2 and "the literal text cannot have" in r.stderr, "both variants must be able to run", r)
    r = matrix(write("more,\"so\".scn", CALM), "--format", "csv")
    claim(next(csv.DictReader(io.StringIO(r.stdout)))["file"].endswith('more,"so".scn'), "csv quotes what it must", r)


def check_stop(tmp):
    """Ctrl-C among the runs: reading a pipe tells when they are about to begin."""
    pipe = os.path.join(tmp, "long.scn")
    rest = os.path.join(tmp, "rest")
    os.mkfifo(pipe)
    os.mkdir(rest)
    process = subprocess.Popen(
        [E2ESIM, "matrix", pipe], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "TMPDIR": rest},
    )
    with open(pipe, "w", encoding="utf-8") as f:
        f.write(LONG)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    claim(process.returncode == -signal.SIGINT and out == "" and err == "", "Ctrl-C ends it at once", out, err)
    claim(os.listdir(rest) == [], "... and nothing is left")


check_against_runs()
check_order()
with tempfile.TemporaryDirectory() as folder:
    check_verdicts(folder)
    check_stop(folder)
finish()
