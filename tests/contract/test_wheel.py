"""The wheel: what is in it, and that it runs from an empty folder with an empty home."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.source_files import HOUSES, ROOT

LISTED = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from this checkout, without a network."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("genesys_diag-*.whl")
    return built


def test_it_holds_every_file_of_the_four_packages_and_nothing_else(wheel: Path) -> None:
    listed = subprocess.run([*LISTED, *HOUSES], cwd=ROOT, check=True, capture_output=True, text=True)
    if not listed.stdout:
        pytest.skip("not a git checkout")
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}

    ours = {name for name in listed.stdout.split("\0") if name and not name.startswith("reports/example/")}
    assert held == {name for name in ours if (ROOT / name).exists()}


@pytest.fixture
def installed(wheel: Path, tmp_path: Path) -> Mapping[str, str]:
    """The environment of a person with an empty home, whose Python has the wheel's packages, no checkout."""
    site, home = tmp_path / "site-packages", tmp_path / "home"
    zipfile.ZipFile(wheel).extractall(site)
    home.mkdir()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GENESYS", "DIAG_"))}
    return {**clean, "PYTHONPATH": str(site), "HOME": str(home)}


def test_both_commands_run_from_an_empty_folder(installed: Mapping[str, str], tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()

    def run(*arguments: str, **more: str) -> str:
        command = "import sys; from diag.__main__ import main; sys.argv[0] = 'diag'; main()"
        line = [sys.executable, "-P", "-c", command, *arguments]
        return subprocess.run(
            line, cwd=folder, env={**installed, **more}, check=True, capture_output=True, text=True
        ).stdout

    locustfile = Path(run("locustfile").strip())
    assert locustfile.is_relative_to(tmp_path / "site-packages") and locustfile.is_file()
    box = subprocess.Popen(
        [sys.executable, "-P", "-m", "diag.sandbox", "--exit-with-parent"],
        cwd=folder, env=installed, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with box:
        assert box.stdout is not None and box.stdin is not None
        credentials = {
            "GENESYSCLOUD_API_BASE": box.stdout.readline().split()[-1],
            "GENESYSCLOUD_OAUTHCLIENT_ID": "sandbox",
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": "sandbox",
        }
        assert "Get Account Balance" in run("scan", **credentials)
        assert "Get Account Balance" in run("observe", **credentials)
        box.stdin.close()

    assert sorted(path.name for path in folder.iterdir()) == ["runs"]
    entries = next((tmp_path / "site-packages").glob("*.dist-info")) / "entry_points.txt"
    assert entries.read_text().count("diag = diag.__main__:main\n") == 2
