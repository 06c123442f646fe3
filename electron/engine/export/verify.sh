#!/bin/sh
# Checks an auditor pack of Gatehouse with openssl (3.0 or newer), sha256sum, jq, unzip and what every POSIX system has.
#
#   sh verify.sh PACK.zip|FOLDER [--key FINGERPRINT|PUBLIC-KEY] [--checkpoint FILE] [--all]
#
# --key         what you were told by another way than this pack: the SHA-256 of the key, 64 hexadecimal digits, or the line of key/log.vkey
# --checkpoint  log/newest-seal.txt of an earlier or later pack of the same log
# --all         check the signature of every seal and every leaf, also where that takes long
#
# Ends with 0: whole, and by that key; 4: it holds together, but no key was given; 1: damaged; 2: it could not be checked.
# VERIFY.md explains every check. Nothing is sent anywhere; a temporary folder is used and removed.
set -u
LC_ALL=C
export LC_ALL
umask 077

pack='' pinned='' checkpoint='' all=no
while [ $# -gt 0 ]; do
  case $1 in
    --key) pinned=${2-}; shift ;;
    --checkpoint) checkpoint=${2-}; shift ;;
    --all) all=yes ;;
    -*) echo "Unknown option: $1" >&2; exit 2 ;;
    *) pack=$1 ;;
  esac
  shift
done
if [ -z "$pack" ] || [ ! -e "$pack" ]; then sed -n '2,12s/^# \{0,1\}//p' "$0" >&2; exit 2; fi
for tool in openssl sha256sum jq awk cmp od xargs $([ -d "$pack" ] || echo unzip); do
  command -v "$tool" >/dev/null 2>&1 || { echo "This needs $tool." >&2; exit 2; }
done
case $(openssl version) in 'OpenSSL '[3-9]*|'OpenSSL '[1-9][0-9]*) ;; *) echo "This needs OpenSSL 3 or newer; this is $(openssl version)." >&2; exit 2 ;; esac
[ "$(awk 'BEGIN { printf "%c%c%c", 0, 200, 10 }' | od -An -tx1 | tr -d ' \n')" = 00c80a ] || { echo 'This awk cannot write every byte; use mawk or gawk.' >&2; exit 2; }

tmp=$(mktemp -d) || exit 2
batch=$tmp/b fast=''
trap 'rm -rf "$tmp" ${fast:+"$fast"}' EXIT
trap 'exit 2' HUP INT TERM
: > "$tmp/findings"
found() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >> "$tmp/findings"; }
say() { printf '%s\n' "$*"; }
sha() { sha256sum | cut -c 1-64; }
field() { sed -n "s/^$1 //p" "$tmp/facts"; }

# --- unpack -----------------------------------------------------------------------------------------------------------------
if [ -d "$pack" ]; then
  cp -R "$pack" "$tmp/pack" || exit 2
else
  mkdir "$tmp/pack"
  unzip -Z1 "$pack" > "$tmp/names" 2>/dev/null </dev/null || found file_changed file zip 'It cannot be read as a zip without complaint: it is no pack, was cut or was changed.'
  sort "$tmp/names" | uniq -d | tr -cd '[:print:]\n' | while IFS= read -r name; do found file_extra file "$name" "There is more than one file $name."; done
  if grep -q -e '^/' -e '\.\.' -e '\\' "$tmp/names"; then found file_changed file zip 'It holds names that lead out of it; it was not unpacked.'
  else unzip -qq -o -P x "$pack" -d "$tmp/pack" </dev/null >/dev/null 2>&1 || true; fi
fi
# A header that was changed can turn a file into a link to somewhere else.
find "$tmp/pack" -type l -exec rm -f {} +
if [ ! -f "$tmp/pack/manifest.json" ]; then
  found file_missing file manifest.json 'There is no manifest: this is no pack, or not all of it, or it was changed.'
# SECURITY: numbers are numbers and texts are one line: they go into the arithmetic of a shell and onto a terminal.
elif ! jq -e -r 'def n: if type == "number" and . >= 0 and . == floor and . < 1e15 then . else 0 end; def t: tostring | gsub("[[:cntrl:]]"; "?");
  if .format == "gatehouse-pack/1" and (.files | type == "array") then "origin \(.log.origin | t)", "first \(.log.firstSeq | n)", "size \(.log.size | n)", "seals \(.log.seals | n)", "root \(.log.root | t)", "fingerprint \(.key.fingerprint | t)", "verifier \(.key.verifier | t)",
    "made \(.madeAt | t)", "version \(.version | t)", "name \(.spec.name | t)", "most \([.log.size, (.files[] | select(.path | startswith("activity/leaves/")) | .rows // 0)] | add | n)" else null end' "$tmp/pack/manifest.json" > "$tmp/facts" 2>/dev/null; then
  found manifest_forged file manifest.json 'manifest.json is no manifest of a pack.'
fi

