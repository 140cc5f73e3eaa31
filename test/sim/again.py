"""Runs the command that a failed run prints, in a shell, and compares. Run by again.sh; prints TAP."""

import os
import subprocess
import tempfile

from tap import BIN, PATIENCE, claim, finish, run, scenarios

FILES = ["trace.jsonl", "report.json", "ladder.txt", "capture.pcapng"]
# Fails because nothing is delivered; every option that can be repeated changes it.
TEXT = """scenario odd
title "Delivered only when the link says so"
in hardened without overlap spacing
let LOSS 100%
let WORDS "41"
ue UE1
link UE-EESE delay 20ms loss $LOSS
at 500ms UE1 sends $WORDS
expect EESE delivers $WORDS from UE1 once
end at 20s
"""
ODD = [
    [],
    ["--seed", "18446744073709551615"],
    ["--set", "LOSS=99.5%"],
    ["--set", "WORDS=it's $HOME; \"`x\\"],
    ["--set", "WORDS=" + "w" * 250, "--set", "LOSS=100%"],
    ["--without", "index", "--without", "resync"],
    ["--with", "overlap", "--with", "soft-trigger"],
    ["--without", "retransmit", "--with", "spacing", "--seed", "7"],
    ["--variant", "literal"],
    ["--variant", "literal", "--with", "retransmit", "--with", "protect-rand"],
]


def read(folder):
    found = {}
    for name in FILES:
        with open(os.path.join(folder, name), "rb") as f:
            found[name] = f.read()
    return found


def repeat(command, out, stdin=None):
    """As somebody does it who copies the line into a terminal."""
    return subprocess.run(
        ["sh", "-c", f"{command} --quiet --out '{out}'"],
        input=stdin, capture_output=True, text=True, check=False, timeout=PATIENCE,
        env={**os.environ, "PATH": BIN + os.pathsep + os.environ["PATH"]},
    )


def same_again(words, tmp, *args, stdin=None):
    """The run with |args| fails, and what it prints to repeat it gives the same, to the octet."""
    first, second = os.path.join(tmp, "first"), os.path.join(tmp, "second")
    r = run("run", "--virtual", "--quiet", "--out", first, *args, input=stdin)
    command = r.stdout.rpartition("again: ")[2].strip()
    s = repeat(command, second, stdin)
    good = r.returncode == 1 and s.returncode == 1 and r.stdout == s.stdout and read(first) == read(second)
    claim(good, words, command, r.returncode, s.returncode, s.stdout, s.stderr)
    return command


def check_shipped(tmp):
    for path in scenarios():
        if run("run", "--virtual", "--quiet", path, "--variant", "literal").returncode == 1:
            same_again(f"{path} fails again in the same way", tmp, path, "--variant", "literal")
    path = "scenarios/races/hasty-repetition.scn"
    command = same_again("what the file switches itself is not repeated", tmp, path, "--variant", "literal")
    claim("--with" not in command, "... for the file says it", command)


def check_options(tmp):
    path = os.path.join(tmp, "odd.scn")
    with open(path, "w", encoding="utf-8") as f:
        f.write(TEXT)
    for options in ODD:
        same_again(f"again with {' '.join(options)[:60] or 'no option'}", tmp, path, *options)


def check_names(tmp):
    deep = os.path.join(tmp, *["f" * 200] * 3)
    os.makedirs(deep)
    for name in ["a b.scn", "it's.scn", "$HOME;`x`.scn", os.path.join(deep, "deep.scn")]:
        path = os.path.join(tmp, name)
        with open(path, "w", encoding="utf-8") as f:
            f.write(TEXT)
        same_again(f"a file called {os.path.basename(name)}", tmp, path)
    command = same_again("standard input is repeated from there", tmp, "-", stdin=TEXT)
    claim(command.startswith("e2esim run - "), "... as -", command)


def check_live():
    r = run("run", "--live", "--quiet", "scenarios/attacks/forged-error.scn", "--variant", "literal", "--seed", "9")
    command = r.stdout.rpartition("again: ")[2].strip()
    claim(r.returncode == 1 and "--live" in command and "--seed 9" in command, "a live run is repeated live", r)


with tempfile.TemporaryDirectory() as folder:
    check_shipped(folder)
    check_options(folder)
    check_names(folder)
check_live()
finish()
