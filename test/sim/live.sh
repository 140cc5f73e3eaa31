#!/bin/sh
# What a run with four daemons leaves behind however it ends: nothing. And a run of a thousand UEs. Prints TAP.
#   sh test/sim/live.sh [FOLDER_OF_PROGRAMS]
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
if [ ! -x "$BIN/e2esim" ]; then
    echo "Bail out! $BIN/e2esim is missing; run make"
    exit 1
fi
exec python3 test/sim/live.py "$BIN"
