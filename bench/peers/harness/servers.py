"""The servers that peers keep their jobs in: started on free ports, data under one folder, stopped again.

Every server has `address`, what a peer's program gets as PEER_URL; `describe()`, its name and version;
`fresh()`, which empties it; and `settled()`, called between filling and processing.
"""

import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from . import programs

START_SECONDS = 60
TEMPORARY = "errand-peers-"  # then the harness's process number and something random


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def remove_leftovers(built):
    """Data of a harness that was killed: its folders carry the number of a process that is no more."""
    named = {path: path.rsplit("-", 1)[1] for path in glob.glob(os.path.join(built, "*-*"))}
    for place in (tempfile.gettempdir(), "/var/tmp"):
        for path in glob.glob(os.path.join(place, f"{TEMPORARY}*-*")):
            named[path] = os.path.basename(path)[len(TEMPORARY):].split("-")[0]
    for path, number in named.items():
        if number.isdigit() and not os.path.exists(f"/proc/{number}"):
            shutil.rmtree(path, ignore_errors=True)


def find(program, *folders):
    """The path of a program, or None."""
    for folder in folders:
        for path in sorted(glob.glob(os.path.join(folder, program)), reverse=True):
            if os.access(path, os.X_OK):
                return path
    return shutil.which(program)


def first_version(command):
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return re.search(r"\d+(\.\d+)+", said).group()


class TcpServer:
    """A server that is one process on one port and is emptied by starting it anew."""

    def __init__(self, directory, log, durable):
        self.directory, self.log, self.durable = directory, log, durable
        self.data = os.path.join(directory, "data")
        self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None:
            programs.stop(self.process)
            self.process = None
        shutil.rmtree(self.directory, ignore_errors=True)

    def fresh(self):
        self.__exit__()
        os.makedirs(self.data)
        port = free_port()
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command(port), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=programs.with_parent(signal.SIGKILL))
        self.address = self.url(port)
        self.wait_for(port)

    def wait_for(self, port):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.02)
        raise programs.Failure(f"{self.program} did not start: {programs.last_words(self.log)}")

    def settled(self):
        pass


class Redis(TcpServer):
    program = "redis-server"
    requires = [program]

    def command(self, port):
        # `--save ""` spares the durable server snapshots that its log makes superfluous.
        settings = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        return [find(self.program), "--port", str(port), "--bind", "127.0.0.1",
                "--dir", self.data, *(settings if self.durable else [])]

    def url(self, port):
        return f"redis://127.0.0.1:{port}/0"

    def describe(self):
        return f"Redis {first_version([find(self.program), '--version'])}"

    def durability(self):
        if self.durable:
            return "appendonly yes, appendfsync always"
        return "as installed: snapshots only, a crash loses what came after the last"


class Beanstalkd(TcpServer):
    program = "beanstalkd"
    requires = [program]

    def command(self, port):
        settings = ["-b", self.data, "-f", "0"]
        return [find(self.program), "-l", "127.0.0.1", "-p", str(port),
                *(settings if self.durable else [])]

    def url(self, port):
        return f"beanstalkd://127.0.0.1:{port}"

    def describe(self):
        return f"beanstalkd {first_version([find(self.program), '-v'])}"

    def durability(self):
        return "-b -f 0" if self.durable else "as installed: memory only, a crash loses everything"


class Postgres:
    """One cluster on a socket in a private folder; emptied by taking another database."""

    requires = ["postgres"]
    places = ["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"]

    def __init__(self, directory, log, durable):
        if not durable:
            raise ValueError("PostgreSQL as installed is durable: there is one setting to measure")
        self.directory, self.log = directory, log
        self.databases = 0
        self.process = None

    def __enter__(self):
        self.user = self.server_user()
        self.data = self.data_folder()
        self.socket_folder = tempfile.mkdtemp(prefix=f"{TEMPORARY}{os.getpid()}-")
        for folder in (self.data, self.socket_folder):
            if self.user:
                shutil.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.start()
        return self

    def __exit__(self, *_):
        if self.process is not None:
            programs.stop(self.process, signal.SIGINT)  # a fast shutdown
            self.process = None
        for folder in (self.data, self.directory, self.socket_folder):
            shutil.rmtree(folder, ignore_errors=True)

    @staticmethod
    def server_user():
        """PostgreSQL refuses root, so root runs it as another user; None means as ourselves."""
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise programs.Failure("PostgreSQL refuses root, and there is no user postgres or nobody")

    def data_folder(self):
        """Under the bench's folder, so on the measured disk, unless the server's user cannot go there."""
        path = os.path.join(self.directory, "data")
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        if self.user:
            shutil.chown(path, self.user.pw_uid, self.user.pw_gid)
            reached = subprocess.run(["test", "-w", path], check=False, **self.as_user())
            if reached.returncode != 0:
                os.rmdir(path)
                path = tempfile.mkdtemp(prefix=f"{TEMPORARY}{os.getpid()}-", dir="/var/tmp")
        return path

    def as_user(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def tool(self, name):
        return find(name, *self.places)

    def start(self):
        with open(self.log, "ab") as log:
            made = subprocess.run(
                [self.tool("initdb"), "-D", self.data, "-U", "bench", "-A", "trust", "-E", "UTF8",
                 "--locale=C.UTF-8", "--no-instructions"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", check=False,
                **self.as_user())
            if made.returncode != 0:
                raise programs.Failure(f"initdb failed: {programs.last_words(self.log)}")
            self.process = subprocess.Popen(
                [self.tool("postgres"), "-D", self.data, "-k", self.socket_folder,
                 "-c", "listen_addresses="],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                preexec_fn=programs.with_parent(signal.SIGINT), **self.as_user())
        until = time.monotonic() + START_SECONDS
        while subprocess.run([self.tool("pg_isready"), "-q", "-h", self.socket_folder],
                             check=False).returncode != 0:
            if self.process.poll() is not None or time.monotonic() > until:
                raise programs.Failure(f"postgres did not start: {programs.last_words(self.log)}")
            time.sleep(0.05)

    def sql(self, database, statement):
        done = subprocess.run(
            [self.tool("psql"), "-X", "-q", "-h", self.socket_folder, "-U", "bench", "-d", database,
             "-v", "ON_ERROR_STOP=1", "-c", statement], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise programs.Failure(f"psql: {done.stderr.strip()[:300]}")

    def fresh(self):
        if self.databases:
            self.sql("postgres", f"drop database bench{self.databases} with (force)")
        self.databases += 1
        self.sql("postgres", f"create database bench{self.databases}")
        self.address = f"postgresql:///bench{self.databases}?host={self.socket_folder}&user=bench"

    def settled(self):
        """Statistics as autovacuum would have them by now: without, plans for a full table are poor."""
        self.sql(f"bench{self.databases}", "vacuum analyze")

    def describe(self):
        return f"PostgreSQL {first_version([self.tool('postgres'), '--version'])}"

    def durability(self):
        return "fsync on, synchronous_commit on: as installed"


BY_NAME = {"redis": Redis, "beanstalkd": Beanstalkd, "postgres": Postgres}


def missing(name):
    """What of a server is not installed, or None."""
    places = getattr(BY_NAME[name], "places", [])
    for program in BY_NAME[name].requires:
        if find(program, *places) is None:
            return f"{program} is not installed"
    return None
