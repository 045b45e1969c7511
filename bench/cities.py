"""Synthetic cities: as large as a real sustainability strategy, invented, and the same each time.

A city has two plans. The strategy is recorded completely and violates no rule in shapes/. The older
plan is recorded in part; most gaps that the questions look for (goals without a measure, measures
without a goal or a lead) are in it, because a rule does not call them a gap there. Only a few
measures without resources and a few missing translations are left for the rules to warn of.
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import indicators
import strategy
from graph_file import GraphFile, Pair, both, day, when

SOURCES = ("strategie", "aelteres-programm", "ratsinformation", "beteiligung", "zeitung")
UNITS = 30
DECISIONS = 40
CITIZENS = 50
CLAIMS = 12
_STEPS = (
    ("inventory", "Bestandsaufnahme", "Inventory"),
    ("cooperation", "Begleitung durch eine Hochschule", "Support by a university"),
    ("benchmark", "Vergleich mit anderen Städten", "Comparison with other cities"),
    ("drafting", "Entwurf der Strategie", "Draft of the strategy"),
    ("review", "Beratung in der Arbeitsgruppe", "Discussion in the working group"),
    ("goal-setting", "Festlegung der Ziele", "Setting of the goals"),
    ("operationalisation", "Ableitung der Maßnahmen", "Derivation of the measures"),
    ("assignment", "Zuweisung der Zuständigkeiten", "Assignment of responsibilities"),
    ("decision", "Beschluss", "Decision"),
    ("participation", "Beteiligung der Bürgerschaft", "Participation of citizens"),
    ("reporting", "Bericht", "Report"),
)


def write_city(number: int, folder: Path, seed: int) -> list[Path]:
    """Writes the graphs of one synthetic city, one Turtle file each, and says where they are.

    The same number and seed give the same bytes. The folder is made where it is missing.
    """
    rng = Random(f"{seed}/{number}")
    slug = f"stadt-{number:04}"
    name = f"Stadt {number:04} (synthetisch)"
    folder.mkdir(parents=True, exist_ok=True)
    files = [
        _organisation(number, slug, name),
        strategy.plan(rng, slug, name, units=UNITS, decisions=DECISIONS, steps=_STEPS),
        _council(rng, slug, name),
        _participation(rng, slug, name),
        strategy.assessment(rng, slug, name),
        _claims(rng, slug, name),
        indicators.observations(rng, slug, name),
    ]
    return [file.write(folder) for file in files]


def _organisation(number: int, slug: str, name: str) -> GraphFile:
    file = GraphFile(slug, name, "org", "Organisation", "organisation")
    file.add(
        f"id:{slug}",
        "nhm:Municipality",
        ("skos:prefLabel", both(name, f"City {number:04} (synthetic)")),
        ("nhm:slug", f'"{slug}"'),
        ("nhm:ags", f'"99{number:06}"'),
        ("nhm:municipalityType", "mtype:G2.1"),
        ("nhm:dataCompleteness", "completeness:complete"),
        ("nhm:scopeNote", both("Künstlich erzeugt für Messungen.", "Generated for measurements.")),
    )
    file.section("Units: departments, their offices, their divisions")
    for unit in range(1, UNITS + 1):
        file.add(f"unit:E-{unit:02}", "nhm:OrganizationalUnit", *_unit(slug, unit))
    file.section("Partners, body, sources")
    for partner in range(1, 5):
        file.add(
            f"partner:P-{partner}",
            "nhm:ExternalPartner",
            ("skos:prefLabel", both(f"Träger {partner} (erfunden)", f"Partner {partner}")),
        )
    for source in SOURCES:
        file.add(
            f"source:{source}",
            "nhm:Source",
            ("skos:prefLabel", both(f"Quelle {source}", f"Source {source}")),
            ("nhm:address", f'"https://{slug}.example/{source}"^^xsd:anyURI'),
            ("nhm:retrievedOn", day(date(2026, 11, 1))),
        )
    return file


def _unit(slug: str, unit: int) -> list[Pair]:
    """Four departments, twelve offices below them, divisions below the offices."""
    pairs = [("org:unitOf", f"id:{slug}"), ("dct:identifier", f'"E-{unit:02}"')]
    if unit <= 4:
        return [*pairs, ("skos:prefLabel", both(f"Dezernat {unit}", f"Department {unit}"))]
    if unit <= 16:
        label, above = both(f"Amt {unit}", f"Office {unit}"), (unit - 5) % 4 + 1
    else:
        label, above = both(f"Abteilung {unit}", f"Division {unit}"), (unit - 17) % 12 + 5
    return [*pairs, ("org:subOrganizationOf", f"unit:E-{above:02}"), ("skos:prefLabel", label)]


def _council(rng: Random, slug: str, name: str) -> GraphFile:
    file = GraphFile(slug, name, "council", "Gremien und Beschlüsse", "council and decisions")
    for body, german, english in (
        ("gemeinderat", "Gemeinderat", "Council"),
        ("umweltausschuss", "Umweltausschuss", "Environment committee"),
    ):
        file.own(f"body:{body}", "nhm:CouncilBody", ("skos:prefLabel", both(german, english)))
    for number in range(1, DECISIONS + 1):
        on = date(2018, 3, 1) + timedelta(days=70 * number + rng.randrange(60))
        label = both(f"Vorlage {number:02}", f"Paper {number:02}")
        file.own(
            f"paper:D-{number:02}",
            "nhm:CouncilPaper",
            ("skos:prefLabel", label),
            ("nhm:paperReference", f'"{on.year}/{number:03}"'),
            ("nhm:paperType", '"Beschlussvorlage"'),
            ("nhm:concerns", "plan:strategie" if number > 5 else "plan:aelter"),
            ("dct:source", "source:ratsinformation"),
        )
        kinds = ("adopted", "adopted", "adopted", "amended", "taken-note", "postponed")
        # Those by which a plan was adopted.
        kind = "adopted" if number in (1, 6, 30) else rng.choice(kinds)
        file.own(
            f"decision:D-{number:02}",
            "nhm:CouncilDecision",
            ("skos:prefLabel", both(f"Beschluss {number:02}", f"Decision {number:02}")),
            ("nhm:decisionKind", f"dkind:{kind}"),
            ("nhm:decidingBody", f"body:{rng.choice(('gemeinderat', 'umweltausschuss'))}"),
            ("nhm:onPaper", f"paper:D-{number:02}"),
            ("nhm:evidence", "ev:documented"),
            ("dct:source", "source:ratsinformation"),
            *when(on, on),
        )
    return file


def _participation(rng: Random, slug: str, name: str) -> GraphFile:
    file = GraphFile(slug, name, "participation", "Beteiligung", "participation")
    for number in (1, 2):
        first = date(2022 + number, 3, 1)
        file.own(
            f"process:V-{number}",
            "nhm:ParticipationProcess",
            ("skos:prefLabel", both(f"Werkstatt {number}", f"Workshop {number}")),
            ("nhm:inCycle", f"cycle:{number}"),
            ("nhm:participationLevel", "level:involvement"),
            ("dct:source", "source:beteiligung"),
            *when(first, first + timedelta(days=90)),
        )
    for number in range(1, CITIZENS + 1):
        process = rng.choice((1, 2))
        on = date(2022 + process, 3, 1) + timedelta(days=rng.randrange(90))
        answered = number % 10 != 0
        english = f"Proposal {number:02}: {strategy.PLACES[number % 8][1]}" if number % 7 else None
        german = f"Vorschlag {number:02}: {strategy.PLACES[number % 8][0]}"
        file.own(
            f"citizen:B-{number:02}",
            "nhm:CitizenContribution",
            ("dct:identifier", f'"B-{number:02}"'),
            ("skos:prefLabel", both(german, english)),
            ("nhm:submittedIn", f"process:V-{process}"),
            ("nhm:submittedOn", day(on)),
            ("nhm:inActionField", strategy.field_iri(rng.randrange(strategy.FIELDS))),
            *([("nhm:answeredBy", f"answer:B-{number:02}")] if answered else []),
        )
        if answered:
            file.own(f"answer:B-{number:02}", "nhm:ContributionAnswer", *_answer(rng, on))
    return file


def _answer(rng: Random, submitted: date) -> list[Pair]:
    outcome = rng.choice(("adopted", "partly-adopted", "rejected", "under-review"))
    pairs = [
        ("nhm:answeredOn", day(submitted + timedelta(days=60))),
        ("nhm:answerOutcome", f"outcome:{outcome}"),
        ("nhm:answerReason", both("Wurde geprüft und abgewogen.", "Was examined and weighed.")),
    ]
    if outcome in ("adopted", "partly-adopted"):
        pairs.append(("nhm:resultedIn", strategy.measure_iri(rng.randrange(strategy.MEASURES))))
    return pairs


def _claims(rng: Random, slug: str, name: str) -> GraphFile:
    """Pairs of claims about goals, of which the second contradicts the first."""
    file = GraphFile(slug, name, "claims", "Aussagen", "claims")
    for number in range(1, CLAIMS + 1):
        first = number % 2 == 1
        goal = strategy.goal_iri((number - 1) // 2)
        pairs = [
            ("dct:identifier", f'"C-{number:02}"'),
            ("skos:prefLabel", both(f"Aussage {number:02}", f"Claim {number:02}")),
            ("nhm:about", goal),
            ("nhm:claimedProperty", "topic:climate-neutrality-year"),
            ("nhm:claimedValue", str(rng.randrange(2030, 2040) + (0 if first else 10))),
            ("nhm:dateText", f'"{2018 + number // 2}"'),
            ("dct:source", "source:ratsinformation" if first else "source:zeitung"),
            ("nhm:evidence", "ev:contested"),
        ]
        if not first:
            pairs.append(("nhm:contradicts", f"claim:C-{number - 1:02}"))
        file.own(f"claim:C-{number:02}", "nhm:Claim", *pairs)
    return file
