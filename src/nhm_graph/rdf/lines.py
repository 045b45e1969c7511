"""Where each subject stands in a text: the line for a message that names an IRI.

The text has been parsed before, so it is taken to be correct; this reads its punctuation only.
"""

import re

import pyoxigraph as ox

from nhm_graph.rdf.formats import N_QUADS, N_TRIPLES, TRIG, TURTLE
from nhm_graph.rdf.reading import Document
from nhm_graph.rdf.tokens import IRI, LANGUAGE, NAME, NO_NAME, NUMBER, SPACE, STRING

_FORMATS = (TURTLE, TRIG, N_TRIPLES, N_QUADS)
_NIL = "http://www.w3.org/1999/02/22-rdf-syntax-ns#nil"

_SPACE = re.compile(SPACE)
_TERM = re.compile(rf"(?P<iri>{IRI})|(?P<name>{NAME})")
_KEYWORD = re.compile(rf"@?(prefix|base|version|graph){NO_NAME}", re.IGNORECASE)
_STRING = re.compile(STRING)
# All of a statement after its subject, up to the sign that ends it, or to a reifier (~, RDF 1.2).
# The bound keeps the memory small that a long repetition takes.
_REST = re.compile(
    rf"(?:[ \t\n;,()\[\]^]+|#[^\n]*|{IRI}|{STRING}|{LANGUAGE}|{NUMBER}|{NAME}|<<|>>|{{\||\|}})"
    r"{1,1000}"
)
_ESCAPED_CHARACTER = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_ESCAPED_SIGN = re.compile(r"\\(.)")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def subject_lines(document: Document) -> dict[str, int]:
    """The IRI of each subject and the line (from 1) where it first stands as a subject.

    Read are Turtle, TriG, N-Triples and N-Quads; for other formats the answer is empty.

    >>> from nhm_graph.rdf.reading import read_bytes
    >>> text = b'PREFIX : <https://example.org/>\\n:goal :text "a" .\\n:measure :serves :goal .'
    >>> subject_lines(read_bytes(text, TURTLE, "plan.ttl", 1_000))
    {'https://example.org/goal': 2, 'https://example.org/measure': 3}
    """
    if document.format not in _FORMATS:
        return {}
    # The parser counts lines so.
    text = document.text.replace("\r\n", "\n").replace("\r", "\n")
    return _Reader(text, document.base).read()


class _Reader:
    """Goes through a text statement by statement."""

    def __init__(self, text: str, base: str | None) -> None:
        self.text = text
        self.position = 0
        self.lines: dict[str, int] = {}
        self.prefixes: dict[str, str] = {}
        self.base = base
        self.counted_to, self.line = 0, 1

    def read(self) -> dict[str, int]:
        """The lines, after reading the whole text."""
        while (sign := self._next_sign()) and self._read_block(sign):
            pass
        return self.lines

    def _next_sign(self) -> str:
        """The sign after white space and comments, empty at the end."""
        sign = self.text[self.position : self.position + 1]
        while sign and sign in " \t\n#" and (match := _SPACE.match(self.text, self.position)):
            self.position = match.end()
            sign = self.text[self.position : self.position + 1]
        return sign

    def _read_block(self, sign: str) -> bool:
        """Reads on from where a statement, directive or graph may begin; False: cannot."""
        if sign in ".{}":
            self.position += 1
            return True
        if keyword := self._take(_KEYWORD):
            self._read_directive(keyword.lstrip("@").lower())
            return True
        start = self.position
        if sign in "[(":
            self.position += 1
            subject = _NIL if sign == "(" and self._next_sign() == ")" else None
        elif self.text.startswith("<<", start):
            subject = None
        else:
            term = _TERM.match(self.text, start)
            if not term:
                return False
            self.position = term.end()
            subject = None if self._next_sign() == "{" else self._resolved(term)
        self._note(subject, start)
        return self._read_rest()

    def _take(self, pattern: re.Pattern[str]) -> str:
        """What the pattern finds after white space, taken; empty if nothing."""
        self._next_sign()
        match = pattern.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return match[0] if match else ""

    def _read_directive(self, word: str) -> None:
        """PREFIX, BASE and VERSION; after GRAPH a name follows as before any graph."""
        if word == "prefix":
            prefix = self._take(_TERM).removesuffix(":")
            self.prefixes[prefix] = self._absolute(self._take(_TERM))
        elif word == "base":
            self.base = self._absolute(self._take(_TERM))
        elif word == "version":
            self._take(_STRING)

    def _read_rest(self) -> bool:
        """Reads to the end of the statement; False where the text makes no sense."""
        while sign := self._next_sign():
            if match := _REST.match(self.text, self.position):
                self.position = match.end()
            elif sign in ".{}":
                return True
            elif sign == "~":
                self.position += 1
                self._read_reifier()
            else:
                return False
        return True

    def _read_reifier(self) -> None:
        """The name after ~ is the subject of rdf:reifies and of the annotation."""
        self._next_sign()
        if term := _TERM.match(self.text, self.position):
            self._note(self._resolved(term), self.position)
            self.position = term.end()

    def _note(self, subject: str | None, start: int) -> None:
        if subject is not None and subject not in self.lines:
            self.line += self.text.count("\n", self.counted_to, start)
            self.counted_to = start
            self.lines[subject] = self.line

    def _resolved(self, term: re.Match[str]) -> str | None:
        """The IRI that a term stands for, None for a blank node."""
        if term["iri"]:
            return self._absolute(term["iri"])
        prefix, colon, local = term["name"].partition(":")
        if not colon or prefix not in self.prefixes:
            return None
        return self.prefixes[prefix] + _ESCAPED_SIGN.sub(r"\1", local)

    def _absolute(self, written: str) -> str:
        """The IRI in angle brackets, unescaped and resolved against the base (RFC 3986, 5.2)."""
        iri = _ESCAPED_CHARACTER.sub(
            lambda match: chr(int(match[1] or match[2], 16)), written[1:-1]
        )
        if self.base is None or _SCHEME.match(iri):
            return iri
        triple = f"<{iri}> <{self.base}> <{self.base}> ."
        quad = next(ox.parse(input=triple, format=ox.RdfFormat.TURTLE, base_iri=self.base))
        return str(quad.subject.value)
