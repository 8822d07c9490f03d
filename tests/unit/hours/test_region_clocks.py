"""By which clock the approved hours of a region count."""

from diag.genesys.http.regions import REGIONS
from diag.hours.region_clocks import CLOCKS, clock_of_host


def test_every_region_has_a_clock_and_no_other_address_has() -> None:
    assert CLOCKS.keys() == REGIONS.keys()
    assert clock_of_host("api.mypurecloud.de") == "Europe/Berlin"
    assert clock_of_host("api.mypurecloud.de.example") is clock_of_host("127.0.0.1:8377") is None
