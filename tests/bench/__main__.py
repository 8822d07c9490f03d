"""Runs the benches: all of them, or those whose name is given (a part of the name is enough)."""

import importlib
import pkgutil
import sys
import time
import traceback

import tests.bench


def main(wanted: list[str]) -> int:
    """Run the benches and return 1 if one failed or none has that name; a failure does not stop the rest."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.bench.__path__))
    names = [name for name in names if not name.startswith("_")]
    unknown = [part for part in wanted if not any(part in name for name in names)]
    if unknown:
        print(f"No bench is named {', '.join(unknown)}. There are: {', '.join(names)}", file=sys.stderr)
        return 2
    failed = []
    for name in names:
        if wanted and not any(part in name for part in wanted):
            continue
        started = time.perf_counter()
        try:
            run = getattr(importlib.import_module(f"tests.bench.{name}"), "run", None)
            if run is None:
                continue
            print(f"\n== {name}", flush=True)
            run()
        except KeyboardInterrupt:
            return 130
        except Exception:  # a bench that breaks must not hide the figures of the others
            traceback.print_exc()
            failed.append(name)
        print(f"   ({time.perf_counter() - started:.1f} s)", flush=True)
    if failed:
        print(f"\nFailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
