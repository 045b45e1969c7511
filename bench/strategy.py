"""What a synthetic city means to do: its plans with goals, measures and what hangs on them."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from random import Random

from pyoxigraph import NamedNode, RdfFormat, parse

from graph_file import GraphFile, Pair, both, day, when
from nhm_graph.catalog.files import find_data_files

FIELDS = 10
# Goals in this order: strategic, operational, those of the older plan. Measures: first those of
# the strategy, then those of the older plan.
STRATEGIC = 20
OPERATIONAL = 70
GOALS = 100
PLANNED = 180
MEASURES = 200

# Verbs, things and places from which titles are made; the number in the title tells them apart.
_DOING = (
    ("Ausbau", "Extension"),
    ("Erneuerung", "Renewal"),
    ("Förderung", "Promotion"),
    ("Prüfung", "Examination"),
    ("Einführung", "Introduction"),
)
_THINGS = (
    ("der Radwege", "of cycle paths"),
    ("der Solaranlagen", "of solar plants"),
    ("des Busnetzes", "of the bus network"),
    ("der Grünflächen", "of green spaces"),
    ("der Wärmenetze", "of heat networks"),
    ("der Ganztagsschulen", "of all-day schools"),
    ("der Reparaturtreffs", "of repair cafés"),
)
PLACES = (
    ("in der Innenstadt", "in the centre"),
    ("in den Stadtteilen", "in the districts"),
    ("im Gewerbegebiet", "in the business park"),
    ("an Schulen", "at schools"),
    ("am Fluss", "at the river"),
    ("im Norden", "in the north"),
    ("im Süden", "in the south"),
    ("in der ganzen Stadt", "in the whole city"),
)
_STATUS = ("idea", "planned", "under-way", "in-operation", "done", "paused", "not-published")
_DIRECTIONS = ("positive",) * 7 + ("mixed", "neutral", "negative")
_SDG_TARGET = NamedNode("http://metadata.un.org/sdg/ontology#Target")


def goal_iri(index: int) -> str:
    """The goal at that place, from 0, in Turtle."""
    return f"goal:Z-{index + 1:03}"


def measure_iri(index: int) -> str:
    """The measure at that place, from 0, in Turtle."""
    return f"measure:M-{index + 1:03}"


def field_iri(index: int) -> str:
    """The action field at that place, from 0, in Turtle."""
    return f"field:F-{index + 1:02}"


@cache
def sdg_targets() -> tuple[str, ...]:
    """The codes of all SDG targets that the shipped list has, for instance 7.2."""
    path = next(path for path in find_data_files().ontology() if path.name == "sdg.ttl")
    found = [
        quad.subject.value.rpartition("/")[2]
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.object == _SDG_TARGET and isinstance(quad.subject, NamedNode)
    ]
    return tuple(sorted(found))


def plan(
    rng: Random,
    slug: str,
    name: str,
    *,
    units: int,
    decisions: int,
    steps: Sequence[tuple[str, str, str]],
) -> GraphFile:
    """The plans with fields, principles, goals, measures, responsibilities, resources, process."""
    file = GraphFile(slug, name, "plan", "Programm", "plan")
    file.section("Plans and versions")
    _plans(file)
    file.section("Action fields and principles")
    _frame(file, slug)
    file.section("Goals")
    for index in range(GOALS):
        file.own(goal_iri(index), _goal_class(index), *_goal(rng, index, decisions))
    file.section("Measures, with responsibilities and resources")
    for index in range(MEASURES):
        file.own(measure_iri(index), "nhm:Measure", *_measure(rng, index, decisions))
        _responsibilities(file, rng, index, units)
        _resources(file, rng, index)
    file.section("Process")
    _process(file, steps)
    return file


def _plans(file: GraphFile) -> None:
    for local, german, english, completeness, levels in (
        ("strategie", "Nachhaltigkeitsstrategie", "Sustainability strategy", "complete", 2),
        ("aelter", "Älteres Programm", "Older plan", "partial", 1),
    ):
        file.own(
            f"plan:{local}",
            "nhm:SustainabilityPlan",
            ("skos:prefLabel", both(german, english)),
            ("nhm:goalLevels", str(levels)),
            ("nhm:coversScope", "<http://metadata.un.org/sdg>"),
            ("nhm:dataCompleteness", f"completeness:{completeness}"),
            ("nhm:scopeNote", both("Erfunden.", "Invented.")),
        )
    for local, year, status, decision in (
        ("aelter", "2018", "superseded", "decision:D-01"),
        ("strategie", "2019", "superseded", "decision:D-06"),
        ("strategie", "2024", "adopted", "decision:D-30"),
    ):
        file.own(
            f"version:{local}-{year}",
            "nhm:PlanVersion",
            ("dcat:isVersionOf", f"plan:{local}"),
            ("dcat:version", f'"{year}"'),
            ("skos:prefLabel", both(f"{local} {year}", f"{local} {year}")),
            ("nhm:editorialStatus", f"ed:{status}"),
            ("nhm:decidedBy", decision),
        )


def _versions(index: int) -> str:
    """The versions of the strategy that hold the goal or measure at that place."""
    both_ones = "version:strategie-2019 , version:strategie-2024"
    return "version:strategie-2024" if index % 3 == 0 else both_ones


def _frame(file: GraphFile, slug: str) -> None:
    scheme = f"<https://w3id.org/nhm/examples/id/{slug}/field>"
    label = both("Handlungsfelder", "Action fields")
    file.add(scheme, "skos:ConceptScheme", ("skos:prefLabel", label))
    for index in range(FIELDS):
        file.own(
            field_iri(index),
            "nhm:ActionField , skos:Concept",
            ("skos:inScheme", scheme),
            ("nhm:position", str(index + 1)),
            ("skos:prefLabel", both(f"Handlungsfeld {index + 1}", f"Action field {index + 1}")),
        )
    principles = [f"principle:L-{number}" for number in range(1, 9)]
    file.own(
        "vision:2040",
        "nhm:GuidingVision",
        ("nhm:inPlan", "plan:strategie"),
        ("skos:prefLabel", both("Leitbild 2040", "Guiding vision 2040")),
        ("nhm:hasPrinciple", " , ".join(principles)),
    )
    for number, principle in enumerate(principles, 1):
        file.own(
            principle,
            "nhm:GuidingPrinciple",
            ("dct:identifier", f'"L-{number}"'),
            ("skos:prefLabel", both(f"Leitsatz {number}", f"Principle {number}")),
        )


def _goal_class(index: int) -> str:
    if index < STRATEGIC:
        return "nhm:StrategicGoal"
    return "nhm:OperationalGoal" if index < STRATEGIC + OPERATIONAL else "nhm:Goal"


def _goal(rng: Random, index: int, decisions: int) -> Iterator[Pair]:
    (what, english), place, number = _THINGS[index % 7], PLACES[index % 8], f"{index + 1:03}"
    yield "dct:identifier", f'"Z-{number}"'
    yield (
        "skos:prefLabel",
        both(
            f"Verbesserung {what} {place[0]} ({number})",
            None if index == GOALS - 1 else f"Improvement {english} {place[1]} ({number})",
        ),
    )
    yield "nhm:inActionField", field_iri(index % FIELDS)
    due = 2040 if index < STRATEGIC else rng.randrange(2027, 2040)
    yield "nhm:dueDate", day(date(due, 12, 31))
    yield "nhm:decidedBy", f"decision:D-{rng.randrange(1, decisions + 1):02}"
    if index >= STRATEGIC + OPERATIONAL:
        yield "nhm:inPlan", "plan:aelter"
        yield "nhm:inPlanVersion", "version:aelter-2018"
        return
    yield "nhm:inPlan", "plan:strategie"
    yield "nhm:inPlanVersion", _versions(index)
    yield "dct:source", "source:strategie"
    if index < STRATEGIC:
        yield "nhm:concretizes", f"principle:L-{index % 8 + 1}"
        if index < 5:
            yield "dct:replaces", goal_iri(STRATEGIC + OPERATIONAL + index)
    else:
        yield "nhm:refines", goal_iri(index % STRATEGIC)


def _measure(rng: Random, index: int, decisions: int) -> Iterator[Pair]:
    doing, thing, place = _DOING[index % 5], _THINGS[index % 7], PLACES[index % 8]
    number = f"{index + 1:03}"
    yield "dct:identifier", f'"M-{number}"'
    yield (
        "skos:prefLabel",
        both(
            f"{doing[0]} {thing[0]} {place[0]} ({number})",
            None if index >= MEASURES - 4 else f"{doing[1]} {thing[1]} {place[1]} ({number})",
        ),
    )
    yield "nhm:inActionField", field_iri(rng.randrange(FIELDS))
    # The first measure of each operational goal is a real one; among the others some are rejected.
    rejected = index >= OPERATIONAL and rng.random() < 0.05
    status = "rejected" if rejected else rng.choice(_STATUS)
    yield "nhm:implementationStatus", f"status:{status}"
    yield "nhm:plannedStart", day(date(2022, 1, 1) + timedelta(days=rng.randrange(700)))
    yield "nhm:plannedEnd", day(date(2031, 1, 1) + timedelta(days=rng.randrange(3000)))
    if status == "done":
        yield "nhm:actualEnd", day(date(2024, 1, 1) + timedelta(days=rng.randrange(700)))
    if index >= PLANNED:
        yield "nhm:inPlan", "plan:aelter"
        if index % 2:
            yield "nhm:servesGoal", goal_iri(STRATEGIC + OPERATIONAL + index % 5)
        else:
            yield "nhm:responsibleText", '"Zuständigkeit nicht genannt"'
        return
    yield "nhm:inPlan", "plan:strategie"
    yield "nhm:inPlanVersion", _versions(index)
    served = {STRATEGIC + index % OPERATIONAL}
    if index % 4 == 0:
        served.add(STRATEGIC + rng.randrange(OPERATIONAL))
    yield "nhm:servesGoal", " , ".join(goal_iri(goal) for goal in sorted(served))
    yield "dct:source", "source:strategie"
    if index % 3 == 0:
        yield "nhm:decidedBy", f"decision:D-{rng.randrange(1, decisions + 1):02}"


def _responsibilities(file: GraphFile, rng: Random, index: int, units: int) -> None:
    if index >= PLANNED and index % 2 == 0:
        return
    start, change = date(2021, 1, 1), date(2025, 1, 1)
    lead, other, involved = rng.sample(range(1, units + 1), 3)
    agent = "nhm:toBeClarified" if index % 25 == 7 else f"unit:E-{lead:02}"
    pairs = [("nhm:agent", agent), ("nhm:role", "role:lead"), ("nhm:validFrom", day(start))]
    if index % 6 == 0:  # the lead changed
        pairs.append(("nhm:validUntil", day(change - timedelta(days=1))))
    entries = [pairs]
    if index % 6 == 0:
        after = [("nhm:agent", f"unit:E-{other:02}"), ("nhm:role", "role:lead")]
        entries.append([*after, ("nhm:validFrom", day(change))])
    if index % 5 == 0:
        entries.append([("nhm:agent", f"partner:P-{index % 4 + 1}"), ("nhm:role", "role:involved")])
    elif index % 2:
        entries.append([("nhm:agent", f"unit:E-{involved:02}"), ("nhm:role", "role:involved")])
    for number, entry in enumerate(entries, 1):
        iri = f"resp:M-{index + 1:03}-{number}"
        file.own(iri, "nhm:Responsibility", ("nhm:responsibleFor", measure_iri(index)), *entry)


def _resources(file: GraphFile, rng: Random, index: int) -> None:
    if index < PLANNED and index % 8 == 3:
        return
    money = rng.random() < 0.7
    amount = f"{rng.randrange(10, 900)}000.00" if money else f"{rng.randrange(1, 9)}.5"
    file.own(
        f"alloc:M-{index + 1:03}-2027",
        "nhm:ResourceAllocation",
        ("nhm:allocatedTo", measure_iri(index)),
        ("nhm:resourceKind", "res:money" if money else "res:staff"),
        ("nhm:allocationStage", "stage:planned"),
        ("nhm:amount", amount),
        ("nhm:fiscalYear", "2027"),
        ("nhm:budgetLine", f'"TH {index % 9 + 1}"'),
    )


def _process(file: GraphFile, steps: Sequence[tuple[str, str, str]]) -> None:
    for cycle in (1, 2):
        file.own(
            f"cycle:{cycle}",
            "nhm:ManagementCycle",
            ("nhm:position", str(cycle)),
            ("skos:prefLabel", both(f"Zyklus {cycle}", f"Cycle {cycle}")),
        )
        for position, (kind, german, english) in enumerate(steps, 1):
            first = date(2015 + 6 * cycle, position, 1)
            file.own(
                f"step:{cycle}-{position}",
                "nhm:ProcessStep",
                ("nhm:inCycle", f"cycle:{cycle}"),
                ("nhm:position", str(position)),
                ("nhm:stepType", f"stype:{kind}"),
                ("nhm:stepStatus", "sstatus:done" if cycle == 1 else "sstatus:announced"),
                ("skos:prefLabel", both(german, english)),
                ("dct:source", "source:strategie"),
                *when(first, first + timedelta(days=27)),
            )


def assessment(rng: Random, slug: str, name: str) -> GraphFile:
    """Contributions of measures and goals to SDG targets, and fields assigned to pillars."""
    file = GraphFile(slug, name, "assessment", "Einschätzungen", "assessments")
    for index in range(FIELDS):
        file.own(
            f"assess:F-{index + 1:02}",
            "nhm:PillarAssessment",
            ("nhm:assessedField", field_iri(index)),
            ("nhm:assessedPillar", f"pillar:{('ecological', 'economic', 'social')[index % 3]}"),
            ("nhm:weight", "weight:primary"),
            *_assessed(slug),
        )
    chosen = {
        index: rng.sample(sdg_targets(), (2, 1, 1, 0)[index % 4]) for index in range(MEASURES)
    }
    for index, targets in chosen.items():
        # The first measure of each goal certainly furthers what its goal is said to further.
        directions = _DIRECTIONS[:1] if index < OPERATIONAL else _DIRECTIONS
        for target in targets:
            local = f"M-{index + 1:03}-{target}"
            direction = rng.choice(directions)
            _contribution(file, rng, local, measure_iri(index), target, direction)
    for index in range(GOALS):
        first = index if index < STRATEGIC else index - STRATEGIC
        for target in chosen[first][:1]:
            _contribution(
                file, rng, f"Z-{index + 1:03}-{target}", goal_iri(index), target, "positive"
            )
    return file


def _contribution(
    file: GraphFile, rng: Random, local: str, contributor: str, target: str, direction: str
) -> None:
    file.own(
        f"contribution:{local}",
        "nhm:Contribution",
        ("nhm:contributor", contributor),
        ("nhm:contributesTo", f"sdg:{target}"),
        ("nhm:direction", f"dir:{direction}"),
        ("nhm:strength", str(rng.randrange(1, 4))),
        ("nhm:confidence", f"conf:{rng.choice(('low', 'medium', 'high'))}"),
        *_assessed(file.slug),
    )


def _assessed(slug: str) -> list[Pair]:
    return [
        ("nhm:assessedBy", f"id:{slug}"),
        ("nhm:assessedOn", day(date(2026, 5, 4))),
        ("nhm:rationale", both("Erfundene Einschätzung.", "Invented assessment.")),
    ]
