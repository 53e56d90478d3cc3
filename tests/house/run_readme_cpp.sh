#!/usr/bin/env bash
# Runs the README's C++ example until it has said hello, then stops it: run_readme_cpp.sh PROGRAM
set -euo pipefail
program=$1
folder=$(mktemp -d)
trap 'kill -KILL "$worker" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

exec 3< <("$program" 2>&1 & echo "$!"; wait "$!"; echo "exit status $?")
read -r -u 3 worker
read -r -t 60 -u 3 line
[ "$line" = "Hello, Ada" ] || { echo "said '$line', not 'Hello, Ada'"; exit 1; }
kill -TERM "$worker"
read -r -t 60 -u 3 line
[ "$line" = "exit status 0" ] || { echo "ended with '$line'"; exit 1; }
