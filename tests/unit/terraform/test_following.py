"""From an action to the place that sets its timeout: what is followed, and what is refused with its line."""

from pathlib import Path

import pytest

from tests.support.terraform_folders import changed_lines, proposed, raised, refusals, written

CUSTOMER = 'resource "ACTION" "customer" {\n  name = "Get Customer"\n  config_timeout_seconds = %s\n}\n'
MAP = '{\n    a = { name = "A", timeout = 5 }\n    b = { name = "B", timeout = 7, other = 5 }\n  }\n'
EACH = """resource "ACTION" "all" {
  for_each               = local.actions
  name                   = each.value.name
  config_timeout_seconds = each.value.timeout
}
"""

FOLLOWED = {
    "a number": ({"main.tf": CUSTOMER % "5"}, "main.tf: config_timeout_seconds = 10"),
    "a text": ({"main.tf": CUSTOMER % '"5"'}, 'main.tf: config_timeout_seconds = "10"'),
    "in brackets": ({"main.tf": CUSTOMER % "(\n    5 # s\n  )"}, "main.tf: 10 # s"),
    "a float that is whole": ({"main.tf": CUSTOMER % "5.0"}, "main.tf: config_timeout_seconds = 10"),
    "a local": (
        {"main.tf": CUSTOMER % "local.t", "values.tf": "locals {\n  t = 5\n}\n"},
        "values.tf: t = 10",
    ),
    "a local of a local": (
        {"main.tf": CUSTOMER % "local.t", "values.tf": "locals {\n  t = local.u\n  u = tonumber(5)\n}\n"},
        "values.tf: u = tonumber(10)",
    ),
    "a path": (
        {
            "main.tf": CUSTOMER % 'local.t["crm"].get',
            "v.tf": 'locals {\n  t = { "crm": { get = 5 }, x = 5 }\n}\n',
        },
        'v.tf: t = { "crm": { get = 10 }, x = 5 }',
    ),
    "an element": (
        {"main.tf": CUSTOMER % "local.t[1]", "v.tf": "locals {\n  t = [5,\n    5]\n}\n"},
        "v.tf: 10]",
    ),
    "a variable's default": (
        {"main.tf": CUSTOMER % "var.t", "v.tf": 'variable "t" {\n  type = number\n  default = 5\n}\n'},
        "v.tf: default = 10",
    ),
    "a variable's value": (
        {
            "main.tf": CUSTOMER % "var.t",
            "v.tf": 'variable "t" {\n  default = 7\n}\n',
            "terraform.tfvars": "t = 5\n",
        },
        "terraform.tfvars: t = 10",
    ),
    "the value that counts last": (
        {
            "main.tf": CUSTOMER % "var.t" + 'variable "t" {}\n',
            "terraform.tfvars": "t = 3\n",
            "b.auto.tfvars.json": '{"t": 5}',
            "a.auto.tfvars": "t = 4\n",
        },
        'b.auto.tfvars.json: {"t": 10}',
    ),
    "an argument of a module": (
        {
            "main.tf": 'module "crm" {\n  source = "./crm"\n  seconds = 5\n}\n',
            "crm/main.tf": CUSTOMER % "var.seconds" + 'variable "seconds" {}\n',
        },
        "main.tf: seconds = 10",
    ),
    "an override file": (
        {
            "main.tf": CUSTOMER % "7",
            "a_override.tf": CUSTOMER % "5",
            "b_override.tf": 'resource "ACTION" "customer" {\n  secure = true\n}\n',
        },
        "a_override.tf: config_timeout_seconds = 10",
    ),
    "a local that is overridden": (
        {"main.tf": CUSTOMER % "local.t" + "locals {\n  t = 7\n}\n", "override.tf": "locals {\n  t = 5\n}\n"},
        "override.tf: t = 10",
    ),
    "a fallback that is used": (
        {"main.tf": CUSTOMER % "try(local.t.none, 5)" + "locals {\n  t = {}\n}\n"},
        "main.tf: config_timeout_seconds = try(local.t.none, 10)",
    ),
    "a fallback that nobody asks for": (
        {"main.tf": CUSTOMER % "try(5, data.seconds.value)"},
        "main.tf: config_timeout_seconds = try(10, data.seconds.value)",
    ),
    "a fallback that is not": (
        {"main.tf": CUSTOMER % 'lookup(local.t, "x", 7)' + "locals {\n  t = { x = 5 }\n}\n"},
        "main.tf: t = { x = 10 }",
    ),
    "the last map, bound to a local": (
        {
            "main.tf": CUSTOMER % "local.m.x"
            + "locals {\n  a = { x = 7 }\n  b = { x = 5 }\n  m = merge(local.a, local.b, {})\n}\n"
        },
        "main.tf: b = { x = 10 }",
    ),
    "JSON": (
        {
            "main.tf.json": '{"resource": {"ACTION": {"c": {"name": "Get Customer",'
            ' "config_timeout_seconds": 5}}}}'
        },
        '"config_timeout_seconds": 10}}}}',
    ),
    "JSON with a reference": (
        {
            "main.tf.json": '{"resource": [{"ACTION": {"c": [{"name": "Get Customer",'
            ' "config_timeout_seconds": "${local.t}"}]}}], "locals": {"t": "5"}}'
        },
        '"locals": {"t": "10"}}',
    ),
}


