#!/usr/bin/env python3
"""Checks that the guide is a book, and that its C++ is that of programs which the tests compile and run:
check.py PROJECT_FOLDER"""

import json
import re
import sys
from pathlib import Path

from pages import NOT_RUN, blocks, chapters, pages, without_code

RUN = {"sh", "console"}
OTHERS = {"cpp", "toml", "json", "python", "cmake", "text", "ini"}
# A newcomer reads some 250 words a minute, and is to be through in an hour.
MOST_WORDS = 15_000
MOST_NOT_RUN = 8


def squeezed(text):
    return "".join(text.split())


def sources(root):
    return {file: squeezed(file.read_text()) for file in sorted((root / "examples").rglob("*.[ch]pp"))}


def not_compiled(block, compiled):
    """The parts of a block, divided by lines of …, that are in no source."""
    for part in re.split(r"^\s*…\n", block.text, flags=re.M):
        if not any(squeezed(part) in source for source in compiled.values()):
            first = part.strip().splitlines()[0] if part.strip() else ""
            yield f"no source under examples has these lines together: {first} …"


def wrong_block(block, compiled):
    if block.language not in RUN | OTHERS:
        yield f"what is '{block.language}'? See tests/house/guide/pages.py"
    if block.language in RUN and block.info and not NOT_RUN.fullmatch(block.info):
        yield f"'{block.info}': write (not run: REASON)"
    if block.language == "cpp":
        yield from not_compiled(block, compiled)
    if block.language == "text" and re.search(r"^(\$ |errand )", block.text, re.M):
        yield "commands belong into a block of sh or console"
    if block.language == "json":
        try:
            json.loads(block.text)
        except ValueError as error:
            yield str(error)


def wrong_page(page, compiled):
    before = ""
    for number, line in enumerate(without_code(page), 1):
        if line.startswith("    ") and not before.strip():
            yield number, "code stands between ``` lines here"
        before = line
    for block in blocks(page):
        yield from ((block.line, fault) for fault in wrong_block(block, compiled))


def wrong_chapters(root):
    """Each says what one will know after it, and leads to the next."""
    book = chapters(root)
    for (title, page), (next_title, next_page) in zip(book, book[1:] + [("", None)]):
        text = page.read_text().strip()
        if not text.startswith(f"# {title}\n\nAfter this page you know "):
            yield page, f"begin it with '# {title}' and 'After this page you know …'"
        if next_page and not text.endswith(f"\n\nNext: [{next_title}]({next_page.name})"):
            yield page, f"end it with 'Next: [{next_title}]({next_page.name})'"
    words = sum(len(page.read_text().split()) for _, page in book)
    if not book or words > MOST_WORDS:
        yield root / "docs/README.md", f"{len(book)} chapters of {words} words; {MOST_WORDS} are an hour"


def main():
    root = Path(sys.argv[1]).resolve()
    compiled = sources(root)
    faults = [f"{page.relative_to(root)}: {fault}" for page, fault in wrong_chapters(root)]
    count = not_run = 0
    for page in pages(root):
        faults += [f"{page.relative_to(root)}:{line}: {fault}" for line, fault in wrong_page(page, compiled)]
        count += len(all_blocks := list(blocks(page)))
        not_run += sum(bool(NOT_RUN.fullmatch(block.info)) for block in all_blocks)
    if not_run > MOST_NOT_RUN:
        faults.append(f"{not_run} blocks are not run, more than {MOST_NOT_RUN}")
    print(*faults, sep="\n")
    print(f"{len(chapters(root))} chapters, {count} blocks of code, {not_run} not run, {len(faults)} faults")
    sys.exit(1 if faults or count == 0 else 0)


if __name__ == "__main__":
    main()
