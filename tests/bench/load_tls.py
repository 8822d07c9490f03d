"""First requests over HTTPS with verified certificates: 100 calls begin at once."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from analysis.format.call_record import FLAG_NEW_CONNECTION
from tests.bench.load_processes import ours, rows, server

SERVER_MS = 1000
"""So slow that the first 100 calls, which arrive within 50 ms, each need a connection of their own."""


def run() -> None:
    """Print p99 from intended start (connecting and TLS handshake included) of calls on new connections."""
    if not shutil.which("openssl"):
        print("  not run: no openssl here to make a certificate")
        return
    with tempfile.TemporaryDirectory() as name:
        key, certificate = Path(name) / "key.pem", Path(name) / "cert.pem"
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-keyout", str(key), "-out", str(certificate), "-subj", "/CN=127.0.0.1"),
                *("-addext", "subjectAltName=IP:127.0.0.1"),
            ],
            check=True,
            capture_output=True,
        )
        with server("--certificate", str(certificate), "--key", str(key), "--delays-ms", str(SERVER_MS)) as (
            address,
            _,
        ):
            folder = Path(name) / "run"
            ours(
                address,
                folder,
                *("--rate", "2000", "--max-in-flight", "100", "--run-time", "2s"),
                SSL_CERT_FILE=str(certificate),
            )
        table = rows(folder)
        new = table[(table["flags"] & FLAG_NEW_CONNECTION) > 0]
        response = (new["started_at"] - new["scheduled_at"]) * 1000 + new["latency_ms"] - SERVER_MS
        print(
            f"  {len(new)} new TLS connections of {len(table)} calls: p50 {np.quantile(response, 0.5):.0f}, "
            f"p99 {np.quantile(response, 0.99):.0f} ms from intended start, "
            f"the server's {SERVER_MS} ms taken off (goal: p99 < 200)"
        )
