"""`--otel`: Locust's own OpenTelemetry export, which does without a word where a package is missing."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Final

from diag.errors import UsageError

_EXPORTERS: Final = ("OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER", "OTEL_LOGS_EXPORTER")
_USUAL: Final = "otlp"


def refuse_without_open_telemetry(environment: Mapping[str, str]) -> None:
    """Raise UsageError where nothing would be exported, because the extra `otel` is not installed."""
    needed = ["opentelemetry.sdk"]
    asked = {name.strip().lower() for key in _EXPORTERS for name in environment.get(key, _USUAL).split(",")}
    if _USUAL in asked:
        needed.append("opentelemetry.exporter.otlp")
    missing = next((package for package in needed if not _is_here(package)), None)
    if missing is not None:
        raise UsageError(
            f"--otel needs the package {missing}, which is not installed.",
            hint="pip install 'genesys-diag[otel]'; where it goes to: OTEL_EXPORTER_OTLP_ENDPOINT.",
        )


def _is_here(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even the package that it would be in
        return False
