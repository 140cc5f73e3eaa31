#!/bin/sh
# Daemons that die and come back with their state, or without it, and disks that fail. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
if [ ! -x "$BIN/hssd" ]; then
    echo "Bail out! $BIN/hssd is missing; run make"
    exit 1
fi
exec python3 test/sim/durable.py "$BIN"