finish() {
  count=$(wc -l < "$tmp/findings" | tr -d ' ')
  say ''
  if [ "$count" -gt 0 ]; then
    say "DAMAGED: $count findings"
    head -n 200 "$tmp/findings" | tr -cd '[:print:]\t\n' | awk -F '\t' '{ printf "  %-16s %s %s: %s\n", $1, $2, $3, $4 }'
    [ "$count" -le 200 ] || say "  ... and $((count - 200)) more"
    exit 1
  fi
  if [ -n "$pinned" ]; then say 'WHOLE: nothing of this pack was changed since it was made, and it is signed by the key that you gave.'; exit 0; fi
  say 'IT HOLDS TOGETHER. Whose it is was not checked: compare the fingerprint with what you were told by another way than this pack.'
  exit 4
}
[ -f "$tmp/pack/manifest.json" ] || finish
grep -q '^manifest_forged' "$tmp/findings" && finish
cd "$tmp/pack" || exit 2
case $pack in /*) ;; *) pack=$OLDPWD/$pack ;; esac
case $checkpoint in ''|/*) ;; *) checkpoint=$OLDPWD/$checkpoint ;; esac

# --- keys -------------------------------------------------------------------------------------------------------------------
# key_files VKEY N: writes N.pem and N.id and N.name; fails if it is no Ed25519 verifier key.
mkdir "$tmp/keys"
key_files() {
  kf_name=${1%%+*} kf_rest=${1#*+}
  kf_id=${kf_rest%%+*} kf_b64=${kf_rest#*+}
  printf '%s' "$kf_b64" | openssl base64 -d -A > "$tmp/keys/$2.raw" 2>/dev/null
  [ "$(wc -c < "$tmp/keys/$2.raw" | tr -d ' ')" = 33 ] && [ "$(openssl base64 -A < "$tmp/keys/$2.raw")" = "$kf_b64" ] || return 1
  [ "$(head -c 1 "$tmp/keys/$2.raw" | od -An -tx1 | tr -d ' \n')" = 01 ] || return 1
  [ "$({ printf '%s\n' "$kf_name"; cat "$tmp/keys/$2.raw"; } | sha | cut -c 1-8)" = "$kf_id" ] || return 1
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; tail -c 32 "$tmp/keys/$2.raw"; } > "$tmp/keys/$2.der"
  openssl pkey -pubin -inform DER -in "$tmp/keys/$2.der" -out "$tmp/keys/$2.pem" 2>/dev/null || return 1
  printf '%s' "$kf_name" > "$tmp/keys/$2.name"
  printf '%s' "$kf_id" > "$tmp/keys/$2.id"
}
# signed NOTE N: whether exactly key N signed it; its text is left in $tmp/text.
signed() {
  sg_lines=$(wc -l < "$1" | tr -d ' ')
  [ "$sg_lines" -ge 3 ] || return 1
  sg_name=$(cat "$tmp/keys/$2.name") sg_last=$(tail -n 1 "$1")
  case $sg_last in "— $sg_name "*) sg_sig=${sg_last#"— $sg_name "} ;; *) return 1 ;; esac
  head -n $((sg_lines - 2)) "$1" > "$tmp/text"
  { cat "$tmp/text"; printf '\n— %s %s\n' "$sg_name" "$sg_sig"; } | cmp -s - "$1" || return 1
  printf '%s' "$sg_sig" | openssl base64 -d -A > "$tmp/sig" 2>/dev/null
  [ "$(wc -c < "$tmp/sig" | tr -d ' ')" = 68 ] && [ "$(openssl base64 -A < "$tmp/sig")" = "$sg_sig" ] || return 1
  [ "$(head -c 4 "$tmp/sig" | od -An -tx1 | tr -d ' \n')" = "$(cat "$tmp/keys/$2.id")" ] || return 1
  tail -c 64 "$tmp/sig" > "$tmp/sig64"
  openssl pkeyutl -verify -pubin -inkey "$tmp/keys/$2.pem" -rawin -in "$tmp/text" -sigfile "$tmp/sig64" >/dev/null 2>&1
}

origin=$(field origin) fingerprint=$(field fingerprint) verifier=$(field verifier) made=$(field made)
say "Pack        $(field name | tr -cd '[:print:]'), made $made with Gatehouse $(field version)"
say "Log         $origin, entries $(field first) to $(field size), $(field seals) seals"
say "Fingerprint $(printf '%s' "$fingerprint" | sed 's/..../& /g')"
keys=0 since=0
if ! key_files "$verifier" current || [ "$(cat "$tmp/keys/current.name")" != "$origin" ] || [ "$(sha < "$tmp/keys/current.der")" != "$fingerprint" ]; then
  found manifest_forged file manifest.json 'What the manifest says of the key contradicts itself.'
else
  [ "$(cat key/log.vkey 2>/dev/null)" = "$verifier" ] || found file_changed file key/log.vkey 'It is not the key that the manifest tells.'
  cmp -s key/log.pem "$tmp/keys/current.pem" || found file_changed file key/log.pem 'It is not the key that the manifest tells.'
  jq -r '[.verifier, (.handover // "" | @base64)] | @tsv' key/keys.jsonl > "$tmp/keys/list" 2>/dev/null
  while IFS="$(printf '\t')" read -r vkey handover; do
    keys=$((keys + 1))
    key_files "$vkey" "$keys" || { found file_changed file key/keys.jsonl "Line $keys holds no key."; keys=$((keys - 1)); break; }
    [ "$keys" -gt 1 ] || continue
    printf '%s' "$handover" | openssl base64 -d -A > "$tmp/handover"
    if signed "$tmp/handover" $((keys - 1)) && printf '%s/key\n%s\n' "${vkey%%+*}" "$vkey" | cmp -s - "$tmp/text"; then continue; fi
    since=$((keys - 1))
    found key_changed key "$keys" 'The log was signed by another key from then on, and the one before it did not hand over to it.'
  done < "$tmp/keys/list"
  [ "$keys" -gt 0 ] && [ "$(cat "$tmp/keys/$keys.id")" = "$(cat "$tmp/keys/current.id")" ] || found file_changed file key/keys.jsonl 'It does not end with the key that the manifest tells.'
fi
if [ -n "$pinned" ]; then
  case $pinned in *+*+*) key_files "$pinned" pinned && pinned=$(sha < "$tmp/keys/pinned.der") ;; esac
  pinned=$(printf '%s' "$pinned" | tr -d ' :\n' | tr 'A-F' 'a-f')
  case $pinned in *[!0-9a-f]*) echo 'What follows --key is neither a fingerprint nor a public key.' >&2; exit 2 ;; esac
  [ ${#pinned} -eq 64 ] || { echo 'What follows --key is neither a fingerprint nor a public key.' >&2; exit 2; }
  at=0 n=1
  while [ "$n" -le "$keys" ]; do [ "$(sha < "$tmp/keys/$n.der")" = "$pinned" ] && at=$n; n=$((n + 1)); done
  [ "$at" -gt 0 ] || found key_not_pinned key "$origin" 'This pack is signed by another key than the one that you gave.'
fi
# any_signed NOTE: whether one of the keys of the log signed it.
any_signed() { as_n=1; while [ "$as_n" -le "$keys" ]; do signed "$1" "$as_n" && return 0; as_n=$((as_n + 1)); done; return 1; }

# --- the pack's own signatures ----------------------------------------------------------------------------------------------
sum=$(sha < manifest.json)
if [ -f "$tmp/keys/current.pem" ] && signed manifest.note current && printf '%s/pack\nsha256 %s\nmade %s\n' "$origin" "$sum" "$made" | cmp -s - "$tmp/text"; then say 'manifest    signed'
else found manifest_forged file manifest.note 'The manifest is not what the key of this pack signed.'; fi
if [ -f "$pack" ]; then
  size=$(wc -c < "$pack" | tr -d ' ')
  tail -c 4096 "$pack" | tr -d '\000' | tail -n 5 > "$tmp/tail"
  told=$(sed -n '2s/^sha256 \([0-9a-f]\{64\}\)$/\1/p' "$tmp/tail") bytes=$(sed -n '3s/^bytes \([1-9][0-9]\{0,14\}\)$/\1/p' "$tmp/tail")
  printf '%s/zip\nsha256 %s\nbytes %s\n\n%s\n' "$origin" "$told" "$bytes" "$(sed -n 5p "$tmp/tail")" > "$tmp/zip.note"
  length=$(wc -c < "$tmp/zip.note" | tr -d ' ')
  if [ -n "$bytes" ] && [ $((bytes + 2 + length)) -eq "$size" ] && tail -c "$length" "$pack" | cmp -s - "$tmp/zip.note" &&
    [ "$(tail -c "+$((bytes + 1))" "$pack" | head -c 2 | od -An -tu1 | awk '{ print $1 + 256 * $2 }')" = "$length" ] &&
    [ "$(head -c "$bytes" "$pack" | sha)" = "$told" ] && [ -f "$tmp/keys/current.pem" ] && signed "$tmp/zip.note" current; then say "zip         all $size bytes as they were written"
  else found file_changed file zip 'The zip is not byte for byte the one that was written: something in it was changed, or it was packed anew.'; fi
fi

# --- files ------------------------------------------------------------------------------------------------------------------
jq -r '.files[] | "\(.sha256)  \(.path)"' manifest.json > "$tmp/listed"
if cut -c 67- "$tmp/listed" | grep -q -v -E '^[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*$'; then found manifest_forged file manifest.json 'It lists what is no name of a file of a pack.'; finish; fi
{ cat "$tmp/listed"; printf '%s  manifest.json\n' "$sum"; } | cmp -s - SHA256SUMS || found file_changed file SHA256SUMS 'It does not repeat the sums of the manifest.'
cut -c 67- "$tmp/listed" > "$tmp/paths"
while IFS= read -r path; do [ -f "$path" ] && printf '%s\n' "$path" || found file_missing file "$path" 'It is missing.'; done < "$tmp/paths" > "$tmp/here"
for path in manifest.note SHA256SUMS; do [ -f "$path" ] || found file_missing file "$path" 'It is missing.'; done
xargs sha256sum < "$tmp/here" > "$tmp/sums" 2>/dev/null
awk 'NR == FNR { told[substr($0, 67)] = substr($0, 1, 64); next } told[substr($0, 67)] != substr($0, 1, 64) { printf "file_changed\tfile\t%s\tIt is not what the manifest tells: it was changed.\n", substr($0, 67) }' "$tmp/listed" "$tmp/sums" >> "$tmp/findings"
{ cat "$tmp/paths"; printf 'manifest.json\nmanifest.note\nSHA256SUMS\n'; } | sort > "$tmp/known"
find . -type f | sed 's/^\.\///' | sort | comm -13 "$tmp/known" - | tr -cd '[:print:]\n' | while IFS= read -r path; do found file_extra file "$path" 'It is not in the manifest: it was put in.'; done
say "files       $(wc -l < "$tmp/here" | tr -d ' ') read"

# --- hashing in batches -----------------------------------------------------------------------------------------------------
# hashes N: SHA-256 of $batch/1 to $batch/N, a line each, in order; the files are removed.
hashes() { awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) print i }' | (cd "$batch" && xargs sha256sum) | cut -c 1-64; rm -rf "$batch"; mkdir "$batch"; }
# A file an entry: in memory, where there is room for all of them, that takes a quarter of the time.
room=$(df -P /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
most=$(field most)
if [ -w /dev/shm ] && [ "${room:-0}" -gt $((${most:-0} * 6 + 1000)) ]; then fast=$(mktemp -d /dev/shm/verify.XXXXXX) && batch=$fast/b; fi
mkdir "$batch"
# In awk, before a program that uses node(file, left, right): writes 0x01 and two hashes.
node='function node(f, l, r,  i, s) { s = l r; printf "%c", 1 > f; for (i = 1; i < 129; i += 16) printf "%c%c%c%c%c%c%c%c", hex[substr(s, i, 2)], hex[substr(s, i + 2, 2)], hex[substr(s, i + 4, 2)], hex[substr(s, i + 6, 2)], hex[substr(s, i + 8, 2)], hex[substr(s, i + 10, 2)], hex[substr(s, i + 12, 2)], hex[substr(s, i + 14, 2)] > f; close(f) } BEGIN { for (i = 0; i < 256; i++) hex[sprintf("%02x", i)] = i } '
# grow NODES: NODES holds "tree level index hash", leaves and what else is known; adds every node whose two children are known, level by level.
grow() {
  level=0
  while :; do
    awk -v l="$level" '$2 == l' "$1" | sort -k 1,1 -k 3,3n > "$tmp/level"
    [ "$(wc -l < "$tmp/level")" -gt 1 ] || awk -v l="$level" '$2 > l { more = 1 } END { exit !more }' "$1" || break
    awk -v b="$batch/" "$node"'$1 == tree && $3 == at + 1 && at % 2 == 0 { n++; node(b n, hash, $4); print $1, $2 + 1, at / 2 } { tree = $1; at = $3; hash = $4 }' "$tmp/level" > "$tmp/parents"
    n=$(wc -l < "$tmp/parents" | tr -d ' ')
    [ "$n" -eq 0 ] || { hashes "$n" > "$tmp/hashed"; paste -d ' ' "$tmp/parents" "$tmp/hashed" >> "$1"; }
    level=$((level + 1))
  done
}
# roots NODES SIZES: SIZES holds "tree size"; prints "tree size root".
roots() {
  awk 'NR == FNR { known[$1, $2, $3] = $4; next } $2 > 0 { line = $1 " " $2; from = 0; size = $2; for (l = 52; l >= 0; l--) { p = 2 ^ l; if (size >= p) { line = line " " (($1, l, from / p) in known ? known[$1, l, from / p] : "unknown"); from += p; size -= p } } print line }' "$1" "$2" > "$tmp/stacks"
  while awk 'NF > 3 { more = 1 } END { exit !more }' "$tmp/stacks"; do
    awk -v b="$batch/" "$node"'NF > 3 { n++; node(b n, $(NF - 1), $NF) } END { print n + 0 }' "$tmp/stacks" > "$tmp/n"
    hashes "$(cat "$tmp/n")" > "$tmp/hashed"
    awk -v h="$tmp/hashed" '{ line = $1 " " $2; if (NF > 3) { getline root < h; for (i = 3; i < NF - 1; i++) line = line " " $i; print line " " root } else print }' "$tmp/stacks" > "$tmp/stacks2"
    mv "$tmp/stacks2" "$tmp/stacks"
  done
  cat "$tmp/stacks"
}

# --- seals ------------------------------------------------------------------------------------------------------------------
# A line a seal: number, origin, size, head, last, hour, previous, early, whether it is spelled as a seal is.
[ -f log/seals.jsonl ] || : > log/seals.jsonl
jq -R -r '(fromjson? // {}) as $s | ($s.note // "" | if type == "string" then . else "" end) as $n | ($n | split("\n\n") | .[:-1] | join("\n\n") | split("\n")) as $t
  | ($t[4] // "" | ltrimstr("hour ") | (strptime("%Y-%m-%dT%H:%MZ") | mktime / 3600)? // -1) as $h
  | [$s.seal // 0, $t[0] // "-", $t[1] // "-", $t[2] // "-", ($t[3] // "-" | ltrimstr("last ")), $h, ($t[5] // "-" | ltrimstr("previous ")), ([$t[6:][] | select(test("^reason [a-z]{1,32}$"))] | length > 0),
     (($n | endswith("\n")) and ($t[1] // "" | test("^(0|[1-9][0-9]{0,14})$")) and ($t[3] // "" | test("^last [0-9a-f]{64}$")) and ($t[5] // "" | test("^previous [0-9a-f]{64}$")) and $h >= 0)] | map(tostring | if . == "" then "-" else . end) | @tsv' log/seals.jsonl > "$tmp/seals"
seals=$(wc -l < "$tmp/seals" | tr -d ' ')
mkdir "$tmp/notes"
jq -R -r '(fromjson? // {}).note // "" | if type == "string" then . else "" end | if endswith("\n") then .[:-1] else . + "?" end | split("\n") | "\(length)", .[]' log/seals.jsonl |
  awk -v d="$tmp/notes/" -v b="$batch/" 'left == 0 { left = $0 + 0; n++; if (left == 0) { printf "" > (b n); close(b n) } next } { print > (d n); print > (b n); left--; if (left == 0) { close(d n); close(b n) } }'
if [ "$seals" -gt 0 ]; then hashes "$seals" > "$tmp/seal-hashes"; else : > "$tmp/seal-hashes"; fi
paste "$tmp/seals" "$tmp/seal-hashes" > "$tmp/sealed"
# Each seal names the one before, so the newest signature covers them all; beside it, those on both sides of every break are checked.
awk -F '\t' -v all="$all" -v few=200 -v n="$seals" 'BEGIN { before = sprintf("%064d", 0) } { if (all == "yes" || n <= few || NR == n || $7 != before || $9 != "true") { if (NR > 1 && !(NR - 1 in told)) print NR - 1; told[NR] = 1; print NR } before = $10 }' "$tmp/sealed" | sort -n -u > "$tmp/to-sign"
: > "$tmp/forged"
while IFS= read -r n; do { [ "$(sed -n "${n}p" "$tmp/seals" | cut -f 9)" = true ] && any_signed "$tmp/notes/$n"; } || printf '%s\n' "$n" >> "$tmp/forged"; done < "$tmp/to-sign"
awk -F '\t' -v origin="$origin" 'function out(k, n, t) { printf "%s\tseal\t%d\t%s\n", k, n, t }
  BEGIN { before = sprintf("%064d", 0); hour = ""; size = 0 }
  NR == FNR && FILENAME ~ /forged$/ { forged[$1] = 1; next }
  { n++
    if (n in forged || $2 != origin || $1 != n) { out("seal_forged", n, "It is not signed by a key of this log, or was changed."); before = ""; hour = ""; next }
    if (before != "" && $7 != before) out("seal_missing", n, "It does not follow the one that stands before it: a seal was taken away, put in or put elsewhere.")
    if (hour != "" && $6 > hour) out("hour_missing", n, "There is no seal for " $6 - hour " hours before it.")
    else if (hour != "" && $6 < hour) out("out_of_order", n, "Its hour is before that of the one that stands before it.")
    if ($3 + 0 < size) out("does_not_match", n, "It counts fewer entries than one before it.")
    before = $10; hour = $8 == "true" ? $6 : $6 + 1; if ($3 + 0 > size) size = $3 + 0 }' "$tmp/forged" "$tmp/sealed" >> "$tmp/findings"
[ "$seals" -ge "$(field seals)" ] || found seal_missing seal $((seals + 1)) "There are $seals seals; the manifest tells more."
[ "$seals" -le "$(field seals)" ] || found out_of_order seal "$seals" "There are $seals seals; the manifest tells fewer."
if [ "$seals" -gt 0 ] && ! cmp -s log/newest-seal.txt "$tmp/notes/$seals"; then found does_not_match file log/newest-seal.txt 'It is not the newest seal.'; fi
say "seals       $seals read, the signatures of $(wc -l < "$tmp/to-sign" | tr -d ' ') checked"
if [ -n "$checkpoint" ]; then
  tr -d '\r' < "$checkpoint" > "$tmp/held"
  if ! any_signed "$tmp/held"; then found seal_forged key checkpoint 'The checkpoint that you gave is no seal of this log that its key signed.'
  elif grep -q -x "$(sha < "$tmp/held")" "$tmp/seal-hashes"; then say 'checkpoint  it is in this pack'
  else found rolled_back seal $((seals + 1)) 'The checkpoint that you gave is not among the seals of this pack: it was made before, or the log was put back to an earlier one.'; fi
fi

# --- entries ----------------------------------------------------------------------------------------------------------------
[ -f log/entries.jsonl ] || : > log/entries.jsonl
[ -f log/tombstones.jsonl ] || : > log/tombstones.jsonl
jq -s -r 'def n: if type == "number" and . >= 0 and . == floor and . < 1e15 then . else 0 end; sort_by(.upTo) | last // {upTo: 0, last: ("0" * 64), frontier: [], entry: 0} | "\(.upTo | n) \(.last) \(.entry | n)", .frontier[]' log/tombstones.jsonl > "$tmp/stone" 2>/dev/null || found does_not_match file log/tombstones.jsonl 'It cannot be read.'
upto=$(sed -n '1s/ .*//p' "$tmp/stone"); upto=${upto:-0}
stone_last=$(sed -n 1p "$tmp/stone" | cut -d ' ' -f 2) stone_entry=$(sed -n 1p "$tmp/stone" | cut -d ' ' -f 3)
[ "$(field first)" = $((upto + 1)) ] || found missing entry $((upto + 1)) 'The manifest and the tombstones do not tell the same first entry.'
jq -R -r '(fromjson? // {}) as $e | [$e.seq // 0, $e.previous // "-", $e.body // "-", $e.action // "-"] | map(tostring | if . == "" then "-" else . end) | @tsv' log/entries.jsonl > "$tmp/entries"
entries=$(wc -l < "$tmp/entries" | tr -d ' ')
: > "$tmp/lines"
: > "$tmp/leaves"
if [ "$entries" -gt 0 ]; then
  awk -v b="$batch/" 'BEGIN { ORS = "" } { f = b NR; print > f; close(f) }' log/entries.jsonl && hashes "$entries" > "$tmp/lines"
  awk -v b="$batch/" 'BEGIN { ORS = "" } { f = b NR; printf "%c", 0 > f; print > f; close(f) }' log/entries.jsonl && hashes "$entries" > "$tmp/leaves"
