"""The page of scenarios describes each switch, and each key that the scenarios of the sandbox use."""

import re
import tomllib
from dataclasses import fields

from diag.sandbox.world.scenario import shipped_scenarios
from diag.sandbox.world.switches import Switches
from tests.support.source_files import ROOT


def test_each_switch_and_each_key_that_a_scenario_uses_is_described() -> None:
    page = (ROOT / "diag/sandbox/scenarios/README.md").read_text(encoding="utf-8")
    described = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", page))))
    used = {switch.name for switch in fields(Switches)}
    for path in shipped_scenarios().values():
        scenario = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = (scenario, *(scenario.get(name, {}) for name in ("limits", "switches")))
        lists = (scenario.get(name, []) for name in ("action", "integration", "flow", "faults"))
        used |= {key for table in (*tables, *(one for entries in lists for one in entries)) for key in table}

    assert len(used) > 30
    assert used - described == set()
