"""What a query or update from outside may be, judged from its text before any engine sees it.

A deeply nested query crashes the engine, and so does a flat one of some thousand parts, which the
engine nests in each other. SERVICE and LOAD make it reach the network. The text is cut into the
tokens of SPARQL 1.1 (section 19.8), so that a word inside a string, an IRI, a comment or a name
does not count.
"""

import re
from collections.abc import Iterator, Sequence

from nhm_graph.errors import BadQuery, RefusedQuery, TooLarge
from nhm_graph.language import Text

# What stands side by side (operators, patterns, members of a list) is nested by the engine as
# brackets are. 6,000 parts crash it, 2,000 are harmless.
_MOST_PARTS = 2_000

_TOKEN = re.compile(
    r"""
      (?P<string> \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
                | "(?:[^"\\\n\r]|\\.)*" | '(?:[^'\\\n\r]|\\.)*' )
    | (?P<iri> <[^<>"{}|^`\\\x00-\x20]*> )
    | (?P<comment> \#[^\n\r]* )
    | (?P<codepoint> \\[uU] )
    | (?P<escape> \\. )
    | (?P<variable> [?$]\w+ )
    | (?P<tag> @[A-Za-z]+(?:-[A-Za-z0-9]+)* )
    | (?P<name> (?:[^\W\d][\w.-]*)?:(?:[\w.:%-]|\\.)* )
    | (?P<word> [^\W\d]\w* )
    | (?P<open> [({\[] )
    | (?P<close> [)}\]] )
    | (?P<number> \d+(?:\.\d+)?(?:[eE][+-]?\d+)? )
    | (?P<datatype> \^\^ )
    | (?P<operator> [!^|/*+=<>&-] )
    | (?P<space> \s+ )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS = ("select", "ask", "construct", "describe")
_PROLOGUE = ("prefix", "base")
# The tokens of which the first one is the form; a prologue has names, IRIs and comments only.
_BEGINNING = ("word", "open", "close", "operator", "string", "variable")
_TERMS = ("string", "iri", "variable", "tag", "name", "word", "number", "close")
# What follows in braces is read into a list, of any length.
_DATA = ("values", "data")
_EACH_TIME = frozenset(("now", "rand", "uuid", "struuid", "bnode"))
# How RDF 1.2 writes what RDF 1.1 has not: <<…>>, {| … |}, ~ and TRIPLE(…).
_NEWER = frozenset(("<<", "{|", "~", "triple"))
# Keywords of updates, and of extensions by which Virtuoso fetches from the network.
_UPDATES = ("insert", "delete", "load", "clear", "create", "drop", "copy", "move", "add", "modify")
_NOT_IN_QUERIES = frozenset((*_UPDATES, "define", "option"))
_OUTSIDE = {
    "service": Text(
        de="SERVICE würde eine andere Adresse im Netz abfragen.",
        en="SERVICE would ask another address on the network.",
    ),
    "load": Text(
        de="LOAD würde eine Adresse im Netz lesen.", en="LOAD would read an address on the network."
    ),
}


def check_query(text: str, *, max_bytes: int, max_depth: int) -> None:
    """Lets a foreign query pass, or raises TooLarge (bytes of UTF-8) or RefusedQuery.

    >>> check_query("SELECT * { ?s ?p 'SERVICE' }", max_bytes=1000, max_depth=10)
    >>> check_query("SELECT * { SERVICE <http://e/> {} }", max_bytes=1000, max_depth=10)
    Traceback (most recent call last):
    ...
    nhm_graph.errors.RefusedQuery: SERVICE would ask another address on the network. ...
    """
    if len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise TooLarge.than("SPARQL", max_bytes)
    weight = _Weight()
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "word":
            _refuse_outside(match.group().lower())
        elif kind == "codepoint":
            _refuse_codepoint()
        weight.add(kind, match.group())
        if len(weight.open) > max_depth or weight.parts > _MOST_PARTS:
            _refuse_nesting(max_depth)


def check_update(text: str, *, max_bytes: int, max_depth: int) -> None:
    """Lets an update pass, or raises TooLarge (bytes of UTF-8) or RefusedQuery.

    Refused is what `check_query` refuses, and terms of RDF 1.2, which are not stored.

    >>> check_update("INSERT DATA { <a:a> <a:b> 1 }", max_bytes=1000, max_depth=10)
    >>> check_update("LOAD <http://e/>", max_bytes=1000, max_depth=10)
    Traceback (most recent call last):
    ...
    nhm_graph.errors.RefusedQuery: LOAD would read an address on the network. ...
    """
    check_query(text, max_bytes=max_bytes, max_depth=max_depth)
    before = ""
    for match in _TOKEN.finditer(text):
        token = match.group().lower()
        if match.lastgroup in ("operator", "other", "word") and (
            token in _NEWER or before + token in _NEWER
        ):
            _refuse_newer()
        before = token


class _Weight:
    """How deep and how manifold the part of a query is that has been read."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.parts = 0
        self._before = ""
        # How many brackets were open where a block of data began; 0 while there is none.
        self._data = 0
        self._data_follows = False

    def add(self, kind: str, token: str) -> None:
        """Takes the next token."""
        if kind in ("space", "comment"):
            return
        if not self._data and self._counts(kind, token):
            self.parts += 1
        if kind == "open":
            self.open.append(token)
            if token == "{" and self._data_follows:
                self._data, self._data_follows = len(self.open), False
        elif kind == "close" and self.open:
            if len(self.open) == self._data:
                self._data = 0
            self.open.pop()
        elif kind == "word" and not self._data and token.lower() in _DATA:
            self._data_follows = True
        self._before = kind

    def _counts(self, kind: str, token: str) -> bool:
        if kind in ("open", "operator") or (kind == "datatype" and self._before != "string"):
            return True
        inside = self.open[-1] if self.open else ""
        if inside == "(":
            # Members of a list stand beside each other; arguments have a comma between them.
            return kind in _TERMS and self._before in _TERMS
        return inside in ("{", "[") and token in (".", ";", ",")


def names_dataset(text: str) -> bool:
    """Whether a query says itself, with FROM, which graphs it is about (SPARQL 1.1 Query, 13.2).

    >>> names_dataset("SELECT * FROM <http://e/g> {}"), names_dataset("SELECT ('from' AS ?x) {}")
    (True, False)
    """
    return _has_word(text, "from")


def names_graphs(text: str) -> bool:
    """Whether a query tells graphs apart with GRAPH (SPARQL 1.1 Query, 13.3).

    >>> names_graphs("SELECT * { GRAPH ?g {} }"), names_graphs("SELECT ?graph {}")
    (True, False)
    """
    return _has_word(text, "graph")


def query_form(text: str) -> str:
    """Whether a text is a "select", "ask", "construct" or "describe" (SPARQL 1.1 Query, 16).

    For engines that take more than a query where a query is expected: an update, a second request
    after `;`, a pragma that fetches. Raises RefusedQuery for such text, BadQuery for none at all.

    >>> query_form("PREFIX ask: <http://e/> # INSERT\\n SELECT * {}")
    'select'
    """
    depth = 0
    form = None
    for match in _TOKEN.finditer(text):
        kind, word = match.lastgroup, match.group().lower()
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        if (kind == "word" and word in _NOT_IN_QUERIES) or (word == ";" and depth == 0):
            _refuse_other(word)
        if form is None and word not in _PROLOGUE and kind in _BEGINNING:
            form = word
    if form not in _FORMS:
        raise BadQuery(
            Text(de="Das ist keine SPARQL-Abfrage.", en="This is not a SPARQL query."),
            mend=Text(
                de="Mit SELECT, ASK, CONSTRUCT oder DESCRIBE beginnen.",
                en="Begin with SELECT, ASK, CONSTRUCT or DESCRIBE.",
            ),
        )
    return form


def form_of(text: str) -> str:
    """The first keyword of a request after PREFIX and BASE, in lower case; "" where there is none.

    >>> form_of("PREFIX ask: <http://e/> # ASK\\n SELECT * {}")
    'select'
    """
    return next((word for word in _words(text) if word not in _PROLOGUE), "")


def is_repeatable(text: str) -> bool:
    """Whether a query over unchanged data gives the same bytes again.

    It does not with functions that differ each time (SPARQL 1.1 Query, 17.4), nor where it makes
    blank nodes, which get new labels.

    >>> is_repeatable("SELECT * { ?s ?p 'NOW' }"), is_repeatable("SELECT (NOW() AS ?now) {}")
    (True, False)
    """
    tokens = [match.group().lower() for match in _TOKEN.finditer(text)]
    if form_of(text) == "construct" and any(each[:1] == "[" or each[:2] == "_:" for each in tokens):
        return False
    return not _EACH_TIME.intersection(tokens)


def with_dataset(text: str, default: Sequence[str], named: Sequence[str]) -> str:
    """An update over these graphs: each operation with WHERE gets USING (SPARQL 1.1 Protocol,
    2.2.3). The IRIs must be valid. Raises BadQuery where the update names graphs itself.

    >>> with_dataset("DELETE WHERE { ?s ?p ?o }", ["a:g"], [])
    'DELETE { ?s ?p ?o } USING <a:g> WHERE { ?s ?p ?o }'
    """
    using = "".join(
        [f"USING <{each}> " for each in default] + [f"USING NAMED <{each}> " for each in named]
    )
    written: list[str] = []
    depth, last, block = 0, "", None
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup, match.group()
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        if kind == "word" and depth == 0:
            word = token.lower()
            if word in ("using", "with"):
                _refuse_two_datasets(word)
            if word == "where" and last == "delete":
                block = len(written)
            elif word == "where":
                token = using + token
            last = word
        written.append(token)
        if kind == "open" and depth == 1:
            last = ""
        elif kind == "close" and depth == 0 and block is not None:
            pattern = "".join(written[block + 1 :])
            written[block:] = [f"{pattern.strip()} {using}WHERE {pattern.strip()}"]
            block = None
    return "".join(written)


def _refuse_two_datasets(word: str) -> None:
    raise BadQuery(
        Text(
            de=f"Die Änderung nennt mit {word.upper()} selbst Graphen, und die Anfrage auch.",
            en=f"The update names graphs itself with {word.upper()}, and so does the request.",
        ),
        mend=Text(
            de="Die Graphen nur in der Änderung oder nur mit using-graph-uri und "
            "using-named-graph-uri nennen.",
            en="Name the graphs either in the update or with using-graph-uri and "
            "using-named-graph-uri.",
        ),
        extra={"word": word.upper()},
    )


def _has_word(text: str, wanted: str) -> bool:
    return wanted in text.lower() and any(word == wanted for word in _words(text))


def _words(text: str) -> Iterator[str]:
    """The keywords of a query, in lower case."""
    found = _TOKEN.finditer(text)
    return (match.group().lower() for match in found if match.lastgroup == "word")


def _refuse_other(word: str) -> None:
    raise RefusedQuery(
        Text(
            de=f"Hier wird nur gelesen, und zwar mit einer Abfrage: „{word}“ geht darüber hinaus.",
            en=f"This is for reading, with one query: “{word}” goes beyond that.",
        ),
        mend=Text(
            de="Eine einzelne Abfrage in SPARQL 1.1 senden.",
            en="Send a single query in SPARQL 1.1.",
        ),
        extra={"word": word},
    )


def _refuse_outside(word: str) -> None:
    if word in _OUTSIDE:
        raise RefusedQuery(
            _OUTSIDE[word],
            mend=Text(
                de="Die Daten dieses Dienstes abfragen und woanders verbinden.",
                en="Ask for the data of this service and join it elsewhere.",
            ),
            extra={"word": word.upper()},
        )


def _refuse_codepoint() -> None:
    raise RefusedQuery(
        Text(
            de="Die Abfrage enthält \\u außerhalb einer Zeichenkette.",
            en="The query has \\u outside a string.",
        ),
        mend=Text(de="Das Zeichen selbst schreiben.", en="Write the character itself."),
    )


def _refuse_newer() -> None:
    raise RefusedQuery(
        Text(
            de="RDF-1.2-Tripelterme werden nicht gespeichert.",
            en="RDF 1.2 triple terms are not stored.",
        ),
        mend=Text(
            de="Die Aussage als nhm:Claim festhalten.", en="Record the statement as a nhm:Claim."
        ),
    )


def _refuse_nesting(max_depth: int) -> None:
    raise RefusedQuery(
        Text(
            de=f"Die Abfrage ist zu tief geschachtelt (mehr als {max_depth} Klammern) "
            f"oder hat mehr als {_MOST_PARTS} Teile (Muster, Operatoren, Klammern).",
            en=f"The query is nested too deeply (more than {max_depth} brackets) "
            f"or has more than {_MOST_PARTS} parts (patterns, operators, brackets).",
        ),
        mend=Text(de="Die Abfrage vereinfachen.", en="Simplify the query."),
        extra={"limit": max_depth},
    )
