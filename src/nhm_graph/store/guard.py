"""What a query from a stranger may be, judged from its text before any engine sees it.

A deeply nested query crashes the engine while it is parsed, SERVICE and LOAD make it reach the
network. The text is cut into the tokens of SPARQL 1.1 (section 19.8), so that a word inside a
string, an IRI, a comment or a name does not count.
"""

import re

from nhm_graph.errors import RefusedQuery, TooLarge
from nhm_graph.language import Text

# Chains of operators nest in the parser just as brackets do; 2,000 deep is harmless.
_MOST_OPERATORS = 2_000

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
    | (?P<operator> [!^|/*+=<>&-] )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
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
    depth = operators = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif kind == "operator" or (kind == "word" and match.group().lower() == "union"):
            operators += 1
        elif kind == "word":
            _refuse_outside(match.group().lower())
        elif kind == "codepoint":
            _refuse_codepoint()
        if depth > max_depth or operators > _MOST_OPERATORS:
            _refuse_nesting(max_depth)


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


def _has_word(text: str, wanted: str) -> bool:
    if wanted not in text.lower():
        return False
    words = (match.group() for match in _TOKEN.finditer(text) if match.lastgroup == "word")
    return any(word.lower() == wanted for word in words)


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


def _refuse_nesting(max_depth: int) -> None:
    raise RefusedQuery(
        Text(
            de=f"Die Abfrage ist zu tief geschachtelt (mehr als {max_depth} Klammern) "
            f"oder hat mehr als {_MOST_OPERATORS} Operatoren.",
            en=f"The query is nested too deeply (more than {max_depth} brackets) "
            f"or has more than {_MOST_OPERATORS} operators.",
        ),
        mend=Text(de="Die Abfrage vereinfachen.", en="Simplify the query."),
        extra={"limit": max_depth},
    )
