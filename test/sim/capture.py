"""Reads captures with capinfos and tshark, who know nothing of the writer. Run by capture.sh; prints TAP."""

import json
import os
import re
import subprocess
import tempfile
import time

from tap import BIN, E2ESIM, PATIENCE, claim, finish, run

FLAGSHIP = "scenarios/flow/full-rekey.scn"
LINKS = ["UE-EMSE", "UE-EESE", "EMSE-EESE", "EMSE-HSS", "UE-VN", "VN-HSS"]
# One datagram of each fate, and some whose fate a link decides.
FATES = """scenario fates
title "Each fate <once> & \\"more\\""
ue UE1
link UE->EESE loss 20% duplicate 20%
on 1st ATTACH_REQ from UE1 duplicate 2 times after 1ms
on 1st AKA_CHAL to UE1 delay 10ms
on 2nd DATA_UL from UE1 corrupt payload
on 3rd DATA_UL from UE1 drop
on 4th DATA_UL from UE1 replay after 50ms
at 500ms UE1 sends "41"
at 1s UE1 sends "42"
at 1500ms UE1 sends "43"
at 2s UE1 sends "44"
expect EESE delivers "99" from UE1
end at 9s
"""


def seen(tmp, name, *args):
    """Runs it. Returns the capture, the datagrams of trace.jsonl and the report."""
    out = os.path.join(tmp, name)
    r = run("run", "--quiet", "--out", out, *args)
    with open(os.path.join(out, "trace.jsonl"), encoding="utf-8") as f:
        events = [json.loads(line) for line in f]
    with open(os.path.join(out, "report.json"), encoding="utf-8") as f:
        report = json.load(f)
    capture = os.path.join(out, "capture.pcapng")
    infos = subprocess.run(["capinfos", capture], capture_output=True, text=True, check=False)
    claim(infos.returncode == 0 and infos.stderr == "", f"{name}: capinfos accepts it", infos, r)
    comment = infos.stdout
    for word in [report["scenario"], report["title"], report["file"], report["variant"], report["mode"],
                 f"seed {report['seed']}", "Capture application: e2esim"]:
        claim(word in comment, f"{name}: the header tells '{word}'", comment)
    claim(re.findall(r"\bName = (.*)", infos.stdout) == LINKS, f"{name}: an interface for each link")
    claim("Strict time order:   True" in infos.stdout, f"{name}: times never go back", infos.stdout)
    return capture, [e for e in events if e["ev"] == "msg"], report


def tshark(profile, capture, *args):
    r = subprocess.run(
        ["tshark", "-r", capture, *args], capture_output=True, text=True, check=False, timeout=PATIENCE,
        env={**os.environ, "WIRESHARK_CONFIG_DIR": profile},
    )
    if r.returncode != 0:
        raise RuntimeError(r.stderr)
    return r.stdout


def fields(profile, capture, *names):
    """A list for each packet."""
    args = [word for name in names for word in ("-e", name)]
    lines = tshark(profile, capture, "-n", "-T", "fields", *args).splitlines()
    return [line.split("\t") for line in lines]


