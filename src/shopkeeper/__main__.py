"""`python -m shopkeeper`: the command line."""

from shopkeeper.surfaces.cli import main

if __name__ == "__main__":
    main()
