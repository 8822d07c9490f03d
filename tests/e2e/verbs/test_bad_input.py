"""Whatever is wrong, a person reads what, where and how to fix it; never a traceback."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.support.running_sandbox import RunningSandbox
from tests.support.verb_process import diag as run_diag

pytestmark = pytest.mark.e2e

Diag = Callable[..., subprocess.CompletedProcess[str]]
CLIENT = {"GENESYSCLOUD_OAUTHCLIENT_ID": "a", "GENESYSCLOUD_OAUTHCLIENT_SECRET": "b"}


@pytest.fixture
def diag(tmp_path: Path) -> Diag:
    """Run `diag` in an empty folder with an empty home; keyword arguments become the environment."""
    return partial(run_diag, None, tmp_path)


@pytest.fixture
def html_server() -> Iterator[str]:
    """A server that answers everything with a login page, as a captive proxy does."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>Please log in</html>")

        do_POST = do_GET

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_credentials_says_which_are_missing_and_how_to_go_on(diag: Diag) -> None:
    found = diag("scan")

    assert found.returncode == 5
    assert "GENESYSCLOUD_OAUTHCLIENT_ID" in found.stderr
    assert "diag demo" in found.stderr


def test_wrong_secret_is_an_auth_error_that_never_shows_it(diag: Diag, sandbox: RunningSandbox) -> None:
    wrong = {**sandbox.environment, "GENESYSCLOUD_OAUTHCLIENT_SECRET": "hunter2-not-it"}
    found = diag("scan", **wrong)

    assert found.returncode == 5
    assert "hunter2" not in found.stderr + found.stdout
    assert "Fix:" in found.stderr


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ({"GENESYSCLOUD_REGION": "mars-north-1"}, 2, ("mars-north-1", "us-east-1")),
        ({"GENESYSCLOUD_API_BASE": "http://gateway.example"}, 2, ("https",)),
        ({"GENESYSCLOUD_API_BASE": "http://127.0.0.1:1"}, 1, ("127.0.0.1:1",)),
    ],
    ids=["unknown region", "plain http", "nobody listens"],
)
def test_a_wrong_address_is_named_with_the_fix(
    diag: Diag, address: dict[str, str], code: int, said: tuple[str, ...]
) -> None:
    found = diag("scan", **CLIENT, **address)

    assert found.returncode == code
    assert all(word in found.stderr for word in (*said, "Fix:"))


def test_a_reply_that_is_not_json_is_named_as_such(diag: Diag, html_server: str) -> None:
    found = diag("scan", **CLIENT, GENESYSCLOUD_API_BASE=html_server)

    assert found.returncode == 1
    assert "JSON" in found.stderr
    assert "Fix:" in found.stderr


def test_unknown_action_is_named_before_anything_is_called(diag: Diag, sandbox: RunningSandbox) -> None:
    found = diag("measure", "--action", "Get Custommer", "--run-time", "5", **sandbox.environment)

    assert found.returncode == 2
    assert "Get Custommer" in found.stderr


@pytest.mark.parametrize("verb", ["recommend", "report"])
def test_no_run_yet_points_to_the_first_one(diag: Diag, verb: str) -> None:
    found = diag(verb)

    assert found.returncode == 2
    assert "diag measure" in found.stderr


@pytest.mark.parametrize("verb", ["recommend", "report"])
def test_a_missing_an_empty_and_a_foreign_input_are_told_apart(diag: Diag, tmp_path: Path, verb: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "foreign.csv").write_text("a,b\n1,2\n")
    (tmp_path / "noise.parquet").write_bytes(b"PAR1 not really")

    for name, expected in (
        ("missing", "does not exist"),
        ("empty", "empty"),
        ("foreign.csv", "action_id"),
        ("noise.parquet", "noise.parquet"),
    ):
        found = diag(verb, name)

        assert found.returncode == 2, name
        assert expected in found.stderr


def test_a_half_written_file_is_read_as_far_as_it_goes_and_says_so(diag: Diag, tmp_path: Path) -> None:
    rows = [f"a,{1_790_000_000 + i},{100 + i % 50},ok,3\n" for i in range(400)]
    text = "action_id,started_at,latency_ms,outcome,timeout_s\n" + "".join(rows) + "a,17900004"
    (tmp_path / "half.csv").write_text(text)
    found = diag("recommend", "half.csv", "--format", "json")
    row = json.loads(found.stdout)["actions"][0]

    assert found.returncode == 0
    assert row["samples"] + row["left_out"] == 400
    assert "half.csv" in diag("recommend", "half.csv").stderr


def test_settings_outside_their_range_are_usage_errors(diag: Diag, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("action_id,started_at,latency_ms,outcome\na,1,1,ok\n")

    for flag, value in (("--cap", "90"), ("--percentile", "1.5"), ("--cap", "soon"), ("--rule", "min")):
        found = diag("recommend", "a.csv", flag, value)

        assert found.returncode == 2, flag
        assert found.stderr


def test_a_table_does_not_go_into_a_file_silently(diag: Diag, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("action_id,started_at,latency_ms,outcome\na,1,1,ok\n")

    assert diag("recommend", "a.csv", "-o", "x.txt").returncode == 2


@pytest.mark.parametrize("name", [".env", "diag.toml", "home/.gc/config.toml"])
def test_a_settings_file_that_is_no_text_is_a_usage_error(diag: Diag, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"A=1\n\xff\xfe")
    found = diag("scan", HOME=str(tmp_path / "home"))

    assert found.returncode == 2
    assert f"{path} cannot be read: not UTF-8 text (byte 5)." in found.stderr
    assert "Fix:" in found.stderr


def test_a_screen_without_the_characters_shows_the_rest(diag: Diag, tmp_path: Path) -> None:
    rows = [f"a,Größe → é,{1_790_000_000 + i},{100 + i % 50},ok,3\n" for i in range(400)]
    text = "action_id,action_name,started_at,latency_ms,outcome,timeout_s\n" + "".join(rows)
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    found = diag("recommend", "a.csv", PYTHONIOENCODING="ascii")

    assert found.returncode == 0
    assert "Gr\\xf6\\xdfe" in found.stdout