def check_packets(name, profile, capture, msgs, report):
    """The packets are the datagrams of the trace, one for one."""
    rows = fields(profile, capture, "frame.interface_name", "frame.comment", "frame.packet_id", "udp.length",
                  "frame.time_relative", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "ip.checksum.status")
    claim(len(rows) == len(msgs), f"{name}: a packet for each datagram", len(rows), len(msgs))
    roles = ["HSS", "EMSE", "EESE", "UE", "VN"]
    wrong = []
    for row, m in zip(rows, msgs):
        a, b = roles.index(m["from"]), roles.index(m["to"])
        good = (
            row[0] in (f"{m['from']}-{m['to']}", f"{m['to']}-{m['from']}")
            and row[1].startswith(m["fate"])
            and (m["msg"] or "not readable") in row[1]
            and ("rule" not in m or f"{m['fate']} by scenario line {m['rule']};" in row[1])
            and (m["epoch"] is None or f"; epoch {m['epoch']};" in row[1])
            and (m["ue"] is None or f"; {m['ue']};" in row[1])
            and int(row[2], 0) == m["id"]
            and int(row[3]) - 8 == m["bytes"]
            and abs(float(row[4]) - (m["t"] - msgs[0]["t"])) < 1e-6
            and row[5:9] == [f"192.0.2.{a + 1}", str(4101 + a), f"192.0.2.{b + 1}", str(4101 + b)]
        )
        if not good:
            wrong.append((row, m))
    claim(not wrong, f"{name}: link, fate, line, UE, epoch, size, time and ports are those of the trace", wrong)
    counts = report["counts"]
    claim(
        sum(int(row[3]) - 8 for row in rows) == counts["bytes"] + counts["bytes_made"],
        f"{name}: the bytes of report.json are those of the capture", counts,
    )
    for link in report["links"]:
        payload = sum(m["bytes"] for m in msgs if (m["from"], m["to"]) == (link["from"], link["to"]))
        claim(payload == link["bytes"] + link["bytes_made"], f"{name}: {link['from']} to {link['to']} likewise", link)
    bad = tshark(profile, capture, "-o", "ip.check_checksum:TRUE", "-Y",
                 'ip.checksum.status == "Bad" || udp.checksum.status == "Bad" || _ws.malformed')
    claim(bad == "", f"{name}: no header is wrong", bad)


def check_names(name, profile, capture, msgs, names):
    """Each line of each decoded message has a name of ciot.proto."""
    text = tshark(profile, capture, "-O", "protobuf")
    frames = text.split("\nFrame ")[1:]
    claim(len(frames) == len(msgs), f"{name}: tshark reads every packet")
    wrong = []
    nested = 0
    for frame, m in zip(frames, msgs):
        body = frame.partition("Protocol Buffers (Message: e2e.Envelope)\n")[2]
        lines = [line.strip() for line in body.split("\n\n")[0].splitlines() if line.startswith(" ")]
        found = [line.partition(":")[0] for line in lines]
        nested += sum("(Message: e2e." in line for line in lines)
        if not lines or m["msg"].lower() not in found or not set(found) <= names:
            wrong.append((m["msg"], frame))
    claim(not wrong, f"{name}: every message and field has its name", wrong)
    claim(nested > 0, f"{name}: parts of messages too")
    kinds = sorted({m["msg"] for m in msgs})
    columns = fields(profile, capture, *(f"pbf.e2e.Envelope.{kind.lower()}" for kind in kinds))
    for i, kind in enumerate(kinds):
        found = [n for n, row in enumerate(columns) if row[i]]
        claim(found == [n for n, m in enumerate(msgs) if m["msg"] == kind],
              f"{name}: the field {kind} is in each of them, and in no other", found)
    rows = tshark(profile, capture, "-Y", f"pbf.e2e.Envelope.{kinds[0].lower()}", "-T", "fields", "-e",
                  "frame.number").split()
    numbers = [str(n + 1) for n, m in enumerate(msgs) if m["msg"] == kinds[0]]
    claim(rows == numbers, f"{name}: a filter on {kinds[0]} finds it", rows, numbers)


def check_flagship(tmp, profile):
    with open("proto/ciot.proto", encoding="utf-8") as f:
        names = set(re.findall(r"(\w+) = \d+;", f.read()))
    for variant in ["literal", "hardened"]:
        for mode in ["virtual", "live"]:
            name = f"{variant}, {mode}"
            before = time.time()
            capture, msgs, report = seen(tmp, name, f"--{mode}", "--variant", variant, FLAGSHIP)
            check_packets(name, profile, capture, msgs, report)
            check_names(name, profile, capture, msgs, names)
            first = float(fields(profile, capture, "frame.time_epoch")[0][0])
            if mode == "live":
                claim(before < first < time.time(), f"{name}: the times are those of the clock", before, first)
            else:
                claim(first == msgs[0]["t"], f"{name}: time begins with 1970", first)
    text = tshark(profile, os.path.join(tmp, "hardened, virtual", "capture.pcapng"))
    claim(re.search(r"EMSE → HSS .* rand_req ", text), "a capture tells the names of the parties", text)


