#!/usr/bin/env python3
"""check.py and run.py must object to each of these pages, and to nothing in the good ones."""

import subprocess
import sys
import tempfile
from pathlib import Path

INDEX = "1. [First](guide/first.md)\n2. [Last](guide/last.md)\n"
SOURCE = "int main() {\n    work(1, 2);\n    rest();\n}\n"
FIRST = "# First\n\nAfter this page you know a thing.\n\n{}\n\nNext: [Last](last.md)\n"
LAST = "# Last\n\nAfter this page you know all.\n"
GOOD = """```cpp
work(1,
     2);
…
}
```

```json note.json
{"a": 1}
```

<!-- run
b=$(cat note.json)
-->

```console
$ echo "$b"   # in two columns
{"a": 1}
$ echo "id 0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d," \\
    "and more"
id 01a21a8a-8470-7ba2-9060-7e02f6b1ae30, …
```"""
# Whoever is told to stop while it runs has not failed: it must be over by then.
FAILED_BESIDE = """```sh
false &
while [ -e /proc/$! ] && ! grep -q '^State:.Z' /proc/$!/status 2>/dev/null; do sleep 0.01; done
```"""
CHECK = {
    "other code": "```cpp\nwork(2, 1);\n```",
    "code of two places": "```cpp\nwork(1, 2);\n}\n```",
    "code without a fence": "    work(1, 2);",
    "a command as text": "```text\n$ errand list\n```",
    "no reason": "```sh (not run)\nerrand list\n```",
    "an unknown language": "```perl\nprint\n```",
    "damaged JSON": "```json\n{\n```",
}
RUN = {
    "a command that fails": "```sh\nfalse\necho on\n```",
    "a shown command that fails": "```console\n$ false\n```",
    "a command beside the others that fails": FAILED_BESIDE,
    "another output": "```console\n$ echo 1\n2\n```",
    "more output": "```console\n$ echo 1; echo 2\n1\n```",
    "no id": "```console\n$ echo 1\n0198c2e4-5e4f-7c3a-9d0b-2f1e6a7b8c9d\n```",
}


def faults(script, first, last=LAST):
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for file, text in {"docs/README.md": INDEX, "examples/a.cpp": SOURCE, "docs/guide/first.md": first,
                           "docs/guide/last.md": last}.items():
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(text)
        program = Path(__file__).with_name(script)
        result = subprocess.run([sys.executable, program, root, root], capture_output=True, text=True)
        return result.returncode, result.stdout + result.stderr


def main():
    for script in ("check.py", "run.py"):
        status, said = faults(script, FIRST.format(GOOD))
        assert status == 0, said
    bad = [("check.py", what, FIRST.format(text), LAST) for what, text in CHECK.items()]
    bad += [("run.py", what, FIRST.format(text), LAST) for what, text in RUN.items()]
    bad += [("check.py", "no way on", FIRST.format(GOOD).replace("Next:", "Or:"), LAST),
            ("check.py", "no promise", FIRST.format(GOOD), "# Last\n\nAll the rest.\n"),
            ("check.py", "more than an hour", FIRST.format(GOOD), LAST + "word " * 20_000)]
    for script, what, first, last in bad:
        status, said = faults(script, first, last)
        assert status == 1 and "Traceback" not in said, f"{script} lets {what} pass: {said}"
    print(f"{len(bad)} bad guides, all noticed")


main()
