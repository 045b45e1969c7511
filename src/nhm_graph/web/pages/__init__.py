"""Pages for people, made on the server; no script is needed to read them."""
