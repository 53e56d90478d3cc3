#!/usr/bin/env python3
"""Runs the commands of the guide as a reader would, those of each page in order in a fresh folder, and
compares what they print: run.py PROJECT_FOLDER PROGRAM_FOLDER [PAGE…]"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pages import NOT_RUN, blocks, pages

PATIENCE_SECONDS = 60
# What differs from run to run; so does what is printed as …
UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"
BLANKS = " +"
BEFORE = """set -eu
# Ends what the page left running; workers that are told to stop end with 0, or at once.
finish() {
    status=$?
    for job in $(jobs -p); do
        kill "$job" 2>/dev/null || true
        wait "$job" || { code=$?; [ "$code" -eq 143 ] || status=$code; }
    done
    exit "$status"
}
trap finish EXIT
# Waits until a command succeeds.
eventually() {
    for _ in $(seq 600); do if eval "$1" >/dev/null 2>&1; then return 0; fi; sleep 0.05; done
    echo "never: $1" >&2
    return 1
}
"""


def pattern_of(expected):
    """A pattern for an output as the guide shows it."""
    pattern = ""
    for part in re.split(f"(…|{UUID}|{MOMENT}|{BLANKS})", expected):
        kinds = [kind for kind in (UUID, MOMENT, BLANKS) if re.fullmatch(kind, part)]
        pattern += r"[\s\S]*?" if part == "…" else kinds[0] if kinds else re.escape(part)
    return re.compile(pattern)


def commands(text):
    """(command, output) of a console block; a command goes on after a line's last \\."""
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", text, flags=re.M)
    yield from zip(parts[1::2], parts[2::2])


def script_of(page, folder):
    """The commands of a page as a script, and what is to be in which file of the folder in the end."""
    script, expected = BEFORE, {}
    for block in blocks(page):
        script += f"echo {block.line} >{folder}/at\n"
        if NOT_RUN.fullmatch(block.info):
            continue
        if block.language == "sh":
            script += block.text
        elif block.language == "console":
            for command, output in commands(block.text):
                file = folder / f"output-{len(expected)}"
                script += f"{{ {command}\n}} >{file} 2>&1\n"
                expected[file] = (block.line, command, output)
        elif block.info:
            script += f"mkdir -p \"$(dirname {block.info})\"\n"
            script += f"cat >{block.info} <<'end of file'\n{block.text}end of file\n"
    return script, expected


def run_script(script, folder, programs):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ERRAND_")}
    environment |= {"PATH": f"{programs}:{environment['PATH']}", "LC_ALL": "C.UTF-8", "TZ": "UTC", "COLUMNS": "120"}
    (folder / "home").mkdir()
    file = folder / "script"
    file.write_text(script)
    process = subprocess.Popen(["bash", file], cwd=folder / "home", env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)
    try:
        said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        return process.returncode, said
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return -1, f"not through after {PATIENCE_SECONDS} s\n{process.communicate()[0]}"


def faults_of(page, programs):
    with tempfile.TemporaryDirectory(prefix="guide-") as name:
        folder = Path(name)
        script, expected = script_of(page, folder)
        status, said = run_script(script, folder, programs)
        for file, (line, command, output) in expected.items():
            real = file.read_text().rstrip() if file.exists() else "(it was not run)"
            if not pattern_of(output.rstrip()).fullmatch(real):
                yield f"{page}:{line}: $ {command}\nprinted:\n{real}\nnot:\n{output}"
        if status != 0:
            yield f"{page}:{(folder / 'at').read_text().strip()}: exit status {status}\n{said}"


def main():
    root, programs = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    chosen = [Path(page).resolve() for page in sys.argv[3:]] or pages(root)
    with ThreadPoolExecutor(max_workers=4) as pool:
        faults = [fault for found in pool.map(lambda page: list(faults_of(page, programs)), chosen)
                  for fault in found]
    print(*faults, sep="\n")
    print(f"{len(chosen)} pages, {len(faults)} faults")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
