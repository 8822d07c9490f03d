import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analysis.plain_text import is_printable
from analysis.verdicts.recommendation import Verdict
from diag.changes.change_errors import TerraformFileError
from diag.changes.exports.gc_output import gc_calls
from diag.changes.exports.terraform_output import read_known_resources, terraform_lines
from diag.terraform.state_or_export import TerraformResource, read_resources
from tests.support.changes.recommendations import analysis_of, recommendation

TYPE = "genesyscloud_integration_action"
ANALYSIS = analysis_of(
    recommendation(action_id="id-1", action_name="Get Customer"),
    recommendation(
        Verdict.LOWER,
        action_id="id-2",
        action_name="2nd / Look Up",
        recommended_timeout_s=3,
        timeout_is_set=False,
    ),
    recommendation(Verdict.LOWER, action_id="id-3", action_name="Thin", recommended_timeout_s=3, grade="C"),
    recommendation(Verdict.OK, action_id="id-4", action_name="Fits"),
    recommendation(Verdict.UNSTABLE, action_id="id-5", action_name="Shaky"),
)

STATE = {
    "version": 4,
    "resources": [
        {"mode": "data", "type": TYPE, "name": "seen", "instances": [{"attributes": {"id": "id-1"}}]},
        {
            "mode": "managed",
            "type": "genesyscloud_flow",
            "name": "f",
            "instances": [{"attributes": {"id": "id-1"}}],
        },
        {
            "mode": "managed",
            "type": TYPE,
            "name": "customer",
            "instances": [{"attributes": {"id": "id-1", "name": "Renamed since"}}],
        },
        {
            "module": "module.crm",
            "mode": "managed",
            "type": TYPE,
            "name": "lookup",
            "instances": [
                {"index_key": "eu", "attributes": {"id": "id-2"}},
                {"index_key": 0, "attributes": None},
            ],
        },
    ],
}
SHOW = {
    "values": {
        "root_module": {
            "resources": [
                {"address": f"{TYPE}.customer", "mode": "managed", "type": TYPE, "values": {"id": "id-1"}}
            ],
            "child_modules": [
                {
                    "resources": [
                        {"address": f'module.crm.{TYPE}.lookup["eu"]', "type": TYPE, "values": {"id": "id-2"}}
                    ]
                }
            ],
        }
    }
}
EXPORT = {"resource": {TYPE: {"customer": {"name": "Get Customer"}, "lookup": {"name": "2nd / Look Up"}}}}
HCL = f'''
resource "{TYPE}" "customer" {{
  category = "CRM"
  config_request {{
    request_type = "GET"
  }}
  name     = "Get Customer"
}}

resource "{TYPE}" "lookup" {{
  name = "2nd / Look Up"
}}
'''


def test_names_are_guessed_without_a_state_and_it_says_so() -> None:
    text = terraform_lines(ANALYSIS, None)

    assert "would be drift" in text
    assert "guessed from the action names" in text
    assert f'resource "{TYPE}" "Get_Customer" {{\n  config_timeout_seconds = 10 # was 5\n}}' in text
    assert f'resource "{TYPE}" "_2nd___Look_Up" {{\n  config_timeout_seconds = 3 # was unset (60)\n}}' in text
    assert "# Thin: 5 -> 3 held back, these calls may cover too short a time" in text
    assert "Fits" not in text
    assert "Shaky" not in text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("terraform.tfstate", json.dumps(STATE)),
        ("show.json", json.dumps(SHOW)),
        ("export.tf.json", json.dumps(EXPORT)),
        ("export.tf", HCL),
        ("bom.tfstate", "\ufeff" + json.dumps(STATE)),
    ],
)
def test_resources_are_matched_by_id_or_where_there_is_none_by_name(
    tmp_path: Path, name: str, content: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")

    text = terraform_lines(ANALYSIS, read_known_resources(tmp_path / name))

    assert "guessed" not in text
    assert f'resource "{TYPE}" "customer" {{\n  config_timeout_seconds = 10' in text
    if "index" in content or "module.crm" in content:
        assert f'# module.crm.{TYPE}.lookup["eu"]\n  config_timeout_seconds = 3' in text
    else:
        assert f'resource "{TYPE}" "lookup" {{\n  config_timeout_seconds = 3' in text


def labels_of(*named: tuple[str, str]) -> dict[str, str]:
    """The label each action id got."""
    analysis = analysis_of(*(recommendation(action_id=key, action_name=name) for key, name in named))
    found = re.findall(
        rf'^# .* \((.*)\)\n# .*\nresource "{TYPE}" "(.*)" {{$', terraform_lines(analysis, None), re.M
    )
    return dict(found)


def test_no_two_resources_get_one_label_whatever_the_order() -> None:
    names = ["Get", "Get", "A/B", "A B", "A_B", "", "", "Straße", "Stra?e", "1st", "_1st", "名前", "品名"]
    names += ["count", "resource", "X", "x"]
    named = [(f"id-{n}", name) for n, name in enumerate(names)]
    forger = ("forger", labels_of(*named)["id-0"])  # a name that is another action's label

    labels = labels_of(*named, forger)

    assert len(set(labels.values())) == len(labels) == len(named) + 1
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_-]*", label) for label in labels.values())
    assert labels == labels_of(*reversed([*named, forger]))
    assert (labels["id-13"], labels["id-15"], labels["id-16"]) == ("count", "X", "x")


