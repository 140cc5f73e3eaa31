#!/bin/bash
# `e2esim auc` against osmo-auc-gen (package libosmocore-utils), an independent MILENAGE: the
# published sets and 60 pseudo-random subscribers, each with a resynchronisation. Prints TAP.
set -u
cd "$(dirname "$0")/../.." || exit 1
E2ESIM=${E2ESIM:-${BIN:-build/bin}/e2esim}
SEED=33102
RANDOM_SETS=60
count=0
failed=0

claim() { # STATUS WORDS [EVIDENCE]
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failed=1
        echo "not ok $count - $2"
        printf '%s\n' "${3:-}" | sed 's/^/# /'
    fi
}

finish() {
    echo "1..$count"
    exit $failed
}

json() { # NAME, of the JSON object on stdin
    sed -n "s/^ *\"$1\": \"\{0,1\}\([0-9a-z]*\).*/\1/p"
}

osmo() { # ARGUMENTS...: "NAME VALUE" lines
    osmo-auc-gen -3 -a milenage -l 0 "$@" 2>&1 | tr -d ' ' | tr ':' ' '
    return "${PIPESTATUS[0]}"
}

said() { # NAME, of osmo's lines on stdin
    awk -v name="$1" '$1 == name { print $2 }'
}

draw() { # SET NAME DIGITS
    printf '%s' "$SEED/$1/$2" | sha256sum | cut -c "1-$3"
}

xor12() { # two numbers of 12 hexadecimal digits
    printf '%012x' $((16#$1 ^ 16#$2))
}

# The vector for K OP-OPTION OP RAND SQN AMF.
compare_vector() { # WORDS K op|opc OP RAND SQN AMF
    local ours theirs flag=-o name
    local -A same=([autn]=AUTN [f2]=RES [f3]=CK [f4]=IK)

    [ "$3" = op ] && flag=-O
    ours=$("$E2ESIM" auc --k "$2" "--$3" "$4" --rand "$5" --sqn "$6" --amf "$7")
    theirs=$(osmo -k "$2" $flag "$4" -r "$5" -s $((16#$6)) -f "$7")
    for name in "${!same[@]}"; do
        if [ -z "$(json "$name" <<<"$ours")" ] ||
            [ "$(json "$name" <<<"$ours")" != "$(said "${same[$name]}" <<<"$theirs")" ]; then
            claim 1 "$1" "$ours"$'\n'"$theirs"
            return
        fi
    done
    claim 0 "$1"
}

# An AUTS made of our f1star and f5star is understood by both, and so is the vector after it.
compare_resync() { # WORDS K OPC RAND SQN_MS AMF
    local card auts ours theirs sqn bad words=$1 k=$2 opc=$3 rand=$4 sqn_ms=$5 amf=$6

    card=$("$E2ESIM" auc --k "$k" --opc "$opc" --rand "$rand" --sqn "$sqn_ms" --amf 0000)
    auts=$(xor12 "$sqn_ms" "$(json f5star <<<"$card")")$(json f1star <<<"$card")
    theirs=$(osmo -k "$k" -o "$opc" -r "$rand" -f "$amf" -A "$auts")
    sqn=$(printf '%012x' "$(said SQN <<<"$theirs")")
    ours=$("$E2ESIM" auc --k "$k" --opc "$opc" --rand "$rand" --sqn "$sqn" --amf "$amf" \
        --auts "$auts")
    [ "$(json sqn_ms <<<"$ours") $(json mac_s_valid <<<"$ours")" = "$sqn_ms true" ] &&
        [ "$(said SQN.MS <<<"$theirs")" = $((16#$sqn_ms)) ] &&
        [ "$(json autn <<<"$ours")" = "$(said AUTN <<<"$theirs")" ]
    claim $? "$words: resynchronisation" "$auts"$'\n'"$ours"$'\n'"$theirs"

    bad=${auts%?}$(printf '%x' $((16#${auts: -1} ^ 1)))
    ours=$("$E2ESIM" auc --k "$k" --opc "$opc" --rand "$rand" --sqn "$sqn" --amf "$amf" \
        --auts "$bad")
    ! theirs=$(osmo -k "$k" -o "$opc" -r "$rand" -f "$amf" -A "$bad") &&
        [ "$(json mac_s_valid <<<"$ours")" = false ]
    claim $? "$words: an AUTS with one bit changed is refused by both" "$ours"$'\n'"$theirs"
}

if ! command -v osmo-auc-gen >/dev/null; then
    claim 1 "osmo-auc-gen is installed" "apt-get install libosmocore-utils"
    finish
fi
if [ ! -x "$E2ESIM" ]; then
    claim 1 "$E2ESIM is built" "make"
    finish
fi

declare -A v
while IFS=' =' read -r name value; do
    case $name in
    '' | \#*) continue ;;
    set) v=() ;;
    esac
    v[$name]=$value
    if [ "$name" = opc ]; then # the last of the inputs in each set
        words="published set ${v[set]}"
        inputs=("${v[rand]}" "${v[sqn]}" "${v[amf]}")
        compare_vector "$words" "${v[k]}" opc "$value" "${inputs[@]}"
        compare_resync "$words" "${v[k]}" "$value" "${inputs[@]}"
        if [ -n "${v[op]:-}" ]; then
            compare_vector "$words from OP" "${v[k]}" op "${v[op]}" "${inputs[@]}"
        fi
    fi
done <test/vectors/milenage.txt

for ((i = 1; i <= RANDOM_SETS; i++)); do
    k=$(draw $i k 32)
    op=$(draw $i op 32)
    rand=$(draw $i rand 32)
    sqn=$(draw $i sqn 12)
    amf=$(draw $i amf 4)
    opc=$("$E2ESIM" auc --k "$k" --op "$op" --rand "$rand" --sqn "$sqn" --amf "$amf" | json opc)
    compare_vector "random set $i" "$k" op "$op" "$rand" "$sqn" "$amf"
    compare_resync "random set $i" "$k" "$opc" "$rand" "$sqn" "$amf"
done
finish
