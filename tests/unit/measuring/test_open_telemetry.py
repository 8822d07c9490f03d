import sys
from types import SimpleNamespace
from typing import Any

import pytest

from diag.errors import UsageError
from diag.measuring.open_telemetry import refuse_without_open_telemetry

CONSOLE = dict.fromkeys(("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER"), "console")


def hide(monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    def no_spec(name: str, *_: Any) -> Any:
        if name == package:
            raise ModuleNotFoundError(name)
        return None

    monkeypatch.setattr(sys, "meta_path", [SimpleNamespace(find_spec=no_spec), *sys.meta_path])
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        monkeypatch.delitem(sys.modules, name)


def test_what_is_missing_is_named_before_a_run_that_would_export_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refuse_without_open_telemetry(CONSOLE)
    hide(monkeypatch, "opentelemetry.exporter")
    refuse_without_open_telemetry(CONSOLE)
    with pytest.raises(UsageError, match=r"needs the package opentelemetry\.exporter\.otlp") as error:
        refuse_without_open_telemetry({**CONSOLE, "OTEL_METRICS_EXPORTER": "console, OTLP"})
    assert "genesys-diag[otel]" in str(error.value.hint)
    with pytest.raises(UsageError, match="exporter"):
        refuse_without_open_telemetry({})
    hide(monkeypatch, "opentelemetry.sdk")
    with pytest.raises(UsageError, match=r"opentelemetry\.sdk"):
        refuse_without_open_telemetry(CONSOLE)