fi
paste "$tmp/entries" "$tmp/lines" > "$tmp/chained"
awk -F '\t' -v upto="$upto" -v last="$stone_last" 'function out(k, n, t) { printf "%s\tentry\t%d\t%s\n", k, n, t }
  BEGIN { at = upto + 1 }
  { seq = $1 + 0
    if (seq == 0) { out("changed", at, "It is not spelled as an entry is: it was changed."); seq = at }
    else if (seq > at) out("missing", at, seq == at + 1 ? "It is missing." : "Entries " at " to " seq - 1 " are missing.")
    else if (seq < at) out("out_of_order", seq, "It stands where entry " at " should.")
    else if ($2 != last) out("changed", at > 1 ? at - 1 : 1, at > 1 ? "It is not what entry " at " follows: one of the two was changed." : "It does not begin the log.")
    last = $5; at = (seq > at ? seq : at) + 1 }' "$tmp/chained" >> "$tmp/findings"
size=$((upto + entries))
sed -n '2,$p' "$tmp/stone" | awk -v size="$upto" '{ for (l = 52; l >= 0; l--) if (2 ^ l <= size) break; print "log", l, from / 2 ^ l, $0; from += 2 ^ l; size -= 2 ^ l }' > "$tmp/nodes"
awk -v upto="$upto" '{ print "log", 0, upto + NR - 1, $0 }' "$tmp/leaves" >> "$tmp/nodes"
grow "$tmp/nodes"
{ cut -f 3 "$tmp/seals"; printf '%s\n' "$size"; } | awk -v upto="$upto" -v size="$size" '/^[0-9]+$/ && $0 + 0 >= upto && $0 + 0 <= size && !($0 in told) { told[$0] = 1; print "log", $0 }' > "$tmp/sizes"
roots "$tmp/nodes" "$tmp/sizes" > "$tmp/heads"
# Heads of the seals as hex, one openssl for all: base64 of 32 bytes each.
cut -f 4 "$tmp/seals" | while IFS= read -r head; do printf '%s\n' "$head"; done | awk -v q="'" 'BEGIN { s = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"; for (i = 1; i <= 64; i++) v[substr(s, i, 1)] = i - 1 }
  { if (length($0) != 44) { print "-"; next } out = ""; for (i = 1; i <= 44; i += 4) { x = v[substr($0, i, 1)] * 262144 + v[substr($0, i + 1, 1)] * 4096 + v[substr($0, i + 2, 1)] * 64 + v[substr($0, i + 3, 1)]; out = out sprintf("%06x", x) } print substr(out, 1, 64) }' > "$tmp/seal-heads"
