"""Checks e2esim's calculators. Run by calc.sh; prints TAP."""

import hashlib
import hmac
import json
import random
import subprocess
import sys

E2ESIM = sys.argv[1]
results = []


def run(*args):
    return subprocess.run([E2ESIM, *args], capture_output=True, text=True, check=False)


def claim(ok, words, *evidence):
    results.append(bool(ok))
    print(f"{'ok' if ok else 'not ok'} {len(results)} - {words}")
    if not ok:
        for item in evidence:
            print("# " + str(item).replace("\n", "\n# "))


def vectors(name):
    sets, now = [], {}
    with open(f"test/vectors/{name}", encoding="utf-8") as file:
        for line in file:
            if line.startswith("#"):
                continue
            if not line.strip():
                now = {}
                continue
            if not now:
                sets.append(now)
            key, _, value = line.strip().partition(" = ")
            now[key] = value
    return sets


def options(**given):
    words = []
    for name, value in given.items():
        for one in value if isinstance(value, list) else [value]:
            words += ["--" + name.replace("_", "-"), one]
    return words


# An independent KDF, written from PROTOCOL.md 3 and TS 33.220 B.2 alone.


def be32(number):
    return number.to_bytes(4, "big")


def kdf_input(fc, *params):
    s = bytes([0xFF, fc])
    for p in params:
        p = p.encode() if isinstance(p, str) else p
        s += p + len(p).to_bytes(2, "big")
    return s


def kdf(key, s):
    return hmac.new(key, s, hashlib.sha256).digest()


def derive(variant, ck, ik, sqn_xor_ak, ue, emse, eese, root, ctx, rands):
    s = kdf_input(0xF0, "CIoT e2m", ue, emse, sqn_xor_ak)
    e2m = key = kdf(ck + ik, s)
    out = {"e2m": {"key": key.hex(), "input": s.hex()}, "epochs": []}
    for n in range(len(rands) + 1):
        if variant == "literal":
            s = kdf_input(0xF2, rands[n - 1]) if n else kdf_input(0xF1, "CIoT End-to-end")
        elif n:
            s = kdf_input(0xF4, rands[n - 1], be32(n), ue, eese, be32(root), ctx)
        else:
            s = kdf_input(0xF3, "CIoT End-to-end", ue, eese, be32(root), be32(0), ctx)
        key = kdf(key if n else e2m, s)
        if variant == "literal":
            traffic = {"enc": key[:16].hex(), "int": key[16:].hex()}
        else:
            labels = ("int-ul", "int-dl", "enc-ul", "enc-dl", "err-dl")
            traffic = {la: kdf(key, kdf_input(0xF5, la, ctx[:1]))[16:].hex() for la in labels}
        out["epochs"].append({"n": n, "key": key.hex(), "input": s.hex(), "traffic": traffic})
    return out


# auc


def auc_agrees(v):
    names = ("opc", "f1", "f1star", "f2", "f3", "f4", "f5", "f5star", "autn")
    want = {n: v[n] for n in names}
    for op in ("op", "opc"):
        if op in v:
            given = {n: v[n] for n in ("k", "rand", "sqn", "amf", op)}
            r = run("auc", *options(**given))
            claim(
                r.returncode == 0 and r.stderr == "" and json.loads(r.stdout) == want,
                f"auc gives the published MILENAGE set {v['set']} from {op}",
                r,
            )


for vector in vectors("milenage.txt"):
    auc_agrees(vector)

first = vectors("milenage.txt")[0]
base = {n: first[n] for n in ("k", "opc", "rand", "sqn", "amf")}
plain = json.loads(run("auc", *options(**base)).stdout)

r = run("auc", *options(**{n: v.upper() for n, v in base.items()}))
claim(json.loads(r.stdout) == plain, "upper case is read and lower case written", r)
r = run("auc", *[f"--{n}={v}" for n, v in base.items()])
claim(json.loads(r.stdout) == plain, "--name=VALUE is the same as --name VALUE", r)
r = run("auc", *options(**base, auts=first["auts"]))
claim(
    json.loads(r.stdout) == {**plain, "sqn_ms": first["sqn"], "mac_s_valid": True},
    "a good AUTS gives SQN_MS and a valid MAC-S, and changes nothing else",
    r,
)
for bit in (0, 47, 48, 111):
    auts = f"{int(first['auts'], 16) ^ 1 << 111 - bit:028x}"
    r = run("auc", *options(**base, auts=auts))
    claim(
        r.returncode == 0 and json.loads(r.stdout)["mac_s_valid"] is False,
        f"an AUTS with bit {bit} changed has no valid MAC-S",
        r,
    )

# derive

chain = vectors("e2e_chain.txt")[0]
origin = {n: chain[n] for n in ("ck", "ik", "sqn_xor_ak", "ue", "emse", "eese")}
rands = [chain["rand_1"], chain["rand_2"]]
for variant, keys in (
    ("literal", ["literal_0", "literal_1", "literal_2"]),
    ("hardened", ["c_0", "c_1", "c_2"]),
):
    r = run("derive", *options(variant=variant, **origin, rand=rands))
    out = json.loads(r.stdout)
    claim(
        out["e2m"] == {"key": chain["e2m"], "input": chain["e2m_input"]}
        and [e["key"] for e in out["epochs"]] == [chain[k] for k in keys],
        f"derive gives the protocol's {variant} chain, with --root 1 --ctx 01000201 by default",
        r,
    )
