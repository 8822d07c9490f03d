import ipaddress
from typing import Final
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.direct.direct_load import DirectRules
from diag.direct.hosts.backend_host import UnfitHostError, backend_host, host_name
from diag.direct.hosts.may_be_called import address_may_be_called, may_be_called
from diag.direct.hosts.public_addresses import addresses_of, is_loopback, why_not_public
from diag.direct.hosts.template_host import template_host

SANDBOX: Final = "http://127.0.0.1:8377"
EXAMPLE: Final = DirectRules({"api.example.com": 50.0})


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.example.com/a?b#c", "api.example.com"),
        ("HTTPS://API.Example.COM", "api.example.com"),
        ("https://api.example.com.:443/x", "api.example.com"),
        ("https://api.example.com:/x", "api.example.com"),
        ("https://api.example.com:08443/x", "api.example.com:8443"),
        ("https://api.example.com:80/", "api.example.com:80"),
        ("http://localhost:80/", "localhost"),
        ("https://[2001:DB8:0:0::1]:8443/", "[2001:db8::1]:8443"),
        ("https://[::ffff:10.0.0.1]/", "10.0.0.1"),
        ("https://192.0.2.1?x=@", "192.0.2.1"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://BÜCHER.example/", "xn--bcher-kva.example"),
        ("https://１２７.0.0.1/", "127.0.0.1"),
        ("https://my_service.internal/", "my_service.internal"),
    ],
)
def test_a_host_has_one_name_however_it_is_written(url: str, name: str) -> None:
    assert backend_host(url).name == name
    assert host_name(name) == name


@pytest.mark.parametrize(
    "url",
    [
        "", "api.example.com", "//api.example.com", "ftp://api.example.com", "file:///etc/passwd",
        "https://", "https:///x", "https://?x", "https://canary@api.example.com/",
        "https://user:canary@api.example.com/", "https://api.example.com@canary.example/",
        "https://api.example.com\\@canary.example/", "https://canary.example\\.api.example.com/",
        "https://api.example.com\t/", " https://api.example.com", "https://api.example.com/\r\nX: 1",
        "https://api.example.com:0/", "https://api.example.com:65536/", "https://api.example.com:8x/",
        "https://api.example.com:٨/", "https://[::1/", "https://[::1]x/", "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/", "https://[1.2.3.4]/", "https://::1/", "https://2130706433/",
        "https://0x7f000001/", "https://0x7f.1/", "https://127.1/", "https://0177.0.0.1/",
        "https://1.2.3.4.5/", "https://256.1.1.1/", "https://127.0.0.1../", "https://a..b/",
        "https://%61pi.example.com/", "https://api%2eexample.com/", "https://-a.example/",
        "https://exa mple.com/", "https://${input.host}/x", "https://a,b/", "https://ａ／b.example/",
    ],
)  # fmt: skip
def test_an_address_that_could_be_read_in_two_ways_is_refused(url: str) -> None:
    with pytest.raises(UnfitHostError) as error:
        backend_host(url)
    assert "canary" not in error.value.message


@pytest.mark.parametrize("text", ["", "https://a", "a/b", "a@b", "a?b", "a#b", "a:b", "[::1", "::1", "a b"])
def test_a_host_to_confirm_is_a_host_and_nothing_else(text: str) -> None:
    with pytest.raises(UnfitHostError) as error:
        host_name(text)
    assert "api.example.com" in str(error.value.hint)


@given(st.text(max_size=60), st.sampled_from(["", "https://", "https://api.example.com", "http://127.0.0.1"]))
def test_whatever_the_text_only_a_confirmed_host_may_be_called(text: str, before: str) -> None:
    url = before + text
    if may_be_called(url, EXAMPLE, None) is None:
        host = backend_host(url)
        assert (host.scheme, host.host, host.port) == ("https", "api.example.com", 443)
        assert url.lower().startswith("https://")
        parts = urlsplit(url)  # as whoever sends the request reads it
        assert (str(parts.hostname).removesuffix("."), parts.port or 443) == (host.host, host.port)
        assert parts.username is parts.password is None


HOSTS: Final = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address.exploded}]"),
    st.text(st.sampled_from("aZ09-_.éß。．１"), min_size=1, max_size=8),
    st.from_regex(r"[a-zA-Z0-9_]{1,5}(\.[a-zA-Zéöß０-９0-9]{1,4}){0,3}\.?", fullmatch=True),
)


@given(HOSTS, st.sampled_from(["", ":", ":443", ":80", ":8443"]))
def test_the_name_of_a_host_stays_what_it_is_when_read_again(host: str, port: str) -> None:
    try:
        name = host_name(host + port)
    except UnfitHostError:
        return
    assert host_name(name) == name
    assert name.isascii()
    assert name == name.lower()