[ "$(printf '' | sha)" = e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ] || { echo 'This sha256sum does not work.' >&2; exit 2; }
cut -f 3,5 "$tmp/seals" | paste - "$tmp/seal-heads" > "$tmp/seal-facts"
awk -v f="$tmp/forged" -v h="$tmp/heads" -v upto="$upto" -v first="$stone_last" -v size="$size" -v told="$(field size)" -v told_root="$(field root)" 'function out(k, w, n, t) { printf "%s\t%s\t%d\t%s\n", k, w, n, t }
  BEGIN { FS = "\t"; while ((getline line < f) > 0) forged[line] = 1; while ((getline line < h) > 0) { split(line, p, " "); root[p[2]] = p[3] } root[0] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; last[upto] = first; stone = upto == 0 }
  FILENAME ~ /chained$/ { last[upto + FNR] = $5; next }
  { n++; if (n in forged) next; s = $1 + 0; newest = s; if (s == upto) stone = 1
    if (s < upto) next
    if (s > size) { if (!cut++) out("cut", "entry", size + 1, "The log ends after " size " entries; a seal counted " s "."); next }
    if ((last[s] != $2 || root[s] != $3) && !wrong++) out("does_not_match", "seal", n, "What stands in the log up to entry " s " is not what was sealed.") }
  END { if (!stone) out("does_not_match", "entry", upto, "No seal counted exactly the entries that a tombstone stands for.")
    if (!cut && told > size) out("cut", "entry", size + 1, "The log ends after " size " entries; the manifest tells " told ".")
    if (n > 0 && size > newest) out("does_not_match", "entry", newest + 1, "There are " size " entries; the newest seal counted " newest ".")
    if (!wrong && !cut && told == size && told_root != root[size]) out("does_not_match", "entry", size, "The head of the log is not the one that the manifest tells.") }' "$tmp/chained" "$tmp/seal-facts" >> "$tmp/findings"
