"""What each room of diag/sandbox may import: nothing of the client, so that each can prove the other."""

from typing import Final

SANDBOX_ROOMS: Final[dict[str, set[str]]] = {
    "diag/sandbox/__init__.py": set(),
    "diag/sandbox/__main__.py": {
        "analysis.machine", "analysis.plain_text", "diag.sandbox.sandbox_errors", "diag.sandbox.serving",
    },
    "diag/sandbox/exact_waits.py": {"analysis.machine"},
    "diag/sandbox/clock.py": {"diag.sandbox.exact_waits"},
    "diag/sandbox/disconnects.py": {"starlette"},
    "diag/sandbox/sandbox_errors.py": set(),
    "diag/sandbox/launch.py": {"analysis.machine", "diag.sandbox.sandbox_errors"},
    "diag/sandbox/reply_bodies.py": {"starlette"},
    "diag/sandbox/iso_moments.py": {"diag.sandbox.reply_bodies"},
    "diag/sandbox/latency": {"analysis.format.input_file", "diag.toml_section"},
    "diag/sandbox/faults": {
        "diag.sandbox.backends", "diag.sandbox.disconnects", "diag.sandbox.reply_bodies",
        "diag.toml_section", "starlette",
    },
    "diag/sandbox/flows": {"diag.sandbox.reply_bodies", "diag.toml_section"},
    "diag/sandbox/backends": {"diag.sandbox.reply_bodies", "diag.toml_section"},
    "diag/sandbox/world": {
        "analysis.format.input_file", "diag.sandbox.sandbox_errors", "diag.sandbox.faults",
        "diag.sandbox.backends", "diag.sandbox.flows",
        "diag.sandbox.latency", "diag.sandbox.reply_bodies",
        "diag.toml_section", "jsonschema", "referencing",
    },
    "diag/sandbox/audits": {"diag.sandbox.iso_moments", "diag.sandbox.reply_bodies", "diag.sandbox.world"},
    "diag/sandbox/sandbox.py": {
        "diag.sandbox.audits", "diag.sandbox.clock", "diag.sandbox.faults", "diag.sandbox.latency",
        "diag.sandbox.world",
    },
    "diag/sandbox/state_file.py": {
        "analysis.format.atomic_write", "analysis.format.input_file", "analysis.format.json_to_dataclass",
        "analysis.plain_text", "diag.sandbox.sandbox_errors", "diag.sandbox.sandbox", "diag.sandbox.world",
    },
    "diag/sandbox/played_platform.py": {
        "analysis.format.input_file", "diag.sandbox.sandbox", "diag.sandbox.sandbox_errors",
        "diag.sandbox.world", "diag.toml_section",
    },
    "diag/sandbox/executions": {
        "diag.sandbox.iso_moments", "diag.sandbox.latency", "diag.sandbox.reply_bodies",
        "diag.sandbox.sandbox", "diag.sandbox.world",
    },
    "diag/sandbox/routes": {
        "analysis.plain_text", "diag.cross_site", "diag.sandbox.sandbox_errors", "diag.sandbox.executions",
        "diag.sandbox.audits", "diag.sandbox.backends", "diag.sandbox.clock", "diag.sandbox.faults",
        "diag.sandbox.disconnects", "diag.sandbox.flows",
        "diag.sandbox.reply_bodies", "diag.sandbox.sandbox", "diag.toml_section", "diag.sandbox.world",
        "starlette",
    },
    "diag/sandbox/serving": {
        "analysis.machine", "analysis.plain_text", "diag.sandbox.played_platform",
        "diag.sandbox.sandbox_errors", "diag.sandbox.disconnects", "diag.sandbox.faults",
        "diag.sandbox.reply_bodies", "diag.sandbox.routes",
        "diag.sandbox.sandbox", "diag.sandbox.state_file", "diag.sandbox.world", "starlette", "uvicorn",
    },
}  # fmt: skip
