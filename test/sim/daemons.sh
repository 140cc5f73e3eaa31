#!/bin/sh
# The four daemons started by hand, with each other's real addresses and no runner. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
if [ ! -x "$BIN/hssd" ]; then
    echo "Bail out! $BIN/hssd is missing; run make"
    exit 1
fi
exec python3 test/sim/daemons.py "$BIN"
