"""Known mistakes in a sound city: twenty kinds, so many of each, at places that the seed decides.

Every kind is a line of SPARQL: what can be damaged, what is taken away, what is added, and which
result of validation has to follow. The rules and components are named here as what is expected of
an engine; what they mean stands in shapes/.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import pyoxigraph as ox

_RULE = "https://w3id.org/nhm/rule/"
_SHACL = "http://www.w3.org/ns/shacl#"
_PREFIXES = """
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX nhm: <https://w3id.org/nhm/ns#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX role: <https://w3id.org/nhm/voc/role/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX status: <https://w3id.org/nhm/voc/implementation-status/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
_ADOPTED = (
    "?this a nhm:Measure ; nhm:inPlanVersion/nhm:editorialStatus "
    "<https://w3id.org/nhm/voc/editorial-status/adopted> ."
)
_ANEW = 'BIND (IRI(CONCAT(STR(?this), "-anew")) AS ?new)'

Result = tuple[str, str, str]
"""The focus node, the source shape and the constraint component of a result, each an IRI."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of mistake: which ?this can have it, how it is made, and what finds it."""

    name: str
    shape: str
    component: str
    where: str
    remove: str = ""
    add: str = ""

    def result(self, focus: str) -> Result:
        """What has to be among the results where this node was damaged."""
        return (focus, _RULE + self.shape, f"{_SHACL}{self.component}ConstraintComponent")