@pytest.mark.parametrize(("files", "line"), FOLLOWED.values(), ids=FOLLOWED)
def test_what_is_certain_is_followed_to_the_number(tmp_path: Path, files: dict[str, str], line: str) -> None:
    proposal = proposed(written(tmp_path, files), raised("Get Customer"))

    assert refusals(proposal) == {}
    (change,) = changed_lines(proposal)
    assert change.endswith(line)
    assert [(one.before_timeout_s, one.after_timeout_s) for one in proposal.timeouts] == [(5, 10)]


REFUSED = {
    "a condition": (
        {"main.tf": CUSTOMER % "var.prod ? 5 : 20"},
        "main.tf:3: its value is computed",
    ),
    "another function": ({"main.tf": CUSTOMER % "max(5, 3)"}, "main.tf:3: its value is computed by max()"),
    "a template": ({"main.tf": CUSTOMER % '"${local.t}0"'}, "main.tf:3: its value is computed"),
    "an index of a call": (
        {"main.tf": CUSTOMER % "merge(local.a, local.b).x"},
        "main.tf:3: its value is computed",
    ),
    "another resource": (
        {"main.tf": CUSTOMER % "ACTION.other.config_timeout_seconds"},
        "main.tf:3: its value is not known before Terraform runs",
    ),
    "an element beyond counting": (
        {"main.tf": CUSTOMER % f"local.t.{'1' * 5000}"},
        "main.tf:3: its value is computed",
    ),
    "what is not there": ({"main.tf": CUSTOMER % "local.t"}, "main.tf:3: there is no local.t"),
    "itself": (
        {"main.tf": CUSTOMER % "local.t" + "locals {\n  t = local.t\n}\n"},
        "main.tf:6: it refers to itself",
    ),
    "no number": ({"main.tf": CUSTOMER % '"soon"'}, "main.tf:3: what is written there is no whole number"),
    "beyond the platform": (
        {"main.tf": CUSTOMER % "90"},
        "main.tf:3: what is written there is no whole number",
    ),
    "a variable without a value": (
        {"main.tf": CUSTOMER % "var.t" + 'variable "t" {}\n'},
        "main.tf:5: var.t has no value in these files",
    ),
    "a variable that a file may set": (
        {
            "main.tf": CUSTOMER % "var.t" + 'variable "t" {\n  default = 5\n}\n',
            "env/prod.tfvars": "\nt = 8\n",
        },
        "env/prod.tfvars:2: var.t has a value here only where this file is named",
    ),
    "a variable with another value in force": (
        {"main.tf": CUSTOMER % "var.t" + 'variable "t" {\n  default = 20\n}\n'},
        "main.tf:6: it says 20 s, and the timeout was 5 s when measured",
    ),
    "an attribute that the type may add": (
        {
            "main.tf": CUSTOMER % "try(var.t.s, 5)"
            + 'variable "t" {\n  type = object({ s = optional(number, 5) })\n  default = {}\n}\n'
        },
        "main.tf:7: there is no s in it, and the type of var.t may add it",
    ),
    "a value that something else reads": (
        {"main.tf": CUSTOMER % "local.t" + 'locals {\n  t = 5\n}\noutput "t" {\n  value = local.t\n}\n'},
        "main.tf:9: local.t is read there, too",
    ),
    "a value that a template of JSON reads": (
        {
            "main.tf": CUSTOMER % "local.t" + "locals {\n  t = 5\n}\n",
            "o.tf.json": '{\n"output": {"t": {"value": "x${local.t}"}}}',
        },
        "o.tf.json:2: local.t is read there, too",
    ),
    "changes that are ignored": (
        {"main.tf": CUSTOMER % "5\n  lifecycle {\n    ignore_changes = [config_timeout_seconds]\n  }"},
        "main.tf:5: Terraform is told to ignore changes of it",
    ),
    "all changes that are ignored": (
        {"main.tf": CUSTOMER % "5\n  lifecycle {\n    ignore_changes = all\n  }"},
        "main.tf:5: Terraform is told to ignore changes of it",
    ),
    "an argument that is there twice": (
        {"main.tf": CUSTOMER % "5\n  config_timeout_seconds = 5"},
        "main.tf:4: config_timeout_seconds is there twice",
    ),
    "a module from elsewhere": (
        {"main.tf": 'module "crm" {\n  source = "git::https://example.com/crm.git"\n}\n'},
        "main.tf:2: it may be in module crm: its module is kept elsewhere",
    ),
    "a module outside": (
        {"main.tf": 'module "crm" {\n  source = "../"\n}\n'},
        "main.tf:2: it may be in module crm: its module ../ lies outside the folder given",
    ),
    "a module that does not parse": (
        {"main.tf": 'module "crm" {\n  source = "./crm"\n}\n', "crm/a.tf": "\nx {"},
        "crm/a.tf:2: it may be in module crm: it cannot be read: what is opened here is never closed",
    ),
    "a name that is not certain": (
        {"main.tf": CUSTOMER.replace('"Get Customer"', "var.name") % "5" + 'variable "name" {}\n'},
        "main.tf:5: it may be genesyscloud_integration_action.customer, whose name is not certain",
    ),
    "a template in JSON": (
        {
            "main.tf.json": '{"resource": {"ACTION": {"c": {"name": "Get Customer",'
            ' "config_timeout_seconds": "${5}"}}}}'
        },
        "main.tf.json:1: it is written inside a template",
    ),
}


