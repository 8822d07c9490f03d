"""Commands of diag as people type them: whose actions, which of them, by which rules.

Each command that is printed as the next one is put together here, so that it asks what the one before it was
asked: a number judged by other rules, or in another org, would be the answer to another question.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from analysis.machine.command_words import joined, taken_apart
from analysis.recommend_settings import RecommendSettings, changed
from analysis.share_cut_off import percentile_of

NAMED_BY: Final[Mapping[str, str | None]] = {
    "measure": "--action",
    "tune": "--action",
    "recommend": "--only",
    "observe": None,
}
"""The flag by which each verb that judges takes an action; None: as an argument."""
USUAL_WORKLOAD: Final = Path("workload.toml")
"""The workload that is taken where none is given."""
MEASURES_AT_MOST_S: Final = 600.0
"""How long `diag measure` runs at most, where nothing else is asked for."""
MEASURES_THE_SANDBOX_AT_MOST_S: Final = 60.0
_THAT_CALL: Final = ("measure", "tune")
"""Verbs that take a workload, and `--sandbox`."""
_RULES: Final = (
    "percentile",
    "confidence",
    "buffer_ratio",
    "buffer_min_s",
    "cap_s",
    "floor_s",
    "rule",
    "backend_errors",
)
"""Settings that have a flag, in the order of the help."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command was asked, as words of those that follow it."""

    calls: tuple[str, ...] = ()
    """For `diag recommend`: the runs and files that were judged, and where their actions are described."""
    scope: tuple[str, ...] = ()
    """For the same: which of the actions were asked about."""
    rules: tuple[str, ...] = ()
    org: tuple[str, ...] = ()
    sandbox: bool = False
    """Whether the built-in sandbox was asked for, whatever the settings point to."""
    to_set: str | None = None
    """The command that sets what can be set; None: to judge the same again, and apply it."""
    cut_off: str | None = None
    """The percentile as it was typed after --cut-off; None: it was not."""
    workload: str | None = None
    """The workload file to call by, as it is typed; None: the one in this folder, if there is one."""
    campaign: str | None = None
    """The folder of the campaign that was begun, where it has to be named to be found."""
    direct: tuple[tuple[str, ...], ...] = ()
    """For `diag measure`: each flag about direct calls that was given, with its value."""
    sandbox_must_be_named: bool = False
    """Whether the session leads elsewhere, so that what a run of the sandbox needs takes `--sandbox`."""

    def by(self, settings: RecommendSettings) -> "Asked":
        """Return the same, judged by these settings."""
        return replace(self, rules=rule_flags(settings, self.cut_off))

    def command(
        self,
        verb: str,
        names: Sequence[str] = (),
        *,
        before: Sequence[str] = (),
        after: Sequence[str] = (),
        last: Sequence[str] = (),
    ) -> str:
        """Return `diag VERB` for these actions, by the same rules and in the same org.

        `before` and `after` the actions' names stand words of this command alone, and `last` those that are
        read last.
        """
        first = self.calls if verb == "recommend" else self._workload if verb in _THAT_CALL else ()
        rules = self.rules if verb in NAMED_BY else ()
        sandbox = ("--sandbox",) if self.sandbox and verb in _THAT_CALL else ()
        direct = self._direct((*before, *after)) if verb == "measure" else ()
        further = (*after, *direct, *rules, *self.org, *sandbox, *last)
        return typed(verb, names, before=(*first, *before), after=further)

    def same_campaign(self, *flags: str) -> str:
        """Return `diag tune` for the campaign that was begun, which keeps its actions and rules itself."""
        folder = () if self.campaign is None else ("--folder", path_to_type(self.campaign))
        sandbox = ("--sandbox",) if self.sandbox else ()
        return joined(["diag", "tune", *self._workload, *flags, *folder, *self.org, *sandbox])

    def _direct(self, words: Sequence[str]) -> tuple[str, ...]:
        """Where they are made; a probe makes none, and a flag that the command has of itself wins."""
        if "--probe" in words or not {"--direct", "--both"} & {*words, *(flag[0] for flag in self.direct)}:
            return ()
        left = {*words, "--both"} if "--direct" in words else {*words}
        return tuple(word for flag in self.direct if flag[0] not in left for word in flag)

    @property
    def _workload(self) -> tuple[str, ...]:
        return () if self.workload is None else (path_to_type(self.workload),)

    @property
    def report(self) -> str:
        """Return the command that reports the calls that were judged, by the same rules."""
        return joined(["diag", "report", *self.calls, *self.rules])

    @property
    def apply(self) -> str:
        """Return the command that sets what can be set."""
        return self.to_set or self.command("recommend", before=self.scope, last=("--apply",))


