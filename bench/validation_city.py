"""What a synthetic city lacks for a bench of validation: things that the other rules are about.

A graph of its own beside those of cities.py, so that every rule in shapes/ has something to look at
(save Q02, which any target violates), and none is violated by it.
"""

from datetime import date

import strategy
from graph_file import BASE, GraphFile, Pair, both, day

PEERS = 12
RELATIONS = 24
_VOC = "https://w3id.org/nhm/voc/"
_PROV = "http://www.w3.org/ns/prov#"
_OWL = "http://www.w3.org/2002/07/owl#"


def beside(number: int) -> GraphFile:
    """The graph of what is compared, related and grouped in a city, and of how things came about.

    >>> "nhm:PeerGroup" in beside(1).text()
    True
    """
    slug = f"stadt-{number:04}"
    name = f"Stadt {number:04} (synthetisch)"
    file = GraphFile(slug, name, "benchmark", "Vergleich und mehr", "comparison and more")
    _peers(file, number)
    _values(file)
    _ratings(file)
    _relations(file)
    _history(file)
    _measures(file)
    return file


def _iri(file: GraphFile, local: str) -> str:
    return f"<{BASE}id/{file.slug}/{local}>"


def _listed(code: str, local: str) -> str:
    return f"<{_VOC}{code}/{local}>"


def _label(german: str, english: str) -> Pair:
    return ("skos:prefLabel", both(german, english))


def _peers(file: GraphFile, number: int) -> None:
    """Cities to compare with. Their keys begin with 98, which is no state."""
    peers = [_iri(file, f"peer/{each:02}") for each in range(1, PEERS + 1)]
    for each, peer in enumerate(peers, 1):
        first, last = f"98{number:03}", f"{each:03}"
        file.add(
            peer,
            "nhm:Municipality",
            _label(f"Vergleichsstadt {each}", f"Peer city {each}"),
            ("nhm:slug", f'"{file.slug}-peer-{each:02}"'),
            ("nhm:ags", f'"{first}{last}"'),
            ("nhm:ars", f'"{first}0000{last}"'),
            ("nhm:municipalityType", "mtype:G2.1"),
            ("nhm:territorialStatus", _listed("territorial-status", "urban-district")),
            ("nhm:dataCompleteness", "completeness:unknown"),
            ("nhm:scopeNote", both("Nur für Vergleiche.", "For comparisons only.")),
        )
    file.own(
        _iri(file, "peers/typ"),
        "nhm:PeerGroup",
        _label("Städte des gleichen Typs", "Cities of the same type"),
        ("nhm:hasPeer", " , ".join(peers)),
        ("nhm:peerCriterion", both("gleicher Gemeindetyp", "same type of municipality")),
        ("dct:source", "source:strategie"),
    )
    units = " , ".join(f"unit:E-{each:02}" for each in range(1, 5))
    file.own(
        "group:nachhaltigkeit",
        "nhm:WorkingGroup",
        _label("Arbeitsgruppe Nachhaltigkeit", "Working group on sustainability"),
        ("org:hasMember", units),
    )


def _values(file: GraphFile) -> None:
    """A comparison with a peer city, and missing values."""
    peer = _iri(file, "peer/01")
    observation = _iri(file, "observation/peer-01-2024")
    file.own(
        observation,
        "nhm:IndicatorObservation , qb:Observation",
        ("qb:dataSet", "dataset:werte"),
        ("nhm:usesDefinition", "definition:I-01"),
        ("nhm:refArea", peer),
        ("nhm:refPeriod", '"2024"^^xsd:gYear'),
        ("nhm:observationStatus", "ostatus:final"),
        ("nhm:value", "47.5"),
        ("nhm:unit", "uom:percent"),
        ("dct:source", "source:strategie"),
    )
    file.own(
        _iri(file, "comparison/I-01-2024"),
        "nhm:BenchmarkComparison",
        _label("Indikator 01 im Vergleich", "Indicator 01 compared"),
        ("nhm:inPeerGroup", _iri(file, "peers/typ")),
        ("nhm:comparesObservation", f"observation:I-01-2024 , {observation}"),
    )
    for year in (2018, 2019):
        file.own(
            _iri(file, f"missing/I-01-{year}"),
            "nhm:MissingValue",
            ("nhm:usesDefinition", "definition:I-01"),
            ("nhm:refArea", f"id:{file.slug}"),
            ("nhm:refPeriod", f'"{year}"^^xsd:gYear'),
            ("nhm:missingReason", _listed("missing-reason", "not-surveyed")),
        )


