#!/usr/bin/env python3
"""Checks that the documents keep step: links, the limits, and with PROGRAM the commands and the
configuration: check_docs.py PROJECT_FOLDER PROGRAM"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
# Written by `make bench`, so not there in a fresh clone that was never measured.
MADE_LATER = {"docs/benchmarks.md"}


def documents(root):
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md")),
            *sorted((root / "bench").rglob("*.md")), *sorted((root / "examples").rglob("*.md"))]


def broken_links(root):
    for page in documents(root):
        for link in LINK.findall(page.read_text()):
            target = (page.parent / link).resolve()
            if "://" in link or target.exists():
                continue
            if str(target.relative_to(root)) not in MADE_LATER:
                yield f"{page.relative_to(root)}: {link} does not exist"


def missing_limits(root):
    page = (root / "docs/guide/limits.md").read_text()
    header = (root / "include/errand/limits.hpp").read_text()
    names = re.findall(r"^\s+std::\w+ (\w+) = ", header, re.M)
    names += re.findall(r"^inline constexpr \S+ (\w+)", header, re.M)
    if len(names) < 10:
        yield "limits.hpp: the names of the limits were not found"
    for name in names:
        if f"`{name}`" not in page:
            yield f"docs/guide/limits.md: {name} is missing"


def missing_commands(root, program):
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    page = (root / "docs/guide/cli.md").read_text()
    commands = set(re.findall(r"^  ([a-z]+)  +\S", shown, re.M))
    if "enqueue" not in commands:
        yield "errand --help: no commands were found in it"
    for name in sorted(commands):
        if f"errand {name}" not in page:
            yield f"docs/guide/cli.md: errand {name} is missing"


def refused_configuration(root, program):
    """Every configuration in the guide is accepted."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "errand.toml")
        for page in sorted((root / "docs/guide").rglob("*.md")):
            for example in re.findall(r"^```toml[^\n]*\n(.*?)^```$", page.read_text(), re.M | re.S):
                file.write_text(example)
                command = [program, "stats", "--store", "memory:", "--config", file]
                result = subprocess.run(command, capture_output=True, text=True)
                if result.returncode != 0:
                    yield f"{page.relative_to(root)}: a configuration is refused: {result.stderr.strip()}"


def main():
    root, program = Path(sys.argv[1]).resolve(), sys.argv[2]
    faults = [*broken_links(root), *missing_limits(root), *missing_commands(root, program),
              *refused_configuration(root, program)]
    print(*faults, sep="\n")
    print(f"{len(documents(root))} documents, {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
