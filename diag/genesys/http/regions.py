"""The 18 public regions of Genesys Cloud: AWS name, domain, API and login address.

Source: PureCloudRegionHosts of the Genesys SDK; the Terraform provider and the gc CLI agree.
"""

from typing import Final

from diag.genesys.api_errors import UnknownRegionError

REGIONS: Final[dict[str, str]] = {
    "us-east-1": "mypurecloud.com",
    "us-east-2": "use2.us-gov-pure.cloud",
    "us-west-2": "usw2.pure.cloud",
    "ca-central-1": "cac1.pure.cloud",
    "mx-central-1": "mxc1.pure.cloud",
    "sa-east-1": "sae1.pure.cloud",
    "eu-west-1": "mypurecloud.ie",
    "eu-west-2": "euw2.pure.cloud",
    "eu-central-1": "mypurecloud.de",
    "eu-central-2": "euc2.pure.cloud",
    "eusc-de-east-1": "edee1.eusc-pure.cloud",
    "me-central-1": "mec1.pure.cloud",
    "ap-south-1": "aps1.pure.cloud",
    "ap-southeast-1": "apse1.pure.cloud",
    "ap-southeast-2": "mypurecloud.com.au",
    "ap-northeast-1": "mypurecloud.jp",
    "ap-northeast-2": "apne2.pure.cloud",
    "ap-northeast-3": "apne3.pure.cloud",
}
"""AWS region -> domain. us-east-2 is FedRAMP, eusc-de-east-1 the European sovereign cloud."""

_PREFIXES: Final = ("https://", "api.", "login.", "apps.")


def resolve_region(name: str) -> tuple[str, str]:
    """Return `(api_base, login_base)` for an AWS region or a domain.

    Underscores are taken for hyphens, as the gc CLI writes `me_central_1`; `api.` or `login.` before
    the domain and a trailing slash do no harm. Raises `UnknownRegionError`, which lists the regions.
    """
    wanted = name.strip().lower().rstrip("/")
    for prefix in _PREFIXES:
        wanted = wanted.removeprefix(prefix)
    domain = REGIONS.get(wanted.replace("_", "-"), wanted)
    if domain not in REGIONS.values():
        raise UnknownRegionError(
            f"{name!r} is not a Genesys Cloud region.",
            hint="Set GENESYSCLOUD_REGION to one of: "
            + ", ".join(f"{aws} ({domain})" for aws, domain in REGIONS.items()),
        )
    return f"https://api.{domain}", f"https://login.{domain}"
