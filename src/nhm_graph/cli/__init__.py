"""The command line: the use cases for a terminal. One module for each kind of work."""
