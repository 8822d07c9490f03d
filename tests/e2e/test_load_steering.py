"""What steers a run, against the real sandbox: ramp, until settled, and whose folder it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.format.manifest import Manifest, read_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from analysis.verdicts.recommend import recommend
from tests.support.load_run import measure, sandbox

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("way", [(), ("--direct",)], ids=["through Genesys Cloud", "direct"])
def test_a_ramp_finds_where_one_worker_behind_a_queue_bends(tmp_path: Path, way: tuple[str, ...]) -> None:
    queue = '{ model = "lognormal", median_ms = 80, sigma = 0.3, servers = 1 }'  # full at 12 calls/s
    with sandbox(tmp_path, latency=queue) as environment:
        workload = '[run]\nmode = "ramp"\nrate = 3\n[ramp]\nstep = "2s"\ngrowth = 2.5\nsteps = 3'
        found = measure(tmp_path, environment, workload, "--arrivals", "constant", *way)

    (note,) = found.notes
    named = "Quick (backend)" if way else "Quick"
    assert note.startswith((f"{named}: straight up to 7.5 calls/s", f"{named}: straight up to 3 calls/s"))
    table = read_samples([tmp_path / "run"]).every_call()
    assert {3.0, 7.5} <= set(table["offered_rate"])
    assert set(table["target"]) == {"direct" if way else "published"}
    assert (found.direct is not None) == bool(way)
    assert found.direct is None or found.direct.actions == tuple(each.action_id for each in found.actions)


def test_a_ramp_on_an_org_ends_where_the_limits_allow_no_higher_step(tmp_path: Path) -> None:
    with sandbox(tmp_path, top="as_org = true", per_minute=1200) as environment:  # 80 % of it are 16 calls/s
        workload = '[run]\nmode = "ramp"\nrate = 6\n[ramp]\nstep = "1s"\ngrowth = 2\nsteps = 20'
        found = measure(tmp_path, environment, workload)

    assert found.status_reason == "the limits allow no higher step of the ramp"
    assert set(read_samples([tmp_path / "run"]).table["offered_rate"]) == {6.0, 12.0, 16.0}
    assert any("all users together send 16 calls/s and no more" in note for note in found.notes)


@pytest.mark.timeout(360)  # a process at low priority judges the calls
def test_a_settled_action_ends_the_run_before_its_time(tmp_path: Path) -> None:
    steady = '{ model = "lognormal", median_ms = 100, sigma = 0.3 }'
    rules = ("--rules", '{"percentile": 0.9, "confidence": 0.8}')  # p99 takes some 1,300 calls
    with sandbox(tmp_path, latency=steady) as environment:
        workload = '[run]\nrate = 30\nduration = "150s"'
        found = measure(tmp_path, environment, workload, "--until-settled", *rules)

    assert found.status_reason == "every action is settled"
    assert found.ended_at is not None
    assert found.ended_at - found.created_at < 140


LOOKUP = """
[[action]]
name = "{name}"
integration = "Backend"
category = "Web"
timeout_s = 5
input.customerId = {{ type = "string", minLength = 1 }}
result = {{ found = true }}
latency = {{ model = "fixed", at_ms = 400 }}
[action.knows]
input = "customerId"
keys = ["C-1", "C-2"]
latency = {{ model = "fixed", at_ms = 10 }}
result = {{ found = false }}
"""
ONE_SECOND = """
[run]
rate = 60
duration = "1s"
[[action]]
name = "With real keys"
payload_file = "keys.csv"
"""
Ended = tuple[Path, dict[str, str], Manifest]


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ended]:
    """A run of one second: two actions of one backend, called with keys it knows and with invented ones."""
    folder = tmp_path_factory.mktemp("ended")
    (folder / "keys.csv").write_text("customerId\nC-1\nC-2\n")
    lookups = "".join(LOOKUP.format(name=name) for name in ("With real keys", "With invented keys"))
    with sandbox(folder, more=lookups) as environment:
        yield folder, environment, measure(folder, environment, ONE_SECOND)


def test_a_folder_that_holds_a_run_is_left_alone(ended: Ended) -> None:
    folder, environment, before = ended
    with pytest.raises(AssertionError, match="already holds a run"):
        measure(folder, environment, ONE_SECOND)

    assert read_manifest(RunFolder(folder / "run")) == before


def test_under_load_invented_keys_read_far_too_fast_and_say_so(ended: Ended) -> None:
    samples = read_samples([ended[0] / "run"])
    by_name = samples.table.groupby("action_name", observed=True)
    rows = {row.action_name: row for row in recommend(samples).actions}

    assert set(samples.table["outcome"]) == {"ok"}  # no reply says that nothing was found
    assert by_name["latency_ms"].min()["With real keys"] >= 400
    assert by_name["latency_ms"].median()["With invented keys"] < 200
    assert set(by_name["input_origin"].unique()["With real keys"]) == {"file"}
    assert rows["With invented keys"].invented_share == 1.0
    assert "with invented inputs" in rows["With invented keys"].reason
    assert rows["With real keys"].invented_share == 0.0
