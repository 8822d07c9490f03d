"""A campaign goes on only by the files that were approved: the workload and its payload files."""

import os
from pathlib import Path

import pytest

from analysis.format.input_file import InputFile
from diag.campaign.saved import TuneQuestion
from diag.errors import UsageError
from diag.tuning.approved_files import file_sha256, payload_digests, refuse_changed_files
from diag.workload.read_workload import payload_files

ANOTHER = "diag tune --folder runs/tune-2"
WORKLOAD = """
[[action]]
name = "Get Orders"
payload_file = "in/orders.jsonl"
[[action]]
name = "Get Stock"
payload_file = "stock.csv"
[[action]]
name = "Get Stock 2"
payload_file = "stock.csv"
[[action]]
name = "Get Balance"
"""


@pytest.fixture
def approved(tmp_path: Path) -> TuneQuestion:
    """A question with a workload and two payload files, as they are."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/orders.jsonl").write_text('{"id": 1}')
    (tmp_path / "stock.csv").write_text("id\n1\n")
    workload = tmp_path / "workload.toml"
    workload.write_text(WORKLOAD)
    digests = file_sha256(workload), payload_digests(workload)
    return TuneQuestion("1h", str(workload), (), 7, {}, *digests)


def test_each_payload_file_is_named_once_and_relative_to_the_workload(
    approved: TuneQuestion, tmp_path: Path
) -> None:
    assert payload_files(tmp_path / "workload.toml") == ("in/orders.jsonl", "stock.csv")
    assert list(approved.payload_files_sha256 or ()) == ["in/orders.jsonl", "stock.csv"]
    refuse_changed_files(approved, ANOTHER)


@pytest.mark.parametrize("name", ["workload.toml", "in/orders.jsonl", "stock.csv"])
def test_one_that_was_changed_is_missing_or_is_no_file_is_named(
    approved: TuneQuestion, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    was = file.read_bytes()
    file.write_bytes(was + b" ")
    with pytest.raises(UsageError, match=f"{name} was changed since the campaign began"):
        refuse_changed_files(approved, ANOTHER)
    file.unlink()
    with pytest.raises(UsageError, match=f"{name} is not there any more") as missing:
        refuse_changed_files(approved, ANOTHER)
    os.mkfifo(file)
    with pytest.raises(UsageError, match=f"{name} cannot be read: is a named pipe"):
        refuse_changed_files(approved, ANOTHER)
    file.unlink()
    file.write_bytes(was)

    refuse_changed_files(approved, ANOTHER)
    assert str(missing.value.hint).startswith("Put it back.") and ANOTHER in str(missing.value.hint)


def test_a_campaign_that_kept_the_digest_of_its_workload_alone_goes_on(tmp_path: Path) -> None:
    workload = tmp_path / "workload.toml"
    workload.write_text(WORKLOAD)  # its payload files are not even there

    refuse_changed_files(TuneQuestion("1h", str(workload), (), 7, {}, file_sha256(workload)), ANOTHER)
    refuse_changed_files(TuneQuestion("1h", str(workload), (), 7, {}), ANOTHER)
    refuse_changed_files(TuneQuestion("1h", None, (), 7, {}), ANOTHER)


def test_a_digest_is_of_the_whole_file_however_large(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"same" + b"1")
    other.write_bytes(b"same" + b"2")
    digests = {InputFile(path, UsageError, most_bytes=4).sha256() for path in (one, other)}

    assert len(digests) == 2
    with pytest.raises(UsageError, match="is larger than"):
        InputFile(one, UsageError, most_bytes=4).read()
