"""Reads what --junit writes with an XML parser. Run by junit.sh; prints TAP."""

import os
import signal
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from tap import E2ESIM, PATIENCE, claim, finish, run

FAST = "scenarios/flow/first-keyset.scn"
RACE = "scenarios/races/rand-lost-to-ue.scn"
ODD = """scenario odd
title "<b> & \\"q\\" 'a' ]]> ü → "
ue UE1
at 500ms UE1 sends "<&>"
on 7th POLICY drop
in literal expect EESE delivers "<&>\\"" from UE1
in hardened expect EESE delivers "]]><x a='1'>" from UE1
end at 1s
"""


def adds_up(root):
    """Every suite, and the whole, count what is in them."""
    good = True
    for node in [root, *root.findall("testsuite")]:
        for name, path in [("tests", ""), ("failures", "/failure"), ("errors", "/error"), ("skipped", "/skipped")]:
            good = good and int(node.get(name)) == len(node.findall(f".//testcase{path}"))
    return good


def results(root, kind):
    return root.findall(f".//testcase/{kind}")


def check_verdicts(path):
    r = run("run", "--virtual", "--quiet", "--junit", path, FAST, RACE, "--seed", "5")
    root = ET.parse(path).getroot()
    claim(r.returncode == 0 and adds_up(root), "the file of runs that pass adds up", r)
    claim([s.get("name") for s in root] == ["first-keyset", "rand-lost-to-ue"], "a suite for each run")
    names = [c.get("name") for c in root.iter("testcase")]
    claim(any(n.startswith("line 22: expect EESE delivers") for n in names), "a case for each expectation", names)
    claim(any(n.startswith("I1 agreement: ") for n in names), "a case for each invariant", names)
    claim(not results(root, "failure") and not results(root, "error"), "nothing failed")
    claim(float(root[1].get("time")) == 4.5, "the time is that of the run", root[1].attrib)
    r = run("run", "--virtual", "--quiet", "--junit", path, RACE, "--variant", "literal")
    root = ET.parse(path).getroot()
    failures = results(root, "failure")
    again = r.stdout.rpartition("again: ")[2].strip()
    claim(r.returncode == 1 and len(failures) == 2 and adds_up(root), "what fails is a failure", r)
    claim(failures[0].get("message") == "expected exactly 1 time, seen 0 times", "... and says why", failures)
    claim("UE1 has epoch 0" in failures[0].text and "scn:22" in failures[0].text, "... at length", failures[0].text)
    claim(failures[0].text.endswith("again: " + again), "... with the command that repeats it", failures[0].text)
    claim(root.find(".//property[@name='repeat']").get("value") == again, "which is a property too")
    claim(root.find(".//property[@name='variant']").get("value") == "literal", "so is the variant")
    claim(root.find(".//property[@name='stated']").get("value") == "fail", "and what the file says of it")
    run("run", "--virtual", "--quiet", "--junit", path, RACE, "--without", "overlap")
    claim(ET.parse(path).find(".//property[@name='stated']") is None, "of other switches it says nothing")


def check_odd_text(tmp, path):
    odd = os.path.join(tmp, "o&d<d>\"'.scn")
    with open(odd, "w", encoding="utf-8") as f:
        f.write(ODD)
    r = run("run", "--virtual", "--quiet", "--junit", path, odd)
    root = ET.parse(path).getroot()
    names = [c.get("name") for c in root.iter("testcase")]
    claim(r.returncode == 1 and adds_up(root), "any text is written as valid XML", r)
    claim(root.find(".//property[@name='title']").get("value") == "<b> & \"q\" 'a' ]]> ü → ", "... and read back")
    claim(root[0].get("file") == odd, "... the name of the file too")
    claim("line 7: in hardened expect EESE delivers \"]]><x a='1'>\" from UE1" in names, "... and sentences", names)
    skipped = [s.get("message") for s in results(root, "skipped")]
    claim(skipped.count("it binds the other variant") == 1, "not asked is skipped", skipped)
    claim("this run gives no ground to judge it" in skipped, "so is an invariant without ground", skipped)
    claim([f.get("type") for f in results(root, "failure")] == ["expectation", "vacuous"], "vacuous rules are told")


def check_errors(tmp, path):
    bad = os.path.join(tmp, "bad.scn")
    with open(bad, "w", encoding="utf-8") as f:
        f.write("scenario bad\nnonsense\n")
    r = run("run", "--virtual", "--junit", path, FAST, bad)
    root = ET.parse(path).getroot()
    claim(r.returncode == 2 and len(results(root, "error")) == 1, "a wrong file is an error", r)
    claim(root[0].get("name") == bad, "... of that file")
    r = run("run", "--live", "--quiet", "--junit", path, FAST, env={"E2ESIM_BINDIR": tmp})
    root = ET.parse(path).getroot()
    claim(r.returncode == 3 and len(results(root, "error")) == 1, "a run that cannot begin is an error", r)
    r = run("run", "--virtual", "--junit", os.path.join(tmp, "no", "such.xml"), FAST)
    claim(r.returncode == 3 and r.stdout == "" and "such.xml" in r.stderr, "it is told before anything runs", r)
    r = run("run", "--virtual", "--quiet", "--junit", "/dev/full", FAST)
    claim(r.returncode == 3 and "No space left" in r.stderr, "a full disk is exit 3", r)
    r = run("run", "--virtual", "--quiet", "--junit", "/dev/stderr", FAST)
    claim(r.returncode == 0 and adds_up(ET.fromstring(r.stderr.encode())), "a pipe will do", r)


def check_signals(path, rest):
    for number, words in [(signal.SIGINT, "stopped"), (signal.SIGKILL, "killed")]:
        process = subprocess.Popen(
            [E2ESIM, "run", "--live", "--junit", path, RACE, FAST],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, "TMPDIR": rest},
        )
        process.stdout.readline()
        process.send_signal(number)
        process.communicate(timeout=PATIENCE)
        root = ET.parse(path).getroot()
        claim(process.returncode == -number and results(root, "error"), f"a run that is {words} leaves an error")
        if number == signal.SIGINT:
            claim([s.get("name") for s in root] == ["rand-lost-to-ue", "first-keyset"], "all runs are named")
            claim(results(root[1], "skipped"), "what was not run is skipped")


def main():
    with tempfile.TemporaryDirectory() as tmp:
        path = os.path.join(tmp, "junit.xml")
        check_verdicts(path)
        check_odd_text(tmp, path)
        check_errors(tmp, path)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as rest:  # of what is killed
            check_signals(path, rest)
        claim(sorted(os.listdir(tmp)) == ["bad.scn", "junit.xml", "o&d<d>\"'.scn"], "no other file is left", os.listdir(tmp))
    finish()


main()
