"""Which peers there are, how each is started, and what it needs to be measured."""

import os
import re
import shutil
import subprocess

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class Entry:
    """One peer. `command(built)` is its program; `missing(built)` says why it cannot run, or None."""

    def __init__(self, name, title, server, language, program):
        self.name, self.title, self.server = name, title, server
        self.language, self.program = language, program

    def command(self, built):
        return self.language.command(built, os.path.join(HERE, self.program))

    def missing(self, built):
        return self.language.missing(built, os.path.join(HERE, self.program))

    def environment(self, built):
        return self.language.environment(built)

    def classes(self):
        """PostgreSQL as installed is durable; the others lose jobs unless told not to."""
        return ["durable"] if self.server == "postgres" else ["durable", "default"]


class Node:
    @staticmethod
    def modules(built):
        return os.path.join(built, "node", "node_modules")

    @classmethod
    def command(cls, built, program):
        return [os.path.join(cls.modules(built), ".bin", "node"), program]

    @classmethod
    def environment(cls, built):
        return {"NODE_PATH": cls.modules(built), "NODE_ENV": "production"}

    @classmethod
    def missing(cls, built, program):
        if not os.path.exists(cls.command(built, program)[0]):
            return "its Node packages are not installed: run bench/peers/setup"
        return None


class Python:
    """With `packages` the interpreter of the bench's own environment, else the system's."""

    def __init__(self, packages):
        self.packages = packages

    def command(self, built, program):
        own = os.path.join(built, "python", "bin", "python")
        return [own if self.packages else "/usr/bin/env", *([] if self.packages else ["python3"]),
                program]

    def environment(self, built):
        return {"PYTHONDONTWRITEBYTECODE": "1"}

    def missing(self, built, program):
        if self.packages and not os.path.exists(self.command(built, program)[0]):
            return "its Python packages are not installed: run bench/peers/setup"
        return None


class Ruby:
    @staticmethod
    def command(built, program):
        return ["ruby", program]

    @staticmethod
    def environment(built):
        return {"RUBYOPT": "-W0"}

    @staticmethod
    def missing(built, program):
        if shutil.which("ruby") is None:
            return "ruby is not installed"
        asked = subprocess.run(["ruby", "-W0", "-e", "require 'sidekiq'; print Sidekiq::VERSION"],
                               capture_output=True, text=True, check=False)
        if asked.returncode != 0:
            return "the package ruby-sidekiq is not installed"
        if not re.match(r"6\.", asked.stdout):
            return f"sidekiq.rb is written for Sidekiq 6, here is {asked.stdout}"
        return None


class Go:
    """Built by setup; the program is the folder's name."""

    @staticmethod
    def command(built, program):
        return [os.path.join(built, "go", "bin", os.path.basename(program))]

    @staticmethod
    def environment(built):
        return {}

    @classmethod
    def missing(cls, built, program):
        if not os.path.exists(cls.command(built, program)[0]):
            return "it is not built: run bench/peers/setup, which needs the Go that go/go.mod names"
        return None


ALL = [
    Entry("beanstalkd", "beanstalkd", "beanstalkd", Python(packages=False), "beanstalkd.py"),
    Entry("bullmq", "BullMQ", "redis", Node, "bullmq.js"),
    Entry("sidekiq", "Sidekiq", "redis", Ruby, "sidekiq.rb"),
    Entry("celery", "Celery", "redis", Python(packages=True), "celery_peer.py"),
    Entry("asynq", "asynq", "redis", Go, "go/asynq"),
    Entry("graphile-worker", "graphile-worker", "postgres", Node, "graphile-worker.js"),
    Entry("pg-boss", "pg-boss", "postgres", Node, "pg-boss.js"),
    Entry("river", "River", "postgres", Go, "go/river"),
]