[ "$upto" -eq 0 ] || awk -F '\t' -v n="$stone_entry" '$1 == n && $4 == "audit.prune" { said = 1 } END { exit said }' "$tmp/entries" && [ "$upto" -gt 0 ] && found missing entry 1 "Entries up to $upto are gone, and no entry says that they were removed."
say "log         $entries entries chained, $(awk -v u="$upto" -v s="$size" '$3 >= u && $3 <= s' "$tmp/seals" | wc -l | tr -d ' ') seals compared with them"

# --- bodies -----------------------------------------------------------------------------------------------------------------
[ -f log/bodies.jsonl ] || : > log/bodies.jsonl
jq -R -r '(fromjson? // {}) as $b | [$b.seq // 0, (if ($b.body | type) == "string" then "body" elif $b.withheld == true then "withheld" elif ($b.erased | type) == "number" then "erased" else "-" end), $b.erased // 0] | @tsv' log/bodies.jsonl > "$tmp/bodies"
jq -R -r '(fromjson? // {}).body | select(type == "string") | gsub("\n"; "?")' log/bodies.jsonl | awk -v b="$batch/" 'BEGIN { ORS = "" } { f = b NR; print > f; close(f) }'
bodies=$(awk -F '\t' '$2 == "body"' "$tmp/bodies" | wc -l | tr -d ' ')
if [ "$bodies" -gt 0 ]; then hashes "$bodies" > "$tmp/body-hashes"; else : > "$tmp/body-hashes"; fi
: > "$tmp/erased"
awk -F '\t' -v upto="$upto" -v h="$tmp/body-hashes" -v e="$tmp/erased" 'function out(n, t) { printf "body_changed\tentry\t%d\t%s\n", n, t }
  NR == FNR && FILENAME ~ /entries$/ { told[upto + FNR] = $3; action[upto + FNR] = $4; size = upto + FNR; next }
  { n++; seq = upto + n; if ($2 == "body") getline is < h
    if (seq > size) { if (!more++) out(size, "There is a body without an entry behind it."); next }
    if ($1 != seq || $2 == "-") out(seq, "What should be the body of this entry is something else.")
    else if ($2 == "body" && is != told[seq]) out(seq, "Actor, text and details are not what was written.")
    else if ($2 == "erased") { if (action[$3] != "erasure.audit" || $3 <= seq) out(seq, "Actor, text and details are gone, and entry " $3 " does not say that they were erased."); else print seq, $3 > e } }
  END { if (upto + n < size) out(upto + n + 1, "The bodies end before this entry.") }' "$tmp/entries" "$tmp/bodies" >> "$tmp/findings"
