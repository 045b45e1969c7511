"""Where the graph is kept: the protocol, the embedded store, the guard before foreign queries."""
