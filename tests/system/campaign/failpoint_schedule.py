"""Which failpoint fires in which life of a process, and the table of what fired in the end."""

import collections
import subprocess

from history import failpoint_records

DRIVERS = ("insert.", "control.", "signal.")
# Reached once per life, at its beginning or its end, or only now and then.
RARE = ("join.", "retire.", "stop.", "prune.", "pruner.", "take_over.", "bury.", "rescuer.",
        "effect.", "scheduler.")
AT_STOP = ("retire.", "stop.")
AFTER_A_WHILE = ("prune.", "pruner.")
HANG = "1500ms"
# Of what one life gets: one thing that ends or stops it, and some errors that it has to live with.
ERRORS_PER_LIFE = 4


class Schedule:
    """Gives each life what has fired least so far, in an order drawn from the seed."""

    def __init__(self, process):
        listed = subprocess.run([process, "failpoints"], capture_output=True, text=True, check=True)
        lines = map(str.split, listed.stdout.splitlines())
        self.actions = {name: actions for name, *actions in lines}
        self.log = None
        self.random = None
        self.given = collections.Counter()
        self.earlier = collections.Counter(), collections.Counter()

    def follow(self, log, random):
        """From here on the processes write to `log`."""
        self.forget_log()
        self.log, self.random = log, random

    def forget_log(self):
        """The log may go; what it counted stays."""
        self.earlier = self.fired()
        self.log = None

    def fired(self):
        """How often each (name, action) fired, and how many processes reached each name."""
        fired, reached = map(collections.Counter, self.earlier)
        if self.log is not None:
            records, there = failpoint_records(self.log)
            fired.update((r.extra("name"), r.extra("action")) for r in records)
            reached += there
        return fired, reached

    def never_fired(self):
        names = {name for name, _ in self.fired()[0]}
        return [name for name in self.actions if name not in names]

    def spec(self, role, long_life):
        """Rules for one life: the value of ERRAND_FAILPOINTS and the names in it."""
        fired, _ = self.fired()
        names = [name for name in self.actions
                 if name.startswith(DRIVERS) == (role == "drive") or name.startswith("group.")]
        per_name = collections.Counter()
        for (name, _), count in fired.items():
            per_name[name] += count
        late = [name for name in names if name.startswith(AFTER_A_WHILE)]
        if long_life and not all(per_name[name] for name in late):
            names = late  # nothing that ends the life before it gets there
        elif not long_life:
            names = [name for name in names if name not in late]
        wishes = [(name, action) for name in names for action in self.actions[name]]
        self.random.shuffle(wishes)
        wishes.sort(key=lambda wish: (self.urgency(wish, per_name), fired[wish], self.given[wish]))
        chosen = {}
        for name, action in wishes:
            lethal = action != "error"
            taken = sum((a != "error") == lethal for a in chosen.values())
            if name not in chosen and taken < (1 if lethal else ERRORS_PER_LIFE):
                chosen[name] = action
        self.given.update(chosen.items())
        return ";".join(self.rule(*wish) for wish in chosen.items()), set(chosen)

    def urgency(self, wish, fired):
        """Names that never fired come first, before them those that can only kill or hang; but a wish
        that led to nothing lets others go before it now and then."""
        name, _ = wish
        if fired[name] or (self.given[wish] and self.random.random() < 0.5):
            return 2
        return 1 if "error" in self.actions[name] else 0

    def rule(self, name, action):
        hit = 1 if name.startswith(RARE) else self.random.randint(1, 12)
        return f"{name}={action}{'=' + HANG if action == 'hang' else ''}:at{hit}"

    def print_table(self):
        """Returns the names that never fired."""
        fired, reached = self.fired()
        never = self.never_fired()
        print(f"  {'failpoint':<32}{'reached':>8}{'kill':>6}{'error':>6}{'hang':>6}")
        for name, actions in self.actions.items():
            counts = [fired[name, action] if action in actions else "-"
                      for action in ("kill", "error", "hang")]
            print(f"  {name:<32}{reached[name]:>8}" + "".join(f"{c:>6}" for c in counts)
                  + ("  never fired" if name in never else ""))
        return never
