#!/bin/sh
# The command line of e2esim: help, wrong words, exit codes, output to a pipe. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
if [ ! -x "$BIN/e2esim" ]; then
    echo "Bail out! $BIN/e2esim is missing; run make"
    exit 1
fi
exec python3 test/sim/cli.py "$BIN"
