#!/bin/sh
# capture.pcapng and the Wireshark profile, as capinfos and tshark see them; the JUnit file. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
BIN=${1:-${BIN:-build/bin}}
for tool in tshark capinfos; do
    if ! command -v "$tool" >/dev/null; then
        echo "Bail out! $tool is missing; run make check, or apt-get install tshark"
        exit 1
    fi
done
if [ ! -x "$BIN/e2esim" ]; then
    echo "Bail out! $BIN/e2esim is missing; run make"
    exit 1
fi
exec python3 test/sim/capture.py "$BIN"
