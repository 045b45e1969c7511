"""nhm-graph validate and nhm-graph reason."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click

from nhm_graph.catalog.files import find_data_files
from nhm_graph.catalog.rules import TIERS, Tier
from nhm_graph.checks.cities import Rules, cores, validate_files
from nhm_graph.checks.comparing import compare, read_report
from nhm_graph.checks.engines import ENGINE_NAMES, EngineName
from nhm_graph.checks.reasoning import reason as reasoned
from nhm_graph.checks.rendering import FORMATS, GROUPINGS, Grouping, View, verdict_text
from nhm_graph.checks.report import Comparison, Report
from nhm_graph.checks.validation import Run
from nhm_graph.cli.speaking import (
    VIOLATIONS,
    lang_option,
    language_of,
    progress,
    refuse_without_store,
    say,
    spoken,
    store_option,
    width,
)
from nhm_graph.errors import BadParameter
from nhm_graph.graph import open_graph
from nhm_graph.language import Text
from nhm_graph.rdf.reading import read_file
from nhm_graph.settings import Settings


@click.command(
    help=say(
        "Prüft Dateien (Turtle, TriG, JSON-LD, N-Triples, N-Quads, RDF/XML) oder einen "
        "Datenbestand (--store): eine Kommune für sich, mehrere nacheinander. "
        "Exit-Code 0: keine Verstöße, 1: Verstöße, 2: nicht lesbar.",
        "Checks files (Turtle, TriG, JSON-LD, N-Triples, N-Quads, RDF/XML) or a store (--store): "
        "a municipality by itself, several one after the other. "
        "Exit code 0: no violations, 1: violations, 2: cannot be read.",
    )
)
@click.argument("files", nargs=-1, type=click.Path())
@store_option
@click.option(
    "--city",
    metavar="NAME",
    help=say("nur diese Kommune des Bestands", "only this municipality of the store"),
)
@click.option(
    "--together",
    is_flag=True,
    help=say(
        "alle Dateien als einen Graphen prüfen, auch über mehrere Kommunen",
        "check all files as one graph, also where they are about several municipalities",
    ),
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=cores,
    show_default=say("Zahl der Kerne", "number of cores"),
    help=say(
        "wie viele Prozesse mehrere Kommunen prüfen", "how many processes check municipalities"
    ),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(FORMATS)),
    default="text",
    help=say("Form des Berichts", "form of the report"),
)
@click.option(
    "--by",
    type=click.Choice(GROUPINGS),
    default=GROUPINGS[0],
    help=say(
        "wonach Text und HTML gliedern: Regel, Kommune, zuständige Stelle",
        "by what text and HTML are grouped: rule, municipality, office in charge",
    ),
)
@click.option(
    "--since",
    type=click.Path(),
    metavar="REPORT",
    help=say(
        "früherer Bericht (JSON, Turtle, SARIF): zeigt, was neu und was behoben ist",
        "earlier report (JSON, Turtle, SARIF): shows what is new and what is gone",
    ),
)
@click.option(
    "--only-new",
    is_flag=True,
    help=say(
        "nur Verstöße, die seit --since neu sind, ergeben Exit-Code 1",
        "only violations that are new since --since give exit code 1",
    ),
)
@click.option(
    "--tier",
    type=click.Choice(TIERS),
    default=TIERS[-1],
    help=say("bis zu welcher Stufe geprüft wird", "up to which tier is checked"),
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help=say("Prüfdatum für Fristen, Vorgabe heute", "day for deadlines, default today"),
)
@click.option(
    "--accept-explained",
    is_flag=True,
    help=say("erklärte Verstöße ergeben Exit-Code 0", "explained violations give exit code 0"),
)
@click.option(
    "--shapes",
    multiple=True,
    type=click.Path(),
    metavar="FILE",
    help=say(
        "andere SHACL-Regeln statt der eigenen; mehrfach möglich",
        "other SHACL shapes in place of ours; may be given several times",
    ),
)
@click.option(
    "--with-vocabulary",
    is_flag=True,
    help=say(
        "mit --shapes: Ontologie und Listen neben den Daten lesen",
        "with --shapes: read ontology and lists beside the data",
    ),
)
@click.option(
    "--engine",
    type=click.Choice(ENGINE_NAMES),
    default=ENGINE_NAMES[0],
    help=say(
        "compiled: Regeln als SPARQL; pyshacl: die Referenz, langsamer",
        "compiled: rules as SPARQL; pyshacl: the reference, slower",
    ),
)
@lang_option
def validate(
    files: Sequence[str],
    store_dir: Path | None,
    city: str | None,
    together: bool,
    jobs: int,
    form: str,
    by: Grouping,
    since: str | None,
    only_new: bool,
    tier: Tier,
    day: datetime | None,
    accept_explained: bool,
    shapes: Sequence[str],
    with_vocabulary: bool,
    engine: EngineName,
    lang: str | None,
) -> None:
    """Checks files or a store against the rules."""
    language = spoken(lang)
    _refuse_misfits(
        {
            ("FILES, --store", bool(files) == bool(store_dir)),
            ("--city", bool(city) and not store_dir),
            ("--only-new", only_new and not since),
            ("--with-vocabulary", with_vocabulary and not shapes),
            ("--shapes", bool(shapes) and bool(store_dir)),
            ("--tier", bool(shapes) and tier != TIERS[-1]),
        }
    )
    settings = replace(Settings.from_environment(os.environ), store_dir=None, examples=False)
    earlier = read_report(since, settings.max_upload_bytes) if since else None
    run = Run(tier, day.date() if day else None, engine)
    if store_dir:
        report = _of_store(replace(settings, store_dir=store_dir), city, run, jobs)
    else:
        rules = Rules(
            find_data_files(settings.data_dir),
            settings.max_upload_bytes,
            tuple(shapes),
            with_vocabulary or not shapes,
        )
        report = validate_files(
            files, rules, run, together=together, jobs=jobs, progress=progress()
        )
    beside = compare(report, earlier) if earlier is not None else None
    text = FORMATS[form].render(report, View(language, width(), by, beside))
    click.echo(text.removesuffix("\n")) if text else None
    sys.exit(0 if _passed(report, beside, accept_explained, only_new) else VIOLATIONS)


def _of_store(settings: Settings, city: str | None, run: Run, jobs: int) -> Report:
    refuse_without_store(settings.store_dir)
    graph = open_graph(settings)
    try:
        return graph.validate_graphs(city, run, jobs=jobs, progress=progress())
    finally:
        graph.close()


def _passed(
    report: Report, beside: Comparison | None, accept_explained: bool, only_new: bool
) -> bool:
    """Whether no violation stands that counts."""
    counting = beside.new if beside is not None and only_new else report.findings
    return not any(
        each.severity == "Violation" and not (accept_explained and each.explained)
        for each in counting
    )


def _refuse_misfits(misfits: set[tuple[str, bool]]) -> None:
    """Raises BadParameter for options that make no sense together."""
    for name in sorted(name for name, wrong in misfits if wrong):
        de, en = _TOGETHER[name]
        raise BadParameter(Text(de=de, en=en), extra={"name": name})


_TOGETHER = {
    "FILES, --store": (
        "Angegeben werden entweder Dateien oder mit --store ein Datenbestand.",
        "Give either files, or a store with --store.",
    ),
    "--city": (
        "--city wählt eine Kommune aus einem Datenbestand; --store fehlt.",
        "--city chooses a municipality of a store; --store is missing.",
    ),
    "--only-new": (
        "--only-new vergleicht mit einem früheren Bericht; --since fehlt.",
        "--only-new compares with an earlier report; --since is missing.",
    ),
    "--shapes": (
        "Mit --shapes lassen sich Dateien prüfen, kein Datenbestand.",
        "With --shapes files can be checked, not a store.",
    ),
    "--tier": (
        "Stufen haben nur die eigenen Regeln; mit --shapes entfällt --tier.",
        "Only our rules have tiers; with --shapes leave out --tier.",
    ),
    "--with-vocabulary": (
        "--with-vocabulary gehört zu --shapes; die eigenen Regeln lesen das Vokabular immer.",
        "--with-vocabulary belongs to --shapes; our rules read the vocabulary always.",
    ),
}


@click.command(
    help=say(
        "Prüft mit HermiT (OWL 2), ob die Ontologie, allein oder mit Dateien, sich widerspricht. "
        "Exit-Code 0: widerspruchsfrei, 1: Widerspruch, 2: nicht lesbar oder Java fehlt.",
        "Checks with HermiT (OWL 2) whether the ontology, alone or with files, contradicts "
        "itself. Exit code 0: sound, 1: contradiction, 2: cannot be read, or Java is missing.",
    )
)
@click.argument("files", nargs=-1, type=click.Path())
@click.option(
    "--only",
    is_flag=True,
    help=say("nur die Dateien, ohne die Ontologie", "only the files, without the ontology"),
)
@lang_option
def reason(files: Sequence[str], only: bool, lang: str | None) -> None:
    """Checks the ontology for contradictions."""
    language = language_of(lang)
    settings = Settings.from_environment(os.environ)
    own = find_data_files(settings.data_dir).root / "ontology" / "nhm.ttl"
    paths: list[Path | str] = [*([] if only else [own]), *files]
    documents = [read_file(path, settings.max_upload_bytes) for path in paths]
    verdict = reasoned(documents)
    click.echo(verdict_text(verdict, language))
    sys.exit(0 if verdict.sound else VIOLATIONS)
