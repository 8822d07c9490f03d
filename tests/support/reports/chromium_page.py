"""One tab of a Chromium, driven over the DevTools protocol."""

import base64
import itertools
import json
import time
from pathlib import Path
from typing import Any, Final, Self

import websocket

PATIENCE_S: Final = 60.0


class Page:
    """One tab. Console errors, exceptions and requests are collected while it lives."""

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._ids = itertools.count(1)
        self.problems: list[str] = []
        self.requests: list[str] = []
        self._seen: list[str] = []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setFocusEmulationEnabled", enabled=True)  # one tab of several has the focus

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and return its result; events that come meanwhile are collected."""
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return dict(message["result"])
            self._take(message)

    def open(
        self, path: Path, *, width: int = 1280, height: int = 900, dark: bool = False, media: str = ""
    ) -> Self:
        """Load a file at a viewport size, with a colour preference; returns once it has loaded."""
        self.resize(width, height)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=media, features=scheme)
        self._seen.clear()
        self.call("Page.navigate", url=path.as_uri())
        until = time.monotonic() + PATIENCE_S
        while "Page.loadEventFired" not in self._seen:
            if time.monotonic() > until:
                raise TimeoutError(f"{path} did not load")
            self._take(json.loads(self._socket.recv()))
        return self

    def resize(self, width: int, height: int = 900) -> None:
        """Give the viewport another size."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def run(self, script: str) -> Any:
        """Return the JSON value of a JavaScript expression (promises are awaited)."""
        reply = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in reply:
            raise RuntimeError(json.dumps(reply["exceptionDetails"])[:2000])
        return reply["result"].get("value")

    def picture(self, target: Path, *, whole: bool = True, clip: dict[str, float] | None = None) -> Path:
        """Write a PNG of the page (all of it, the viewport, or a part) and return its path."""
        more: dict[str, Any] = {"clip": {**clip, "scale": 1}} if clip else {}
        reply = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **more)
        target.write_bytes(base64.b64decode(reply["data"]))
        return target

    def pdf(self, target: Path) -> Path:
        """Write the page as it would print on A4 and return the file's path."""
        reply = self.call("Page.printToPDF", preferCSSPageSize=True, paperWidth=8.27, paperHeight=11.69)
        target.write_bytes(base64.b64decode(reply["data"]))
        return target

    def forget(self) -> Self:
        """Return the tab with nothing collected."""
        self.problems.clear()
        self.requests.clear()
        return self

    def close(self) -> None:
        """Let go of the tab."""
        self._socket.close()

    def _take(self, message: dict[str, Any]) -> None:
        method, parameters = message.get("method", ""), message.get("params", {})
        self._seen.append(method)
        if method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(parameters["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and parameters["type"] in ("error", "warning"):
            self.problems.append(json.dumps(parameters["args"])[:500])
        elif method == "Log.entryAdded" and parameters["entry"]["level"] in ("error", "warning"):
            self.problems.append(parameters["entry"]["text"])
        elif method == "Page.javascriptDialogOpening":
            self.problems.append(f"dialog: {parameters['message']}")
            self._socket.send(
                json.dumps(
                    {
                        "id": next(self._ids),
                        "method": "Page.handleJavaScriptDialog",
                        "params": {"accept": True},
                    }
                )
            )
        elif method == "Network.requestWillBeSent":
            self.requests.append(parameters["request"]["url"])
