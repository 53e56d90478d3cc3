#!/usr/bin/env bash
# The same seeds live the same lives in two processes, whatever lies where in their memory:
# same_hashes.sh ERRAND-SIM
set -euo pipefail
sim=$1
seed=$RANDOM
hashes() { "$sim" --hashes --seed "$seed" --seeds 10; }

first=$(hashes)
second=$(MALLOC_PERTURB_=85 PADDING=$(printf '%5000s' '') hashes)
if [ "$first" != "$second" ]; then
    echo "seeds from $seed: two processes lived different lives"
    diff <(echo "$first") <(echo "$second")
    exit 1
fi
echo "10 seeds from $seed lived the same lives in two processes"
