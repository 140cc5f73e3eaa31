#!/bin/sh
# The catalogue of races against the files that show them. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
if [ ! -x "$BIN/e2esim" ]; then
    echo "Bail out! $BIN/e2esim is missing; run make"
    exit 1
fi
exec python3 test/sim/catalogue.py "$BIN"
