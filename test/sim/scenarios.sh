#!/bin/sh
# Every shipped scenario, in both variants: live, in lockstep, virtual; against its stated verdict and each other.
# Prints TAP.
#   sh test/sim/scenarios.sh [FOLDER_OF_PROGRAMS]
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
if [ ! -x "$BIN/e2esim" ]; then
    echo "Bail out! $BIN/e2esim is missing; run make"
    exit 1
fi
exec python3 test/sim/scenarios.py "$BIN"
