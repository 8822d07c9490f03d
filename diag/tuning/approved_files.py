"""The files that say what was approved: the workload, and the payload files that it names."""

import os
from pathlib import Path

from analysis.format.input_file import InputFile
from diag.campaign.saved import TuneQuestion
from diag.errors import UsageError
from diag.workload.read_workload import payload_files


def file_sha256(file: Path) -> str:
    """Return the digest of a file. Raises UsageError for one that cannot be read."""
    return InputFile(file, UsageError).sha256()


def payload_digests(workload: Path) -> dict[str, str]:
    """Return the digests of the payload files that a workload names, by these names. Raises UsageError."""
    return {name: file_sha256(workload.parent / name) for name in payload_files(workload)}


def refuse_changed_files(question: TuneQuestion, another: str) -> None:
    """Raise UsageError where a file is not what was approved: other hours, side effects, inputs.

    `another`: the command that begins another campaign. Of a campaign that kept the workload's digest only,
    the payload files are not compared."""
    if question.workload is None or question.workload_sha256 is None:
        return
    workload = Path(question.workload)
    _refuse_changed(workload, question.workload_sha256, another)
    for name, digest in (question.payload_files_sha256 or {}).items():
        _refuse_changed(workload.parent / name, digest, another)


def _refuse_changed(file: Path, approved: str, another: str) -> None:
    if not os.path.lexists(file):
        raise UsageError(
            f"{file} is not there any more; the campaign was approved with it.",
            hint=f"Put it back. To go on without it, begin another campaign: {another}",
        )
    if file_sha256(file) != approved:
        raise UsageError(
            f"{file} was changed since the campaign began; what was approved was the file as it was.",
            hint=f"Put it back. To approve it as it is now, begin another campaign: {another}",
        )
