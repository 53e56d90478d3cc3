#!/usr/bin/env bash
# Runs the README's shell example and looks at what it prints: run_readme_shell.sh EXAMPLE PROGRAM_FOLDER
set -euo pipefail
example=$1
export PATH=$2:$PATH
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# Job control, as in a person's shell, makes `kill %1` mean the worker.
output=$(bash -emc ". '$example'; wait" 2>errors) || { echo "failed:"; cat errors; exit 1; }
echo "$output"
[ "$(head -1 <<<"$output")" = '["hello"]' ] || { echo "no result printed"; cat errors; exit 1; }
grep -q 'completed.*say\.back' <<<"$output" || { echo "the list does not show the job"; exit 1; }
