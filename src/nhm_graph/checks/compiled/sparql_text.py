"""Just enough of SPARQL's grammar to tell whether joining the targets is pre-binding.

SHACL pre-binds $this: it is a constant in every group (SHACL 5.3, appendix A). Here the targets
are joined at the head of the outermost group instead. That is the same wherever the value arrives:
in the outermost group, in EXISTS (whose outer variables are constants), in the conditions of
OPTIONAL, and in groups that bind $this by a triple pattern of their own. A group which asks for
$this otherwise gets the targets, too. What aggregates or cuts off inside is refused.
"""

import re
from dataclasses import dataclass, field

from nhm_graph.checks.compiled.values import Uncompilable

_TOKEN = re.compile(
    r"""(?P<iri><[^<>"{}|^`\\\s]*>)
      | (?P<text>\"\"\"(?:[^\\]|\\.)*?\"\"\" | '''(?:[^\\]|\\.)*?'''
          | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*')
      | (?P<comment>\#[^\n]*)
      | (?P<var>[?$]\w+)
      | (?P<word>[^\W\d][\w-]*(?::[\w.%-]*)? | :[\w.%-]*)
      | (?P<sign>\S)""",
    re.VERBOSE | re.DOTALL,
)
_FORBIDDEN = frozenset(("MINUS", "VALUES", "SERVICE", "GRAPH", "FROM", "LIMIT", "OFFSET"))
_AGGREGATES = frozenset(("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"))
_UNKNOWN = frozenset(("shapesGraph", "currentShape"))
# Words that a parser may take for a keyword even where a colon follows at once.
_KEYWORDS = _FORBIDDEN | {"FILTER", "SELECT", "BIND", "OPTIONAL", "EXISTS", "UNION"}


@dataclass(frozen=True, slots=True)
class Token:
    """A token: its kind, its text and where it stands."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        """The keyword in capitals, or nothing."""
        return self.text.upper() if self.kind == "word" else ""

    def names(self, *variables: str) -> bool:
        """Whether it is one of these variables, with either sign."""
        return self.kind == "var" and self.text[1:] in variables


def tokens(text: str) -> list[Token]:
    """The tokens of a query, without comments.

    >>> [token.text for token in tokens("ASK { $this a <x:C> }")]
    ['ASK', '{', '$this', 'a', '<x:C>', '}']
    """
    return [
        Token(found.lastgroup or "", found[0], found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "comment"
    ]


@dataclass(frozen=True, slots=True)
class Parts:
    """Where a query's parts are: the tokens before its group, in it, and after it."""

    head: list[Token]
    body: list[Token]
    tail: list[Token]

    @property
    def inside(self) -> int:
        """The place right after the brace that opens the outermost group."""
        return self.body[0].end


def parts(text: str) -> Parts:
    """The query, taken apart. Raises Uncompilable where it has no group."""
    found = tokens(text)
    opens = next((at for at, each in enumerate(found) if each.text == "{"), None)
    if opens is None:
        raise Uncompilable("sh:sparql", "no group in the query")
    depth = 0
    for at in range(opens, len(found)):
        depth += (found[at].text == "{") - (found[at].text == "}")
        if depth == 0:
            return Parts(found[:opens], found[opens : at + 1], found[at + 1 :])
    raise Uncompilable("sh:sparql", "a brace is not closed")


def places_to_bind(query: Parts, bound: tuple[str, ...]) -> list[int]:
    """Where in the text, beside the outermost group, the targets have to be joined as well.

    `bound` are the variables that are pre-bound. Raises Uncompilable where that would not do.
    """
    everything = [*query.head, *query.body, *query.tail]
    for at, token in enumerate(everything):
        if token.kind == "word" and ":" in token.text:
            keyword = token.text.partition(":")[0].upper()
            if keyword in _KEYWORDS:
                raise Uncompilable("sh:sparql", f"{keyword} with a colon in the query")
        if token.word in _FORBIDDEN:
            raise Uncompilable("sh:sparql", f"{token.word} in the query")
        if token.names(*_UNKNOWN):
            raise Uncompilable("sh:sparql", f"{token.text} in the query")
        if token.word == "AS" and everything[at + 1 : at + 2]:
            after = everything[at + 1]
            if after.names(*bound):
                raise Uncompilable("sh:sparql", f"{after.text} is given a value in the query")
    if any(token.word == "SELECT" for token in query.body):
        raise Uncompilable("sh:sparql", "a SELECT within the query")
    groups = _Groups(query.body, bound)
    groups.group(1, "top", True)
    return groups.wanting


def is_grouped(query: Parts) -> bool:
    """Whether the query aggregates; Uncompilable where not for each $this by itself."""
    around = [*query.head, *query.tail]
    words = [token.word for token in around]
    if not (_AGGREGATES & set(words)) and "GROUP" not in words:
        return False
    grouped = [token for at, token in enumerate(query.tail) if at > 1 and token.names("this")]
    if "GROUP" not in words or not grouped:
        raise Uncompilable("sh:sparql", "an aggregate over all focus nodes together")
    return True


@dataclass(slots=True)
class _Groups:
    """Walks the groups of a query and notes those that the targets do not reach."""

    tokens: list[Token]
    bound: tuple[str, ...]
    wanting: list[int] = field(default_factory=list)

    def group(self, at: int, kind: str, arrives: bool) -> None:
        """Looks at the group whose first token this is.

        `kind`: top, exists, optional or plain. `arrives`: the variable has a value around it.
        """
        start = at
        inner: list[tuple[int, str]] = []
        asked = assigned = own = False
        while self.tokens[at].text != "}":
            token = self.tokens[at]
            if token.word in ("FILTER", "BIND"):
                mentioned, at, found = self._expression(at + 1)
                inner += found
                asked = asked or mentioned or any(self._mentions(place) for place, _ in found)
                assigned = assigned or (mentioned and token.word == "BIND")
                continue
            if token.text == "{":
                before = self.tokens[at - 1].word if at > start else ""
                inner.append((at, "optional" if before == "OPTIONAL" else "plain"))
                at = self._after(at)
                continue
            own = own or token.names(*self.bound)
            at += 1
        has = own or (arrives and kind in ("top", "exists"))
        joins = arrives and kind == "optional" and not assigned
        if asked and not (has or joins):
            self.wanting.append(self.tokens[start - 1].end)
            has = True
        for place, nested in inner:
            # Within EXISTS every variable of outside is a constant, however deep.
            constant = kind == "exists" and arrives
            self.group(place + 1, "exists" if constant else nested, has or joins or constant)

    def _expression(self, at: int) -> tuple[bool, int, list[tuple[int, str]]]:
        """Whether a variable is asked for, where the expression ends, the groups in it."""
        depth, mentioned = 0, False
        groups: list[tuple[int, str]] = []
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.text == "{":
                groups.append((at, "exists"))
                at = self._after(at)
                if depth == 0:
                    return mentioned, at, groups
                continue
            depth += (token.text == "(") - (token.text == ")")
            mentioned = mentioned or token.names(*self.bound)
            at += 1
            if token.text == ")" and depth == 0:
                return mentioned, at, groups
        raise Uncompilable("sh:sparql", "an expression is not closed")

    def _after(self, at: int) -> int:
        depth = 0
        while True:
            depth += (self.tokens[at].text == "{") - (self.tokens[at].text == "}")
            at += 1
            if depth == 0:
                return at

    def _mentions(self, at: int) -> bool:
        return any(token.names(*self.bound) for token in self.tokens[at : self._after(at)])
