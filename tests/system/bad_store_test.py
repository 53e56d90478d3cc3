"""Stores that cannot be used: one line that names the trouble and the remedy, exit code 4, nothing half
done, and the store usable afterwards."""

import contextlib
import os
import sqlite3
import subprocess

from harness import ERRAND, Store, check


def refused(store, words, *arguments, **options):
    done = subprocess.run([ERRAND, *arguments, "--store", store.url], capture_output=True,
                          text=True, timeout=120, **options)
    check(done.returncode == 4, f"exit {done.returncode}: {done.stderr}")
    check(done.stderr.count("\n") == 1, f"not one line: {done.stderr}")
    check(done.stdout == "", f"printed {done.stdout}")
    for word in words:
        check(word in done.stderr, f"{word!r} is missing in: {done.stderr}")
    print("  ", done.stderr.strip())


def corrupt_file():
    store = Store()
    with open(store.path, "wb") as file:
        file.write(b"this was never a database " * 1000)
    refused(store, ["jobs.db", "backup"], "enqueue", "errand.noop")
    with open(store.path, "rb") as file:
        check(file.read(4) == b"this", "the file was changed")


def newer_schema():
    store = Store()
    store.enqueue("errand.noop")
    with contextlib.closing(sqlite3.connect(store.path)) as database:
        database.execute("INSERT INTO errand_schema VALUES (99, 0)")
        database.commit()
    refused(store, ["99", "upgrade"], "enqueue", "errand.noop")
    with contextlib.closing(sqlite3.connect(store.path)) as database:
        database.execute("DELETE FROM errand_schema WHERE version = 99")
        database.commit()
    check(store.states()["available"] == 1, "the store is as it was")


def read_only_folder():
    store = Store()
    os.chmod(store.folder, 0o555)
    nobody = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
    refused(store, ["jobs.db", "permissions"], "enqueue", "errand.noop", **nobody)
    os.chmod(store.folder, 0o755)
    store.enqueue("errand.noop")


def missing_folder():
    store = Store()
    store.url = "sqlite:" + os.path.join(store.folder, "no", "such", "jobs.db")
    refused(store, ["does not exist", "create"], "enqueue", "errand.noop")


def full_disk():
    store = Store()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", store.folder],
                             capture_output=True, check=False)
    if mounted.returncode != 0:
        print("   full disk: skipped, mounting a tmpfs needs root")
        return
    try:
        first = store.enqueue("errand.noop")
        before = store.states()
        filler = os.path.join(store.folder, "filler")
        file = os.open(filler, os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while True:
                os.write(file, b"x" * 4096)
        # A little is left, so that it runs full in the middle of the work and not at the opening.
        os.ftruncate(file, os.fstat(file).st_size - 400_000)
        os.close(file)
        for _ in range(200):  # until the space that SQLite already had is used up
            done = store.run("enqueue", "errand.noop", '["' + "x" * 20_000 + '"]', expect=None)
            if done.returncode != 0:
                break
            before["available"] += 1
        check(done.returncode == 4 and "free" in done.stderr, f"{done.returncode} {done.stderr}")
        check(done.stderr.count("\n") == 1, f"not one line: {done.stderr}")
        print("  ", done.stderr.strip())
        os.remove(filler)
        check(store.states() == before, f"half done: {before} became {store.states()}")
        store.enqueue("errand.noop")
        store.run("work", "--drain")
        check(store.show(first)["state"] == "completed", "usable afterwards")
        check(store.query("PRAGMA integrity_check") == [("ok",)], "integrity_check")
    finally:
        subprocess.run(["umount", "-l", store.folder], check=False)


for case in (corrupt_file, newer_schema, read_only_folder, missing_folder, full_disk):
    print(case.__name__)
    case()
