"""Timeouts that several actions share: a map by its keys, one line, a module that others call."""

from pathlib import Path

from tests.support.terraform_folders import CUSTOMER, changed_lines, proposed, raised, refusals, written

MAP = '{\n    a = { name = "A", timeout = 5 }\n    b = { name = "B", timeout = 7, other = 5 }\n  }\n'


EACH = """resource "ACTION" "all" {
  for_each               = local.actions
  name                   = each.value.name
  config_timeout_seconds = each.value.timeout
}
"""


def test_each_key_has_a_number_of_its_own(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": EACH, "values.tf": f"locals {{\n  actions = {MAP}}}\n"})

    proposal = proposed(folder, raised("A"), raised("B", current_timeout_s=7, recommended_timeout_s=9))

    assert changed_lines(proposal) == [
        'values.tf: a = { name = "A", timeout = 10 }',
        'values.tf: b = { name = "B", timeout = 9, other = 5 }',
    ]
    assert [one.address for one in proposal.timeouts] == [
        'genesyscloud_integration_action.all["a"]',
        'genesyscloud_integration_action.all["b"]',
    ]


def test_another_block_may_read_the_rest_of_the_map_and_not_the_timeouts(tmp_path: Path) -> None:
    flow = 'resource "genesyscloud_flow" "f" {\n  for_each = local.actions\n  name = each.value.%s\n}\n'
    files = {"main.tf": EACH, "values.tf": f"locals {{\n  actions = {MAP}}}\n"}

    other = proposed(written(tmp_path, {**files, "flow.tf": flow % "name"}), raised("A"))
    same = proposed(written(tmp_path, {"flow.tf": flow % "timeout"}), raised("A"))

    assert len(other.timeouts) == 1
    assert refusals(same) == {"A": "flow.tf:3: each.value is read there, too"}


TRAVELLING = {
    "main.tf": """
module "one" {
  source   = "./one"
  for_each = var.actions
  settings = each.value
}

variable "actions" {}
""",
    "x.auto.tfvars": """
actions = {
  a = { name = "A", timeout = 5 }
  b = { name = "B", timeout = 5 }
}
""",
    "one/main.tf": """
variable "settings" {}

resource "ACTION" "this" {
  name                   = "CRM ${var.settings.name}"
  config_timeout_seconds = var.settings.timeout
}
""",
}


def test_a_map_may_travel_into_a_module_and_its_keys_with_it(tmp_path: Path) -> None:
    folder = written(tmp_path, TRAVELLING)

    proposal = proposed(folder, raised("CRM B"))

    assert changed_lines(proposal) == ['x.auto.tfvars: b = { name = "B", timeout = 10 }']
    assert proposal.timeouts[0].address == 'module.one["b"].genesyscloud_integration_action.this'


def test_a_line_that_sets_several_timeouts_moves_only_for_all_of_them(tmp_path: Path) -> None:
    block = 'resource "ACTION" "{0}" {{\n  name = "{0}"\n  config_timeout_seconds = var.seconds\n}}\n'
    folder = written(
        tmp_path,
        {"main.tf": "".join(map(block.format, "ABC")), "v.tf": 'variable "seconds" {\n  default = 5\n}\n'},
    )

    some = proposed(folder, raised("A"), raised("B"))
    all_of_them = proposed(folder, raised("A"), raised("B"), raised("C"))
    not_alike = proposed(folder, raised("A"), raised("B"), raised("C", recommended_timeout_s=9))

    also = "v.tf:2: it sets the timeout of genesyscloud_integration_action.C, too, and not to the same number"
    assert refusals(some) == {"A": also, "B": also}
    assert changed_lines(all_of_them) == ["v.tf: default = 10"]
    assert len(all_of_them.timeouts) == 3
    assert set(refusals(not_alike)) == {"A", "B", "C"}


def test_a_module_that_another_root_calls_too_stays_as_it_is(tmp_path: Path) -> None:
    call = 'module "crm" {\n  source = "../../modules/crm"\n}\n'
    folder = written(
        tmp_path,
        {"env/dev/main.tf": call, "env/prod/main.tf": call, "modules/crm/main.tf": CUSTOMER % "5"},
    )

    prod = proposed(folder, raised("Get Customer"), root=folder / "env" / "prod")
    both = proposed(folder, raised("Get Customer"))

    assert "it sets the timeout of module.crm." in refusals(prod)["Get Customer"]
    assert "several roots in the folder have module.crm." in refusals(both)["Get Customer"]