PRIVATE: Final = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.1.2.3", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.127.255.255", "224.0.0.1",
    "239.1.1.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:169.254.169.254", "::127.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::a00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2001:db8::1", "", "localhost",
)  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_private_networks_are_known(address: str) -> None:
    assert why_not_public(address) is not None
    host = backend_host("https://api.example.com/")
    refused = address_may_be_called(address, host, EXAMPLE, None)
    assert refused is not None
    assert "--allow-private" in refused
    allowed = DirectRules(EXAMPLE.hosts, allow_private=True)
    assert address_may_be_called(address, host, allowed, None) is None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "64:ff9b::808:808"])
def test_addresses_of_the_internet_are_free(address: str) -> None:
    assert why_not_public(address) is None


@given(st.ip_addresses(v=4))
def test_an_address_inside_another_counts_as_what_it_is(inside: ipaddress.IPv4Address) -> None:
    plain = why_not_public(str(inside)) is not None
    assert (why_not_public(f"::ffff:{inside}") is not None) >= plain
    assert (why_not_public(str(ipaddress.IPv6Address((0x64FF9B << 96) | int(inside)))) is not None) == plain
    assert is_loopback(f"::ffff:{inside}") == inside.is_loopback


@pytest.mark.parametrize(
    ("url", "rules", "sandbox", "why"),
    [
        ("https://api.example.com/x", EXAMPLE, None, None),
        ("https://api.example.com:8443/x", EXAMPLE, None, "not confirmed"),
        ("https://other.example/x", EXAMPLE, None, "the host other.example is not confirmed"),
        ("http://api.example.com:443/x", DirectRules({"api.example.com:443": 1.0}), None, "only https"),
        ("https://10.0.0.1/", DirectRules({"10.0.0.1": 1.0}), None, "private network"),
        ("https://10.0.0.1/", DirectRules({"10.0.0.1": 1.0}, allow_private=True), None, None),
        ("http://localhost:9/", DirectRules({"localhost:9": 1.0}), None, None),  # held on its address
        ("http://127.0.0.1:9/", DirectRules({"127.0.0.1:9": 1.0}), None, "loopback"),
        ("http://127.0.0.1:9/", DirectRules({"127.0.0.1:9": 1.0}, allow_private=True), None, None),
        (f"{SANDBOX}/sandbox/backend/x", DirectRules(), SANDBOX, None),
        ("http://localhost:8377/sandbox/backend/x", DirectRules(), SANDBOX, None),
        ("http://127.0.0.1:8378/x", DirectRules(), SANDBOX, "not confirmed"),
        (f"{SANDBOX}/sandbox/backend/x", DirectRules(), None, "not confirmed"),
        ("https://127.0.0.1:8377/x", DirectRules(), SANDBOX, "not confirmed"),
        ("https://u:p@api.example.com/", EXAMPLE, None, "user name or password"),
    ],
)
def test_a_host_is_called_only_where_the_person_said_so(
    url: str, rules: DirectRules, sandbox: str | None, why: str | None
) -> None:
    reason = may_be_called(url, rules, sandbox)
    assert (reason is None) == (why is None)
    assert why is None or why in str(reason)


def test_a_name_is_held_on_the_address_it_leads_to() -> None:
    """What a name means may change between two questions (DNS rebinding): the address decides."""
    local = backend_host("http://localhost:9/")
    rules = DirectRules({"localhost:9": 1.0}, allow_private=True)
    assert address_may_be_called("8.8.8.8", local, rules, None) == (
        "localhost:9 is called by http and is not on this machine: only https may be called"
    )
    own = backend_host(f"{SANDBOX}/x")
    assert address_may_be_called("127.0.0.1", own, DirectRules(), SANDBOX) is None
    assert address_may_be_called("10.0.0.1", own, DirectRules(), SANDBOX) is not None
    assert [is_loopback(each) for each in addresses_of("localhost", 9)] != []


@pytest.mark.parametrize(
    ("template", "name"),
    [
        ("https://api.example.com/c/${input.id}", "api.example.com"),
        ("https://api.example.com:8443?q=$!{input.q}", "api.example.com:8443"),
        ("  https://api.example.com", "api.example.com"),
        ("https://api.example.com/\n#if($input.x)a#end", "api.example.com"),
        ("https://${input.host}/x", None),
        ("https://api.example.com$!{input.path}", None),
        ("https://api.example.com#if($input.x)/a#end", None),
        ("$!{credentials.base}/x", None),
        ("#if($input.x)https://a.example/#end", None),
    ],
)
def test_a_host_is_known_only_where_no_input_can_change_it(template: str, name: str | None) -> None:
    host = template_host(template)
    assert (None if host is None else host.name) == name
