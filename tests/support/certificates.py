"""Certificates for servers of tests, made by openssl where it is here."""

import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

_MADE = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


def self_signed(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return contexts for a server of this name (`DNS:crm.example`, `IP:127.0.0.1`) and for a client that
    trusts it alone; skips the test without openssl."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl here to make a certificate")
    named = ("-subj", f"/CN={name.partition(':')[2]}", "-addext", f"subjectAltName={name}")
    key, certificate = folder / "key", folder / "cert"
    files = ("-keyout", str(key), "-out", str(certificate))
    subprocess.run([openssl, *_MADE, *named, *files], check=True, capture_output=True)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    return server, ssl.create_default_context(cafile=str(certificate))
