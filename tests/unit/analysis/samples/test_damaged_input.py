"""Whatever the bytes are: rows, or one clear error (hypothesis)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.analysis_errors import UnreadableSamplesError
from analysis.format.run_folder import RunFolder
from analysis.samples.actions_file import read_actions_file
from analysis.samples.read_samples import read_samples
from analysis.verdicts.recommend import recommend
from tests.support.examples import examples
from tests.support.sample_tables import write_segment

MANY = settings(max_examples=examples(60), deadline=None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damaged")


odd = ["", "a", "b", "ok", "timeout", "1", "-1", "1e999", "nan", "NaN", '"', "\x00", "ü", "2.5", "60"]
cell = st.one_of(st.sampled_from(odd), st.text(max_size=6))
line = st.one_of(
    st.lists(cell, max_size=12),
    st.tuples(
        st.just("a"), st.just("1700000000.5"), st.sampled_from(["100", "1e5", "0", "7"]),
        st.sampled_from(["ok", "timeout", "client_timeout"]), cell, cell, cell, cell, cell, cell,
    ).map(list),
)  # fmt: skip
not_facts = [b"[]", b"[1]", b'[{"action_id": ""}]', b"{}", b"NaN"]


@pytest.mark.slow
@MANY
@given(st.lists(line, max_size=15), st.sampled_from([",", ";"]))
def test_any_csv_is_rows_or_a_clear_error(folder: Path, rows: list[list[str]], separator: str) -> None:
    path = folder / "a.csv"
    head = "action_id,started_at,latency_ms,outcome,timeout_s,attempt,offered_rate,run_id,target,rtt_ms"
    text = "\n".join([head, *(separator.join(row) for row in rows)])
    path.write_text(text, encoding="utf-8", errors="replace")
    _rows_or_clear_error(path)


@MANY
@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_a_clear_error(folder: Path, content: bytes) -> None:
    for name in ("a.csv", "a.parquet", "a.bin"):
        (folder / name).write_bytes(content)
        _rows_or_clear_error(folder / name)


@pytest.mark.slow
@MANY
@given(
    st.lists(st.floats(0, 1e5), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6),
    st.integers(0, 90),
    st.binary(max_size=60),
)
def test_a_damaged_segment_loses_only_what_is_damaged(
    folder: Path, values: list[float], flips: list[tuple[int, int]], cut: int, names: bytes
) -> None:
    run = RunFolder(folder / "run")
    path = write_segment(run, latency_ms=values)
    raw = bytearray(path.read_bytes())
    size = len(raw) // len(values)
    touched = {at % len(raw) // size for at, value in flips if raw[at % len(raw)] != value}
    for at, value in flips:
        raw[at % len(raw)] = value
    path.write_bytes(bytes(raw[: max(0, len(raw) - cut)]))
    whole = len(values) - -(-min(cut, len(raw)) // size)
    survivors = [value for index, value in enumerate(values[:whole]) if index not in touched]
    try:
        found = read_samples([run.path]).table["latency_ms"].tolist()
    except UnreadableSamplesError as error:
        assert error.hint
        found = []
    # A byte may be flipped back to what it was, so more can survive than expected, never less.
    assert [value for value in found if value in survivors] == survivors or set(survivors) <= set(found)
    (run.segments / "w1.names").write_bytes(names)
    _rows_or_clear_error(run.path)


@MANY
@given(st.one_of(st.binary(max_size=60), st.sampled_from(not_facts)))
def test_any_actions_file_is_facts_or_a_clear_error(folder: Path, content: bytes) -> None:
    path = folder / "actions.json"
    path.write_bytes(content)
    try:
        read_actions_file(path)
    except UnreadableSamplesError as error:
        assert error.hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"action_id": "a", "current_timeout_s": 61}]', "1..60"),
        ('[{"action_id": "a", "current_timeout_s": true}]', "positive number"),
        ('[{"action_id": "a", "production_peak_rate": -1}]', "positive number"),
        ('[{"action_id": "a", "configurable": "no"}]', "true or false"),
        ('[{"name": "a"}]', "entry 1 has no action_id"),
        ('[{"action_id": "a", "production_hours": "at night"}]', "production_hours is not an object"),
        ('[{"action_id": "a", "production_hours": {"when": ["1-5"], "zone": "UTC"}}]', "mon-fri 08:00-18:00"),
    ],
)
def test_a_wrong_fact_names_the_entry_and_the_field(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "actions.json"
    path.write_text(text)
    with pytest.raises(UnreadableSamplesError, match=says):
        read_actions_file(path)


@pytest.mark.parametrize(
    ("name", "says"), [("a.json", "neither a CSV nor a Parquet"), ("a.parquet", "Parquet")]
)
def test_a_file_of_another_kind_is_not_spoken_of_in_parquet_s_words(
    tmp_path: Path, name: str, says: str
) -> None:
    path = tmp_path / name
    path.write_text('{"actions": []}')
    with pytest.raises(UnreadableSamplesError, match=says) as caught:
        read_samples([path])
    assert ("magic" in caught.value.message) == (name == "a.parquet")


def test_an_empty_file_is_called_empty(tmp_path: Path) -> None:
    path = tmp_path / "results.jtl"
    path.touch()
    with pytest.raises(UnreadableSamplesError, match=r"results\.jtl is empty\."):
        read_samples([path])


def _rows_or_clear_error(path: Path) -> None:
    try:
        samples = read_samples([path])
    except UnreadableSamplesError as error:
        assert error.message and error.hint
    else:
        assert len(samples.table)
        recommend(samples)
