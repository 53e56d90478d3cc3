#!/usr/bin/env python3
"""Checks every #include against layers.txt: check_layers.py PROJECT_FOLDER"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])', re.M)
# Headers of the C++ standard library have neither a folder nor a suffix.
STANDARD = re.compile(r"^<[a-z0-9_]+>$")


def read_rules(path):
    may, only, never = {}, {}, {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        word, _, rest = line.partition(" ")
        subject, colon, values = rest.partition(":")
        if word not in ("may", "only", "never") or not colon:
            sys.exit(f"{path}:{number}: expected 'may|only|never SUBJECT: VALUE...'")
        {"may": may, "only": only, "never": never}[word][subject.strip()] = values.split()
    return may, only, never


def lies_in(path, folder):
    return path == folder or path.startswith(folder + "/")


def longest_fit(path, folders):
    return max((f for f in folders if lies_in(path, f)), key=len, default=None)


class Checker:
    def __init__(self, root):
        self.root = root
        self.may, self.only, self.never = read_rules(Path(__file__).with_name("layers.txt"))
        self.folders = [f for f in self.may if not f.endswith((".cpp", ".hpp"))]
        self.checked = 0
        self.faults = []

    def fault(self, path, text):
        self.faults.append(f"{path}: {text}")

    def includes(self, folder):
        for file in sorted((self.root / folder).rglob("*.[ch]pp")):
            path = str(file.relative_to(self.root))
            if "/build/" in path:
                continue
            for include in INCLUDE.findall(file.read_text()):
                self.checked += 1
                yield path, include

    def check_libraries(self, path, include):
        for prefix, places in self.only.items():
            if include.startswith(prefix) and not any(lies_in(path, p) for p in places):
                self.fault(path, f"{include} may only stand in {', '.join(places)}")
        for folder, headers in self.never.items():
            if lies_in(path, folder) and include in headers:
                self.fault(path, f"{folder} does without {include}")

    def check_inner(self, path, include):
        rule = longest_fit(path, self.may)
        if rule is None:
            self.fault(path, "no rule in layers.txt names its folder")
            return
        if include.startswith("<"):
            return
        name = include[1:-1]
        beside = (self.root / path).parent / name
        target = f"src/{name}"
        if not (self.root / target).is_file():
            if beside.is_file():
                self.fault(path, f"write {include} from src/, not from its own folder")
            return  # made by the build, as embedded texts are
        home, goal = longest_fit(path, self.folders), longest_fit(target, self.folders)
        if goal != home and goal not in self.may[rule]:
            self.fault(path, f"{home} may not include {goal} ({include})")

    def check_public(self, path, include):
        """Public headers stand on the standard library, but for those that a rule names."""
        named = any(include.startswith(prefix) and path in places
                    for prefix, places in self.only.items())
        if not (STANDARD.match(include) or include.startswith("<errand/") or named):
            self.fault(path, f"a public header may not include {include}")

    def run(self):
        for path, include in self.includes("src"):
            self.check_inner(path, include)
            self.check_libraries(path, include)
        for path, include in self.includes("include"):
            self.check_public(path, include)
        for folder in ("include", "tests", "examples", "bench"):
            for path, include in self.includes(folder):
                self.check_libraries(path, include)
        return self.faults


def main():
    checker = Checker(Path(sys.argv[1]).resolve())
    faults = checker.run()
    print(*faults, sep="\n")
    print(f"{checker.checked} includes, {len(faults)} faults")
    sys.exit(1 if faults or checker.checked == 0 else 0)


main()
