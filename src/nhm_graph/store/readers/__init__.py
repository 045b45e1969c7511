"""Foreign queries, evaluated in processes that may be ended at any time."""
