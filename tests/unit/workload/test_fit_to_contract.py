"""Every input is held against the contract before the first call."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from analysis.format.sample_schema import InputOrigin
from diag.errors import UsageError
from diag.workload.fit_to_contract import fit_to_contract
from diag.workload.payload import Payload
from diag.workload.read_payloads import read_payloads

CONTRACT: Final[dict[str, Any]] = {
    "input": {
        "inputSchema": {
            "type": "object",
            "required": ["accountId"],
            "properties": {
                "accountId": {"type": "string", "minLength": 3},
                "limit": {"type": "integer", "maximum": 50},
                "deep": {"type": ["boolean", "null"]},
                "price": {"type": "number"},
                "tags": {"type": "array"},
            },
        }
    }
}


def rows(tmp_path: Path, text: str | bytes) -> list[Payload]:
    path = tmp_path / "acc.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_payloads(path)


def sent(tmp_path: Path, text: str | bytes) -> list[dict[str, Any]]:
    return [json.loads(one.body) for one in fit_to_contract(rows(tmp_path, text), CONTRACT, "Get Account")]


@pytest.mark.parametrize(
    "text",
    [
        "accountId,limit,deep,price\n10012345,5,true,1.5\n",
        "accountId;limit;deep;price\r\n10012345;5;true;1.5\r\n",  # Excel in Europe
        "accountId\tlimit\tdeep\tprice\n10012345\t5\ttrue\t1.5\n",
        b"\xef\xbb\xbfaccountId,limit,deep,price\n10012345,5,true,1.5\n",  # a byte order mark
    ],
)
def test_cells_have_the_types_of_the_contract(tmp_path: Path, text: str | bytes) -> None:
    assert sent(tmp_path, text) == [{"accountId": "10012345", "limit": 5, "deep": True, "price": 1.5}]


def test_a_line_break_inside_quotes_is_one_cell(tmp_path: Path) -> None:
    assert sent(tmp_path, 'accountId,limit\n"a\nbc",5\n') == [{"accountId": "a\nbc", "limit": 5}]


def test_without_a_schema_cells_are_taken_as_they_look(tmp_path: Path) -> None:
    (only,) = fit_to_contract(rows(tmp_path, "id,n\n007,4\n"), None, "a")

    assert only.body == b'{"id":"007","n":4}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("accountID\n10012345\n", ("acc.csv:2", "'accountID'", "did you mean 'accountId'")),
        ("accountId,limit\nsecret-a,many\n", ("acc.csv:2", "'limit'", "a whole number", "text of 4")),
        ('accountId,limit\nsecret-a,"12,5"\n', ("'limit'", "a whole number")),
        ("accountId,limit\nsecret-a,99\n", ("'limit'", "at most 50")),
        ("accountId\nab\n", ("'accountId'", "at least 3 characters")),
        ("limit\n5\n", ("'accountId' is missing",)),
    ],
)
def test_what_does_not_fit_is_named_before_the_first_call(
    tmp_path: Path, text: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as refused:
        fit_to_contract(rows(tmp_path, text), CONTRACT, "Get Account")

    said = " ".join((refused.value.message, *refused.value.details))
    assert all(word in said for word in ("'Get Account'", *words)), said
    assert "secret-a" not in said


def test_inline_inputs_are_held_to_the_same_contract() -> None:
    with pytest.raises(UsageError, match="gold: input 'accountId': expected text, found a number"):
        fit_to_contract(
            [Payload.of("gold", {"accountId": 10012345}, InputOrigin.INLINE)], CONTRACT, "Get Account"
        )


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("a,,b\n1,2,3\n", "column 2"),
        ("a,a\n1,2\n", "two columns"),
        ("a,b\n1\n", "line 2"),
        ('a\n"1\n', "not CSV"),
        ("a\n1\n".encode("utf-16"), "UTF-16"),
        (b"a\n\xe4\n", "line 2 is not UTF-8"),
    ],
)
def test_a_file_that_is_no_plain_csv_is_refused(tmp_path: Path, text: str | bytes, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        rows(tmp_path, text)


def test_a_device_is_not_read(tmp_path: Path) -> None:
    device = tmp_path / "endless.csv"
    device.symlink_to("/dev/zero")
    with pytest.raises(UsageError, match="not a regular file"):
        read_payloads(device)


@given(
    cells=st.dictionaries(
        st.sampled_from(["accountId", "limit", "deep", "price", "tags"]), st.text(min_size=1), max_size=5
    )
)
def test_what_is_sent_always_fits_the_contract_or_is_refused(cells: dict[str, str]) -> None:
    row = Payload("acc.csv:2", json.dumps(cells).encode(), InputOrigin.FILE, cells=True)
    try:
        (fitted,) = fit_to_contract([row], CONTRACT, "Get Account")
    except UsageError:
        return
    Draft4Validator(CONTRACT["input"]["inputSchema"]).validate(json.loads(fitted.body))