def typed(verb: str, names: Sequence[str], *, before: Sequence[str], after: Sequence[str]) -> str:
    """Return a command of words as they are typed; a name that begins like a flag stays a name."""
    flag = NAMED_BY.get(verb)
    if flag is not None:
        chosen = [word for name in names for word in flag_with(flag, name)]
        return joined(["diag", verb, *before, *chosen, *after])
    if any(name.startswith("-") for name in names):
        return joined(["diag", verb, *before, *after, "--", *names])
    return joined(["diag", verb, *before, *names, *after])


def for_any_action(command: str) -> str:
    """Return a command without the actions it names: it is then about all of them. Another text stays as it
    is."""
    try:
        words = taken_apart(command)
    except ValueError:
        return command
    flag = NAMED_BY.get(words[1]) if len(words) > 1 else None
    kept, rest = list[str](), iter(words)
    for word in rest:
        if word == flag:
            next(rest, None)
        elif flag is None or not word.startswith(f"{flag}="):
            kept.append(word)
    return joined(kept)


def apply_plan(plan: str, org: Sequence[str]) -> str:
    """Return the command that carries out a saved plan in the org it was made for (`Asked.org`)."""
    return joined(["diag", "apply", path_to_type(plan), *org])


def rule_flags(settings: RecommendSettings, cut_off: str | None = None) -> tuple[str, ...]:
    """Return the flags that make these settings, for a command that is to judge in the same way.

    `cut_off`: the percentile as it was typed after --cut-off; it is repeated so where it is still asked for.
    """
    stated = changed(settings)
    if cut_off is not None and percentile_of(cut_off) == stated.get("percentile"):
        del stated["percentile"]
        first: tuple[str, ...] = ("--cut-off", cut_off)
    else:
        first = ()
    pairs = ((rule_flag(name), stated[name]) for name in _RULES if name in stated)
    further = (
        word
        for flag, value in pairs
        for word in (flag, shortest(value) if isinstance(value, float) else str(value))
    )
    return (*first, *further)


def rule_flag(setting: str) -> str:
    """Return the flag of a setting: `--buffer-min` for `buffer_min_s`."""
    return "--" + setting.removesuffix("_s").replace("_", "-")


def shortest(value: float) -> str:
    """Return a number as people type it, and never another number."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def unclear_names(actions: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Return the ids of those of these actions, given as (id, name), whose name means another one, too."""
    known = list(actions)
    names = [name for _, name in known]
    ids = {action_id for action_id, _ in known}
    return frozenset(
        action_id for action_id, name in known if names.count(name) > 1 or (name in ids and name != action_id)
    )


def flag_with(flag: str, name: str) -> tuple[str, ...]:
    """Return the words of a flag and a name, which may begin like a flag itself."""
    return (f"{flag}={name}",) if name.startswith("-") else (flag, name)


def path_to_type(path: str | Path) -> str:
    """Return a path as it can be typed here: one that begins with - would be taken for a flag, and what lies
    below this folder needs no more than that."""
    whole, here = Path(path), Path.cwd()
    short = whole.relative_to(here) if whole.is_absolute() and whole.is_relative_to(here) else path
    return f"./{short}" if str(short).startswith("-") else str(short)


def is_usual_workload(file: Path) -> bool:
    """Return whether this is the workload that is taken where none is given."""
    return file.absolute() == USUAL_WORKLOAD.absolute()