def test_an_action_that_is_not_in_the_state_is_named(tmp_path: Path) -> None:
    (tmp_path / "s.tfstate").write_text('{"version": 4, "resources": []}')

    text = terraform_lines(ANALYSIS, read_known_resources(tmp_path / "s.tfstate"))

    assert "# Not in s.tfstate" in text
    assert "#   Get Customer (id-1)" in text
    assert "resource" not in re.sub("#.*", "", text)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.parametrize("state", [None, STATE])
def test_terraform_itself_reads_the_lines(tmp_path: Path, state: object) -> None:
    known = None
    if state is not None:
        (tmp_path / "s.tfstate").write_text(json.dumps(state))
        known = read_known_resources(tmp_path / "s.tfstate")
    hostile = recommendation(action_name='x" {\n}', action_id="id-9", reason="${danger} %{if}")

    read = subprocess.run(
        ["terraform", "fmt", "-"],
        input=terraform_lines(analysis_of(*ANALYSIS.actions, hostile), known),
        text=True,
        capture_output=True,
        cwd=tmp_path,
    )

    assert read.returncode == 0, read.stderr
    assert "config_timeout_seconds = 10" in read.stdout


def test_a_name_cannot_break_out_of_its_comment() -> None:
    hostile = recommendation(action_name='x\nresource "evil" "e" {}\n', action_id="id\n; rm -rf /")

    terraform, script = terraform_lines(analysis_of(hostile), None), gc_calls(analysis_of(hostile))

    assert '\nresource "evil"' not in terraform
    assert "rm -rf" not in "".join(re.findall("^[^#]*", script, re.M))


@pytest.mark.parametrize(
    "id_", ["id\n; touch owned", "i\x1b'd\r$(touch owned)`id`\\\n", "-n é\u202e\x07", "a b"]
)
def test_the_gc_script_hands_on_the_id_as_it_is_whatever_is_in_it(tmp_path: Path, id_: str) -> None:
    forged = "x\ntouch owned\n\r$(touch owned)\x85`touch owned`"
    script = gc_calls(analysis_of(recommendation(action_id=id_, action_name=forged, reason=forged)))
    head, _, calls = script.partition("\n)\n")

    ran = subprocess.run(
        ["bash"],
        input=("set_timeout() { printf '%s' \"$1\"; }\n" + calls).encode(),
        capture_output=True,
        cwd=tmp_path,
    )

    assert "set_timeout() (" in head
    assert all(is_printable(line) for line in script.split("\n"))
    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, id_, b"")
    assert list(tmp_path.iterdir()) == []


