"""Indicators of a synthetic city: definitions, yearly values, and target values of its goals."""

from datetime import date
from random import Random

import strategy
from graph_file import GraphFile, both, day

INDICATORS = 10
YEARS = range(2020, 2026)


def observations(rng: Random, slug: str, name: str) -> GraphFile:
    """The indicators, their definitions and values, and a target for each operational goal."""
    file = GraphFile(slug, name, "observations", "Indikatorwerte", "indicator values")
    label = both("Indikatorwerte", "Indicator values")
    file.own("structure:werte", "qb:DataStructureDefinition", ("skos:prefLabel", label))
    file.own(
        "dataset:werte",
        "qb:DataSet",
        ("skos:prefLabel", label),
        ("dct:title", label),
        ("dct:license", "<https://creativecommons.org/publicdomain/zero/1.0/>"),
        ("qb:structure", "structure:werte"),
    )
    scheme = f"<https://w3id.org/nhm/examples/id/{slug}/indicator>"
    file.add(scheme, "skos:ConceptScheme", ("skos:prefLabel", both("Indikatoren", "Indicators")))
    for number in range(1, INDICATORS + 1):
        _indicator(file, rng, scheme, number)
        for year in YEARS:
            _value(file, rng, number, year)
    for index in range(strategy.STRATEGIC, strategy.STRATEGIC + strategy.OPERATIONAL):
        number = index % INDICATORS + 1
        file.own(
            f"target:Z-{index + 1:03}",
            "nhm:TargetValue",
            ("nhm:targetOfGoal", strategy.goal_iri(index)),
            ("nhm:usesDefinition", f"definition:I-{number:02}"),
            ("nhm:comparator", "comparator:at-least"),
            ("nhm:value", f"{rng.randrange(80, 100)}.0"),
            ("nhm:unit", "uom:percent"),
            ("nhm:dueDate", day(date(2030, 12, 31))),
            ("nhm:baseline", f"observation:I-{number:02}-{YEARS[0]}"),
        )
    return file


def _indicator(file: GraphFile, rng: Random, scheme: str, number: int) -> None:
    file.own(
        f"indicator:I-{number:02}",
        "nhm:Indicator , skos:Concept",
        ("dct:identifier", f'"I-{number:02}"'),
        ("skos:inScheme", scheme),
        ("skos:prefLabel", both(f"Indikator {number:02}", f"Indicator {number:02}")),
        ("skos:definition", both("Erfundener Anteil.", "Invented share.")),
        ("nhm:indicatorType", "itype:outcome"),
        ("nhm:relatesToSdg", f"sdg:{rng.choice(strategy.sdg_targets())}"),
    )
    file.own(
        f"definition:I-{number:02}",
        "nhm:IndicatorDefinition",
        ("nhm:definitionOf", f"indicator:I-{number:02}"),
        ("skos:prefLabel", both(f"Definition {number:02}", f"Definition {number:02}")),
        ("nhm:formula", both("Erfunden, geteilt durch alle", "Invented, divided by all")),
        ("nhm:unit", "uom:percent"),
        ("nhm:rangeMinimum", "0.0"),
        ("nhm:rangeMaximum", "100.0"),
        ("nhm:polarity", "polarity:higher-is-better"),
        ("dct:source", "source:strategie"),
    )


def _value(file: GraphFile, rng: Random, number: int, year: int) -> None:
    file.own(
        f"observation:I-{number:02}-{year}",
        "nhm:IndicatorObservation , qb:Observation",
        ("qb:dataSet", "dataset:werte"),
        ("nhm:usesDefinition", f"definition:I-{number:02}"),
        ("nhm:refArea", f"id:{file.slug}"),
        ("nhm:refPeriod", f'"{year}"^^xsd:gYear'),
        ("nhm:observationStatus", "ostatus:final"),
        ("nhm:value", f"{20 + 8 * (year - YEARS[0]) + rng.randrange(8)}.0"),
        ("nhm:unit", "uom:percent"),
        ("dct:source", "source:strategie"),
    )
