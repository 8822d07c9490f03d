"""How long reading a whole org takes: 10,000 actions through the client, and through bare HTTP beside it."""

import statistics
import time

import httpx

from diag.genesys.client import GenesysClient
from diag.genesys.http.connection import Connection
from diag.genesys.http.secret import Secret
from diag.inventory.read_inventory import read_inventory
from diag.sandbox.launch import start_sandbox

_ROUNDS = 3


def run() -> None:
    """Print both times and their ratio: medians of rounds taken in turn."""
    ours, bare, rows = [], [], 0
    with start_sandbox(scenario="ten-thousand-actions") as box:
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            connection = Connection.to(
                api_base=box.base_url, client_id="sandbox", client_secret=Secret("sandbox")
            )
            with GenesysClient(connection) as client:
                rows = len(read_inventory(client).rows)
            ours.append(time.perf_counter() - started)
            bare.append(_bare(box.base_url))
    mine, least = statistics.median(ours), statistics.median(bare)
    print(f"   {rows} actions: client {mine:.2f} s, bare HTTP {least:.2f} s, ratio {mine / least:.2f}")


def _bare(base_url: str) -> float:
    """The same 100 pages without any typing, checking or pacing."""
    started = time.perf_counter()
    login = httpx.post(
        f"{base_url}/oauth/token",
        data={"grant_type": "client_credentials"},
        auth=("sandbox", "sandbox"),
        trust_env=False,
    )
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False) as http:
        for number in range(1, 101):
            query = f"pageSize=100&pageNumber={number}&includeConfig=true"
            http.get(f"/api/v2/integrations/actions?{query}").raise_for_status().json()
    return time.perf_counter() - started
