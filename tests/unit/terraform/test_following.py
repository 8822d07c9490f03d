"""From an action to the place that sets its timeout: what is followed, and what is refused with its line."""

from pathlib import Path

import pytest

from tests.support.terraform_folders import CUSTOMER, changed_lines, proposed, raised, refusals, written

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
        "main.tf:2: it may be in module crm: its module ../ lies outside the folder given; "
        "--edit takes one that holds both",
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
