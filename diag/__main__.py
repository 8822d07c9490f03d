"""`python -m diag`, and the commands `diag` and `genesys-diag`."""

from diag.supported_platform import refuse_foreign_packages


def main() -> None:
    """Run `diag`, where the packages that it needs are its own."""
    refuse_foreign_packages()
    from diag.cli import main as run_diag

    run_diag()


if __name__ == "__main__":
    main()
