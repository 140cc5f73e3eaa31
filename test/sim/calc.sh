#!/bin/sh
# The calculators `e2esim auc` and `e2esim derive`: results against the published sets and an
# independent KDF, and every kind of wrong command line. Prints TAP.
set -eu
cd "$(dirname "$0")/../.."
E2ESIM=${E2ESIM:-${BIN:-build/bin}/e2esim}
if [ ! -x "$E2ESIM" ]; then
    echo "Bail out! $E2ESIM is missing; run make"
    exit 1
fi
exec python3 test/sim/calc.py "$E2ESIM"
