"""The client goes by what was learnt of the platform, and a wrong file costs a request, never an action."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from diag.doctor.org_checks import check_permissions
from diag.genesys.client import GenesysClient
from diag.target import sandbox_connection
from tests.support.learnt_facts import learnt
from tests.support.running_sandbox import RunningSandbox, StartSandbox


@pytest.fixture(scope="module")
def running(start_module_sandbox: StartSandbox) -> RunningSandbox:
    return start_module_sandbox("default-never-set")


@contextmanager
def client(running: RunningSandbox, **facts: Any) -> Iterator[GenesysClient]:
    connection = sandbox_connection(running.base_url)
    with GenesysClient(replace(connection, platform=learnt("sandbox", **facts))) as opened:
        yield opened


@pytest.mark.parametrize("allowed", [1, 100, 500])
def test_a_page_is_as_large_as_was_learnt_and_no_larger_than_is_taken(
    running: RunningSandbox, allowed: int
) -> None:
    running.switch(max_page_size=max(allowed, 100))
    with client(running) as plain:
        everything = plain.list_actions()
        usual = plain.requests

    with client(running, max_page_size=500) as knowing:
        assert knowing.list_actions() == everything
        assert knowing.draft_ids() == frozenset()
        refused = 2 if allowed < 500 else 0
        assert knowing.requests == usual + 1 + refused


@pytest.mark.parametrize("learnt", [None, "omit", "null", "neither"])
@pytest.mark.parametrize("really", ["omit", "null", "neither"])
def test_a_timeout_is_unset_as_was_learnt(running: RunningSandbox, really: str, learnt: str | None) -> None:
    running.switch(clear_timeout=really)
    with client(running, **({} if learnt is None else {"clear_timeout": learnt})) as opened:
        action_id = next(action.id for action in opened.list_actions() if action.configurable)
        opened.patch_timeout(opened.read_config(action_id), 7)

        opened.patch_timeout(opened.read_config(action_id), None)

        shown = opened.get_action(action_id)
    cleared = really == "omit" or (really == "null" and learnt == "null")
    if learnt == "neither":
        assert (shown.timeout_s, shown.timeout_is_set) == (60, True)
    else:
        assert (shown.timeout_s, shown.timeout_is_set) == ((60, False) if cleared else (7, True))


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("learnt", [None, True, False])
def test_doctor_knows_whether_roles_can_be_read_and_says_where_the_file_is_wrong(
    running: RunningSandbox, told: bool, learnt: bool | None
) -> None:
    running.switch(subjects_me=told)
    with client(running, **({} if learnt is None else {"subjects_me": learnt})) as opened:
        checks = list(check_permissions(opened))

    wrong = [check for check in checks if check.name == "platform facts"]
    assert [check.status for check in wrong] == (["warning"] if learnt not in (None, told) else [])
    unknown = [check.text for check in checks if check.status == "skipped"]
    assert bool(unknown) == (not told)
    assert all(("was learnt" in text) == (learnt is False) for text in unknown)
