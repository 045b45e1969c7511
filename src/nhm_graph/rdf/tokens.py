"""Patterns for the tokens of Turtle, TriG, N-Triples and N-Quads (RDF 1.1 and 1.2).

Time is linear in the text, and memory does not grow with it, whatever the text is: repeated groups
have a bound, and what may be long is a single repeated character. A string that is not closed ends
with its line (short) or with the text (long).
"""

_SIGNS = r""" \t\r\n<>"'{}()\[\]|^~;,#@\\"""

SPACE = r"(?:[ \t\r\n]+|#[^\r\n]*){1,1000}"
"""White space and comments; once more where there is more of it."""

IRI = r"<[^<>\s]*>"
"""An IRI in angle brackets."""

# The quotation mark that closes has an even number of backslashes before it.
STRING = (
    r'(?:"""(?s:.*?)(?:(?<!\\)(?:\\\\)*"""|\Z)'
    r"|'''(?s:.*?)(?:(?<!\\)(?:\\\\)*'''|\Z)"
    r'|"[^"\\\r\n]*"|"[^\r\n]*?(?:(?<!\\)(?:\\\\)*"|(?=[\r\n])|\Z)'
    r"|'[^'\\\r\n]*'|'[^\r\n]*?(?:(?<!\\)(?:\\\\)*'|(?=[\r\n])|\Z))"
)
"""A string, long or short, with either quotation mark."""

NAME = (
    rf"(?=[^{_SIGNS}.]|\\.)[^{_SIGNS}]*(?:\\.[^{_SIGNS}]*){{0,1000}}"
    r"(?:(?<!\.)|(?<=\\\.))"
)
"""A prefixed name, blank node label or keyword: dots within, at the end only an escaped one."""

NO_NAME = rf"(?![^{_SIGNS}])"
"""That no name goes on here."""

NUMBER = (
    r"[+-]?(?:[0-9]+(?:\.[0-9]*[eE][+-]?[0-9]+|\.[0-9]+|[eE][+-]?[0-9]+)?"
    r"|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
)
"""A number: a dot within it ends no statement."""

LANGUAGE = r"@[A-Za-z]+(?:-+[A-Za-z0-9]+)*"
"""The language tag of a string, with the direction of RDF 1.2."""
