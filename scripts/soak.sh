#!/bin/sh
# Runs every campaign once and in full: a thousand kills, ten thousand races, minutes of restarts. Then the rest of the
# suite again and again, with other random examples each time, until it fails or time is over (0 minutes: not at all).
# usage: soak.sh MINUTES [what pytest takes, to choose: -k restarts]
set -eu
cd "$(dirname "$0")/.."
minutes=$1
shift
soak() {
    .venv/bin/python -m pytest --quiet -p tests.house.fuzzing --hypothesis-profile=soak --hypothesis-seed="$(date +%s)" "$@"
}
echo "campaigns" # without dumps of threads that only take long: Python 3.11 has crashed while it wrote one
soak -m campaign -rP --durations=0 --timeout=7200 -o faulthandler_timeout=0 "$@" tests ||
    [ $? = 5 ] # none of them was chosen
end=$(($(date +%s) + minutes * 60))
round=0
while [ "$(date +%s)" -lt "$end" ]; do
    round=$((round + 1))
    echo "round $round"
    soak -m "not campaign" -n auto --dist=worksteal "$@" tests
done
echo "$round rounds, none failed"
