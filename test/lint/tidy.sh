#!/usr/bin/env bash
# House rules that a compiler does not know. Prints TAP.
set -u
n=0
fail=0
tell() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fail=1; fi
}
none() { # WORDS: standard input is empty
    local found
    found=$(cat)
    [ -z "$found" ] || echo "$found" | head -20 | sed 's/^/# /'
    [ -z "$found" ]
    tell $? "$1"
}
mapfile -t c < <(find common hss emse eese ue scenarios test -name '*.[ch]' | sort)
mapfile -t tests < <(find test -name '*.c')

long_lines() { # tables under clang-format off may be wider, to stay one row a line
    awk 'FNR == 1 {off = 0} /clang-format off/ {off = 1} /clang-format on/ {off = 0}
         length($0) > (off ? 120 : 100) {print FILENAME ":" FNR}' "${c[@]}"
}
state_changes() {
    grep -nE -- '->state = ' "$1"/*.c | grep -vE '/(setup|main)\.c:|out->state = |ue->state = S_(UNKNOWN|DETACHED|NO_KEY);|ctx->state = S_SERVING'
}
alone() {
    local f
    for f in common/*/*.h hss/*.h emse/*.h eese/*.h ue/*.h scenarios/sim/*/*.h; do
        ${CC:-gcc} -std=c11 -D_GNU_SOURCE -I. -isystem build/gen -fsyntax-only -x c "$f" 2>&1 | grep -m1 error
    done
}

none "no line over 100 columns" < <(long_lines)
none "no tab and no blank at a line's end" < <(grep -nP '\t| +$' "${c[@]}")
none "nothing left for later" < <(grep -nE '\b(TODO|FIXME|XXX|HACK)\b|#if 0|^ *// ' "${c[@]}")
none "no file over 600 lines, no test over 700" < <(wc -l "${c[@]}" |
    awk '$2 != "total" && $1 > ($2 ~ /^test/ ? 700 : 600) {print $2, $1}')
none "no test sleeps" < <(grep -nE '\b(sleep|usleep|nanosleep) *\(' "${tests[@]}")
for r in hss emse eese ue; do
    none "$r: only the engine changes a state" < <(state_changes "$r")
done
none "every header compiles alone" < <(alone)
none "every scenario has a title" < <(find scenarios -name '*.scn' -exec grep -LE '^title ' {} +)
none "nothing else at the top level" < <(find . -mindepth 1 -maxdepth 1 -not -name '.*' -printf '%f\n' |
    grep -vxE 'Makefile|README\.md|proto|common|hss|emse|eese|ue|scenarios|test|build')

echo "1..$n"
exit $fail
