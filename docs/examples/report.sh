#!/bin/sh
# Packs a folder, and reports how far it is to Headway by psql alone.
#
#   HEADWAY_STORE=postgresql://… report.sh JOB FOLDER ARCHIVE
#
# Whoever wants the archive has made the job, with the steps list, pack and check.
set -eu
job=$1 folder=$2 archive=$3
names=$(mktemp)

# Runs a statement that answers `outcome`. Values come as psql variables, so that nothing in them is taken for SQL.
headway() {
  statement=$1
  shift
  outcome=$(echo "$statement" |
    psql "$HEADWAY_STORE" --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 --set job="$job" "$@")
  [ "$outcome" = stored ] || superseded
}

stage() { # NAME NUMBER MESSAGE
  headway "select outcome from headway.update_job_progress(:'job', :'stage', :number, 3, :'message', 1)" \
    --set stage="$1" --set number="$2" --set message="$3"
}

superseded() { # somebody else works on the job now: stop, and report nothing more
  trap - EXIT
  rm -f "$names"
  exit 75
}

left() { # an error ends the script here, and the job with it
  status=$?
  rm -f "$names"
  [ $status -eq 0 ] || headway "select outcome from headway.error_job_progress(:'job', :'error', 1)" \
    --set error="the archive could not be made: exit status $status"
  trap - EXIT
  exit $status
}
trap left EXIT

stage list 1 "looking into $folder"
(cd "$folder" && find . -type f | sort) > "$names"

stage pack 2 "packing $(wc -l < "$names" | tr -d ' ') files"
tar -C "$folder" -cf "$archive" -T "$names"

stage check 3 "reading $archive back"
tar -tf "$archive" | cmp -s - "$names"

headway "select outcome from headway.complete_job_progress(:'job', :'message', 1)" --set message="packed into $archive"
