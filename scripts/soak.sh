#!/bin/sh
# Restarts a PostgreSQL under load for five minutes, then runs the whole suite again and again, with other random examples
# each time, until it fails or time is over.
# usage: soak.sh MINUTES
set -eu
cd "$(dirname "$0")/.."
end=$(($(date +%s) + $1 * 60))
round=0
seed=$(date +%s)
echo "restarts of PostgreSQL, seed $seed"
.venv/bin/python -m tests.system.campaign --seconds 300 --every 5 40 --seed "$seed"
while [ "$(date +%s)" -lt "$end" ]; do
    round=$((round + 1))
    echo "round $round"
    .venv/bin/python -m pytest --quiet -n auto --dist=worksteal \
        -p tests.house.fuzzing --hypothesis-profile=soak --hypothesis-seed="$(date +%s)" tests
done
echo "$round rounds, none failed"
