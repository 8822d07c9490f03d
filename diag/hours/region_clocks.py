"""The clock of each region of Genesys Cloud: by it the hours count that Genesys approves."""

from typing import Final

from diag.genesys.http.regions import REGIONS

CLOCKS: Final[dict[str, str]] = {
    "us-east-1": "America/New_York",
    "us-east-2": "America/New_York",
    "us-west-2": "America/Los_Angeles",
    "ca-central-1": "America/Toronto",
    "mx-central-1": "America/Mexico_City",
    "sa-east-1": "America/Sao_Paulo",
    "eu-west-1": "Europe/Dublin",
    "eu-west-2": "Europe/London",
    "eu-central-1": "Europe/Berlin",
    "eu-central-2": "Europe/Zurich",
    "eusc-de-east-1": "Europe/Berlin",
    "me-central-1": "Asia/Dubai",
    "ap-south-1": "Asia/Kolkata",
    "ap-southeast-1": "Asia/Singapore",
    "ap-southeast-2": "Australia/Sydney",
    "ap-northeast-1": "Asia/Tokyo",
    "ap-northeast-2": "Asia/Seoul",
    "ap-northeast-3": "Asia/Tokyo",
}
"""AWS region -> IANA name of the clock of the place where it lies (Virginia, Ohio, Oregon, Montreal ...).
Assumed: Genesys writes of "the region's time zone" and names none."""


def clock_of_host(host: str) -> str | None:
    """Return the assumed clock (an IANA name) of the region whose API has this host; None: of no region."""
    return next((CLOCKS[aws] for aws, domain in REGIONS.items() if host == f"api.{domain}"), None)
