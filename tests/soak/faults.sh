#!/usr/bin/env bash
# Breaks plantain by hand where a test cannot: kills, a full disk, many at once. Prints one line a fault.
#
#   cargo build && tests/soak/faults.sh [BINARY]
#
# The full disk needs root (it mounts a tmpfs of 1 MB) and is skipped without. Everything else is in a temporary folder.
set -u
binary=$(realpath "${1:-target/debug/plantain}")
folder=$(mktemp -d)
failures=0
children=()

clean_up() {
    for pid in "${children[@]}"; do kill -9 "$pid" 2>/dev/null; done
    umount "$folder/small" 2>/dev/null
    rm -rf "$folder"
}
trap clean_up EXIT

# Without anything of the user's own: settings, keys, libraries.
plantain() { env -i HOME="$folder" PATH="$PATH" "$binary" "$@"; }

# check NAME WHAT-HAPPENED STATUS: a line of the table.
check() {
    local word=ok
    [ "$3" -eq 0 ] || { word=BAD; failures=$((failures + 1)); }
    printf '%-44s %-4s %s\n' "$1" "$word" "$2"
}

# serve DELAY: starts an endpoint; sets $server and $url.
serve() {
    mkfifo "$folder/url.$1" 2>/dev/null
    env -i HOME="$folder" "$binary" serve --delay "$1" >"$folder/url.$1" 2>/dev/null &
    server=$!
    children+=("$server")
    disown "$server"
    read -r url <"$folder/url.$1"
}

# states LIBRARY: the states of all rows, each with its number.
states() {
    plantain history --library "$1" --limit 1000 --json | grep -o '"status":"[a-z]*"' | sort | uniq -c | tr -s ' \n' ' '
}

# until_running LIBRARY: waits until a row is in work, and its request has surely left.
until_running() {
    for _ in $(seq 300); do
        plantain history --library "$1" --json 2>/dev/null | grep -q '"status":"running"' && break
        sleep 0.1
    done
    sleep 1
}

killed_endpoint() {
    local library="$folder/endpoint" status ok=1
    serve 600000
    plantain generate --library "$library" --base-url "$url" --json "a red fox" >"$folder/out" 2>"$folder/err" &
    local pid=$!
    children+=("$pid")
    until_running "$library"
    kill -9 "$server"
    wait "$pid"
    status=$?
    [ $status -eq 1 ] && grep -q 'may have been billed' "$folder/err" && grep -q '"maybe_billed":true' "$folder/out" && ok=0
    check "endpoint killed in mid-stream" "exit $status, $(grep -v demo "$folder/err" | head -1)" $ok
}

killed_client() {
    local library="$folder/client" seen ok=1
    serve 600001
    plantain generate --library "$library" --base-url "$url" "a red fox" >/dev/null 2>&1 &
    local pid=$!
    children+=("$pid")
    until_running "$library"
    # The shell function runs in a subshell; the program is its only child, or the subshell itself.
    kill -9 "$(pgrep -P "$pid" || echo "$pid")"
    wait "$pid" 2>/dev/null
    seen=$(states "$library")
    [ "$seen" = ' 1 "status":"unknown" ' ] && ok=0
    check "generate killed with -9" "history says:$seen" $ok
    kill -9 "$server"
}

full_disk() {
    local ok=1 status
    if [ "$(id -u)" -ne 0 ]; then
        printf '%-44s %-4s %s\n' "disk full" skip "needs root"
        return
    fi
    mkdir "$folder/small"
    mount -t tmpfs -o size=1M tmpfs "$folder/small" || return
    plantain generate --library "$folder/small/library" -m NanoBananaPro-2K -f png "a red fox" >"$folder/out" 2>"$folder/err" &
    local one=$! before
    # The picture (2 MB) does not fit; saving it is tried again for five minutes. Room comes after some tries.
    sleep 10
    before=$(find "$folder/small" -name '*.png' | wc -l)
    mount -o remount,size=64M "$folder/small"
    wait "$one"
    status=$?
    [ $status -eq 0 ] && [ "$before" -eq 0 ] && ! grep -qi panic "$folder/err" && [ -s "$(head -1 "$folder/out")" ] && ok=0
    check "disk full (1 MB), then room" "exit $status, files while full: $before, then $(basename "$(head -1 "$folder/out")")" $ok
    umount "$folder/small"
}

# twenty LIBRARY NAME: one after the other.
twenty() {
    for n in $(seq 20); do
        plantain generate --library "$1" --base-url "$url" -m NanoBanana2-0.5K -f jpeg "fox $2 $n" >/dev/null 2>&1
    done
}

many_at_once() {
    local library="$folder/many" rows files one two ok=1
    serve 0
    twenty "$library" a & one=$!
    twenty "$library" b & two=$!
    wait "$one" "$two"
    rows=$(states "$library")
    files=$(find "$library" -path "$library/.*" -prune -o -name '*.jpg' -print -o -name '*.jpeg' -print | wc -l)
    [ "$rows" = ' 40 "status":"done" ' ] && [ "$files" -eq 40 ] && ok=0
    check "2 x 20 generate on one library" "rows:$rows files: $files" $ok
    kill "$server"
}

killed_endpoint
killed_client
full_disk
many_at_once
exit $((failures > 0))
