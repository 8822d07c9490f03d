"""The table of a workload file that allows direct calls."""

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import UsageError
from diag.workload.read_workload import parse_workload
from diag.workload.share_of_org_limits import OrgLimits
from diag.workload.tables.direct_settings import DirectSettings
from diag.workload.workload_template import workload_text
from tests.support.workload_texts import parse

DIRECT = """
[direct]
hosts = { "API.example.com" = 50, "bücher.example:8443" = 0.5 }
allow_private = true
credentials_file = "secrets.toml"
auth = "basic"
audit = false
timeout = 1.5
[[action]]
name = "Get *"
[[action]]
name = "Get *"
target = "direct"
credentials = "crm"
auth = "bearer"
"""


def test_what_direct_calls_are_allowed_is_read(tmp_path: Path) -> None:
    found = parse(DIRECT, tmp_path)
    assert found.direct == DirectSettings(
        {"api.example.com": 50.0, "xn--bcher-kva.example:8443": 0.5},
        allow_private=True,
        credentials_file=tmp_path / "secrets.toml",
        auth="basic",
        audit=False,
        timeout_s=1.5,
    )
    through, direct = found.entries
    assert (through.target, direct.target, direct.credentials, direct.auth) == (
        *("test", "direct"),
        *("crm", "bearer"),
    )
    assert found.of_target("test").entries == (through,)
    assert {entry.target for entry in found.called_directly().entries} == {"direct"}
    assert parse("[[action]]\nname='a'").direct == DirectSettings()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('[direct]\nhost = { "a.example" = 1 }', "unknown setting 'host'"),
        ('[direct]\nhosts = { "https://a.example/" = 1 }', "It is more than a host"),
        ('[direct]\nhosts = { "a.example" = 0 }', "hosts has 0 for 'a.example'"),
        ('[direct]\nhosts = { "a.example" = true }', "hosts has True"),
        ('[direct]\nhosts = { "a.example" = 1, "A.example." = 2 }', "names a.example twice"),
        ('[direct]\nhosts = ["a.example"]', "hosts"),
        ('[direct]\ntimeout = 0.5', "timeout is 0.5"),
        ('[direct]\ntimeout = 61', "timeout is 61"),
        ('[direct]\nauth = "digest"', "auth is 'digest'"),
        ('[direct]\ncredentials_file = ""', "credentials_file is ''"),
        ('[[action]]\nname = "b"\ntarget = "backend"', "target is 'backend'"),
        ('[[action]]\nname = "b"\ntarget = "direct"\n[action.poll]\naction = "x"\njob_id = "a"\n'
         'parameter = "b"\nstatus = "c"\ndone = "D"', "goes through Genesys Cloud"),
    ],
)  # fmt: skip
def test_a_mistake_about_direct_calls_is_said_with_its_place(text: str, what: str) -> None:
    with pytest.raises(UsageError) as error:
        parse(
            f"[[action]]\nname = 'a'\n{text}" if text.startswith("[[") else f"{text}\n[[action]]\nname = 'a'"
        )
    assert what in error.value.message
    assert "w.toml" in error.value.message
    assert error.value.hint


def test_the_template_s_own_example_of_direct_calls_is_read(tmp_path: Path) -> None:
    text = workload_text([], org="Acme", as_org=True, limits=OrgLimits(None, None))
    example = text.partition("# [direct]")[2].partition("\n\n")[0].replace("\n# ", "\n")
    found = parse(f"[direct]{example}\n[[action]]\nname = 'a'", tmp_path).direct
    assert (found.hosts, found.timeout_s, found.auth) == ({"api.example.com": 50.0}, 8.0, "bearer")
    assert found.allow_private
    assert found.audit


def test_a_password_in_a_host_is_not_repeated() -> None:
    with pytest.raises(UsageError) as error:
        parse('[direct]\nhosts = { "me:canary@a.example" = 1 }\n[[action]]\nname = "a"')
    assert "canary" not in str(error.value) + str(error.value.hint)


@given(
    st.dictionaries(
        st.sampled_from(["hosts", "allow_private", "credentials_file", "auth", "audit", "timeout", "x"]),
        st.one_of(
            st.none(), st.booleans(), st.floats(), st.text(max_size=5), st.lists(st.integers(), max_size=2),
            st.dictionaries(st.text(max_size=8), st.one_of(st.floats(), st.text(max_size=3)), max_size=3),
        ),
    )
)  # fmt: skip
def test_whatever_the_table_holds_it_is_read_or_refused_in_one_sentence(table: dict[str, object]) -> None:
    body = {"direct": table, "action": [{"name": "a"}]}
    try:
        found = parse_workload(body, "w.toml", Path())
    except UsageError as error:
        assert "w.toml, [direct]" in error.message
    else:
        assert all(0 < rate < math.inf for rate in found.direct.hosts.values())
        assert found.direct.timeout_s is None or 1 <= found.direct.timeout_s <= 60
