#!/usr/bin/env bash
# Breaks plantain by hand where a test cannot: kills, a full disk, many at once. Prints one line a fault.
#
#   cargo build && tests/soak/faults.sh [BINARY]
#
# The full disk and the read-only library need root (they mount) and are skipped without. Everything is in a temporary folder.
set -u
binary=$(realpath "${1:-target/debug/plantain}")
folder=$(mktemp -d)
failures=0
children=()

clean_up() {
    for pid in "${children[@]}"; do kill -9 "$pid" 2>/dev/null; done
    umount "$folder/small" "$folder/mounted" 2>/dev/null
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

# inline_endpoint PICTURE: an endpoint whose every answer holds that picture; sets $server and $url, counts into $folder/posts.
inline_endpoint() {
    mkfifo "$folder/url.inline"
    python3 - "$1" "$folder/posts" >"$folder/url.inline" <<'PYTHON' &
import base64, http.server, json, sys
picture = base64.b64encode(open(sys.argv[1], "rb").read()).decode()
answer = json.dumps({"choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "",
    "images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64," + picture}}]}}]}).encode()
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        open(sys.argv[2], "a").write("x")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
server.serve_forever()
PYTHON
    server=$!
    children+=("$server")
    disown "$server"
    read -r url <"$folder/url.inline"
}

# A library on a tmpfs of 8 MB with no room for the picture: looking works, the trouble is named, and once there is room the
# picture is saved, of the one call that was made.
full_disk() {
    local ok=1 status before browsed picture
    if [ "$(id -u)" -ne 0 ] || ! command -v python3 >/dev/null; then
        printf '%-44s %-4s %s\n' "disk full" skip "needs root and python3"
        return
    fi
    mkdir "$folder/small"
    mount -t tmpfs -o size=8M tmpfs "$folder/small" || return
    picture=$(plantain generate --library "$folder/large" -m NanoBananaPro-1K -f png "a red fox" 2>/dev/null | head -1)
    inline_endpoint "$picture"
    plantain generate --library "$folder/small/library" --base-url "$url" "the first" >/dev/null 2>&1
    : >"$folder/posts"
    # What is left holds some rows and not the picture.
    head -c 20M /dev/zero >"$folder/small/filler" 2>/dev/null
    truncate -s -700K "$folder/small/filler"
    plantain generate --library "$folder/small/library" --base-url "$url" --json "a red fox" >"$folder/out" 2>"$folder/err" &
    local one=$!
    # Saving is tried again for five minutes. Room comes after some tries.
    sleep 10
    before=$(find "$folder/small" -name '*red-fox*' ! -name '.*' | wc -l)
    browsed=$(states "$folder/small/library")
    rm "$folder/small/filler"
    wait "$one"
    status=$?
    [ $status -eq 0 ] && [ "$before" -eq 0 ] && [ "$browsed" = ' 1 "status":"done" 1 "status":"running" ' ] \
        && [ "$(cat "$folder/posts")" = x ] && ! grep -qi panic "$folder/err" \
        && grep -q "no space left for $folder/small/library" "$folder/out" && grep -q ' free; trying again' "$folder/out" \
        && cmp -s "$picture" "$(find "$folder/small/library" -name '*red-fox*.png')" \
        && [ -z "$(find "$folder/small/library" -name '.*.tmp')" ] && ok=0
    check "disk full (8 MB), then room" "exit $status, files while full: $before, history while full:$browsed POSTs: $(wc -c <"$folder/posts")" $ok
    kill "$server"
    umount "$folder/small"
}

# Nobody, without a home, with a library that cannot be written: looking works, and making says in one line why not.
read_only() {
    local ok=1 nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env -i PATH="$PATH") shown made homeless
    if [ "$(id -u)" -ne 0 ] || ! command -v setpriv >/dev/null; then
        printf '%-44s %-4s %s\n' "read-only, no permission, no home" skip "needs root and setpriv"
        return
    fi
    plantain generate --library "$folder/theirs" -m NanoBanana2-0.5K "a red fox" >/dev/null 2>&1
    mkdir "$folder/mounted"
    mount --bind "$folder/theirs" "$folder/mounted" && mount -o remount,ro,bind "$folder/mounted" || return
    chmod 755 "$folder"
    chmod -R a+rX "$folder/theirs"
    cp "$binary" "$folder/copy"
    for library in "$folder/theirs" "$folder/mounted"; do
        shown=$("${nobody[@]}" HOME=/nonexistent "$folder/copy" history --library "$library" 2>"$folder/err.shown" | grep -c 'a red fox')
        "${nobody[@]}" HOME=/nonexistent "$folder/copy" generate --library "$library" "a fox" >"$folder/out" 2>"$folder/err.made"
        made=$?
        [ "$shown" -eq 1 ] && [ ! -s "$folder/err.shown" ] && [ $made -eq 1 ] && [ ! -s "$folder/out" ] \
            && [ "$(grep -c '^plantain: .*can only be read' "$folder/err.made")" -eq 1 ]
        ok=$?
        check "nobody on $(basename "$library")" "history: $shown row, generate: exit $made, $(grep 'can only' "$folder/err.made")" $ok
    done
    "${nobody[@]}" "$folder/copy" generate "a fox" >"$folder/out" 2>"$folder/err"
    homeless=$?
    ok=1
    [ $homeless -ne 0 ] && [ "$(grep -c '^plantain: ' "$folder/err")" -eq 1 ] && [ "$(wc -l <"$folder/err")" -le 2 ] && ok=0
    check "nobody without HOME" "exit $homeless, $(head -1 "$folder/err")" $ok
    umount "$folder/mounted"
}

# fifty LIBRARY NAME: one after the other.
fifty() {
    for n in $(seq 50); do
        plantain generate --library "$1" --base-url "$url" -m NanoBanana2-0.5K -f jpeg "fox $2 $n" >/dev/null 2>>"$folder/err.many"
    done
}

many_at_once() {
    local library="$folder/many" rows files locked one two ok=1
    serve 0
    fifty "$library" a & one=$!
    fifty "$library" b & two=$!
    wait "$one" "$two"
    rows=$(states "$library")
    files=$(find "$library" -path "$library/.*" -prune -o -name '*.jpg' -print | wc -l)
    locked=$(grep -ci 'locked\|busy' "$folder/err.many")
    [ "$rows" = ' 100 "status":"done" ' ] && [ "$files" -eq 100 ] && [ "$locked" -eq 0 ] && ok=0
    check "2 x 50 generate on one library" "rows:$rows files: $files, locked: $locked" $ok
    kill "$server"
}

killed_endpoint
killed_client
full_disk
read_only
many_at_once
exit $((failures > 0))
