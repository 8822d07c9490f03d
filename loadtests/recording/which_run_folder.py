"""Which folder a run goes to: a new one, the one that was asked for, or that of a soak that goes on."""

from pathlib import Path

from analysis.format.run_folder import RunFolder, new_run_id
from diag.measuring.continuing.which_soak_goes_on import unfinished_soak
from loadtests.planning.plan import LoadPlan


def folder_of_run(runs: Path, given: str | None, number: int, plan: LoadPlan) -> RunFolder:
    """Return where the `number`th run of this process goes: `given`, then `given-2`, ...; else a new one.

    A soak without `given` goes on where the last one of its workload was interrupted.
    """
    if given is None:
        soak = unfinished_soak(runs, plan.workload) if plan.mode == "soak" else None
        return soak or RunFolder(runs / new_run_id())
    path = Path(given)
    return RunFolder(path if number == 1 else path.with_name(f"{path.name}-{number}"))
