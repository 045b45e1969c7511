"""Tests of a single value (SHACL 4.1 to 4.4) as expressions of SPARQL 1.1 that are never an error.

Each takes the value's variable and what the parameter says. An error counts as false: a value that
cannot be compared, measured or matched does not keep the rule.
"""

import re
from collections.abc import Callable, Mapping
from typing import Literal as OneOf
from typing import TypeAlias

import pyoxigraph as ox

from nhm_graph.checks.compiled.model import Constraint
from nhm_graph.checks.compiled.triples import Term
from nhm_graph.rdf.terms import RDF, SH, XSD, to_sparql

Dialect: TypeAlias = OneOf["oxigraph", "standard"]
OXIGRAPH: Dialect = "oxigraph"
STANDARD: Dialect = "standard"


# The sign that begins a mark in a SELECT (see targets) and its escape in text from elsewhere.
MARK = ("«", "\\u00AB")


class Uncompilable(Exception):
    """A construct that SPARQL cannot express faithfully here; the shape goes to pySHACL."""

    def __init__(self, construct: str, reason: str) -> None:
        super().__init__(f"{construct}: {reason}")
        self.construct, self.reason = construct, reason


_ZONE = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_DAY = (
    "(-?([1-9][0-9]{3,}|0[0-9]{3})-"
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
    "|-?[0-9]{2,}(0[48]|[2468][048]|[13579][26])-02-29"
    "|-?[0-9]*([02468][048]|[13579][26])00-02-29)"
)
_CLOCK = "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?|24:00:00([.]0+)?)"
_WHOLE = "[+-]?[0-9]+"
_DECIMAL = "[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)"
_DOUBLE = f"({_DECIMAL}([eE][+-]?[0-9]+)?|[+-]?INF|NaN)"
# The lexical forms of the datatypes (XSD 1.1 part 2), None where every form is one.
LEXICAL: Mapping[str, str | None] = {
    "string": None,
    "anyURI": None,
    "boolean": "(true|false|1|0)",
    "integer": _WHOLE,
    "nonNegativeInteger": "([+]?[0-9]+|-0+)",
    "positiveInteger": "[+]?0*[1-9][0-9]*",
    "nonPositiveInteger": "(-[0-9]+|[+]?0+)",
    "negativeInteger": "-0*[1-9][0-9]*",
    "long": _WHOLE,
    "int": _WHOLE,
    "short": _WHOLE,
    "byte": _WHOLE,
    "unsignedInt": _WHOLE,
    "unsignedShort": _WHOLE,
    "unsignedByte": _WHOLE,
    "decimal": _DECIMAL,
    "float": _DOUBLE,
    "double": _DOUBLE,
    "date": _DAY + _ZONE,
    "time": _CLOCK + _ZONE,
    "dateTime": f"{_DAY}T{_CLOCK}{_ZONE}",
    "gYear": f"-?([1-9][0-9]{{3,}}|0[0-9]{{3}}){_ZONE}",
    "gYearMonth": f"-?([1-9][0-9]{{3,}}|0[0-9]{{3}})-(0[1-9]|1[0-2]){_ZONE}",
}
_RANGE = {
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_KINDS = {
    SH("IRI"): ("isIRI",),
    SH("BlankNode"): ("isBlank",),
    SH("Literal"): ("isLiteral",),
    SH("BlankNodeOrIRI"): ("isBlank", "isIRI"),
    SH("BlankNodeOrLiteral"): ("isBlank", "isLiteral"),
    SH("IRIOrLiteral"): ("isIRI", "isLiteral"),
}
# What regular expressions mean differently, or do not have, in the engines at hand.
_ASCII_OR_UNICODE = re.compile(r"\\[dDwW]")
_UNPORTABLE = re.compile(r"\(\?|\\[1-9icICpPbBAzZ<>]|\[[^\]]*-\[|&&|\[\[|[*+?}][+]")


def constant(term: Term, construct: str) -> str:
    """The term in SPARQL text. Raises Uncompilable for a blank node, which would be a variable.

    >>> constant(ox.Literal(1), "sh:in")
    '"1"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if isinstance(term, ox.BlankNode):
        raise Uncompilable(construct, "a blank node cannot be named in a query")
    return to_sparql(term).replace(*MARK)


def one_of(var: str, terms: tuple[Term, ...]) -> str:
    """Whether the value is one of the terms, term for term, so that 1 is not 1.0.

    >>> one_of("?v", (ox.NamedNode("http://e/a"), ox.NamedNode("http://e/b")))
    'COALESCE(?v IN (<http://e/a>, <http://e/b>), false)'
    """
    texts = [constant(term, "sh:in") for term in terms]
    if not texts:
        return "false"
    if all(isinstance(term, ox.NamedNode) for term in terms):
        return f"COALESCE({var} IN ({', '.join(texts)}), false)"
    return "(" + " || ".join(f"sameTerm({var}, {text})" for text in texts) + ")"


def _datatype(var: str, constraint: Constraint) -> str:
    wanted = constraint.value
    if not isinstance(wanted, ox.NamedNode):
        raise Uncompilable("sh:datatype", "not an IRI")
    same = f"DATATYPE({var}) = {wanted}"
    if wanted not in XSD:
        if wanted in RDF and wanted not in (RDF("langString"), RDF("HTML")):
            raise Uncompilable("sh:datatype", f"the lexical forms of {wanted} are not known here")
        return f"(isLiteral({var}) && COALESCE({same}, false))"
    name = wanted.value.removeprefix(str(XSD))
    if name not in LEXICAL:
        raise Uncompilable("sh:datatype", f"the lexical forms of xsd:{name} are not known here")
    lexical = LEXICAL[name]
    if lexical is not None:
        same += f' && REGEX(STR({var}), "^({lexical})$")'
    if name in _RANGE:
        low, high = _RANGE[name]
        number = f"{XSD('integer')}(STR({var}))"
        same += f" && {number} >= {low} && {number} <= {high}"
    return f"(isLiteral({var}) && COALESCE({same}, false))"


def _node_kind(var: str, constraint: Constraint) -> str:
    kinds = _KINDS.get(constraint.value)  # type: ignore[arg-type]
    if kinds is None:
        raise Uncompilable("sh:nodeKind", "not one of the six kinds")
    return "(" + " || ".join(f"{kind}({var})" for kind in kinds) + ")"


def _compared(sign: str) -> Callable[[str, Constraint], str]:
    def test(var: str, constraint: Constraint) -> str:
        if not isinstance(constraint.value, ox.Literal):
            raise Uncompilable("sh:min… or sh:max…", "not a literal")
        return f"COALESCE({var} {sign} {constant(constraint.value, 'sh:min… or sh:max…')}, false)"

    return test


def _long(sign: str) -> Callable[[str, Constraint], str]:
    def test(var: str, constraint: Constraint) -> str:
        value = constraint.value
        count = int(value.value) if isinstance(value, ox.Literal) else 0
        return f"(!isBlank({var}) && COALESCE(STRLEN(STR({var})) {sign} {count}, false))"

    return test


def _pattern(var: str, constraint: Constraint) -> str:
    pattern, flags = constraint.value, constraint.option("flags")
    if not isinstance(pattern, ox.Literal):
        raise Uncompilable("sh:pattern", "not a text")
    said = flags[0].value if flags and isinstance(flags[0], ox.Literal) else ""
    if _UNPORTABLE.search(pattern.value) or set(said) - set("ims"):
        raise Uncompilable("sh:pattern", "engines differ in this regular expression")
    texts = [f"STR({var})", constant(ox.Literal(pattern.value), "sh:pattern")]
    if said:
        texts.append(constant(ox.Literal(said), "sh:flags"))
    if not _known(pattern.value, said):
        raise Uncompilable("sh:pattern", "Oxigraph does not understand the regular expression")
    return f"(!isBlank({var}) && COALESCE(REGEX({', '.join(texts)}), false))"


def refuse_unportable(constraint: Constraint) -> None:
    """Raises Uncompilable for a pattern that engines read differently: \\d and \\w of ASCII or not.

    >>> refuse_unportable(Constraint(SH("PatternConstraintComponent"), (ox.Literal("[0-9]"),)))
    """
    pattern = constraint.value
    if isinstance(pattern, ox.Literal) and _ASCII_OR_UNICODE.search(pattern.value):
        raise Uncompilable("sh:pattern", "engines differ in what \\d and \\w match")


def _known(pattern: str, flags: str) -> bool:
    """Whether Oxigraph understands the expression; if not, it would find everything wrong."""
    text = f'SELECT (REGEX("", {ox.Literal(pattern)}, {ox.Literal(flags)}) AS ?found) {{}}'
    solutions = ox.Store().query(text)
    assert isinstance(solutions, ox.QuerySolutions)
    return next(iter(solutions))["found"] is not None


def _language_in(var: str, constraint: Constraint) -> str:
    ranges = [constant(each, "sh:languageIn") for each in constraint.values]
    if not ranges:
        return "false"
    tests = " || ".join(f"LANGMATCHES(LANG({var}), {each})" for each in ranges)
    return f"(isLiteral({var}) && COALESCE({tests}, false))"


def _in(var: str, constraint: Constraint) -> str:
    return one_of(var, constraint.values)


# Whether a value keeps a constraint, by the component's name.
VALUE_TESTS: Mapping[ox.NamedNode, Callable[[str, Constraint], str]] = {
    SH(name + "ConstraintComponent"): test
    for name, test in {
        "Datatype": _datatype,
        "NodeKind": _node_kind,
        "MinExclusive": _compared(">"),
        "MinInclusive": _compared(">="),
        "MaxExclusive": _compared("<"),
        "MaxInclusive": _compared("<="),
        "MinLength": _long(">="),
        "MaxLength": _long("<="),
        "Pattern": _pattern,
        "LanguageIn": _language_in,
        "In": _in,
    }.items()
}
