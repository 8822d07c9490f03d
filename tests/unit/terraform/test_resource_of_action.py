"""Which resource is which action: ids decide; a name only where it is nobody else's."""

import json
from pathlib import Path

import pytest

from analysis.verdicts.recommendation import Verdict
from diag.changes.plans.plan import PlanOptions
from diag.terraform.resource_type import RESOURCE_TYPE
from tests.support.changes.recommendations import recommendation
from tests.support.terraform_folders import changed_lines, proposed, raised, refusals, written

BLOCK = 'resource "ACTION" "{0}" {{\n  name = "{1}"\n  config_timeout_seconds = 5\n}}\n'
EACH = 'resource "ACTION" "all" {\n  for_each = local.actions\n  config_timeout_seconds = each.value\n}\n'


def state_of(folder: Path, *resources: dict[str, object], name: str = "state.json") -> Path:
    """A state that holds these, each with `label`, `id` and whatever else."""
    body = [
        {
            "mode": "managed",
            "type": RESOURCE_TYPE,
            "name": one["label"],
            "module": one.get("module"),
            "instances": [{"index_key": one.get("key"), "attributes": {"id": one["id"], "name": "old"}}],
        }
        for one in resources
    ]
    path = folder / name
    path.write_text(json.dumps({"version": 4, "resources": body}))
    return path


def test_the_id_of_a_state_decides_whatever_the_names_are(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "B") + BLOCK.format("b", "A")})
    state = state_of(folder, {"label": "a", "id": "id-A"}, {"label": "b", "id": "id-B"})

    proposal = proposed(folder, raised("A"), state=state)

    assert [str(one.where) for one in proposal.timeouts] == ["main.tf:3"]
    assert proposal.timeouts[0].address == f"{RESOURCE_TYPE}.a"
    assert proposal.matched_by == "Resources were matched by state.json"


def test_the_state_beside_the_root_is_taken_by_itself(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "B") + BLOCK.format("b", "A")})
    state_of(folder, {"label": "a", "id": "id-A"}, name="terraform.tfstate")

    assert [str(one.where) for one in proposed(folder, raised("A")).timeouts] == ["main.tf:3"]


def test_the_keys_of_a_state_find_their_numbers_in_modules_and_maps(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {
            "main.tf": 'module "crm" {\n  count = 2\n  source = "./crm"\n'
            "  actions = var.all[count.index]\n}\n"
            'variable "all" {\n  default = [\n    { x = 5 },\n    { "x.y" = 5, x = 5 },\n  ]\n}\n',
            "crm/main.tf": EACH + 'locals {\n  actions = var.actions\n}\nvariable "actions" {}\n',
        },
    )
    state = state_of(folder, {"module": "module.crm[1]", "label": "all", "key": "x.y", "id": "id-A"})

    proposal = proposed(folder, raised("A"), state=state)

    assert changed_lines(proposal) == ['main.tf: { "x.y" = 10, x = 5 },']
    assert proposal.timeouts[0].address == f'module.crm[1].{RESOURCE_TYPE}.all["x.y"]'


def test_the_keys_of_a_state_tell_who_shares_a_line(tmp_path: Path) -> None:
    each = "  for_each = { for k in var.all : k => k }\n"
    block = f'resource "ACTION" "all" {{\n{each}  config_timeout_seconds = 5\n}}\n'
    folder = written(tmp_path, {"main.tf": block})
    keys: list[dict[str, object]] = [{"label": "all", "key": key, "id": f"id-{key}"} for key in "AB"]
    state = state_of(folder, *keys)

    one, both = (proposed(folder, *map(raised, names), state=state) for names in ("A", "AB"))

    assert refusals(one)["A"].startswith(f'main.tf:3: it sets the timeout of {RESOURCE_TYPE}.all["B"], too')
    assert len(both.timeouts) == 2
    assert changed_lines(both) == ["main.tf: config_timeout_seconds = 10"]


