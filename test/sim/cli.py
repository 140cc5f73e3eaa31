"""Checks the command line of e2esim. Run by cli.sh; prints TAP."""

import json
import os
import subprocess
import tempfile

from tap import E2ESIM, PATIENCE, claim, finish, run

VERBS = ["run", "check", "matrix", "grammar", "wireshark", "fsm", "auc", "derive", "help"]
FAST = "scenarios/flow/first-keyset.scn"
FLAGSHIP = "scenarios/flow/full-rekey.scn"


def refused(words, *args, says):
    """Exit code 2, nothing on stdout, and a sentence on stderr."""
    r = run(*args)
    claim(r.returncode == 2 and r.stdout == "" and says in r.stderr, words, r)


def check_help():
    r = run("--help")
    claim(r.returncode == 0 and r.stderr == "", "--help succeeds", r)
    claim(all(f"\n  {v} " in r.stdout for v in VERBS), "--help lists every verb", r.stdout)
    claim(max(map(len, r.stdout.split("\n"))) <= 80, "--help fits 80 columns", r.stdout)
    for verb in VERBS:
        one, other = run(verb, "--help"), run("help", verb)
        claim(
            one.returncode == 0 and one.stdout.startswith(f"usage: e2esim {verb}"),
            f"{verb} --help tells of {verb}",
            one,
        )
        claim(one.stdout == other.stdout, f"help {verb} says the same", other)
        claim(max(map(len, one.stdout.split("\n"))) <= 80, f"help of {verb} fits 80 columns")
    r = run("run", "--help", env={"COLUMNS": "60"})
    claim(max(map(len, r.stdout.split("\n"))) <= 60, "help follows $COLUMNS", r.stdout)
    r = run("--version")
    claim(r.returncode == 0 and r.stdout.split()[0] == "e2esim", "--version succeeds", r)
    r = run()
    claim(r.returncode == 2 and r.stdout == "" and "usage:" in r.stderr, "no verb is exit 2", r)


def check_wrong_words():
    refused("an unknown verb is exit 2", "frobnicate", says="there is no verb 'frobnicate'")
    refused("a verb nearly right is recognised", "chekc", says="did you mean 'check'?")
    refused("a file in place of a verb is recognised", FAST, says=f"did you mean 'e2esim run {FAST}'")
    refused("an option nearly right is recognised", "run", FAST, "--sed", "1", says="'--seed'?")
    refused("an option before the verb is refused", "--seed", "1", says="stand behind a verb")
    refused("run needs a file", "run", says="needs FILE...")
    refused("two drivers are one too many", "run", FAST, "--live", "--virtual", says="--virtual")
    refused("so they are with lockstep", "run", FAST, "--virtual", "--lockstep", says="--lockstep")
    refused("an unknown variant", "run", FAST, "--variant", "hardend", says="mean 'hardened'?")
    refused("an unknown switch", "run", FAST, "--with", "indx", says="did you mean 'index'?")
    refused("an unknown switch", "run", FAST, "--without", "nonsense", says="is not a switch")
    refused(
        "a switch on and off",
        "run", FAST, "--with", "index", "--without", "index",
        says="both '--with index' and '--without index'",
    )
    refused(
        "a correction that the literal text cannot have",
        "run", FAST, "--variant", "literal", "--with", "commit-on-use",
        says="the literal text cannot have",
    )
    for seed in ["", "-1", "1x", "18446744073709551616"]:
        refused(f"seed '{seed}'", "run", FAST, f"--seed={seed}", says="option '--seed'")
    refused("a --set without a value", "run", FAST, "--set", "loss", says="NAME=VALUE")
    refused("a --set of what the file does not have", "run", FAST, "--set", "zz=1", says="zz")
    refused("an unknown colour", "run", FAST, "--color", "blue", says="none of auto, always, never")
    refused("a missing file", "run", "no/such.scn", says="no/such.scn")
    refused("a folder in place of a file", "run", "scenarios", says="scenarios")
    refused("a missing file", "matrix", "no/such.scn", says="no/such.scn")
    refused("a file that cannot be read", "matrix", "/proc/self/mem", says="cannot be read")
    refused("two files of one name", "matrix", FAST, FAST, says="are both called 'first-keyset'")
    refused("an unknown format", "matrix", FAST, "--format", "xml", says="none of text, csv, json")
    refused("matrix knows no variant", "matrix", FAST, "--variant", "literal", says="'--variant'")
    refused("matrix and a seed that is none", "matrix", FAST, "--seed", "x", says="option '--seed'")
    refused("an unknown role", "fsm", "EES", says="did you mean 'EESE'?")
    refused("fsm without a role", "fsm", says="needs ROLE")
    refused("help of an unknown verb", "help", "x", says="there is no verb 'x'")


