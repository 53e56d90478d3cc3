#!/usr/bin/env python3
"""check_layers.py must object to each of these files, and to nothing in the good ones."""

import subprocess
import sys
import tempfile
from pathlib import Path

GOOD = {
    "src/base/ids.hpp": "#include <string>\n",
    "src/engine/loop.cpp": '#include "base/ids.hpp"\n#include <thread>\n',
    "include/errand/boost_json.hpp": "#include <boost/json.hpp>\n",
    "include/errand/errand.hpp": "#include <errand/boost_json.hpp>\n",
}
BAD = {
    "src/base/up.cpp": '#include "engine/loop.hpp"\n',
    "src/store/memory/other_store.cpp": '#include "store/sqlite/file.hpp"\n',
    "src/store/other_open.cpp": '#include "store/memory/memory.hpp"\n',
    "src/engine/sql.cpp": "#include <sqlite3.h>\n",
    "src/core/thread.cpp": "#include <thread>\n",
    "src/unknown/a.cpp": "#include <string>\n",
    "include/errand/json.hpp": "#include <boost/json.hpp>\n",
    "include/errand/other.hpp": "#include <errand/boost_json.hpp>\n",
    "include/errand/inner.hpp": '#include "base/ids.hpp"\n',
}
TARGETS = ["src/engine/loop.hpp", "src/store/sqlite/file.hpp", "src/store/memory/memory.hpp"]


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**GOOD, **BAD, **{t: "#include <string>\n" for t in TARGETS}}.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        checker = Path(__file__).with_name("check_layers.py")
        found = subprocess.run([sys.executable, checker, folder], capture_output=True, text=True)
    print(found.stdout, found.stderr)
    blamed = {line.split(":")[0] for line in found.stdout.splitlines() if ": " in line}
    assert found.returncode == 1, "it did not fail"
    assert blamed == set(BAD), f"blamed wrongly: {blamed ^ set(BAD)}"


main()