def check_fates(tmp, profile):
    path = os.path.join(tmp, "fates.scn")
    with open(path, "w", encoding="utf-8") as f:
        f.write(FATES)
    capture, msgs, report = seen(tmp, "fates", "--virtual", path)
    check_packets("fates", profile, capture, msgs, report)
    for fate in ["delivered", "dropped", "duplicated", "delayed", "corrupted", "injected"]:
        claim(report["counts"]["fates"][fate] > 0, f"fates: one is {fate}", report["counts"])
    dropped = tshark(profile, capture, "-Y", 'frame.comment contains "dropped by scenario line 8"', "-T", "fields",
                     "-e", "frame.comment", "-e", "pbf.e2e.Envelope.data_ul")
    claim(
        re.match(r"dropped by scenario line 8; DATA_UL; UE1; epoch 0; number \d+; sent at \d+\.\d{6} s\t\w+\n$",
                 dropped),
        "a dropped datagram is there, with its line and its content", dropped,
    )
    again = os.path.join(tmp, "again")
    run("run", "--virtual", "--quiet", "--out", again, path)
    with open(capture, "rb") as one, open(os.path.join(again, "capture.pcapng"), "rb") as other:
        claim(one.read() == other.read(), "a virtual run gives the same capture again")


def check_profile(tmp, profile):
    r = run("wireshark", profile)
    claim(r.returncode == 0 and profile in r.stdout, "a profile is written anew", r)
    with open("proto/ciot.proto", "rb") as one, open(os.path.join(profile, "proto/ciot.proto"), "rb") as other:
        claim(one.read() == other.read(), "its ciot.proto is ours, to the octet")
    foreign = os.path.join(tmp, "foreign")
    os.mkdir(foreign)
    with open(os.path.join(foreign, "preferences"), "w", encoding="utf-8") as f:
        f.write("mine\n")
    r = run("wireshark", foreign)
    claim(r.returncode == 2 and foreign in r.stderr, "a foreign folder is refused", r)
    claim(os.listdir(foreign) == ["preferences"], "... and left as it is", os.listdir(foreign))
    r = run("wireshark", os.path.join(foreign, "preferences"))
    claim(r.returncode == 3 and "in the way" in r.stderr, "a file in place of a folder is refused", r)
    capture = os.path.join(tmp, "hardened, virtual", "capture.pcapng")
    odd = "o dd'\"ü"
    relative = subprocess.run([E2ESIM, "wireshark", odd], cwd=tmp, capture_output=True, text=True, check=False)
    text = tshark(os.path.join(tmp, odd), capture, "-O", "protobuf")
    claim("keyset_fwd" in text, "any name of the folder serves, also a relative one", relative)
    r = run("wireshark", os.path.join(tmp, "back\\slash"))
    claim(r.returncode == 2 and "backslash" in r.stderr, "... but one that Wireshark misreads", r)
    home = os.path.join(tmp, "home")
    os.makedirs(os.path.join(home, "profiles"))
    os.symlink(profile, os.path.join(home, "profiles", "e2esim"))
    text = tshark(home, capture, "-C", "e2esim")
    claim("keyset_fwd" in text, "it serves as one profile among others too", text)


def main():
    claim(os.path.isdir(BIN), "the programs are there")
    with tempfile.TemporaryDirectory() as tmp:
        profile = os.path.join(tmp, "a", "profile")
        r = run("wireshark", profile)
        claim(r.returncode == 0 and r.stderr == "", "a profile is written", r)
        check_flagship(tmp, profile)
        check_fates(tmp, profile)
        check_profile(tmp, profile)
    finish()


main()