def check_files():
    with tempfile.TemporaryDirectory() as tmp:
        bad = os.path.join(tmp, "bad.scn")
        odd = os.path.join(tmp, "odd.scn")
        twin = os.path.join(tmp, "twin.scn")
        with open(bad, "w", encoding="utf-8") as f:
            f.write("scenario bad\ntitle \"Bad\"\nue UE1\nat 1s UE1 snds \"x\"\nat 2 UE1 sends \"x\"\n")
        with open(odd, "w", encoding="utf-8") as f:
            f.write("scenario odd\ntitle \"Odd\"\nue UE1\nexpect EESE is EXPIRD for UE1 once\nend at 1s\n")
        with open(FAST, encoding="utf-8") as f, open(twin, "w", encoding="utf-8") as g:
            g.write(f.read())
        r = run("check", bad)
        claim(
            r.returncode == 2 and f"{bad}:4:" in r.stderr and f"{bad}:5:" in r.stderr,
            "check tells every error with its place",
            r,
        )
        r = run("matrix", FAST, bad)
        claim(r.returncode == 2 and r.stdout == "" and f"{bad}:4:" in r.stderr, "matrix does too", r)
        r = run("matrix", os.path.dirname(FAST), tmp + "/none")
        claim(r.returncode == 2 and r.stdout == "", "matrix needs each of its files", r)
        r = run("matrix", cwd=tmp)
        claim(r.returncode == 2 and "scenarios/races" in r.stderr, "matrix says what it looks for", r)
        os.mkdir(os.path.join(tmp, "empty"))
        r = run("matrix", os.path.join(tmp, "empty"))
        claim(r.returncode == 2 and "no .scn file" in r.stderr, "a folder without scenarios is exit 2", r)
        r = run("run", "--virtual", FAST, bad)
        claim(r.returncode == 2 and r.stdout == "", "nothing runs when one file is wrong", r)
        r = run("run", "--virtual", odd)
        claim(r.returncode == 2 and "EXPIRED" in r.stderr, "a state that no machine has is exit 2", r)
        r = run("check", odd)
        claim(r.returncode == 2 and "EXPIRED" in r.stderr, "check finds it too", r)
        out = os.path.join(tmp, "out")
        r = run("run", "--virtual", "--out", out, FAST, twin)
        claim(r.returncode == 2 and "both called" in r.stderr, "two runs do not share a folder", r)
        r = run("run", "--virtual", "--quiet", "--out", out, FAST, FLAGSHIP)
        written = {
            (d, f)
            for d in ["first-keyset", "full-rekey"]
            for f in ["trace.jsonl", "report.json", "ladder.txt", "capture.pcapng"]
            if os.path.getsize(os.path.join(out, d, f)) > 0
        }
        claim(r.returncode == 0 and len(written) == 8, "several files have a folder each", r)
        claim(len(r.stdout.splitlines()) == 2, "--quiet is one line for a run that passes", r.stdout)
        blocked = os.path.join(tmp, "blocked")
        with open(blocked, "w", encoding="utf-8") as f:
            f.write("a file")
        r = run("run", "--virtual", FAST, "--out", blocked)
        claim(r.returncode == 3 and "blocked" in r.stderr, "a folder that cannot be is exit 3", r)
        r = run("run", "--live", FAST, env={"E2ESIM_BINDIR": tmp})
        claim(r.returncode == 3 and "hssd" in r.stderr, "daemons that are not there are exit 3", r)
        r = run("run", "--live", FAST, env={"TMPDIR": blocked})
        claim(r.returncode == 3 and "blocked" in r.stderr, "no temporary folder is exit 3", r)
    r = run("check", "--json", FAST)
    claim(
        r.returncode == 0 and json.loads(r.stdout)["scenario"] == "first-keyset",
        "check --json prints the scenario",
        r,
    )
    with open(FAST, encoding="utf-8") as f:
        r = run("check", "-", stdin=f)
    claim(r.returncode == 0, "- is standard input", r)