def _ratings(file: GraphFile) -> None:
    """A target value that is reached, and ratings with and without a value to rest on."""
    goal = strategy.goal_iri(0)
    file.own(
        "target:Z-001",
        "nhm:TargetValue",
        ("nhm:targetOfGoal", goal),
        ("nhm:usesDefinition", "definition:I-01"),
        ("nhm:comparator", "comparator:at-least"),
        ("nhm:value", "10.0"),
        ("nhm:unit", "uom:percent"),
        ("nhm:dueDate", day(date(2030, 12, 31))),
    )
    for rating, based in (("reached", "observation:I-01-2025"), ("not-assessable", None)):
        file.own(
            _iri(file, f"progress/Z-001-{rating}"),
            "nhm:ProgressAssessment",
            ("nhm:assesses", goal),
            ("nhm:rating", _listed("rating", rating)),
            ("nhm:assessedBy", f"id:{file.slug}"),
            ("nhm:assessedOn", day(date(2026, 5, 4))),
            ("nhm:rationale", both("Erfundene Bewertung.", "Invented rating.")),
            *([("nhm:basedOn", based)] if based else []),
        )


def _relations(file: GraphFile) -> None:
    for each in range(RELATIONS):
        kind = ("conflict", "synergy", "prerequisite")[each % 3]
        first = strategy.STRATEGIC + each
        file.own(
            _iri(file, f"relation/{each + 1:02}"),
            "nhm:GoalRelation",
            ("nhm:fromGoal", strategy.goal_iri(first)),
            ("nhm:toGoal", strategy.goal_iri(first + RELATIONS)),
            ("nhm:relationType", _listed("goal-relation", kind)),
            ("nhm:assessedBy", f"id:{file.slug}"),
            ("nhm:rationale", both("Erfundene Beziehung.", "Invented relation.")),
            *(
                [("nhm:resolution", both("Wird abgewogen.", "Is weighed."))]
                if each % 3 == 0
                else []
            ),
        )


def _history(file: GraphFile) -> None:
    """Versions with a beginning, steps that use what others made, units with a first day."""
    file.own(
        "version:strategie-2024",
        "nhm:PlanVersion",
        ("nhm:validFrom", day(date(2024, 1, 1))),
        (f"<{_PROV}wasRevisionOf>", "version:strategie-2019"),
    )
    for position in range(1, 11):
        activity, made = _iri(file, f"activity/{position}"), _iri(file, f"result/{position}")
        used = _iri(file, f"result/{position - 1}")
        file.own(f"step:1-{position}", "nhm:ProcessStep", ("nhm:carriedOutBy", activity))
        file.own(
            activity,
            f"<{_PROV}Activity>",
            (f"<{_PROV}generated>", made),
            *([(f"<{_PROV}used>", used)] if position > 1 else []),
        )
        file.own(made, f"<{_PROV}Entity>")
    for number in (1, 2):
        file.own(
            f"process:V-{number}", "nhm:ParticipationProcess", ("nhm:answerWithinDays", "4000")
        )
    for number in range(1, 9):
        file.add(
            f"unit:E-{number:02}",
            "nhm:OrganizationalUnit",
            ("nhm:validFrom", day(date(2001, 1, 1))),
        )
    file.add(
        _iri(file, "term/alt"),
        "skos:Concept",
        (f"<{_OWL}deprecated>", "true"),
        ("dct:isReplacedBy", strategy.field_iri(0)),
    )


def _measures(file: GraphFile) -> None:
    """Measures with the day of their state, with prerequisites, and parts of bundles."""
    for index in range(0, 60, 2):
        file.own(
            strategy.measure_iri(index),
            "nhm:Measure",
            ("nhm:statusAsOf", day(date(2026, 9, 30))),
            ("nhm:dependsOn", strategy.measure_iri(index + 1)),
        )
    for index in range(100, 110):
        file.own(
            strategy.measure_iri(index),
            "nhm:Measure",
            ("nhm:partOfMeasure", strategy.measure_iri(index - 100)),
        )
