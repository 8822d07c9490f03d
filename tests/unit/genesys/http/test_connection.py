import copy
import pickle
import traceback

import pytest

from diag.genesys.api_errors import InsecureAddressError, UnknownRegionError
from diag.genesys.http.connection import Connection, checked_base
from diag.genesys.http.regions import REGIONS, resolve_region
from diag.genesys.http.secret import Secret


def test_eighteen_regions() -> None:
    assert len(REGIONS) == 18
    assert len(set(REGIONS.values())) == 18


@pytest.mark.parametrize(("aws", "domain"), REGIONS.items())
def test_a_region_is_known_by_aws_name_domain_underscores_and_api_host(aws: str, domain: str) -> None:
    expected = (f"https://api.{domain}", f"https://login.{domain}")
    for name in (aws, domain, aws.replace("-", "_"), f"https://api.{domain}/", f" {aws.upper()} "):
        assert resolve_region(name) == expected


def test_an_unknown_region_lists_the_known_ones() -> None:
    with pytest.raises(UnknownRegionError) as caught:
        resolve_region("eu-north-7")
    assert "eu-north-7" in caught.value.message
    assert caught.value.hint is not None and "ap-northeast-3" in caught.value.hint
    assert caught.value.category == "usage"


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8377",
        "http://127.9.9.9",
        "http://[::1]:80",
        "http://localhost:1",
        "https://gw.example",
    ],
)
def test_addresses_that_may_be_used(address: str) -> None:
    connection = Connection.to(api_base=address + "/", client_id="id", client_secret=Secret("x"))
    assert connection.api_base == connection.login_base == address
    assert connection.is_loopback == address.startswith("http:")


@pytest.mark.parametrize(
    "address",
    [
        "http://api.mypurecloud.com",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://0.0.0.0:80",
        "http://128.0.0.1",
        "ftp://127.0.0.1",
        "api.mypurecloud.com",
        "https://user:pass@api.mypurecloud.com",
        "http://127.0.0.1@evil.example",
        "https://api.mypurecloud.com?x=1",
        "https://",
        "https://[::1",
        "https://host:99999",
    ],
)
def test_addresses_no_token_is_sent_to(address: str) -> None:
    with pytest.raises(InsecureAddressError) as caught:
        Connection.to(api_base=address, client_id="id", client_secret=Secret("x"))
    assert "pass" not in caught.value.message.replace("password", "")
    assert caught.value.hint


def test_login_is_never_on_a_regions_api_host() -> None:
    connection = Connection.to(region="eu_central_2")
    assert connection.login_base == "https://login.euc2.pure.cloud"


def test_no_region_is_said() -> None:
    with pytest.raises(UnknownRegionError, match="No Genesys Cloud region"):
        Connection.to()


def test_a_secret_shows_nowhere() -> None:
    secret = Secret("hunter2")
    connection = Connection.to(region="us-east-1", client_id="id", client_secret=secret, access_token=secret)
    shown = f"{secret} {secret!r} {connection} {connection!r} {[secret]}"
    assert "hunter2" not in shown
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="never written"):
            write(secret)
    try:
        raise ValueError(secret)
    except ValueError:
        assert "hunter2" not in traceback.format_exc()
    assert secret == Secret("hunter2") and secret != Secret("x") and bool(secret) and not Secret("")


@pytest.mark.parametrize(
    "address",
    [
        "https://api.mypurecloud.com?token=hunter2-hunter2",
        "https://api.mypurecloud.com#hunter2-hunter2",
        "ftp://api.mypurecloud.com?token=hunter2-hunter2",
        "https://:hunter2-hunter2@:port?x=hunter2-hunter2",
        "hunter2-hunter2@api.mypurecloud.com?x=hunter2-hunter2",
    ],
)
def test_no_refusal_of_an_address_repeats_what_may_be_a_secret(address: str) -> None:
    with pytest.raises(InsecureAddressError) as refused:
        checked_base(address)

    assert "hunter2" not in f"{refused.value.message} {refused.value.hint} {refused.value.details}"
