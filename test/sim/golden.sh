#!/usr/bin/env bash
# What the machines are, and which correction cures which race, as files under review: a changed table is a changed behaviour. `make golden` writes them anew.
# Prints TAP.
set -u
bin=${BIN:-build/bin}
n=0
fail=0
tell() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fail=1; fi
}
for role in hss emse eese ue; do
    for variant in literal hardened; do
        diff <("$bin/e2esim" fsm "$role" --variant "$variant") "test/golden/fsm_${role}_$variant.txt" | sed 's/^/# /'
        [ "${PIPESTATUS[0]}" = 0 ]
        tell $? "the $variant machine of $role is the one under review"
    done
done
diff <("$bin/e2esim" matrix) test/golden/matrix.txt | sed 's/^/# /'
[ "${PIPESTATUS[0]}" = 0 ]
tell $? "the matrix of races and corrections is the one under review"
# every clause and gap of the register is the reason of a row, or of a visited network's
sed -n 's/^ *X(\([CSG][A-Z0-9_]*\),.*/\1/p' common/base/clauses.h | sort >"${TMPDIR:-/tmp}/clauses.$$"
missing=$(while read -r clause; do
    grep -qrw "$clause" hss emse eese ue scenarios/sim/visited --include='*.c' || echo "$clause"
done < <(grep -v C_5Y3 "${TMPDIR:-/tmp}/clauses.$$")) # 5.Y.3 is kept by test/lint, not by a row
rm -f "${TMPDIR:-/tmp}/clauses.$$"
[ -z "$missing" ] || echo "$missing" | sed 's/^/# no row: /'
[ -z "$missing" ]
tell $? "every clause and gap of the register is the reason of a row"
echo "1..$n"
exit $fail
