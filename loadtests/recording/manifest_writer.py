"""The manifest of a run, from its first moment to its last."""

import logging
import os
import platform
import subprocess
import time
from collections import Counter
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from analysis.format.call_record import RECORD_SIZE, SEGMENT_SUFFIX
from analysis.format.drafts_file import DRAFTS_FILE
from analysis.format.input_file import open_own
from analysis.format.manifest import DirectRun, Manifest, Status, read_manifest, write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.settled_file import read_settled, write_settled
from analysis.machine.own_python import python_module
from analysis.machine.processes import start_apart
from diag.errors import UsageError
from diag.measuring.continuing.calls_of_killed_run import cut_short
from diag.measuring.continuing.recorded_so_far import dropped_so_far, last_moment
from diag.measuring.run_lock import take_lock
from diag.target import Target
from diag.workload.read_workload import workload_digest
from loadtests.planning.plan import LoadPlan
from loadtests.planning.prepare_run import PreparedRun
from loadtests.recording.calls_fit_run import why_not_added
from loadtests.recording.top_up_manifest import added_to, ended_as

RESERVE_BYTES: Final = 64 * 1024
_LOG: Final = logging.getLogger("diag.load")


class ManifestWriter:
    """Writes manifest.json when a run begins and when it ends; `running` in between, and after a kill.

    Owned by `loadtests.run.load_run`.
    """

    def __init__(
        self, folder: RunFolder, prepared: PreparedRun, target: Target, *, ahead_s: float = 0.0
    ) -> None:
        self._ahead_s = ahead_s
        self.folder = folder
        self.begun = False
        """Whether the run has the folder: before that nothing in it is touched."""
        self._soak = prepared.plan.soak if prepared.plan.mode == "soak" else None
        self._tops_up = prepared.tops_up
        self._manifest = _first_manifest(folder, prepared, target, self._now())
        self._before: Manifest | None = None
        self._dropped_before = 0
        self._lock: int | None = None

    @property
    def created_at(self) -> float:
        """When the run began, Unix seconds; an earlier moment for a soak that goes on after a restart."""
        return self._manifest.created_at

    @property
    def age_s(self) -> float:
        """How long ago that was, seconds."""
        return max(0.0, self._now() - self.created_at)

    def _now(self) -> float:
        """Return the time of what is called, Unix seconds."""
        return time.time() + self._ahead_s

    def begin(self) -> None:
        """Write the first manifest, and keep space back so that the last one fits on a full disk.

        Raises UsageError for a folder that holds a run, unless it is a soak that was interrupted.
        """
        self.folder.path.mkdir(parents=True, exist_ok=True)
        self._lock = take_lock(self.folder.path)
        if self._lock is None:
            hint = "Top it up once it has ended." if self._tops_up else "Give another --run-dir."
            raise UsageError(f"A run is going on in {self.folder.path}.", hint=hint)
        before = read_manifest(self.folder)
        if before is not None:
            try:
                if self._tops_up:
                    self._add_to(before)
                else:
                    self._go_on(before)
            except UsageError:
                self._let_go()
                raise
        if self._soak is not None:
            soak_until = self._manifest.created_at + self._soak.total_s
            self._manifest = replace(self._manifest, soak_until=soak_until)
        write_manifest(self.folder, self._manifest)
        self.begun = True
        if self._before is not None and self._tops_up:
            self._call_on()
        with os.fdopen(open_own(self._reserve, os.O_WRONLY | os.O_TRUNC), "wb") as file:
            file.write(b"\0" * RESERVE_BYTES)

    def _add_to(self, before: Manifest) -> None:
        """Raises UsageError where these calls are none of that run."""
        why = why_not_added(before, self._manifest)
        if (self.folder.path / DRAFTS_FILE).exists():
            why = "it called private copies (--probe)"
        if why is not None:
            raise UsageError(
                f"Nothing can be added to {self.folder.path}: {why}.",
                hint="Measure anew: diag measure, without --into.",
            )
        rows = self.rows()
        if rows < (before.calls or 0):
            raise UsageError(
                f"Nothing can be added to {self.folder.path}: its manifest counts {before.calls} calls, and "
                f"{self.folder.segments.name}/ holds {rows}.",
                hint="Top up the folder that has them all, or measure anew: diag measure, without --into.",
            )
        note = f"topped up {self._as_gone_on(before)}"
        _LOG.info("%s, %d calls are there already", note, rows)
        self._manifest = added_to(before, self._manifest, note)

    def _call_on(self) -> None:
        """Let go of what says that these actions need no call more, or that these are all calls."""
        called = {facts.action_id for facts in self._manifest.actions}
        settled = {*read_settled(self.folder)}
        if called & settled:  # else the load would not call it
            write_settled(self.folder, settled - called)
        self.folder.samples.unlink(missing_ok=True)  # a copy of the folder may show it as the newest file

    def _as_gone_on(self, before: Manifest) -> str:
        """Keep what was before; return after how long this goes on, and when."""
        self._before = before
        self._dropped_before = dropped_so_far(self.folder)
        away_s = self._now() - (before.ended_at or last_moment(self.folder) or before.created_at)
        return f"after {away_s:.0f} s, at {time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())} UTC"

    def _go_on(self, before: Manifest) -> None:
        if self._soak is None or before.status == "complete":
            raise UsageError(
                f"{self.folder.path} already holds a run ({before.status}).",
                hint="Give another --run-dir. Only a soak that was interrupted goes on where it was.",
            )
        if before.host != self._manifest.host:
            raise UsageError(
                f"{self.folder.path} holds a soak against {before.host}, not {self._manifest.host}.",
                hint="Give another --run-dir.",
            )
        if {facts.action_id for facts in before.actions} != {
            facts.action_id for facts in self._manifest.actions
        }:
            raise UsageError(
                f"{self.folder.path} holds a soak of other actions.",
                hint="Give another --run-dir, or measure the same actions again.",
            )
        went_on = f"the soak was interrupted and went on {self._as_gone_on(before)}"
        _LOG.info("%s, %d calls are there already", went_on, self.rows())
        self._manifest = replace(
            self._manifest,
            created_at=before.created_at,
            left_out=tuple(dict.fromkeys((*before.left_out, *self._manifest.left_out))),
            notes=(*before.notes, went_on),
        )

    def end(self, status: Status, **changes: Any) -> None:
        """Write the last manifest; a failure to do so is logged, because the samples are there anyway."""
        if self._before is not None:
            changes["dropped"] = changes.get("dropped", 0) + self._dropped_before
            both = Counter(self._before.platform_contradicted)
            both.update(changes.get("platform_contradicted", {}))
            changes["platform_contradicted"] = dict(both)
            for name in ("notes", "left_out"):
                changes[name] = tuple(dict.fromkeys((*getattr(self._manifest, name), *changes.get(name, ()))))
        try:
            self._reserve.unlink(missing_ok=True)
            self._manifest = replace(self._manifest, status=status, ended_at=self._now(), **changes)
            if self._before is not None and self._tops_up:
                lost = {} if status == "complete" else cut_short(self.folder)
                self._manifest = ended_as(self._before, self._manifest, lost)
            write_manifest(self.folder, self._manifest)
        except OSError as error:
            _LOG.error("the manifest could not be written (%s)", error.strerror)
        self._let_go()

    def _let_go(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def finish_in_background(self, *, report: bool) -> subprocess.Popen[bytes]:
        """Have samples.parquet (and the report) made by a process that outlives this one; return it."""
        return start_apart(
            [
                *(*python_module("diag.measuring.after_run"), str(self.folder.path)),
                *(["--report"] if report else []),
            ],
            outlives=True,
        )

    def show_verdicts(self) -> subprocess.Popen[bytes]:
        """Have the same made, and the verdicts printed where this process prints; return who does."""
        module = python_module("diag.measuring_dialog.show_finished_run")
        return start_apart([*module, str(self.folder.path)], stdout=1, stderr=2)

    def rows(self) -> int:
        """Return the calls in the run folder, those of an earlier part of a soak included."""
        return sum(
            path.stat().st_size // RECORD_SIZE for path in self.folder.segments.glob(f"*{SEGMENT_SUFFIX}")
        )

    @property
    def _reserve(self) -> Path:
        return self.folder.path / ".reserve"


def _first_manifest(folder: RunFolder, prepared: PreparedRun, target: Target, now: float) -> Manifest:
    plan: LoadPlan = prepared.plan
    return Manifest(
        run_id=folder.path.name,
        created_at=now,
        status="running",
        sandbox=target.sandbox,
        host=target.connection.host,
        model=plan.model,
        actions=plan.facts,
        left_out=plan.left_out,
        org_name=prepared.org_name,
        org_id=prepared.org_id,
        workload=plan.workload,
        arrivals=plan.arrivals,
        rates=tuple((action.action_id, action.rate) for action in plan.actions),
        versions=_versions(),
        concurrency_limit=plan.concurrency_limit,
        platform_facts=plan.platform_facts,
        recommend=plan.recommend,
        approval=None if prepared.approved is None else prepared.approved.record,
        direct=_direct(prepared),
        workload_sha256=None if plan.workload is None else workload_digest(Path(plan.workload)),
    )


def _direct(prepared: PreparedRun) -> DirectRun | None:
    plan = prepared.plan
    if plan.direct is None:
        return None
    called = {action.action_id for action in plan.actions if action.direct is not None}
    return DirectRun(
        actions=tuple(facts.action_id for facts in plan.facts if facts.action_id in called),
        hosts=plan.direct.hosts,
        timeout_s=prepared.direct.timeout_s,
        audit=plan.direct.audit,
    )


def _versions() -> tuple[tuple[str, str], ...]:
    names = ("genesys-diag", "locust", "gevent", "geventhttpclient")
    return (("python", platform.python_version()), *((name, metadata.version(name)) for name in names))
