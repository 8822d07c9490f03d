"""From runs and files on disk to an analysis: shared by `recommend`, `report`, `check` and `demo`."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from analysis.analysis_errors import BadSettingError
from analysis.direct_side.direct_side import DirectSide
from analysis.format.action_facts import ActionFacts
from analysis.format.atomic_write import write_whole
from analysis.format.manifest import Manifest, latest_run
from analysis.format.run_folder import RunFolder
from analysis.machine.command_words import joined
from analysis.plain_text import json_text
from analysis.recommend_settings import RecommendSettings
from analysis.runs.campaign_windows import CAMPAIGN_NAME, campaigns_in, with_windows
from analysis.typed_command import Asked, is_usual_workload, path_to_type
from analysis.verdicts.recommendation import Analysis, Recommendation, Verdict
from diag.errors import UsageError

if TYPE_CHECKING:
    from analysis.other_tools.known_tools import ToolOptions
    from analysis.samples.read_progress import Reached
    from analysis.samples.sample_set import SampleSet
    from reports.report_data import ReportData


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """Samples, their analysis, and the run folders they came from."""

    samples: "SampleSet"
    analysis: Analysis
    folders: tuple[RunFolder, ...]
    asked: Asked
    """What the next commands repeat, the rules among it."""


@dataclass(frozen=True, slots=True)
class HowToRead:
    """What the files themselves do not say: the file that describes their actions, and how files of other
    load tools are to be read. `onlooker` takes in how far it is."""

    actions_file: Path | None = None
    tools: "ToolOptions | None" = None
    onlooker: "Onlooker | None" = None


class Onlooker(Protocol):
    """Takes in how far long files are, for whoever waits."""

    def reading(self, reached: "Reached") -> None:
        """Files are read so far."""

    def judging(self, calls: int) -> None:
        """All are read, and their calls are judged."""


class _Nobody:
    def reading(self, reached: "Reached") -> None:
        """Nothing is shown."""

    def judging(self, calls: int) -> None:
        """Nothing is shown."""


def choose_inputs(given: Sequence[Path], runs: Path) -> tuple[Path, ...]:
    """Return the given runs and files, or the newest run. Raises UsageError when there is none."""
    if given:
        return tuple(_resolve(path, runs) for path in given)
    newest = latest_run(runs)
    if newest is None:
        raise UsageError(
            f"There is no run in {runs} yet.",
            hint=_what_else(runs),
        )
    return (newest.path,)


def _what_else(runs: Path) -> str:
    """A campaign is no run that is the newest one: it is named."""
    campaigns = sorted(runs.glob(f"*/{CAMPAIGN_NAME}"))
    if campaigns:
        return f"Name the campaign: {path_to_type(campaigns[-1].parent)}. Or make a run: diag measure"
    return "Make one: diag measure. Or watch a full example first: diag demo"


def gather(
    inputs: Sequence[Path],
    settings: RecommendSettings,
    *,
    how: HowToRead | None = None,
    facts: Mapping[str, ActionFacts] | None = None,
    detail: bool = False,
    asked: Asked | None = None,
    zone: str | None = None,
) -> RunEvidence:
    """Read the inputs and return the evidence; of a campaign's folder, that of all its windows.

    `facts` win over those in the file of actions, and those over the manifests'. Where a run's workload
    has settings for an action, they win over `settings` for that action.
    `detail` also reads what only the report needs (status, error codes, payload labels). `asked` is what the
    next commands repeat beside the rules; None for the newest run in the org of the usual profile.
    `zone` is whose clock hours are shown on, where it is not known when production calls.
    """
    from analysis.other_tools.known_tools import USUAL
    from analysis.samples.actions_file import read_actions_file
    from analysis.samples.read_samples import read_samples

    how = how or HowToRead()
    campaigns, inputs = campaigns_in(inputs), with_windows(inputs)
    known = {**(read_actions_file(how.actions_file) if how.actions_file else {}), **(facts or {})}
    options = replace(how.tools or USUAL, ids=_ids_by_name(known))
    onlooker = how.onlooker or _Nobody()

    def read(*, detail: bool) -> "SampleSet":
        samples = read_samples(inputs, detail=detail, options=options, watch=onlooker.reading)
        return replace(samples, manifests=_each_as_one(samples.manifests, campaigns))

    samples = read(detail=detail)
    onlooker.judging(samples.calls)
    found = judged(samples, inputs, settings, known, asked=asked, zone=zone)
    if not samples.detailed and any(_details_say_why(row) for row in found.analysis.actions):
        return judged(read(detail=True), inputs, settings, known, asked=asked, zone=zone)
    return found


def _each_as_one(manifests: Sequence[Manifest], campaigns: Sequence[frozenset[str]]) -> tuple[Manifest, ...]:
    """The windows of each campaign weaken it as `diag tune` has it, not as runs that stand alone."""
    from analysis.runs.weak_windows import as_one_measurement

    for windows in campaigns:
        own = {one.run_id: one for one in as_one_measurement([m for m in manifests if m.run_id in windows])}
        manifests = [own.get(one.run_id, one) for one in manifests]
    return tuple(manifests)


def _ids_by_name(facts: Mapping[str, ActionFacts]) -> dict[str, str]:
    """Names that mean one action only."""
    times = Counter(fact.action_name for fact in facts.values())
    return {
        fact.action_name: key
        for key, fact in facts.items()
        if fact.action_name and times[fact.action_name] == 1
    }


def judged(
    samples: "SampleSet",
    inputs: Sequence[Path],
    settings: RecommendSettings,
    facts: Mapping[str, ActionFacts] | None = None,
    *,
    asked: Asked | None,
    zone: str | None,
) -> RunEvidence:
    """Return the evidence of samples that were read from these inputs; the rest as in `gather`."""
    from analysis.jobs.loop_advice import recommend_loops
    from analysis.verdicts.recommend import recommend

    folders = tuple(RunFolder(path) for path in inputs if path.is_dir())
    asked = asked_by_runs(asked or Asked(), samples.manifests).by(settings)
    try:
        analysis = recommend(samples, facts, settings, asked=asked, zone=zone)
        loops = recommend_loops(inputs, settings, samples.stated_settings())
    except BadSettingError as error:  # the flags were checked when they were read
        named = ", ".join(str(folder.manifest) for folder in folders)
        raise BadSettingError(
            f"The settings under recommend in {named} cannot be used: {error.message}.", hint=error.hint
        ) from None
    return RunEvidence(samples, replace(analysis, loops=loops), folders, asked)


def asked_by_runs(asked: Asked, runs: Sequence[Manifest]) -> Asked:
    """Return what next commands repeat, with what the runs themselves were asked to call: the workload, where
    it is still there and not the usual one; the sandbox only where it must be named to be reached."""
    files = {run.workload for run in runs}
    file = next(iter(files)) if len(files) == 1 else None
    if asked.workload is None and file is not None and not is_usual_workload(Path(file)):
        asked = replace(asked, workload=file if Path(file).is_file() else None)
    made_there = bool(runs) and all(run.sandbox for run in runs)
    return replace(asked, sandbox=asked.sandbox or (made_there and asked.sandbox_must_be_named))


def _details_say_why(row: Recommendation) -> bool:
    """Whether calls were refused, broke a contract, or came back from no backend: what it was is told only by
    the columns of a second, slower reading."""
    refused = row.verdict is Verdict.NO_DATA and "invalid_input" in row.left_out_by_reason
    of_no_backend = row.verdict is Verdict.NO_DATA and row.backend_alone
    side = row.direct or DirectSide()
    beside = side.contract_errors > 0 or (side.p50_ms is None and side.samples + side.left_out > 0)
    return refused or of_no_backend or row.contract_errors > 0 or beside


def write_recommendations(folder: RunFolder, analysis: Analysis) -> None:
    """Write recommendations.json into the run folder."""
    from analysis.verdicts.analysis_json import analysis_to_json

    write_whole(folder.recommendations, json_text(analysis_to_json(analysis), indent=1) + "\n")


def report_data(
    evidence: RunEvidence,
    *,
    notes: tuple[str, ...] = (),
    results: tuple[str, ...] = (),
    zone: str | None = None,
    charts: bool = True,
    source: str | None = None,
) -> "ReportData":
    """Return the data of the report in any format; without `charts` the samples are not summarised.

    `notes` are sentences beside the verdict, `results` those about what came of it; `zone` is shown beside
    UTC; `source` holds the inputs and flags that the next commands repeat (by default the run folders, judged
    by the rules of the evidence).
    """
    from analysis.views.summarise import summarise
    from diag import __version__
    from reports.report_data import ReportData

    return ReportData(
        analysis=evidence.analysis,
        summaries=(
            summarise(evidence.samples, evidence.analysis.settings, evidence.analysis.waiting)
            if charts
            else {}
        ),
        manifests=evidence.samples.manifests,
        version=__version__,
        notes=notes,
        results=results,
        zone=zone,
        source=source or _source(evidence),
        span=_span(evidence.samples),
    )


def _source(evidence: RunEvidence) -> str | None:
    if not evidence.folders:
        return None
    folders = [str(folder.path) for folder in evidence.folders]
    return joined([*folders, *evidence.asked.rules])


def _span(samples: "SampleSet") -> tuple[float, float] | None:
    """Return when the first and the last call began, Unix seconds."""
    from analysis.long_arrays.pieces import extremes

    ends = [extremes(table["started_at"].to_numpy()) for _, table in samples.sides()]
    return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else None


def _resolve(path: Path, runs: Path) -> Path:
    if path.exists():
        return path
    if (runs / path).exists():
        return runs / path
    raise UsageError(
        f"{path} does not exist (nor {runs / path}).",
        hint=f"Give a run folder, a Parquet or a CSV file. Runs are kept in {runs}.",
    )
