"""The groups of a SPARQL query, and where a parameter is used without being bound there.

A parameter is bound by its line `VALUES ?name { … }`. What stands in an outer group is not seen in
a subselect, MINUS, UNION or any other group of its own (SPARQL 1.1 Query, 18.2: groups are
evaluated from the inside out). Only a FILTER of an OPTIONAL sees the group directly around it, and
EXISTS what its FILTER sees.
"""

import re
from dataclasses import dataclass, field

_HIDDEN = re.compile(
    r"""(?P<kept><[^<>"{}|^`\\\s]*>)|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*""", re.VERBOSE
)
_VALUES = re.compile(r"VALUES\s+\?(\w+)\s*\{[^{}]*\}")
_TOKEN = re.compile(r"@\w+|\?\w+|\w+|[{}()]")


@dataclass
class Group:
    """What stands between two braces, without the groups within it."""

    keyword: str = ""
    parent: "Group | None" = None
    words: list[str] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    patterned: set[str] = field(default_factory=set)
    filtered: set[str] = field(default_factory=set)
    computed: set[str] = field(default_factory=set)
    groups: list["Group"] = field(default_factory=list)

    def within(self) -> "list[Group]":
        """This group and all in it."""
        return [self, *(each for group in self.groups for each in group.within())]

    def seen_by_filter(self) -> set[str]:
        """The parameters that a FILTER of this group sees."""
        if self.parent and self.keyword == "OPTIONAL":
            return self.bound | self.parent.bound
        if self.parent and self.keyword == "EXISTS":
            return self.bound | self.parent.seen_by_filter()
        return self.bound


def groups_of(query: str) -> Group:
    """The text of a query as a tree of groups; the outermost is the query itself."""
    text = _HIDDEN.sub(lambda match: " " + ("x" if match["kept"] else ""), query)
    text = _VALUES.sub(r" @\1 ", text)
    group, opened = Group(), [""]
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token == "{":
            inner = Group(_last(group.words), group)
            group.groups.append(inner)
            group = inner
        elif token == "}":
            assert group.parent is not None, "a brace too many"
            group = group.parent
            group.words.append("}")
        elif token == "(":
            opened.append(opened[-1] or _last(group.words))
        elif token == ")":
            opened.pop()
        elif token.startswith("@"):
            group.bound.add(token[1:])
        elif token.startswith("?"):
            _use(group, token[1:], opened[-1])
        else:
            group.words.append(token)
    assert group.parent is None, "a brace too few"
    return group


def unbound_parameters(query: str, parameters: set[str]) -> list[str]:
    """Where a parameter is used without being bound there: one complaint each."""
    found = []
    for group in groups_of(query).within():
        for name in sorted(parameters):
            if name in group.filtered - group.patterned - group.seen_by_filter():
                found.append(f"FILTER in {group.keyword or 'query'} does not see ?{name}")
            if name in group.computed - group.patterned - group.bound:
                found.append(f"BIND in {group.keyword or 'query'} does not see ?{name}")
            needed = any(_needs(inner, name) for inner in group.groups)
            if _is_select(group) and name not in _bound_by(group) and needed:
                found.append(f"subselect in {group.keyword} does not bind ?{name}")
    return found


def _bound_by(group: Group) -> set[str]:
    """What a group binds itself; a subselect does so in its WHERE."""
    return group.bound | group.groups[0].bound if _is_select(group) else group.bound


def _needs(group: Group, name: str) -> bool:
    """Whether a group, or one in it, mentions a parameter that none of them binds."""
    if name in _bound_by(group):
        return False
    return name in group.mentioned or any(_needs(inner, name) for inner in group.groups)


def _is_select(group: Group) -> bool:
    return "SELECT" in group.words and bool(group.groups) and group.parent is not None


def _use(group: Group, name: str, within: str) -> None:
    group.mentioned.add(name)
    if within == "FILTER":
        group.filtered.add(name)
    elif within == "BIND":
        group.computed.add(name)
    elif not within:
        group.patterned.add(name)


def _last(words: list[str]) -> str:
    return words[-1].upper() if words else ""
