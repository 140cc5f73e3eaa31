#!/usr/bin/env bash
# Who may include whom. Prints TAP.
set -u
n=0
fail=0
tell() { # RESULT-OK WORDS
    n=$((n + 1))
    if [ "$1" = 0 ]; then echo "ok $n - $2"; else echo "not ok $n - $2"; fail=1; fi
}

# includes FOLDER...: "file header" of every project or foreign include there
includes() {
    grep -rHoE '^#include ["<][^">]+' "$@" --include='*.[ch]' | sed -E 's/:#include ["<]/ /'
}
# only FOLDERS ALLOWED-REGEX WORDS: every include of the folders matches
only() {
    local bad
    bad=$(includes $1 | grep -vE " ($2)\$")
    [ -z "$bad" ] || echo "$bad" | sed 's/^/# /'
    [ -z "$bad" ]
    tell $? "$3"
}

cores() { # the pure files of a role
    find "$1" -name '*.[ch]' -not -name 'main.*' -not -name 'setup.*' | tr '\n' ' '
}

libc='(assert|ctype|errno|inttypes|limits|stdbool|stdalign|stddef|stdint|string)\.h'
base='common/base/[a-z_0-9]+\.h'
wire='common/wire/[a-z_0-9]+\.h'
core='common/core/[a-z_0-9]+\.h'
crypto='common/crypto/[a-z_0-9]+\.h'
only "common/base" "$base|$libc|stdio\.h|stdlib\.h" "base includes libc only"
only "common/crypto" "$base|$crypto|$libc|mbedtls/[a-z0-9_]+\.h" "crypto includes base and mbedTLS only"
only "common/wire" "$base|$wire|$libc|ciot\.pb-c\.h|protobuf-c/protobuf-c\.h" "wire includes base and protobuf-c only"
only "common/core" "$base|$wire|$core|$crypto|$libc" "core includes base, wire and crypto, no I/O"
for r in hss emse ue; do
    only "$(cores $r)" "$base|$wire|$core|$crypto|$libc|$r/[a-z_]+\.h" \
        "$r includes what is pure, and no other role"
done
only "$(cores eese)" \
    "$base|$wire|$core|common/crypto/(keyset_e2e|sha256|kdf|seal)\.h|$libc|eese/[a-z_]+\.h" \
    "eese includes no e2m keyset, AKA or Milenage (clause 5.Y.3)"

foreign=$(includes common hss emse eese ue scenarios | grep ' mbedtls/' | grep -vE '^common/(crypto|daemon)/')
[ -z "$foreign" ]
tell $? "mbedTLS stays in common/crypto and common/daemon"
foreign=$(includes common hss emse eese ue scenarios | grep 'pb-c\.h\|protobuf-c' | grep -v '^common/wire/')
[ -z "$foreign" ]
tell $? "protobuf-c stays in common/wire"
foreign=$(includes common hss emse eese ue scenarios | grep ' event2/' | grep -vE '^(common/daemon|scenarios/sim/drive)/')
[ -z "$foreign" ]
tell $? "libevent stays in common/daemon and the live driver"
foreign=$(includes common hss emse eese ue | grep ' scenarios/')
[ -z "$foreign" ]
tell $? "nothing below includes the simulator"

echo "1..$n"
exit $fail