def test_resources_that_only_a_name_tells_apart_are_named_and_not_written(tmp_path: Path) -> None:
    twice = "".join(f'resource "{TYPE}" "{label}" {{\n  name = "Same"\n}}\n' for label in ("a", "b", "b"))
    once = f'resource "{TYPE}" "c" {{\n  name = "Twins"\n}}\nresource "{TYPE}" "d" {{\n  name = "Sole"\n}}\n'
    (tmp_path / "export.tf").write_text(twice + once)
    analysis = analysis_of(
        recommendation(action_id="1", action_name="Same"),
        recommendation(action_id="2", action_name="Twins", recommended_timeout_s=8),
        recommendation(action_id="3", action_name="Twins", recommended_timeout_s=9),
        recommendation(action_id="4", action_name="Sole"),
    )

    text = terraform_lines(analysis, read_known_resources(tmp_path / "export.tf"))

    assert re.findall(r'^resource ".*" "(.*)"', text, re.M) == ["d"]
    assert "# 5 -> 10 for one of these, which one only an id tells\n" in text
    assert text.count(f"#   {TYPE}.b\n") == 1
    assert text.count(f"#   {TYPE}.c\n") == 2
    assert "Not in export.tf" not in text


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"resources": [1]}', '{"values": {}}', "null", "17"])
def test_what_is_no_terraform_file_is_refused_with_a_fix(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.json").write_text(content)

    with pytest.raises(TerraformFileError) as caught:
        read_resources(tmp_path / "x.json")

    assert "x.json" in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TerraformFileError):
        read_resources(tmp_path / "nowhere.tfstate")


def test_a_quoted_name_in_hcl(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(f'resource "{TYPE}" "a" {{\n  name = "Say \\"hi\\" $${{x}}"\n}}\n')

    assert read_resources(tmp_path / "a.tf") == (TerraformResource(f"{TYPE}.a", None, 'Say "hi" ${x}'),)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"a\\n", "a\\n"),
        (r"a\nb\tc\r", "a\nb\tc\r"),
        ("%%{if}$${x} $$ %%", "%{if}${x} $$ %%"),
        (r"\u00e9\U0001F600\\u0041", "é😀\\u0041"),
        (r"\UFFFFFFFF\ud800", r"\UFFFFFFFF\ud800"),
    ],
)
def test_every_escape_of_hcl_is_read(tmp_path: Path, written: str, meant: str) -> None:
    (tmp_path / "a.tf").write_text(f'resource "{TYPE}" "a" {{\n  name = "{written}"\n}}\n')

    assert [resource.action_name for resource in read_resources(tmp_path / "a.tf")] == [meant]


def test_the_gc_script_has_one_call_per_change() -> None:
    script = gc_calls(ANALYSIS)

    assert [line for line in script.splitlines() if line.startswith("set_timeout ")] == [
        "set_timeout id-1 10",
        "set_timeout id-2 3",
    ]
    assert "# set_timeout id-3 3" in script


def test_the_gc_script_is_bash_also_with_a_hostile_name() -> None:
    hostile = recommendation(action_name="x\n$(touch /tmp/owned) `id` '\"", action_id="i'd; $(id)")

    checked = subprocess.run(
        ["bash", "-n"], input=gc_calls(analysis_of(hostile)), text=True, capture_output=True
    )

    assert (checked.returncode, checked.stderr) == (0, "")


def test_nothing_to_change_is_said() -> None:
    nothing = analysis_of(recommendation(Verdict.OK))

    assert "Nothing to change" in terraform_lines(nothing, None)
    assert "Nothing to change" in gc_calls(nothing)


@pytest.mark.parametrize("junk", [None, 2**64 - 1, 1.5, True, [], {}, [{}]])
@pytest.mark.parametrize("key", ["address", "name", "module"])
def test_a_resource_is_named_by_a_text(tmp_path: Path, key: str, junk: object) -> None:
    resource = {
        "mode": "managed",
        "type": TYPE,
        "name": "a",
        "address": "a",
        "instances": [{}],
        "module": "m",
    }
    body: object = {"resources": [{**resource, key: junk}]}
    if key == "address":
        body = {"values": {"root_module": body}}
    (tmp_path / "s.json").write_text(json.dumps(body))
    if key == "module" and not junk:
        assert read_resources(tmp_path / "s.json")[0].address == f"{TYPE}.a"
        return
    with pytest.raises(TerraformFileError, match="is not a Terraform state"):
        read_resources(tmp_path / "s.json")
