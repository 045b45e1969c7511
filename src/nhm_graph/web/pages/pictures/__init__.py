"""Pictures made on the server as HTML and SVG: no script, no library, all colours by class."""
