import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from analysis.format.manifest import write_manifest
from analysis.format.run_folder import RunFolder
from analysis.format.sample_schema import InputOrigin
from diag.apply_dialog.verification_input import payloads_of_runs
from diag.changes.applying.org import ActionInput, NotTested
from diag.genesys.api_errors import NetworkError
from diag.genesys.client import GenesysClient
from diag.genesys.data_action import Action
from tests.support.changes.fake_org import full_config
from tests.support.sound_run import SOUND

ACTION = full_config("custom_-_1").action
CONTRACT: dict[str, Any] = {
    "input": {"inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}}}
}


class Contracts:
    """The one call that is needed of a client."""

    def __init__(self, broken: bool = False) -> None:
        self.asked = 0
        self._broken = broken

    def get_action(self, action_id: str, contract: bool = False) -> Action:
        self.asked += 1
        if self._broken:
            raise NetworkError("gone")
        return replace(ACTION, contract=CONTRACT)


def run_with_workload(runs: Path, text: str) -> str:
    workload = runs / "workload.toml"
    runs.mkdir(exist_ok=True)
    workload.write_text("format_version = 1\n" + text)
    write_manifest(RunFolder(runs / "run-1"), replace(SOUND, run_id="run-1", workload=str(workload)))
    return "run-1"


def given(client: Contracts, runs: Path, run_ids: tuple[str, ...] = ("run-1",)) -> ActionInput | NotTested:
    return payloads_of_runs(cast(GenesysClient, client), runs, run_ids)(ACTION)


def test_the_workloads_own_payload_and_permission_are_used(tmp_path: Path) -> None:
    run_with_workload(
        tmp_path,
        f'[[action]]\nname = "{ACTION.name}"\nallow_side_effects = true\n'
        'payload = [{ values = { id = "real" } }]\n',
    )

    found = given(Contracts(), tmp_path)

    assert found == ActionInput({"id": "real"}, may_change_data=True, origin=InputOrigin.INLINE)
    assert "real" not in repr(found)


def test_a_permission_without_a_payload_counts_too(tmp_path: Path) -> None:
    run_with_workload(tmp_path, '[run]\nallow_side_effects = true\n[[action]]\nname = "*"\n')

    found = given(Contracts(), tmp_path)

    assert isinstance(found, ActionInput)
    assert found.may_change_data
    assert set(found.values) == {"id"}


def test_the_first_entry_that_means_the_action_decides_as_for_the_load(tmp_path: Path) -> None:
    run_with_workload(
        tmp_path,
        f'[[action]]\nname = "{ACTION.name.upper()}"\npayload = [{{ values = {{ id = "real" }} }}]\n'
        '[[action]]\nname = "*"\nallow_side_effects = true\npayload = [{ values = { id = "other" } }]\n',
    )

    found = given(Contracts(), tmp_path)

    assert found == ActionInput({"id": "real"}, may_change_data=False, origin=InputOrigin.INLINE)


def test_without_a_workload_it_is_made_from_the_contract_once(tmp_path: Path) -> None:
    client = Contracts()
    payload_for = payloads_of_runs(cast(GenesysClient, client), tmp_path, ("no-such-run",))

    first, second = payload_for(ACTION), payload_for(ACTION)

    assert first is second
    assert client.asked == 1
    assert isinstance(first, ActionInput)
    assert set(first.values) == {"id"}
    assert not first.may_change_data
    assert first.origin is InputOrigin.INVENTED


def test_a_workload_that_names_other_actions_or_does_not_read_is_no_error(tmp_path: Path) -> None:
    run_with_workload(tmp_path, '[[action]]\nname = "Other"\npayload = [{ values = { id = "real" } }]\n')
    assert isinstance(given(Contracts(), tmp_path), ActionInput)
    (tmp_path / "workload.toml").write_text("not toml [")

    assert json.dumps(cast(ActionInput, given(Contracts(), tmp_path)).values) != '{"id": "real"}'


def test_a_contract_that_cannot_be_read_means_no_test(tmp_path: Path) -> None:
    found = given(Contracts(broken=True), tmp_path)

    assert found == NotTested("its input contract could not be read, so no input can be made (gone)")
