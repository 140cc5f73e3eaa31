"""Four daemons with durable state and a relay between them, which sees every datagram. Nothing
sleeps: what is waited for is a line or a datagram."""

import itertools
import os
import re
import selectors
import shutil
import socket
import subprocess
import tempfile
import time

from tap import BIN, DAEMONS, PATIENCE

IMSI = "001010000000001"
AKA = "k 465b5ce8b199b49faa5f0a2ee238a6bc opc cd63cb71954a9f4e48a5994e37a02baf"
PEERS = {
    "hssd": {"EMSE": "emsed"},
    "emsed": {"HSS": "hssd", "EESE": "eesed", "UE": "ued"},
    "eesed": {"EMSE": "emsed", "UE": "ued"},
    "ued": {"EMSE": "emsed", "EESE": "eesed"},
}
OWN = {
    "hssd": f"subscriber {IMSI} {AKA} amf 8000\nprofile * te2e 1h\n",
    "emsed": "name emse.home\neese eese.plant1\n",
    "eesed": "name eese.plant1\n",
    "ued": f"ue {IMSI} {AKA} emse emse.home eese eese.plant1\n",
}


class Hangs(Exception):
    """What was waited for does not come."""


_worlds = itertools.count(1)


def own_host():
    """A loopback address of its own for each world, so that no two take each other's ports."""
    n, pid = next(_worlds), os.getpid()
    return f"127.{1 + pid // 250 % 250}.{1 + pid % 250}.{1 + n % 250}"


def udp(host):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((host, 0))
    return s


class Process:
    """One life of a daemon."""

    def __init__(self, program, folder, prefix=()):
        self.errors = tempfile.TemporaryFile("w+")
        self.text = b""
        self.ready = False
        self.process = subprocess.Popen(
            [*prefix, os.path.join(BIN, program), "--config", f"{folder}/{program}.conf"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.errors,
            bufsize=0,
        )

    def stderr(self):
        self.errors.seek(0)
        return self.errors.read()


class World:
    """|on_datagram|(world, sender, octets) is called before each datagram goes on."""

    def __init__(self, more="", on_datagram=None):
        self.folder = tempfile.mkdtemp(prefix="e2e-durable-")
        self.on_datagram = on_datagram
        self.selector = selectors.DefaultSelector()
        self.captured = []  # (from, to, octets)
        self.lines = {p: [] for p in DAEMONS}
        self.lives = {}
        self.pending = {p: [] for p in DAEMONS}  # orders to repeat until their step is seen
        self.gate = {}  # (daemon, peer): the socket that |daemon| knows as |peer|
        self.address = {}
        self.host = own_host()
        self.make_network()
        for p in DAEMONS:
            with open(f"{self.folder}/{p}.conf", "w", encoding="ascii") as f:
                f.write(f"seed 42\npace 5%\ntimer WAITKEY 200ms\nstate {self.state(p)}\n")
                f.write(f"listen {self.host}:{self.address[p][1]}\n{OWN[p]}{more}")
                for role, peer in PEERS[p].items():
                    if role != "UE" or p not in ("emsed", "eesed"):
                        f.write(f"peer {role} {self.at(p, peer)}\n")
        for p in DAEMONS:
            self.start(p)
        self.until(lambda: all(x.ready for x in self.lives.values()))

    def make_network(self):
        for i, (p, peers) in enumerate(PEERS.items()):
            self.address[p] = (self.host, 4001 + i)
            for peer in peers.values():
                self.gate[p, peer] = udp(self.host)
                self.selector.register(self.gate[p, peer], selectors.EVENT_READ, (p, peer))

    def at(self, program, peer):
        host, port = self.gate[program, peer].getsockname()
        return f"{host}:{port}"

    def state(self, program):
        return f"{self.folder}/{program}.db"

    def start(self, program, prefix=()):
        life = Process(program, self.folder, prefix)
        self.lives[program] = life
        self.selector.register(life.process.stdout, selectors.EVENT_READ, program)
        return life

    def kill(self, program):
        life = self.lives.pop(program)
        life.process.kill()
        self.reap(program, life)

    def reap(self, program, life):
        """Reads what it has printed to the end; returns its exit code."""
        while True:
            more = os.read(life.process.stdout.fileno(), 65536)
            if not more:
                break
            self.take(program, life, more)
        self.selector.unregister(life.process.stdout)
        life.process.stdout.close()
        life.process.stdin.close()
        return life.process.wait(PATIENCE)

    def wipe(self, program):
        for name in os.listdir(self.folder):
            if name.startswith(f"{program}.db"):
                os.unlink(f"{self.folder}/{name}")

    def close(self):
        for p in list(self.lives):
            self.kill(p)
        for s in self.gate.values():
            s.close()
        self.selector.close()
        shutil.rmtree(self.folder)

    # ---- what happens ----

    def take(self, program, life, octets):
        life.text += octets
        *lines, life.text = life.text.split(b"\n")
        for line in lines:
            line = line.decode()
            self.lines[program].append(line)
            if line.startswith("ready"):
                life.ready = True
                for order, _ in self.pending[program]:
                    self.write(program, order)
            self.pending[program] = [x for x in self.pending[program] if x[1] not in line]

    def write(self, program, order):
        try:
            self.lives[program].process.stdin.write(f"order {IMSI} {order}\n".encode())
        except (KeyError, BrokenPipeError):
            pass  # it is dead: the order is given to its next life

    def relay(self, gate, key):
        octets = gate.recv(65536)
        sender, to = key
        if self.on_datagram:
            self.on_datagram(self, sender, octets)
        self.captured.append((sender, to, octets))
        self.gate[to, sender].sendto(octets, self.address[to])

    def pump(self, deadline):
        ready = self.selector.select(max(0, deadline - time.monotonic()))
        if not ready:
            tails = {p: lines[-6:] for p, lines in self.lines.items()}
            raise Hangs("\n".join(f"{p}: {x}" for p, t in tails.items() for x in t))
        for key, _ in ready:
            if isinstance(key.data, tuple):
                self.relay(key.fileobj, key.data)
                continue
            life = self.lives.get(key.data)
            if life is None or life.process.stdout is not key.fileobj:
                continue  # died while others were heard
            more = os.read(key.fileobj.fileno(), 65536)
            if more:
                self.take(key.data, life, more)
            else:
                self.died(key.data)

    def died(self, program):
        life = self.lives.pop(program)
        code = self.reap(program, life)
        raise Hangs(f"{program} ended with {code}: {life.stderr()}")

    def until(self, condition):
        deadline = time.monotonic() + PATIENCE
        while not condition():
            self.pump(deadline)

    # ---- what is asked for ----

    def order(self, program, order, until):
        """Gives an order, and again to each further life, until its step was printed."""
        self.pending[program].append((order, until))
        self.write(program, order)

    def shown(self, program, words):
        return sum(words in line for line in self.lines[program])

    def key(self, program):
        """Epoch and fingerprint that it has shown last."""
        for line in reversed(self.lines[program]):
            found = re.search(r" epoch=(\d+) fp=(\w+)", line)
            if found:
                return found.groups()
        return None

    def delivered(self, program, text):
        payload = text.encode().hex()
        return sum(line.endswith(f"payload={payload}") for line in self.lines[program])