@pytest.mark.parametrize(("files", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_certain_is_refused_with_its_line(
    tmp_path: Path, files: dict[str, str], why: str
) -> None:
    proposal = proposed(written(tmp_path, files), raised("Get Customer"))

    assert proposal.files == ()
    assert proposal.not_in_folder == ()
    assert refusals(proposal)["Get Customer"].startswith(why)


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
    assert "its name is not its own" in refusals(both)["Get Customer"]


def test_a_variable_that_is_null_here_may_be_given_a_value_that_counts(tmp_path: Path) -> None:
    variable = 'variable "t" {\n  default = %s\n}\n'
    unknown = raised("Get Customer", current_timeout_s=None)

    for number, (value, default) in enumerate(
        [("coalesce(var.t, 5)", "null"), ("try(var.t.s, 5)", "{}"), ('lookup(var.t, "s", 5)', "{}")]
    ):
        folder = written(tmp_path / str(number), {"main.tf": CUSTOMER % value + variable % default})
        assert "a variable may be given another value" in refusals(proposed(folder, unknown))["Get Customer"]
        assert len(proposed(folder, raised("Get Customer")).timeouts) == 1


@pytest.mark.parametrize("count", ["1e999", "30000000", "1.5"])
def test_a_count_that_no_org_has_is_not_counted_out(tmp_path: Path, count: str) -> None:
    folder = written(tmp_path, {"main.tf": CUSTOMER % f"5\n  count = {count}"})

    assert [one.address[-3:] for one in proposed(folder, raised("Get Customer")).timeouts] == ["[*]"]


def test_maps_of_maps_of_maps_are_followed_once_each(tmp_path: Path) -> None:
    maps = "".join(f"  m{n} = merge(local.m{n - 1}, {{}})\n" for n in range(1, 19))
    values = "locals {\n  m0 = { x = { y = 5 } }\n" + maps + "}\n"
    folder = written(tmp_path, {"main.tf": CUSTOMER % "local.m18.x.y", "values.tf": values})

    assert changed_lines(proposed(folder, raised("Get Customer"))) == ["values.tf: m0 = { x = { y = 10 } }"]
