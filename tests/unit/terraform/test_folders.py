"""Which files of a folder are read as configuration, and what makes all of it unreadable."""

from pathlib import Path

import pytest

from diag.changes.change_errors import TerraformFileError
from diag.terraform.editing.write_files import write_files
from tests.support.terraform_folders import proposed, raised, refusals, written

BLOCK = 'resource "ACTION" "{0}" {{\n  name = "{1}"\n  config_timeout_seconds = 5\n}}\n'


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nothing", "does not exist"),
        ("main.tf", "is not a folder"),
        ("empty", "holds no Terraform configuration"),
    ],
)
def test_a_folder_without_configuration_is_an_error(tmp_path: Path, name: str, why: str) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A"), "empty/notes.txt": "", "empty/.x.tf": "{"})

    with pytest.raises(TerraformFileError, match=why) as caught:
        proposed(folder / name, raised("A"))
    assert caught.value.hint


def test_what_terraform_does_not_read_is_not_read(tmp_path: Path) -> None:
    again = BLOCK.format("a", "A")
    folder = written(
        tmp_path,
        {
            "main.tf": again,
            ".main.tf.swp.tf": again,
            "main.tf~": again,
            "#main.tf#": again,
            ".terraform/modules/x/main.tf": again,
        },
    )

    assert len(proposed(folder, raised("A")).timeouts) == 1


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    folder = written(tmp_path / "here", {"main.tf": BLOCK.format("a", "A")})
    elsewhere = written(tmp_path / "there", {"more.tf": "locals {}\n"})
    (folder / "more.tf").symlink_to(elsewhere / "more.tf")

    with pytest.raises(TerraformFileError, match=r"more\.tf is a link that leads out of the folder given"):
        proposed(folder, raised("A"))


def test_a_link_within_the_folder_leads_to_the_file_itself(tmp_path: Path) -> None:
    folder = written(tmp_path, {".shared/main.tf": BLOCK.format("a", "A"), "root/other.tf": ""})
    (folder / "root" / "main.tf").symlink_to("../.shared/main.tf")

    (file,) = proposed(folder, raised("A"), root=folder / "root").files
    write_files([file])

    assert file.shown == "root/main.tf"
    assert (folder / "root" / "main.tf").is_symlink()
    assert "config_timeout_seconds = 10" in (folder / ".shared" / "main.tf").read_text()


def test_another_dialect_is_not_guessed(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A"), "main.tofu": BLOCK.format("a", "A")})

    with pytest.raises(TerraformFileError, match=r"main\.tofu is OpenTofu's own"):
        proposed(folder, raised("A"))


def test_a_folder_that_is_called_like_a_file_is_no_file(tmp_path: Path) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("a", "A"), "notes.tf/x.txt": "", "old.tofu/x": ""})

    assert len(proposed(folder, raised("A")).timeouts) == 1


def test_a_resource_that_is_there_twice_is_an_error_of_the_folder(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {
            "main.tf": BLOCK.format("customer", "Get Customer"),
            "more.tf": "\n" + BLOCK.format("customer", "Get Customer"),
        },
    )

    with pytest.raises(TerraformFileError, match=r"more\.tf:2: resource .*customer is there twice"):
        proposed(folder, raised("Get Customer"))


@pytest.mark.parametrize(
    "text", ['{"resource": 5}', '{"resource": {"//": "x"}}', '{"locals": "x"}', '[{"import": 1}]']
)
def test_json_of_another_shape_is_refused_with_its_file(tmp_path: Path, text: str) -> None:
    folder = written(tmp_path, {"main.tf": BLOCK.format("customer", "Get Customer"), "x.tf.json": text})

    with pytest.raises(TerraformFileError, match=r"x\.tf\.json:1: it cannot be read: an object stands here"):
        proposed(folder, raised("Get Customer"))


def test_a_root_that_was_meant_from_the_folder_is_told_where_its_path_begins(tmp_path: Path) -> None:
    folder = written(tmp_path / "infra", {"prod/main.tf": BLOCK.format("a", "A")})

    with pytest.raises(TerraformFileError, match="no-such/prod does not exist") as caught:
        proposed(folder, raised("A"), root=Path("no-such/prod"))
    assert "the one in which you run terraform" in str(caught.value.hint)
    with pytest.raises(TerraformFileError, match="prod does not exist") as caught:
        proposed(folder, raised("A"), root=Path("prod"))
    assert f"--terraform-root {folder / 'prod'}" in str(caught.value.hint)


def test_an_action_in_several_roots_asks_for_the_root(tmp_path: Path) -> None:
    same = BLOCK.format("a", "A")
    folder = written(tmp_path, {"prod/main.tf": same, "test/main.tf": same, "prod/terraform.tfstate": "{}"})

    proposal = proposed(folder, raised("A"))

    assert "terraform is run in 2 folders" in proposal.matched_by
    (where,) = refusals(proposal).values()
    assert where.endswith(
        "several roots in the folder have genesyscloud_integration_action.a: name one (--terraform-root)"
    )
