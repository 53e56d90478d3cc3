#!/usr/bin/env bash
# The sign-up with a real mail server, the demo's: run_signup_smtp.sh SIGNUP_PROGRAM DEMO_PROGRAM
set -euo pipefail
signup=$1 demo=$2
folder=$(mktemp -d)
sink=
trap '[ -z "$sink" ] || kill "$sink"; rm -rf "$folder"' EXIT
mkdir "$folder/mail"

# The sink says when it takes mail.
exec 3< <("$demo" smtp-sink --port 0 --out "$folder/mail" --port-file "$folder/port" & echo "$!"; wait)
read -r -u 3 sink
read -r -t 60 -u 3 line
echo "$line"

"$signup" "sqlite:$folder/app.db" "127.0.0.1:$(cat "$folder/port")"
mails=("$folder"/mail/*.eml)
[ "${#mails[@]}" -eq 2 ] || { echo "the mail server has ${#mails[@]} mails, not 2"; exit 1; }