if [ -s "$tmp/erased" ]; then
  jq -R -r '(fromjson? // {}) as $b | select(($b.body | type) == "string") | ($b.body | fromjson? // {}).details // "" | (fromjson? // {}).entries? // [] | .[]? | "\($b.seq) \(.[0]) \(.[1])"' log/bodies.jsonl > "$tmp/ranges" 2>/dev/null
  awk '$2 == "body" { print $1 }' "$tmp/bodies" > "$tmp/shown"
  awk 'FILENAME ~ /shown$/ { shown[$1] = 1; next } FILENAME ~ /ranges$/ { n[$1]++; from[$1, n[$1]] = $2; to[$1, n[$1]] = $3; next }
    $2 in shown { ok = 0; for (i = 1; i <= n[$2]; i++) if ($1 >= from[$2, i] && $1 <= to[$2, i]) ok = 1; if (!ok) printf "body_changed\tentry\t%d\tActor, text and details are gone, and entry %d does not say that they were erased.\n", $1, $2 }' "$tmp/shown" "$tmp/ranges" "$tmp/erased" >> "$tmp/findings"
fi
say "bodies      $bodies read, $(awk '$2 == "withheld"' "$tmp/bodies" | wc -l | tr -d ' ') withheld from this pack, $(wc -l < "$tmp/erased" | tr -d ' ') erased"

