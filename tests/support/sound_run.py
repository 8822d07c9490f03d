"""The manifest of a run in which nothing is amiss."""

from typing import Final

from analysis.format.manifest import Manifest

SOUND: Final = Manifest(
    run_id="r1",
    created_at=1.79e9,
    status="complete",
    sandbox=False,
    host="api.mypurecloud.com",
    model="open",
    actions=(),
    org_id="1",
    org_name="Acme",
    grade="OK",
)
