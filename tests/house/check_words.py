#!/usr/bin/env python3
"""Checks the project's texts for what must not stand there: check_words.py PROJECT_FOLDER"""

import re
import subprocess
import sys
from pathlib import Path

# Everywhere: notes to self, and folders of somebody's machine.
EVERYWHERE = {
    r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b": "finish it or write it down as an issue",
    r"/(?:wo" r"rk|home|root)/[\w.]+": "a path of one machine",
}
CODE = {
    r"#ifndef \w+_H(?:PP)?_?\b": "use #pragma once",
}
PRODUCT = {r"\busing namespace (?!std::(?:\w+_)?literals)": "name what you use"}
# The clock and chance come in as values, so that tests own them.
OUTSIDE_BASE = {
    r"\bsystem_clock::now\b": "take the time from a Clock",
    r"\brandom_device\b": "take chance from base::Random",
}
TESTS = {r"\bsleep_(?:for|until)\b|\busleep\(|::sleep\(": "wait for a condition, do not sleep"}


def rules_for(path):
    rules = dict(EVERYWHERE)
    if path.endswith((".cpp", ".hpp")):
        rules.update(CODE)
        if path.startswith(("src/", "include/")):
            rules.update(PRODUCT)
        if path.startswith("src/") and not path.startswith("src/base/"):
            rules.update(OUTSIDE_BASE)
        if path.endswith("_test.cpp"):
            rules.update(TESTS)
    return rules


def project_files(root):
    command = ["git", "-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True)
    if listed.returncode == 0:
        return [name for name in listed.stdout.split("\0") if name]
    return [str(p.relative_to(root)) for p in Path(root).rglob("*")
            if p.is_file() and not {"build", ".git"} & set(p.parts)]


def faults_in(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        for pattern, remedy in rules_for(path).items():
            if found := re.search(pattern, line):
                yield f"{path}:{number}: '{found.group()}': {remedy}"


def main():
    root = sys.argv[1]
    files = [f for f in project_files(root) if f != "tests/house/check_words.py"]
    faults = []
    for name in files:
        path = Path(root, name)
        try:
            faults += faults_in(name, path.read_text())
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # binary, or removed a moment ago
    print(*faults, sep="\n")
    print(f"{len(files)} files, {len(faults)} faults")
    sys.exit(1 if faults or not files else 0)


main()
