"""`python -m nhm_graph` does what the command `nhm-graph` does."""

from nhm_graph.cli.main import main

if __name__ == "__main__":
    main()