def test_a_block_of_json_without_an_object_gets_no_timeout(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf.json": '{"resource": {"ACTION": {"a": [\n[]]}}}'})
    state = state_of(folder, {"label": "a", "id": "id-A"})

    proposal = proposed(folder, raised("A", current_timeout_s=60), state=state)

    assert refusals(proposal) == {"A": "main.tf.json:2: the block has no object to add a timeout to"}


def test_import_blocks_tell_ids_too(tmp_path: Path) -> None:
    imported = f'import {{\n  to = {RESOURCE_TYPE}.b\n  id = "id-A"\n}}\n'
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A") + BLOCK.format("b", "B") + imported})

    assert [str(one.where) for one in proposed(folder, raised("A")).timeouts] == ["main.tf:7"]


@pytest.mark.parametrize(("blocks", "ids"), [("aA bA", ["1"]), ("aA", ["1", "2"])])
def test_a_name_that_is_not_its_own_matches_nothing(tmp_path: Path, blocks: str, ids: list[str]) -> None:
    folder = written(tmp_path, {"main.tf": "".join(BLOCK.format(*each) for each in blocks.split())})

    proposal = proposed(folder, *(recommendation(action_id=each, action_name="A") for each in ids))

    assert proposal.files == ()
    assert refusals(proposal)["A"].startswith(f"None: its name is not its own ({RESOURCE_TYPE}.a")


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        ({"label": "gone", "id": "id-A"}, f"the state has {RESOURCE_TYPE}.gone, and the folder does not"),
        ({"label": "a", "key": 0, "id": "id-A"}, f"the state has {RESOURCE_TYPE}.a[0], and the folder"),
        ({"module": "module.far", "label": "a", "id": "id-A"}, "its module is kept elsewhere"),
    ],
)
def test_a_resource_of_the_state_that_is_not_in_the_folder_is_refused(
    tmp_path: Path, resource: dict[str, object], why: str
) -> None:
    far = 'module "far" {\n  source = "app.terraform.io/x/far/genesyscloud"\n}\n'
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A") + far})

    proposal = proposed(folder, raised("A"), state=state_of(folder, resource))

    assert why in refusals(proposal)["A"]


