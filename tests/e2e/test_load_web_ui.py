"""The page in Locust's web UI: starts and stops runs, and shows what they measure."""

import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from analysis.format.manifest import read_manifest
from analysis.format.run_folder import RunFolder
from analysis.samples.read_samples import read_samples
from diag.exit_codes import ExitCode
from diag.sandbox.launch import SandboxProcess
from tests.support.load_run import at_home, free_port, is_whole, rows_in
from tests.support.locust_process import fork_locust
from tests.support.sandbox_process import start_sandbox
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(360)]  # two runs, each with its report

ACTION = "Get Account Balance"


@pytest.fixture
def sandbox() -> Iterator[SandboxProcess]:
    with start_sandbox() as process:
        yield process


def test_the_web_ui_starts_and_stops_runs_and_shows_the_actions(
    tmp_path: Path, sandbox: SandboxProcess
) -> None:
    port = free_port()
    process = fork_locust(
        *("--drain-s", "0", "--run-dir", str(tmp_path / "run"), "--action", ACTION),
        folder=tmp_path,
        environment=at_home(tmp_path, sandbox.environment),
        mode=("--web-host", "127.0.0.1", "--web-port", str(port)),
        report=True,
    )

    def ask(path: str, **form: str) -> httpx.Response:
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, timeout=10
        ) as web:
            return web.post(path, data=form) if form else web.get(path)

    def is_up() -> bool:
        try:
            return "data-actions" in ask("/").text
        except httpx.HTTPError:
            return False

    def shown() -> list[dict[str, object]]:
        tables = ask("/stats/requests").json().get("extended_stats", [{"data": []}])
        data: list[dict[str, object]] = tables[0]["data"]
        return data

    def has_stopped() -> bool:
        """Ask as Locust's page does: it asks no more once the state is another than these two."""
        return ask("/stats/requests").json()["state"] not in ("running", "spawning")

    def has_rows(count: int) -> bool:
        return rows_in(tmp_path) >= count

    def has_ended(run: str) -> bool:
        return '"running"' not in (tmp_path / run / "manifest.json").read_text()

    try:
        wait_until(is_up, "the web UI")
        for foreign in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", trust_env=False, verify=False, headers=foreign
            ) as web:
                refused = web.post("/swarm", data={"user_count": "2", "spawn_rate": "2"})
            assert refused.status_code == 403, refused.text
        assert not (tmp_path / "run").exists()
        # Locust's tables show text only: the page makes a link of the row that names the report.
        assert 'link.href = "./data-actions/report"' in ask("/").text.rpartition("</body>")[0]
        for run in ("run", "run-2"):
            ask("/swarm", user_count="2", spawn_rate="2", run_dir=str(tmp_path / "elsewhere"))
            wait_until(
                lambda: any(row["action"] == ACTION and int(str(row["calls"])) > 20 for row in shown()),
                "the calls on the page",
            )
            (row,) = (row for row in shown() if row["action"] == ACTION)
            assert (str(row["p99"]).endswith(" ms"), row["inputs"]) == (True, "invented")
            ask("/swarm", user_count="8", spawn_rate="8")  # an edit while it runs
            enough = rows_in(tmp_path) + 41
            wait_until(partial(has_rows, enough), "more rows")
            ask("/stop", now="yes")
            wait_until(has_stopped, "the state at which the page asks no more")
            assert has_ended(run)
            found = read_manifest(RunFolder(tmp_path / run))
            assert found is not None
            assert is_whole(found)
            assert found.calls == len(read_samples([tmp_path / run]).table)
            assert found.streams == 8
            *_, of_run, of_report = shown()
            assert (of_run["calls"], of_run["action"]) == (found.calls, "All")
            assert f"; {found.status}" in str(of_run["state"])
            assert of_report["state"] == f"{tmp_path / run / 'report.html'} (link: Download Data)"
            assert ask("/data-actions/report").text == (tmp_path / run / "report.html").read_text()
            # Each user sends the 20 calls/s of the plan: 40 at first, 160 from the edit on.
            table = read_samples([tmp_path / run]).table.sort_values("scheduled_at")
            offered = table["offered_rate"]
            assert {40.0, 160.0} <= set(offered)
            assert offered.is_monotonic_increasing
            gaps = table["scheduled_at"].diff().groupby(offered).median()
            assert gaps[40.0] > 2 * gaps[160.0]  # of Poisson arrivals: ln 2 / rate
        assert not (tmp_path / "elsewhere").exists()  # no path comes from a form
        process.send_signal(signal.SIGINT)
        output = "".join(process.communicate(timeout=60))
        assert process.returncode in (ExitCode.OK, ExitCode.INCOMPLETE), output  # 8: a busy machine
    finally:
        process.kill()
