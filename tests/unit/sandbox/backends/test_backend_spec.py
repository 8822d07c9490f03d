"""`[action.backend]` and what belongs to it: every mistake is named."""

from pathlib import Path

import pytest

from diag.sandbox.sandbox_errors import ScenarioError
from diag.sandbox.world.scenario import load_scenario

SCENARIO = """
description = "x"
[[integration]]
name = "I"
credentials = { apiKey = "k" }
[[action]]
name = "A"
integration = "I"
category = "c"
"""
OWN = 'answers = { a = 1 }\ntranslation_map = { a = "$.a" }\nsuccess_template = "${a}"\n'


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[action.backend]\nwants = "magic"', "one of: nothing, api-key"),
        ('[action.backend]\nwants = "basic"', "no credentials of the name username, password"),
        ('[action.backend]\nanswers = { a = 1 }\nsuccess_template = "x"', "translation_map is missing"),
        ('[action.backend]\ncolour = "red"', "unknown setting 'colour'"),
        ('job = { takes = { model = "fixed", at_ms = 1 } }\n[action.backend]\n' + OWN, "beside job"),
        ("breaks_contract = 0.5", "needs an output contract"),
        ("breaks_contract = 1.5\noutput.a = {}", "from 0 to 1"),
        ('[[integration]]\nname = "J"\ncredentials = { a = 1 }', "credentials.a"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, more: str, said: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO + more)
    with pytest.raises(ScenarioError) as caught:
        load_scenario(str(path))
    assert said in f"{caught.value.message} {caught.value.hint}"


def test_credentials_of_a_scenario_show_in_no_repr(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(SCENARIO.replace('"k"', '"canary"') + '[action.backend]\nwants = "api-key"\n' + OWN)
    scenario = load_scenario(str(path))
    assert scenario.integrations[0].credentials == {"apiKey": "canary"}
    assert "canary" not in repr(scenario)
