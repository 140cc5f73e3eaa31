"""Nothing of section 6 of PROTOCOL.md is silently missing from scenarios/races/README.md. Run by catalogue.sh; prints TAP."""

import glob
import os
import re

from tap import claim, finish

README = "scenarios/races/README.md"
ROW = re.compile(r"^\| ([^|]*\bB\d+[^|]*) \| ([^|]*) \|", re.M)
FILE = re.compile(r"\b(?:(attacks|policy|flow)/)?([a-z0-9]+(?:-[a-z0-9]+)+)\b")
TEST = re.compile(r"`([a-z0-9_]+)` \(`(test_[a-z0-9_]+)`\)")


def text(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def races_of(protocol):
    """B1 and so on, as the tables of section 6 number them."""
    section = protocol[protocol.index("\n# 6.") : protocol.index("\n# 7.")]
    return set(re.findall(r"^\| (B\d+) \|", section, re.M))


rows = [(set(re.findall(r"B\d+", first)), first, cell) for first, cell in ROW.findall(text(README))]
asked = races_of(text("proto/PROTOCOL.md"))
told = {b for races, first, _ in rows if not first.startswith("beside") for b in races}
claim(len(asked) == 65, "section 6 numbers 65 races", sorted(asked))
claim(told == asked, "each of them has a row", sorted(asked ^ told))

named = {}
for races, first, cell in rows:
    for folder, name in FILE.findall(re.sub("`[^`]*`", "", cell)):
        named.setdefault(f"scenarios/{folder or 'races'}/{name}.scn", []).append((races, first))
missing = [path for path in named if not os.path.exists(path)]
claim(not missing, "each file of a row is there", missing)
shipped = set(glob.glob("scenarios/races/*.scn") + glob.glob("scenarios/attacks/*.scn"))
claim(shipped <= set(named), "each file of the two folders is in a row", sorted(shipped - set(named)))

unsaid = []
for path in sorted(shipped & set(named)):
    story = text(path).split("\nscenario ")[0]
    said = set(re.findall(r"B\d+", story))
    unsaid += [(path, first) for races, first in named[path] if not races <= said]
claim(not unsaid, "the story of each file names the races of its rows", unsaid)

absent = [
    (test, suite)
    for _, _, cell in rows
    for test, suite in TEST.findall(cell)
    if f"START_TEST({test})" not in text(f"test/unit/{suite}.c")
]
claim(not absent, "each unit test of a row is there", absent)
finish()
