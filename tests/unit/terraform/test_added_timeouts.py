"""A block without a timeout gets one in its own style: as its neighbours are, and none of them moved."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.terraform_folders import proposed, raised, refusals, written

UNSET = raised("A", current_timeout_s=60, timeout_is_set=False)

STYLES = {
    "room in the paragraph": (
        '  name = "A"\n  a_name_of_twenty_five_char = 1\n',
        '  name = "A"\n  a_name_of_twenty_five_char = 1\n  config_timeout_seconds = 10\n',
    ),
    "aligned with room": (
        '  name                       = "A"\n  a_name_of_twenty_five_char = 1 # c\n\n  x = 1\n',
        '  name                       = "A"\n  a_name_of_twenty_five_char = 1 # c\n'
        "  config_timeout_seconds     = 10\n\n  x = 1\n",
    ),
    "aligned without room": (
        '  name   = "A"\n  secure = true\n  # of the input\n  contract_input = jsonencode({\n  })\n',
        '  name   = "A"\n  secure = true\n\n  config_timeout_seconds = 10\n\n  # of the input\n'
        "  contract_input = jsonencode({\n  })\n",
    ),
    "alone": ('  name = "A"\n', '  name = "A"\n\n  config_timeout_seconds = 10\n'),
    "a comment before a name": (
        '  /* its */ name = "A"\n',
        '  /* its */ name = "A"\n\n  config_timeout_seconds = 10\n',
    ),
    "another indent": (
        '\tname = "A"\n\tcategory_of_the_action = "x"\n',
        '\tname = "A"\n\tcategory_of_the_action = "x"\n\tconfig_timeout_seconds = 10\n',
    ),
    "lines that end in CR LF": (
        '  name   = "A"\r\n  secure = true\r\n',
        '  name   = "A"\r\n  secure = true\r\n\r\n  config_timeout_seconds = 10\r\n',
    ),
    "a long value first": (
        '  contract_input = jsonencode({\n  })\n  name = "A"\n',
        '  config_timeout_seconds = 10\n  contract_input = jsonencode({\n  })\n  name = "A"\n',
    ),
    "a block first": (
        '  config_request {\n    request_type = "GET"\n  }\n  name = "A"\n',
        '  config_timeout_seconds = 10\n  config_request {\n    request_type = "GET"\n  }\n  name = "A"\n',
    ),
}


@pytest.mark.parametrize(("body", "with_it"), STYLES.values(), ids=STYLES)
def test_a_line_is_added_in_the_style_of_the_block(tmp_path: Path, body: str, with_it: str) -> None:
    around = '# first\nresource "ACTION" "a" {\n%s}\n# last'
    folder = written(tmp_path, {"main.tf": around % body})

    (file,) = proposed(folder, UNSET).files

    assert file.after == (around % with_it).replace("ACTION", "genesyscloud_integration_action")


@pytest.mark.skipif(shutil.which("terraform") is None, reason="terraform is not installed")
@pytest.mark.slow
def test_what_terraform_fmt_had_nothing_to_say_of_stays_so(tmp_path: Path) -> None:
    bodies = [
        STYLES[name][0] for name in ("aligned with room", "aligned without room", "alone", "a block first")
    ]
    blocks = [
        f'resource "ACTION" "a{number}" {{\n{body}}}\n'.replace('"A"', f'"A{number}"')
        for number, body in enumerate(bodies)
    ]
    folder = written(tmp_path, {"main.tf": "\n".join(blocks)})
    subprocess.run(["terraform", "fmt", folder], check=True, capture_output=True)
    items = [raised(f"A{n}", current_timeout_s=60) for n in range(len(bodies))]

    (file,) = proposed(folder, *items).files
    (folder / "main.tf").write_text(file.after, newline="")
    formatted = subprocess.run(["terraform", "fmt", "-check", folder], check=False, capture_output=True)

    assert file.after.count("config_timeout_seconds") == len(bodies)
    assert formatted.returncode == 0


JSON = {
    "keys in order": (
        '{"category": "x",\n "name" : "A"}',
        '{"category": "x",\n "config_timeout_seconds": 10,\n "name" : "A"}',
    ),
    "keys in no order": (
        '{\n    "name": "A",\n    "category": "x"\n  }',
        '{\n    "name": "A",\n    "category": "x",\n    "config_timeout_seconds": 10\n  }',
    ),
    "first of them": ('{ "name": "A", "x": 1 }', '{ "config_timeout_seconds": 10, "name": "A", "x": 1 }'),
    "alone": ('{\n"name": "A"\n}', '{\n"config_timeout_seconds": 10,\n"name": "A"\n}'),
}


@pytest.mark.parametrize(("body", "with_it"), JSON.values(), ids=JSON)
def test_a_member_is_added_in_the_style_of_the_object(tmp_path: Path, body: str, with_it: str) -> None:
    around = '{"resource": {"ACTION": {"a": %s}}}\n'
    folder = written(tmp_path, {"main.tf.json": around % body})

    (file,) = proposed(folder, UNSET).files

    assert file.after == (around % with_it).replace("ACTION", "genesyscloud_integration_action")


def test_null_becomes_the_number(tmp_path: Path) -> None:
    folder = written(
        tmp_path, {"main.tf": 'resource "ACTION" "a" {\n  name = "A"\n  config_timeout_seconds = null\n}\n'}
    )

    (file,) = proposed(folder, UNSET).files

    assert "config_timeout_seconds = 10\n" in file.after


@pytest.mark.parametrize(
    "body",
    [
        ' name = "A" }\n',
        '\n  name = "A" }',
        ' /* its\nname */ name = "A" }\n',
        '\n  name = "A" }\nlocals {}\n',
    ],
)
def test_a_block_on_one_line_has_no_room(tmp_path: Path, body: str) -> None:
    folder = written(tmp_path, {"main.tf": 'resource "ACTION" "a" {' + body})

    assert refusals(proposed(folder, UNSET)) == {
        "A": "main.tf:1: the block has no line to add a timeout to: it is written on one"
    }


def test_the_block_of_several_actions_gets_no_line_for_one(tmp_path: Path) -> None:
    block = 'resource "ACTION" "a" {\n  for_each = toset(["A", "B"])\n  name = each.key\n}\n'
    folder = written(tmp_path, {"main.tf": block})
    unset = {"current_timeout_s": 60}

    one = proposed(folder, UNSET)
    both = proposed(folder, UNSET, raised("B", **unset))

    assert 'it sets the timeout of genesyscloud_integration_action.a["B"], too' in refusals(one)["A"]
    assert len(both.timeouts) == 2
    assert both.files[0].after.count("config_timeout_seconds = 10") == 1
