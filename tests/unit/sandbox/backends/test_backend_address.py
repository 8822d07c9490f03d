"""Addresses that outlive a port, and names of backends."""

import re

from hypothesis import given
from hypothesis import strategies as st

from diag.sandbox.backends.backend_address import (
    address_from_wire,
    address_to_wire,
    backend_name,
    kept_address,
)

BASE = "http://127.0.0.1:8377"
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@given(st.lists(st.text(max_size=20), max_size=12))
def test_every_action_gets_a_name_of_its_own_that_stands_in_an_address(names: list[str]) -> None:
    taken: list[str] = []
    for name in names:
        taken.append(backend_name(name, taken))
    assert len(set(taken)) == len(names)
    assert all(NAME.fullmatch(name) for name in taken)


@given(
    st.text(max_size=30), st.sampled_from(["http://127.0.0.1:1", "http://127.0.0.1:83770", "http://sandbox"])
)
def test_an_address_follows_its_sandbox_and_any_other_stays(rest: str, elsewhere: str) -> None:
    kept = kept_address("get-customer", rest)
    seen = address_to_wire(kept, BASE)
    assert seen == f"{BASE}/sandbox/backend/get-customer" + (f"?{rest}" if rest else "")
    assert address_from_wire(seen, BASE) == kept
    assert address_to_wire(kept, elsewhere) == seen.replace(BASE, elsewhere, 1)
    for other in (seen.replace(BASE, elsewhere, 1), f"https://crm.example/{rest}", rest):
        assert address_to_wire(address_from_wire(other, BASE), BASE) == other
