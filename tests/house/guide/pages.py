"""The guide as data: its chapters in reading order, its pages, and the code on them.

A block of code says after ``` what it is:

    cpp                     lines of a source under examples, which is compiled and run
    sh                      commands, run by bash
    console                 "$ command" lines, run by bash, with what they print
    toml FILE, json FILE …  a file that the commands after it find; without a name only its form is checked
    sh (not run: REASON)    commands that cannot be run, or console; text: neither commands nor code

A comment `<!-- run … -->` holds commands that are run, but not shown: waiting for a state, stopping a worker.
"""

import re
from dataclasses import dataclass
from pathlib import Path

CODE = re.compile(r"^```(\w*) ?([^\n]*)\n(.*?)^```$|^<!-- run\n(.*?)^-->$", re.M | re.S)
NOT_RUN = re.compile(r"\(not run: \S.*\)")
CHAPTER = re.compile(r"^\d+\. \[([^\]]+)\]\(([^)]+)\)", re.M)


@dataclass
class Block:
    line: int
    language: str
    info: str  # what stands after the language: a file's name, or why it is not run
    text: str


def chapters(root):
    """(title, page) of the chapters that docs/README.md numbers, in their order."""
    index = root / "docs/README.md"
    return [(title, (index.parent / link).resolve()) for title, link in CHAPTER.findall(index.read_text())]


def pages(root):
    return sorted((root / "docs/guide").rglob("*.md"))


def blocks(page):
    text = page.read_text()
    for found in CODE.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        hidden = found[4] is not None
        yield Block(line, "sh" if hidden else found[1], "" if hidden else found[2], found[4] or found[3] or "")


def without_code(page):
    """Its lines, empty where code is, so that their numbers stay."""
    return CODE.sub(lambda found: "\n" * found[0].count("\n"), page.read_text()).splitlines()
