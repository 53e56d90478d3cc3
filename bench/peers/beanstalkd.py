#!/usr/bin/env python3
"""beanstalkd: a work queue server, spoken to over a socket.

Settings: it has no bulk command, but its protocol.txt says that a connection's commands are carried out
in the order of their arrival, so this client sends up to 1,000 without waiting for their answers: puts
in bulk, and reserve and delete of the worker. Commands of 64 callers go over 64 connections.
Durability: -b DIR -f 0 writes every command to a log and syncs it (beanstalkd(1)); as installed it
keeps jobs in memory only.
"""

import os
import re
import socket
import subprocess
import sys
import threading

import lines

AHEAD = 1000
FILL = b"x" * (200 - lines.STAMP_BYTES)


class Connection:
    def __init__(self):
        address = re.fullmatch(r"beanstalkd://(.+):(\d+)", os.environ["PEER_URL"])
        self.socket = socket.create_connection((address[1], int(address[2])))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.read = self.socket.makefile("rb", buffering=1 << 18)

    def send(self, data):
        self.socket.sendall(data)

    def expect(self, word):
        line = self.read.readline()
        if not line.startswith(word):
            raise RuntimeError(f"beanstalkd answered {line!r} instead of {word.decode()}")
        return line

    def reserved(self):
        """The next job as (id, body), None when there was none."""
        line = self.read.readline()
        if line.startswith(b"TIMED_OUT"):
            return None
        word, number, size = line.split()
        if word != b"RESERVED":
            raise RuntimeError(f"beanstalkd answered {line!r} instead of RESERVED")
        return number, self.read.read(int(size) + 2)


def put(now=False):
    body = lines.stamp(now).encode() + FILL
    return b"put 0 0 60 %d\r\n%s\r\n" % (len(body), body)


def client():
    connection = Connection()
    one, many = put(), put() * AHEAD

    def enqueue_one(command=one):
        connection.send(command)
        connection.expect(b"INSERTED")

    def enqueue_many():
        connection.send(many)
        for _ in range(AHEAD):
            connection.expect(b"INSERTED")

    def callers(seconds, jobs):
        """64 connections with one command under way on each; one thread serves them fastest here."""
        connections = [Connection() for _ in range(lines.CALLERS)]

        def round_of_all():
            for other in connections:
                other.send(one)
            for other in connections:
                other.expect(b"INSERTED")

        return lines.repeated(seconds, jobs, round_of_all, lines.CALLERS)

    def left():
        connection.send(b"stats-tube default\r\n")
        text = connection.read.read(int(connection.expect(b"OK").split()[1]) + 2).decode()
        return {"left": sum(int(re.search(rf"current-jobs-{state}: (\d+)", text)[1])
                            for state in ("ready", "reserved", "delayed", "buried"))}

    def about():
        said = subprocess.run(["beanstalkd", "-v"], capture_output=True, text=True, check=True)
        return {"version": said.stdout.split()[-1], "enqueue": ["single", "callers", "bulk"],
                "settings": f"{AHEAD:,} commands sent ahead on a connection"}

    lines.serve({
        "about": about,
        "one": lambda: enqueue_one(put(now=True)) or {},
        "single": lambda seconds, jobs: lines.repeated(seconds, jobs, enqueue_one),
        "bulk": lambda seconds, jobs: lines.repeated(seconds, jobs, enqueue_many, AHEAD),
        "callers": callers,
        "left": left,
    })


class Worker:
    """Waits for a job, takes with it up to AHEAD that are there, and deletes them when they ran."""

    def __init__(self):
        self.connection = Connection()
        self.handled = 0

    def run(self):
        take = b"reserve\r\n" + b"reserve-with-timeout 0\r\n" * (AHEAD - 1)
        while True:
            self.connection.send(take)
            done = [job for job in map(self.perform_next, range(AHEAD)) if job]
            self.connection.send(b"".join(b"delete %s\r\n" % number for number in done))
            for _ in done:
                self.connection.expect(b"DELETED")
            self.handled += len(done)

    def perform_next(self, _):
        job = self.connection.reserved()
        if job is None:
            return None
        number, body = job
        lines.tell_picked_up(body[:lines.STAMP_BYTES].decode())
        return number


def worker():
    own = Worker()

    def start():
        threading.Thread(target=own.run, daemon=True).start()
        return {}

    lines.serve({"ready": dict, "start": start, "count": lambda: {"handled": own.handled}})


if __name__ == "__main__":
    {"client": client, "worker": worker}[sys.argv[1]]()
