"""`shopkeeper` and `python -m shopkeeper`: the command line.

The signal of a user who stops a command is caught before anything else is loaded.
"""

from shopkeeper.surfaces import stopping

stopping.listen()


def main() -> None:
    """Run the command line."""
    from shopkeeper.surfaces.cli import main as run

    try:
        run()
    finally:
        stopping.finish()


if __name__ == "__main__":
    main()