def check_exit_codes():
    lost = "scenarios/races/rand-lost-to-ue.scn"
    r = run("run", "--virtual", lost)
    claim(r.returncode == 0, "what holds is exit 0", r)
    r = run("run", "--virtual", lost, "--variant", "literal")
    claim(r.returncode == 1 and "FAIL" in r.stdout, "what fails is exit 1", r)
    claim("again: e2esim run" in r.stdout, "a failed run names the command that repeats it", r)
    r = run("run", "--virtual", "--quiet", lost, FAST, "--variant", "literal")
    claim(r.returncode == 1, "of several runs the worst counts", r)
    for args in [["run", "--virtual", FAST], ["matrix", FAST]]:
        with open("/dev/full", "w", encoding="utf-8") as full:
            r = subprocess.run(
                [E2ESIM, *args], stdout=full, stderr=subprocess.PIPE, text=True, check=False,
                timeout=PATIENCE,
            )
        claim(r.returncode == 3 and "No space left" in r.stderr, f"{args[0]}: a full disk at stdout is exit 3", r)


def closed_pipe(*args):
    """Starts e2esim with a stdout that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    r = subprocess.run(
        [E2ESIM, *args], stdout=writer, stderr=subprocess.PIPE, text=True, check=False,
        timeout=PATIENCE,
    )
    os.close(writer)
    return r


def check_look():
    for args in [["run", "--virtual", FAST], ["run", "--live", FAST], ["matrix", FAST], ["grammar"], ["fsm", "UE"]]:
        r = closed_pipe(*args)
        claim(
            r.returncode == -13 and r.stderr == "",
            f"{' '.join(args[:2])} with a reader gone dies of SIGPIPE, quietly",
            r,
        )
    utf8 = {"LC_ALL": "C.UTF-8"}
    r = run("run", "--virtual", FAST, env={**utf8, "COLUMNS": "80"})
    claim("│" in r.stdout, "the ladder uses what UTF-8 has", r.stdout)
    claim(max(map(len, r.stdout.split("\n"))) <= 80 or "expect" in r.stdout, "width is $COLUMNS")
    claim("\x1b" not in r.stdout, "a pipe has no colour")
    r = run("run", "--virtual", FAST, env={"LC_ALL": "C"})
    claim(r.stdout.isascii(), "without UTF-8 the ladder is ASCII", r.stdout)
    r = run("run", "--virtual", FAST, "--color", "always", env=utf8)
    claim("\x1b" in r.stdout, "--color always colours a pipe too")
    for env in [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}]:
        r = subprocess.run(
            ["script", "-qec", f"{E2ESIM} run --virtual {FAST}", "/dev/null"],
            capture_output=True, text=True, check=False, timeout=PATIENCE,
            stdin=subprocess.DEVNULL, env={**os.environ, **env},
        )
        claim("\x1b[" not in r.stdout and "PASS" in r.stdout, f"{env} means no colour", r)
    r = subprocess.run(
        ["script", "-qec", f"{E2ESIM} run --virtual {FAST}", "/dev/null"],
        capture_output=True, text=True, check=False, timeout=PATIENCE, stdin=subprocess.DEVNULL,
        env={**{k: v for k, v in os.environ.items() if k != "NO_COLOR"}, "TERM": "xterm"},
    )
    claim("\x1b[" in r.stdout, "a terminal has colour", r)


def check_printers():
    for role in ["HSS", "EMSE", "EESE", "UE"]:
        for variant in ["literal", "hardened"]:
            r = run("fsm", role, "--variant", variant)
            claim(
                r.returncode == 0 and r.stdout.lower().startswith(f"{role}, {variant}:".lower()),
                f"fsm prints {role}, {variant}",
                r,
            )
    r = run("fsm", "eese")
    claim("literal" in r.stdout and "hardened" in r.stdout, "fsm prints both variants", r)
    claim("TE2E" in run("fsm", "--timers").stdout, "fsm --timers prints the register")
    claim("commit-on-use" in run("fsm", "--switches").stdout, "fsm --switches prints them")
    r = run("grammar")
    claim(r.returncode == 0 and "expect" in r.stdout, "grammar prints the language", r)
    r = run("grammar", "--complete", "expect ")
    claim(r.returncode == 0 and "never" in r.stdout.split(), "grammar completes a sentence", r)


check_help()
check_wrong_words()
check_files()
check_exit_codes()
check_look()
check_printers()
finish()