# --- activity ---------------------------------------------------------------------------------------------------------------
: > "$tmp/trees"
grep '^activity/leaves/' "$tmp/here" > "$tmp/trees" || true
if [ -s "$tmp/trees" ]; then
  leaves=$(xargs cat < "$tmp/trees" | wc -l | tr -d ' ')
  # SECURITY: only of entries whose action says that they are digests.
  awk -F '\t' '$4 == "activity.digest" { print $1 }' "$tmp/entries" > "$tmp/digest-seqs"
  jq -R -r '(fromjson? // {}) as $b | select(($b.body | type) == "string") | ($b.body | fromjson? // {}).details // "" | (fromjson? // {}).digests? // [] | .[]? | "\($b.seq) activity/leaves/\(.connection)-\(.hour[0:13]).txt \(.records) \(.root)"' log/bodies.jsonl 2>/dev/null |
    awk 'NR == FNR { ok[$1] = 1; next } $1 in ok { print $2, $3, $4 }' "$tmp/digest-seqs" - > "$tmp/said"
  while IFS= read -r path; do awk -v p="$path" '{ print p, 0, NR - 1, /^[0-9a-f]*$/ && length($0) == 64 ? $0 : "-" }' "$path"; done < "$tmp/trees" > "$tmp/nodes"
  awk '$4 == "-" { printf "leaf_changed\tleaf\t%s\tLine %d is no leaf.\n", $1, $3 + 1 }' "$tmp/nodes" >> "$tmp/findings"
  if [ -f activity/standing.jsonl ]; then
    jq -R -r '(fromjson? // {}) | "activity/leaves/\(.connection)-\(.hour // "" | .[0:13]).txt \(.index // "-") \(.leaf // "-") \(.activity // "-" | gsub("[^A-Za-z0-9_.:-]"; "?"))"' activity/standing.jsonl |
      awk 'NR == FNR { leaf[$1, $3] = $4; next } leaf[$1, $2] != $3 { printf "leaf_changed\tleaf\t%s\tIt does not stand where it says in %s.\n", $4, $1 }' "$tmp/nodes" - >> "$tmp/findings"
  fi
  awk 'NR == FNR { n[$1] = $3 + 1; next } { print $1, n[$1] + 0 }' "$tmp/nodes" "$tmp/trees" > "$tmp/sizes"
  if [ "$leaves" -le 200000 ] || [ "$all" = yes ]; then
    grow "$tmp/nodes"
    roots "$tmp/nodes" "$tmp/sizes" > "$tmp/heads"
    awk 'FILENAME ~ /said$/ { records[$1] = $2; root[$1] = $3; next } { if (!($1 in root)) t = "No entry of the log carries its digest."; else if ($2 != records[$1] || $3 != root[$1]) t = "These are not the leaves whose digest was sealed for that hour."; else next; printf "leaf_changed\tleaf\t%s\t%s\n", $1, t }' "$tmp/said" "$tmp/heads" >> "$tmp/findings"
    say "activity    $leaves leaves of $(wc -l < "$tmp/trees" | tr -d ' ') hours compared with their sealed digests"
  else
    awk 'FILENAME ~ /said$/ { records[$1] = $2; next } !($1 in records) || $2 != records[$1] { printf "leaf_changed\tleaf\t%s\tThese are not as many leaves as were sealed for that hour.\n", $1 }' "$tmp/said" "$tmp/sizes" >> "$tmp/findings"
    say "activity    $leaves leaves counted; use --all to compare them with their sealed digests (takes long)"
  fi
elif [ -s activity/standing.jsonl ]; then found file_missing file activity/leaves 'Activities say where they stand, and the leaves are not in the pack.'
fi
finish
