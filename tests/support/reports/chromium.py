"""Starts Debian's Chromium and opens tabs in it: just what these tests need, no driver to download."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

from tests.support.reports.chromium_page import PATIENCE_S, Page
from tests.support.waiting import wait_until

NOT_NEEDED = ("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AimEnabled")
"""Pages of the address bar, which nobody sees: loading them is half of Chromium's start."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--kiosk",
    f"--disable-features={','.join(NOT_NEEDED)}",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium (DIAG_CHROMIUM, or one on the PATH), or None."""
    wanted = os.environ.get("DIAG_CHROMIUM")
    if wanted:
        return wanted
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Chromium:
    """A browser that runs: its window's tab, and tabs that are never painted."""

    def __init__(self, port: str, path: str) -> None:
        self._address = f"ws://127.0.0.1:{port}"
        self._socket = _connect(f"{self._address}{path}")
        self._pages: list[Page] = []
        # Asked before there are others: some Chromiums list these first, and as no different.
        self._window = wait_until(self._first_tab, "the tab of Chromium's window", within_s=PATIENCE_S)

    def painted(self) -> Page:
        """Return the tab of the window: frames are drawn, and it can be pictured and printed."""
        return self._open(self._window)

    def unpainted(self) -> Page:
        """Return a new tab that is laid out when it is asked for something, and never painted.

        Painting costs more than all else that these tests have a page do. No animation frame comes, a picture
        is waited for in vain.
        """
        return self._open(self._ask("Target.createTarget", url="about:blank", hidden=True)["targetId"])

    def close(self) -> None:
        """Let go of the tabs."""
        for page in self._pages:
            page.close()
        self._socket.close()

    def _first_tab(self) -> str:
        targets = self._ask("Target.getTargets")["targetInfos"]
        return next((str(one["targetId"]) for one in targets if one["type"] == "page"), "")

    def _open(self, target: str) -> Page:
        self._pages.append(Page(_connect(f"{self._address}/devtools/page/{target}")))
        return self._pages[-1]

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._socket.send(json.dumps({"id": 1, "method": method, "params": parameters}))
        while (reply := json.loads(self._socket.recv())).get("id") != 1:
            pass
        return dict(reply["result"])


def _connect(address: str) -> websocket.WebSocket:
    # What Chromium sends is checked by nobody else, and the check in Python takes longer than the pages.
    return websocket.create_connection(address, timeout=PATIENCE_S, skip_utf8_validation=True)


@contextlib.contextmanager
def chromium(binary: str) -> Iterator[Chromium]:
    """Start a Chromium with a profile of its own and yield it; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="diag-chromium-", ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [binary, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            browser = Chromium(*_address(process, Path(profile) / "DevToolsActivePort"))
            try:
                yield browser
            finally:
                browser.close()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _address(process: subprocess.Popen[bytes], port_file: Path) -> list[str]:
    def listens() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"Chromium did not start (exit code {process.poll()})")
        return port_file.exists() and "\n" in port_file.read_text()

    wait_until(listens, "Chromium's start", within_s=PATIENCE_S)
    return port_file.read_text().splitlines()[:2]
