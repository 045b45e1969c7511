"""What the compiler promises, construct by construct: exact on which terms, or handed to pySHACL.

docs/validation-engine.md shows this table; a test compares the two, and both with the compiler.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """How some constructs of SHACL are compiled, and when their shape is handed over instead."""

    constructs: tuple[str, ...]
    how: str
    handed: str = "never"


CONTRACT: tuple[Promise, ...] = (
    Promise(
        ("targetClass", "targetSubjectsOf", "targetObjectsOf"),
        "pattern; subclasses as the data states them, looked up once; an implicit class likewise",
    ),
    Promise(
        ("targetNode",),
        "VALUES; a path that may be empty gets a branch of its own, since engines forget that it "
        "leads from a term outside the data to itself",
        "in SPARQL of one's own with such a path; a blank node as target",
    ),
    Promise(
        ("path",),
        "property path of SPARQL 1.1, p+ as p/p*; within EXISTS step by step",
        "not well-formed",
    ),
    Promise(("class",), "rdf:type with the subclasses of the data"),
    Promise(
        ("datatype",),
        "DATATYPE and the lexical form by a regular expression (dates to the day of the month), "
        "derived integers by their range",
        "types of XSD whose forms are not known here, rdf:XMLLiteral, rdf:JSON",
    ),
    Promise(("nodeKind",), "isIRI, isBlank, isLiteral"),
    Promise(
        ("minExclusive", "minInclusive", "maxExclusive", "maxInclusive"),
        "comparison of SPARQL; what cannot be compared is a violation (4.3)",
    ),
    Promise(("minLength", "maxLength"), "STRLEN(STR()); a blank node is a violation (4.4.1)"),
    Promise(
        ("pattern", "flags"),
        "REGEX; a blank node is a violation",
        "look-around, back references, possessive or nested sets, \\i \\c \\p \\b; flags other "
        "than i, m, s; for STANDARD also \\d and \\w",
    ),
    Promise(("languageIn",), "LANGMATCHES"),
    Promise(
        ("uniqueLang",),
        "two values, not the same term, one language tag; only the term true switches it on",
    ),
    Promise(
        ("in", "hasValue"),
        "sameTerm, so that 1 is not 1.0; IRIs by IN and by pattern",
        "a blank node among the values",
    ),
    Promise(("equals", "disjoint"), "EXISTS with the value at its place, hence term for term"),
    Promise(
        ("lessThan", "lessThanOrEquals"),
        "comparison of each pair; what cannot be compared is a violation (4.5.3)",
    ),
    Promise(
        ("minCount", "maxCount"),
        "different terms: two told apart by EXISTS, more by COUNT(DISTINCT)",
        "more than five within another shape",
    ),
    Promise(
        ("qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount"),
        "as minCount with the shape as condition; siblings are excluded where "
        "sh:qualifiedValueShapesDisjoint asks for it",
        "more than five within another shape",
    ),
    Promise(("not", "and", "or", "xone", "node"), "one condition, nested as the shapes are"),
    Promise(("property",), "checks of its own at the end of the path", "recursion"),
    Promise(("closed", "ignoredProperties"), "NOT IN over the properties allowed"),
    Promise(("deactivated", "severity", "message"), "as the specification has it, nested too"),
    Promise(
        ("sparql", "prefixes", "declare"),
        "the targets are joined in the outermost group and in each group that asks for $this "
        "without binding it; EXISTS passes it on",
        "SELECT within, SELECT *, an aggregate not grouped by $this, LIMIT, ?failure, "
        "$shapesGraph, $currentShape, what pre-binding forbids; within another shape",
    ),
    Promise(
        ("ConstraintComponent", "validator", "nodeValidator", "propertyValidator"),
        "parameters as constants; ASK as FILTER NOT EXISTS, SELECT like sh:sparql",
        "as sh:sparql; a parameter within BOUND; a blank node as parameter",
    ),
)
