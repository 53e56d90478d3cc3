#!/usr/bin/env python3
"""Writes an example of the README, as it stands there: readme_example.py README LANGUAGE OUTPUT"""

import re
import sys
from pathlib import Path

# How long an example may be, blank lines not counted.
LONGEST = {"cpp": 15, "shell": 6}


def example(text, language):
    pattern = rf"<!-- example: {language} -->\n```\w+\n(.*?)```"
    found = re.findall(pattern, text, re.S)
    if len(found) != 1:
        sys.exit(f"the README has {len(found)} examples marked '{language}', not one")
    lines = [line for line in found[0].splitlines() if line.strip()]
    if len(lines) > LONGEST[language]:
        sys.exit(f"the {language} example has {len(lines)} lines, more than {LONGEST[language]}")
    return found[0]


def main():
    readme, language, output = sys.argv[1:]
    Path(output).write_text(example(Path(readme).read_text(), language))


main()