claim(
    out["epochs"][1]["traffic"]
    == {la: chain[la.replace("-", "_") + "_1"] for la in out["epochs"][1]["traffic"]},
    "derive gives the protocol's traffic keys",
    r,
)

dice = random.Random(33863)
bad = []
for _ in range(50):
    variant = dice.choice(("literal", "hardened"))
    ck, ik, sqn_xor_ak, ctx = (dice.randbytes(n) for n in (16, 16, 6, 4))
    ue, emse, eese = ("".join(dice.choices("abcé.-09", k=dice.randint(1, 15))) for _ in range(3))
    root = dice.randrange(2**32)
    rands = [dice.randbytes(16) for _ in range(dice.randint(0, 6))]
    given = {
        "variant": variant,
        "ck": ck.hex(),
        "ik": ik.hex(),
        "sqn_xor_ak": sqn_xor_ak.hex(),
        "ue": ue,
        "emse": emse,
        "eese": eese,
        "root": str(root),
        "ctx": ctx.hex(),
        "rand": [x.hex() for x in rands],
    }
    r = run("derive", *options(**given))
    want = derive(variant, ck, ik, sqn_xor_ak, ue, emse, eese, root, ctx, rands)
    if r.returncode != 0 or json.loads(r.stdout) != want:
        bad.append((given, r))
claim(not bad, "derive agrees with an independent KDF on 50 random inputs", *bad)

# Wrong command lines: exit 2, nothing on stdout, one line on stderr that names the option.


def refused(verb, words, *args):
    r = run(verb, *args)
    claim(
        r.returncode == 2
        and r.stdout == ""
        and r.stderr.count("\n") == 1
        and all(w in r.stderr for w in words),
        f"{verb} refuses: {' '.join(words)}",
        r,
    )


def without(given, *names):
    return options(**{n: v for n, v in given.items() if n not in names})


full = {**base, "auts": first["auts"]}
for name, digits in (("k", 32), ("opc", 32), ("rand", 32), ("sqn", 12), ("amf", 4), ("auts", 28)):
    for wrong in ("", "0" * (digits - 1), "0" * (digits - 2), "0" * (digits + 2)):
        refused("auc", [f"'--{name}'", f"{len(wrong)} digits", str(digits)],
                *options(**{**full, name: wrong}))
    wrong = "0x" + "0" * (digits - 2)
    refused("auc", [f"'--{name}'", "hexadecimal"], *options(**{**full, name: wrong}))
    refused("auc", [f"'--{name}'", "twice"], *options(**full), f"--{name}", full[name])
for name in ("k", "rand", "sqn", "amf"):
    refused("auc", [f"'--{name}'", "missing"], *without(full, name))
refused("auc", ["'--op'", "'--opc'", "missing"], *without(full, "opc"))
refused("auc", ["'--op'", "'--opc'"], *options(**full, op=first["op"]))
refused("auc", ["'--rnd'", "did you mean '--rand'"], *without(full, "rand"), "--rnd", full["rand"])
refused("auc", ["'--amf'", "value"], *without(full, "amf"), "--amf")
refused("auc", ["surplus"], *options(**full), "surplus")

full = {"variant": "hardened", **origin}
for name in ("variant", "ck", "ik", "sqn_xor_ak", "ue", "emse", "eese"):
    refused("derive", [f"'--{name.replace('_', '-')}'", "missing"], *without(full, name))
for name in ("ck", "ik", "sqn_xor_ak", "ctx", "rand"):
    refused("derive", [f"'--{name.replace('_', '-')}'", "2 digits"],
            *options(**{**full, name: "00"}))
for name in ("ue", "emse", "eese"):
    refused("derive", [f"'--{name}'", "1 to 30"], *options(**{**full, name: ""}))
    refused("derive", [f"'--{name}'", "1 to 30"], *options(**{**full, name: "x" * 31}))
for number in ("", "-1", "+1", " 1", "1x", "0x1", "4294967296", "18446744073709551617"):
    refused("derive", ["'--root'"], *options(**full, root=number))
refused("derive", ["'--variant'", "literal", "hardened"],
        *options(**{**full, "variant": "Literal"}))
refused("derive", ["'--rand'", "digits"], *options(**full, rand=[chain["rand_1"], "00"]))
refused("derive", ["'--sqn-xor-ak'", "did you mean"], *without(full, "sqn_xor_ak"),
        "--sqn-xorak", origin["sqn_xor_ak"])

for verb in ("auc", "derive"):
    r = run(verb, "--help")
    claim(
        r.returncode == 0 and r.stderr == "" and "--rand" in r.stdout
        and max(len(line) for line in r.stdout.splitlines()) <= 80,
        f"{verb} --help explains itself in 80 columns",
        r,
    )
    with open("/dev/full", "w", encoding="utf-8") as full_disk:
        words = options(**base) if verb == "auc" else options(variant="literal", **origin)
        r = subprocess.run([E2ESIM, verb, *words], stdout=full_disk, stderr=subprocess.PIPE,
                           text=True, check=False)
    claim(r.returncode == 3 and "stdout" in r.stderr, f"{verb} says when stdout is full", r)

print(f"1..{len(results)}")
sys.exit(0 if all(results) else 1)
