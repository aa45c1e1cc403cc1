#!/usr/bin/env bash
# Kills `plantain generate` with -9 at many moments of its work, on one library, and then looks for what is lost, doubled or
# left over; then has strace watch twenty pictures come to the disk. The same tests run shorter with all others.
#
#   tests/soak/kill9.sh [ROUNDS]      # 200 unless told
set -eu
cd "$(dirname "$0")/../.."
one() {
    PLANTAIN_ROUNDS=$1 cargo test --quiet --test all -- --exact --nocapture "suite::killing::$2" 2>&1 |
        grep -vE '^$|^running |filtered out|^\.$'
}
one "${1:-200}" states::a_library_survives_one_kill_after_the_other
one 20 order::a_picture_is_on_disk_before_its_name_and_its_name_before_its_row
