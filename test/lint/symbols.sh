#!/usr/bin/env bash
# What the pure rooms may call, proved on their object files: no socket, clock, heap, file or printf.
# Prints TAP.
set -u
n=0
fail=0
tell() {
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fail=1; fi
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cc=${CC:-gcc}

# compiled here, plain, so that neither a sanitizer nor coverage adds symbols of its own
pure=$(find common/core common/crypto hss emse eese ue common/base/{bytes,prng,role,err,clauses}.c common/wire/msg.c \
    -name '*.c' -not -name main.c -not -name setup.c)
for f in $pure; do
    mkdir -p "$dir/$(dirname "$f")"
    $cc -std=c11 -O1 -fno-pic -fno-pie -D_GNU_SOURCE -I. -c "$f" -o "$dir/${f%.c}.o" || { echo "Bail out! $f does not compile"; exit 1; }
done
defined=$(find "$dir" -name '*.o' -exec nm --defined-only -g {} + | awk 'NF == 3 {print $3}' | sort -u)
allowed=$(printf '%s\n' "$defined" memcpy memset memmove memcmp memchr strlen strcmp ensure_failed __stack_chk_fail \
    _GLOBAL_OFFSET_TABLE_ | sort -u)
check() { # WORDS EXTRA-ALLOWED-REGEX FILES...
    local words=$1 extra=$2 bad
    shift 2
    bad=$(nm -u "$@" | awk 'NF == 2 {print $2}' | sort -u | comm -23 - <(echo "$allowed") | grep -vE "^($extra)\$")
    [ -z "$bad" ] || echo "$bad" | sed 's/^/# /'
    [ -z "$bad" ]
    tell $? "$words"
}
for r in hss emse eese ue; do
    check "$r/ calls only what is pure" "none" "$dir/$r"/*.o
done
check "common/core calls only what is pure" "none" "$dir"/common/core/*.o
check "common/crypto calls mbedTLS's block primitives and nothing that allocates" \
    'mbedtls_(aes|sha256)_[a-z_]+|mbedtls_platform_zeroize' "$dir"/common/crypto/*.o
! nm --defined-only "$dir"/{hss,emse,eese,ue}/*.o "$dir"/common/core/*.o | grep -E ' [bBdDC] ' | sed 's/^/# /' | grep .
tell $? "no pure room has a variable that outlives a call"
[ -x "${BIN:-build/bin}/eesed" ] && ! nm "${BIN:-build/bin}/eesed" | grep -E ' (e2m_[a-z_]+|e2e_(root|first_literal|mask)|aka_(vector|check|accept|auts_open|sqn_next|k_asme)|milenage[a-z_]*)$' | sed 's/^/# /' | grep .
tell $? "eesed has no function that touches an e2m key (clause 5.Y.3)"

echo "1..$n"
exit $fail