KINDS = (
    Kind(
        *("status-missing", "M03", "QualifiedMinCount"),
        where="?this a nhm:Measure ; nhm:implementationStatus ?old .",
        remove="?this nhm:implementationStatus ?old .",
    ),
    Kind(
        *("status-twice", "M03", "MaxCount"),
        where="?this a nhm:Measure ; nhm:implementationStatus status:planned .",
        add="?this nhm:implementationStatus status:paused .",
    ),
    Kind(
        *("start-after-end", "M04-order", "LessThanOrEquals"),
        where="?this a nhm:Measure ; nhm:plannedStart ?old .",
        remove="?this nhm:plannedStart ?old .",
        add='?this nhm:plannedStart "2060-01-01"^^xsd:date .',
    ),
    Kind(
        *("end-in-words", "M04-end", "Datatype"),
        where="?this a nhm:Measure ; nhm:plannedEnd ?old .",
        remove="?this nhm:plannedEnd ?old .",
        add='?this nhm:plannedEnd "irgendwann" .',
    ),
    Kind(
        *("adopted-without-goal", "M01-adopted", "Or"),
        where=f"{_ADOPTED} ?this nhm:servesGoal ?old .",
        remove="?this nhm:servesGoal ?old .",
    ),
    Kind(
        *("label-twice", "N01", "QualifiedMaxCount"),
        where="?this a nhm:OperationalGoal .",
        add='?this skos:prefLabel "Noch ein Name"@de .',
    ),
    Kind(
        *("identifier-twice", "N03", "SPARQL"),
        where='?this a nhm:OperationalGoal ; dct:identifier ?old . FILTER (?old != "Z-090")',
        remove="?this dct:identifier ?old .",
        add='?this dct:identifier "Z-090" .',
    ),
    Kind(
        *("agent-as-text", "R01-agent", "NodeKind"),
        where="?this a nhm:Responsibility ; nhm:agent ?old .",
        remove="?this nhm:agent ?old .",
        add='?this nhm:agent "Umweltamt" .',
    ),
    Kind(
        *("responsible-for-nothing", "R01-subject", "MinCount"),
        where="?this a nhm:Responsibility ; nhm:responsibleFor ?old .",
        remove="?this nhm:responsibleFor ?old .",
    ),
    Kind(
        *("dissolved-unit", "R02-after", "SPARQL"),
        where="?this a nhm:Responsibility ; nhm:agent ?old . ?old org:unitOf ?city . " + _ANEW,
        remove="?this nhm:agent ?old .",
        add="?this nhm:agent ?new . ?new a nhm:OrganizationalUnit ; org:unitOf ?city ; "
        'skos:prefLabel "Altes Amt"@de , "Old office"@en ; nhm:validUntil "2015-12-31"^^xsd:date .',
    ),
    # After those that take leads away, so that two are left.
    Kind(
        *("second-lead", "M02-several", "SPARQL"),
        where=f"{_ADOPTED} ?held nhm:responsibleFor ?this ; nhm:role role:lead ; nhm:agent ?lead . "
        "?lead a nhm:OrganizationalUnit ; org:unitOf ?city . "
        '?unit org:unitOf ?city ; dct:identifier "E-30" . FILTER (?unit != ?lead) ' + _ANEW,
        add="?new a nhm:Responsibility ; nhm:municipality ?city ; nhm:responsibleFor ?this ; "
        "nhm:agent ?unit ; nhm:role role:lead .",
    ),
    Kind(
        *("goal-under-itself", "G08", "SPARQL"),
        where="?this a nhm:OperationalGoal ; nhm:refines ?old .",
        add="?this nhm:refines ?this .",
    ),
    Kind(
        *("both-levels", "G04", "Not"),
        where="?this a nhm:StrategicGoal .",
        add="?this a nhm:OperationalGoal .",
    ),
    Kind(
        *("strength-four", "C01-strength", "MaxInclusive"),
        where="?this a nhm:Contribution ; nhm:strength ?old .",
        remove="?this nhm:strength ?old .",
        add="?this nhm:strength 4 .",
    ),
    Kind(
        *("sdg-unknown", "C03", "Or"),
        where="?this a nhm:Contribution ; nhm:contributesTo ?old .",
        remove="?this nhm:contributesTo ?old .",
        add="?this nhm:contributesTo <http://metadata.un.org/sdg/7.99> .",
    ),
    Kind(
        *("contribution-twice", "C05", "SPARQL"),
        where="?this a nhm:Contribution ; nhm:contributor ?what ; nhm:contributesTo ?target ; "
        "nhm:direction ?direction ; nhm:assessedBy ?by ; nhm:assessedOn ?on . " + _ANEW,
        add="?new a nhm:Contribution ; nhm:contributor ?what ; nhm:contributesTo ?target ; "
        "nhm:direction ?direction ; nhm:strength 1 ; nhm:assessedBy ?by ; nhm:assessedOn ?on ; "
        'nhm:rationale "Zum zweiten Mal."@de .',
    ),
    Kind(
        *("value-without-year", "I01", "And"),
        where="?this a nhm:IndicatorObservation ; nhm:refPeriod ?old .",
        remove="?this nhm:refPeriod ?old .",
    ),
    Kind(
        *("personal-data", "T04", "Closed"),
        where="?this a nhm:CitizenContribution .",
        add="?this <http://xmlns.com/foaf/0.1/age> 41 .",
    ),
    Kind(
        *("relation-with-itself", "K01-from", "Disjoint"),
        where="?this a nhm:GoalRelation ; nhm:fromGoal ?goal ; nhm:toGoal ?old .",
        remove="?this nhm:toGoal ?old .",
        add="?this nhm:toGoal ?goal .",
    ),
    Kind(
        *("key-too-short", "B04-ags", "Pattern"),
        where="?this a nhm:Municipality ; nhm:ags ?old . BIND (SUBSTR(?old, 2) AS ?short)",
        remove="?this nhm:ags ?old .",
        add="?this nhm:ags ?short .",
    ),
)


def damage(data: ox.Store, each: int, seed: int, kinds: Sequence[Kind] = KINDS) -> list[Result]:
    """Damages the default graph of a store and says which results have to follow.

    No node is damaged twice. The same data, number and seed give the same damage. Raises ValueError
    where the data has too few places for a kind.
    """
    rng = Random(f"damage/{seed}")
    taken: set[str] = set()
    expected = []
    for kind in kinds:
        places = [place for place in _places(data, kind) if place not in taken]
        if len(places) < each:
            raise ValueError(f"{kind.name}: {len(places)} places in the data, {each} are needed")
        for place in sorted(rng.sample(places, each)):
            taken.add(place)
            expected.append(kind.result(place))
            values = f"VALUES ?this {{ <{place}> }}"
            data.update(
                f"{_PREFIXES} DELETE {{ {kind.remove} }} INSERT {{ {kind.add} }} "
                f"WHERE {{ {values} {kind.where} }}"
            )
    return expected


def _places(data: ox.Store, kind: Kind) -> list[str]:
    found = data.query(f"{_PREFIXES} SELECT DISTINCT ?this {{ {kind.where} }}")
    return sorted(solution["this"].value for solution in found)  # type: ignore[union-attr]
