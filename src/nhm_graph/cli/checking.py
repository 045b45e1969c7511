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
from nhm_graph.checks.reasoning import reason as reasoned
from nhm_graph.checks.rendering import as_github, as_json, as_text, as_turtle, verdict_text
from nhm_graph.checks.shacl import Run
from nhm_graph.cli.speaking import VIOLATIONS, lang_option, language_of, say, spoken, width
from nhm_graph.graph import open_graph
from nhm_graph.rdf.reading import read_file
from nhm_graph.settings import Settings


@click.command(
    help=say(
        "Prüft Dateien (Turtle, TriG, JSON-LD, N-Triples, N-Quads, RDF/XML) gemeinsam. "
        "Exit-Code 0: keine Verstöße, 1: Verstöße, 2: nicht lesbar.",
        "Checks files (Turtle, TriG, JSON-LD, N-Triples, N-Quads, RDF/XML) together. "
        "Exit code 0: no violations, 1: violations, 2: cannot be read.",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "turtle", "github"]),
    default="text",
    help=say("Form des Berichts", "form of the report"),
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
@lang_option
def validate(
    files: Sequence[str],
    form: str,
    tier: Tier,
    day: datetime | None,
    accept_explained: bool,
    lang: str | None,
) -> None:
    """Checks files against the rules."""
    language = spoken(lang)
    settings = Settings.from_environment(os.environ)
    documents = [read_file(file, settings.max_upload_bytes) for file in files]
    graph = open_graph(replace(settings, store_dir=None, examples=False))
    report = graph.validate(documents, Run(tier, day.date() if day else None))
    if form == "json":
        text = as_json(report, language)
    elif form == "turtle":
        text = as_turtle(report)
    elif form == "github":
        text = as_github(report, language)
    else:
        text = as_text(report, language, width())
    click.echo(text.removesuffix("\n")) if text else None
    passed = report.conforms or (accept_explained and report.explained)
    sys.exit(0 if passed else VIOLATIONS)


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