def test_an_action_that_terraform_does_not_hold_is_not_a_failure(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A")})

    by_name = proposed(folder, raised("Elsewhere"))
    by_state = proposed(folder, raised("Elsewhere"), state=state_of(folder, {"label": "a", "id": "id-A"}))

    assert [one.reason for one in (*by_name.not_in_folder, *by_state.not_in_folder)] == [
        "no resource there has this name",
        "the state does not hold it",
    ]
    assert by_name.refused == by_state.refused == ()


def test_guards_hold_as_at_apply_and_force_overrules_them(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A") + BLOCK.format("b", "B").replace("5", "7")})
    thin = raised("A", verdict=Verdict.LOWER, recommended_timeout_s=3, grade="C")
    drifted = raised("B")

    guarded = proposed(folder, thin, drifted)
    forced = proposed(folder, thin, drifted, options=PlanOptions(force=True))

    assert guarded.files == ()
    (for_time, for_drift) = (one.reason for one in guarded.left_alone)
    assert for_time.startswith("not lowered yet: these calls may cover too short a time")
    assert for_drift.startswith("main.tf:7: it says 7 s, and the timeout was 5 s when measured")
    assert [one.after_timeout_s for one in forced.timeouts] == [3, 10]


def test_what_is_there_already_and_what_the_next_apply_would_take_back_is_said(tmp_path: Path) -> None:
    folder = written(
        tmp_path, {"main.tf": BLOCK.format("a", "A").replace("5", "10") + BLOCK.format("b", "B")}
    )

    proposal = proposed(
        folder,
        raised("A"),
        raised("B", verdict=Verdict.OK, current_timeout_s=8, recommended_timeout_s=8),
    )

    assert proposal.files == ()
    assert [one.reason for one in proposal.unchanged] == [
        "main.tf:3 says 10 s already; terraform apply brings it to the org",
        "8 s fits, but main.tf:7 says 5 s: the next terraform apply goes by that",
    ]


def test_only_some_and_at_most_so_many(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": "".join(BLOCK.format(each.lower(), each) for each in "ABC")})
    items = list(map(raised, "ABC"))

    only = proposed(folder, *items, options=PlanOptions(only=("B",)))
    first = proposed(folder, *items, options=PlanOptions(max_changes=2))

    assert [one.action_name for one in only.timeouts] == ["B"]
    assert [one.action_name for one in first.timeouts] == ["A", "B"]
    assert [one.reason for one in first.left_alone] == ["over --max-changes 2; edit again for the rest"]


def test_what_was_replaced_and_is_not_destroyed_yet_is_not_the_resource(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A")})
    state = state_of(folder, {"label": "a", "id": "id-A"})
    body = json.loads(state.read_text())
    body["resources"][0]["instances"].append({"deposed": "1f", "attributes": {"id": "id-old", "name": "A"}})
    state.write_text(json.dumps(body))

    assert len(proposed(folder, raised("A"), state=state).timeouts) == 1


MOVED = "moved {{\n  from = {0}\n  to = {1}\n}}\n"


@pytest.mark.parametrize(
    ("old", "new", "waits"),
    [
        ("module.m.ACTION.a", "module.m.ACTION.b", True),
        ("module.m.ACTION.a", 'module.m.ACTION.a["x"]', True),
        ("module.m", "module.n", True),
        ("module.m", "module.m[0]", True),
        ("module.m[0]", "module.m", False),
        ("module.m.ACTION.b", "module.m.ACTION.a", False),
    ],
)
def test_a_state_that_is_older_than_a_move_tells_nothing(
    tmp_path: Path, old: str, new: str, waits: bool
) -> None:
    main = 'module "m" {\n  source = "./m"\n}\n' + MOVED.format(old, new)
    folder = written(tmp_path, {"main.tf": main, "m/main.tf": BLOCK.format("a", "B")})
    state = state_of(folder, {"module": "module.m", "label": "a", "id": "id-A"})

    proposal = proposed(folder, raised("A"), state=state)

    why = (
        f"main.tf:4: the state has module.m.{RESOURCE_TYPE}.a, which is moved here: run terraform apply first"
    )
    assert refusals(proposal) == ({"A": why} if waits else {})
    assert len(proposal.timeouts) == (not waits)


def test_a_move_within_a_module_counts_for_its_calls(tmp_path: Path) -> None:
    inner = BLOCK.format("a", "B") + MOVED.format("ACTION.a", "ACTION.b")
    folder = written(
        tmp_path, {"main.tf": 'module "m" {\n  count = 2\n  source = "./m"\n}\n', "m/main.tf": inner}
    )
    state = state_of(folder, {"module": "module.m[1]", "label": "a", "id": "id-A"})

    assert "m/main.tf:5" in refusals(proposed(folder, raised("A"), state=state))["A"]


def test_a_state_without_the_id_of_a_namesake_is_doubted(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A")})
    imported = f'import {{\n  to = {RESOURCE_TYPE}.a\n  id = "id-A"\n}}\n'
    state = state_of(folder, {"label": "a", "id": "of another org"})

    doubted = proposed(folder, raised("A"), state=state)
    told = proposed(written(folder, {"imports.tf": imported}), raised("A"), state=state)

    assert refusals(doubted)["A"].startswith("main.tf:1: the state does not hold its id, yet ")
    assert doubted.not_in_folder == ()
    assert len(told.timeouts) == 1


@pytest.mark.parametrize("syntax", ["imports.tf", "imports.tf.json"])
def test_import_blocks_of_a_root_reach_into_modules(tmp_path: Path, syntax: str) -> None:
    to = f'module.m["eu"].{RESOURCE_TYPE}.a'
    blocks = {
        "imports.tf": f'import {{\n  to = {to}\n  id = "id-A"\n}}\n',
        "imports.tf.json": json.dumps({"import": {"to": to, "id": "id-A"}}),
    }
    call = 'module "m" {\n  for_each = { eu = 1 }\n  source = "./m"\n}\n'
    inner = BLOCK.format("a", "A").replace('"A"', "var.none")
    folder = written(tmp_path, {"main.tf": call, "m/main.tf": inner, syntax: blocks[syntax]})

    assert len(proposed(folder, raised("A")).timeouts) == 1


def test_an_empty_state_is_none(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A"), "terraform.tfstate": ""})

    assert len(proposed(folder, raised("A")).timeouts) == 1


def test_a_name_does_not_tell_the_org_of_several_providers(tmp_path: Path) -> None:
    providers = 'provider "genesyscloud" {}\n%sprovider "genesyscloud" {\n  alias = "dev"\n}\n'
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A"), "p.tf": providers % ""})

    by_name = proposed(folder, raised("A"))
    by_id = proposed(folder, raised("A"), state=state_of(folder, {"label": "a", "id": "id-A"}))
    same = 'provider "genesyscloud" {\n  oauthclient_id = ""\n}\n'
    (folder / "p.tf").unlink()
    one = proposed(written(folder, {"p.tf": same, "p_override.tf": same}), raised("A"))

    assert refusals(by_name)["A"].startswith(
        "p.tf:2: another provider, so maybe another org, is set up there; only a state tells"
    )
    assert len(by_id.timeouts) == len(one.timeouts) == 1
