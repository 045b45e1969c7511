"""The command `nhm-graph`: ask, validate, load, serve."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from nhm_graph import __version__
from nhm_graph.catalog.files import DataFiles, find_data_files
from nhm_graph.catalog.rules import TIERS, Tier
from nhm_graph.checks.reasoning import reason as reasoned
from nhm_graph.checks.rendering import as_github, as_json, as_text, as_turtle, verdict_text
from nhm_graph.checks.shacl import Run
from nhm_graph.errors import BadParameter, Refusal, StoreProblem
from nhm_graph.graph import Graph, open_graph
from nhm_graph.language import LANGUAGES, Language, Text, is_language, locale_language
from nhm_graph.listening import listen
from nhm_graph.rdf.reading import read_file
from nhm_graph.rdf.terms import typed_term
from nhm_graph.settings import Settings
from nhm_graph.store.embedded import is_store
from nhm_graph.store.loading import Progress, read_graphs
from nhm_graph.terminal import answer_text, question_help, question_list

VIOLATIONS, REFUSED = 1, 2
_WIDTH = 120


def _say(de: str, en: str) -> str:
    """Words in the language of the terminal."""
    return Text(de=de, en=en).in_(_language())


def _language(given: str | None = None) -> Language:
    return given if given and is_language(given) else locale_language(os.environ)


def _spoken(given: str | None) -> Language:
    """The language asked for, from now on that of refusals too."""
    language = _language(given)
    click.get_current_context().find_root().obj = language
    return language


class _Commands(click.Group):
    """The commands; a refusal is said in one sentence and ends with exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"nhm-graph: {refusal.message(ctx.obj or _language())}", err=True)
            sys.exit(REFUSED)


_store = click.option(
    "--store",
    "store_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=_say("Ordner des Datenbestands", "folder of the store"),
)
_target = click.argument("target", type=click.Path(path_type=Path, file_okay=False))
_lang = click.option(
    "--lang", type=click.Choice(LANGUAGES), help=_say("Sprache der Ausgabe", "language of output")
)


@click.group(
    cls=_Commands,
    help=_say(
        "Welche Nachhaltigkeitsziele einer Stadt abgedeckt sind, und wer zuständig ist.",
        "Which sustainability goals of a city are covered, and who is responsible.",
    ),
)
@click.version_option(__version__, prog_name="nhm-graph")
def main() -> None:
    """Entry point of the command line."""


@main.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
    help=_say(
        "Stellt eine benannte Frage, ohne Namen: listet alle. Parameter als --name wert, "
        "zum Beispiel: nhm-graph ask sdg-gaps --city heilbronn. Ohne --store werden die "
        "Beispielstädte gefragt.",
        "Asks a named question; without a name lists all. Parameters as --name value, for "
        "instance: nhm-graph ask sdg-gaps --city heilbronn. Without --store the example cities "
        "are asked.",
    ),
)
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]))
@_store
@click.option("--help", "helped", is_flag=True, help=_say("diese Hilfe", "this help"))
@click.pass_context
def ask(
    ctx: click.Context, name: str | None, form: str | None, store_dir: Path | None, helped: bool
) -> None:
    """Answers a named question."""
    if helped and name is None:
        click.echo(ctx.get_help())
        return
    given = _parameters(ctx.args)
    language = _spoken(given.get("lang"))
    graph = _open(store_dir)
    try:
        if name is None:
            click.echo(question_list(graph, language))
        elif helped:
            click.echo(question_help(graph, graph.question(name), language))
        else:
            click.echo(_answered(graph, name, given, form, language))
    finally:
        graph.close()


@main.command(
    help=_say(
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
    help=_say("Form des Berichts", "form of the report"),
)
@click.option(
    "--tier",
    type=click.Choice(TIERS),
    default=TIERS[-1],
    help=_say("bis zu welcher Stufe geprüft wird", "up to which tier is checked"),
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help=_say("Prüfdatum für Fristen, Vorgabe heute", "day for deadlines, default today"),
)
@click.option(
    "--accept-explained",
    is_flag=True,
    help=_say("erklärte Verstöße ergeben Exit-Code 0", "explained violations give exit code 0"),
)
@_lang
def validate(
    files: Sequence[str],
    form: str,
    tier: Tier,
    day: datetime | None,
    accept_explained: bool,
    lang: str | None,
) -> None:
    """Checks files against the rules."""
    language = _spoken(lang)
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
        text = as_text(report, language, _width())
    click.echo(text.removesuffix("\n")) if text else None
    passed = report.conforms or (accept_explained and report.explained)
    sys.exit(0 if passed else VIOLATIONS)


@main.command(
    help=_say(
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
    help=_say("nur die Dateien, ohne die Ontologie", "only the files, without the ontology"),
)
@_lang
def reason(files: Sequence[str], only: bool, lang: str | None) -> None:
    """Checks the ontology for contradictions."""
    language = _language(lang)
    settings = Settings.from_environment(os.environ)
    own = find_data_files(settings.data_dir).root / "ontology" / "nhm.ttl"
    paths: list[Path | str] = [*([] if only else [own]), *files]
    documents = [read_file(path, settings.max_upload_bytes) for path in paths]
    verdict = reasoned(documents)
    click.echo(verdict_text(verdict, language))
    sys.exit(0 if verdict.sound else VIOLATIONS)


@main.command(
    help=_say(
        "Lädt Dateien in den Datenbestand, jede in den Graphen, den sie beschreibt. "
        "Der Graph besteht danach genau aus der Datei.",
        "Loads files into the store, each into the graph that it describes. "
        "Afterwards the graph consists of exactly the file.",
    )
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--graph", metavar="IRI", help=_say("Graph für die Tripel", "graph for the triples"))
@click.option(
    "--store",
    "store_dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    required=True,
    help=_say("Ordner des Datenbestands", "folder of the store"),
)
def load(files: Sequence[Path], graph: str | None, store_dir: Path) -> None:
    """Loads files into the store."""
    settings = replace(Settings.from_environment(os.environ), store_dir=store_dir, examples=False)
    if graph is not None:
        typed_term("iri", graph, name="graph")
    # Before the store is opened, and so perhaps made.
    together = read_graphs(files, settings.max_upload_bytes, graph, _progress())
    opened = open_graph(settings)
    try:
        for name, count in opened.replace(together).items():
            click.echo(_say(f"{name}: {count} Tripel", f"{name}: {count} triples"))
    finally:
        opened.close()


@main.command(
    help=_say(
        "Schreibt das Nachschlagewerk zu Ontologie, Listen, Fragen und Regeln als HTML.",
        "Writes the reference of ontology, lists, questions and rules as HTML.",
    )
)
@_target
@click.option(
    "--docs",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help=_say(
        "baut auch die Abschnitte der Markdown-Seiten dieses Ordners neu",
        "also builds anew the sections of the Markdown pages in this folder",
    ),
)
def reference(target: Path, docs: Path | None) -> None:
    """Writes the reference below a folder, and the sections of the documentation."""
    from nhm_graph.publish.markdown import write_sections
    from nhm_graph.publish.reference import read_reference, write_reference

    read = read_reference(_files())
    _written(write_reference(read, target))
    _written(write_sections(read, docs) if docs else [])


@main.command(
    help=_say(
        "Schreibt die gebauten Dateien des Baukastens zur Nachnutzung: Regeln je Stufe in einer "
        "Datei und das Vokabular daneben.",
        "Writes the built files of the reuse kit: the rules of a tier in one file, and the "
        "vocabulary beside them.",
    )
)
@_target
def kit(target: Path) -> None:
    """Writes the built files of the reuse kit."""
    from nhm_graph.publish.kit import write_kit

    graph = _open(None)
    _written(write_kit(graph.files, graph, target))


@main.command(help=_say("Startet den Dienst.", "Starts the service."))
@_store
@click.option("--host", help=_say("Adresse, Vorgabe 127.0.0.1", "address, default 127.0.0.1"))
@click.option("--port", type=int, help=_say("Port, Vorgabe 8000", "port, default 8000"))
@click.option(
    "--examples/--no-examples",
    default=None,
    help=_say("mit oder ohne Beispielstädte", "with or without the example cities"),
)
def serve(
    store_dir: Path | None, host: str | None, port: int | None, examples: bool | None
) -> None:
    """Starts the service and says what to open."""
    given = {"store_dir": store_dir, "host": host, "port": port, "examples": examples}
    settings = replace(
        Settings.from_environment(os.environ),
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )
    listening = listen(settings)
    # Imported here: the web framework is needed by this command only.
    import uvicorn

    from nhm_graph.web.app import create_app

    app = create_app(settings, open_graph(settings, _progress()))
    shown_host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host
    address = f"http://{shown_host}:{listening.getsockname()[1]}"
    click.echo(
        _say(
            f"nhm_graph läuft.\n  Seiten          {address}/\n  Schnittstelle   {address}/docs\n"
            f"  SPARQL          {address}/sparql\nBeenden mit Strg+C.",
            f"nhm_graph is running.\n  Pages       {address}/\n  Interface   {address}/docs\n"
            f"  SPARQL      {address}/sparql\nStop with Ctrl+C.",
        )
    )
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    server.run(sockets=[listening])


def _files() -> DataFiles:
    return find_data_files(Settings.from_environment(os.environ).data_dir)


def _written(paths: Sequence[Path]) -> None:
    for path in paths:
        click.echo(str(path))


def _answered(
    graph: Graph, name: str, given: Mapping[str, str], form: str | None, language: Language
) -> str:
    if graph.question(name).form == "construct":
        if form is not None:
            expected = Text(de="nichts, denn der Graph kommt als Turtle", en="none: it is Turtle")
            raise BadParameter.value("--format", form, expected)
        return graph.ask_graph(name, given, language).removesuffix("\n")
    return answer_text(graph.ask(name, given, language), form or "table", language, _width())


def _open(store_dir: Path | None) -> Graph:
    settings = Settings.from_environment(os.environ)
    if store_dir is not None and not is_store(store_dir):
        raise StoreProblem(
            Text(
                de=f"In {store_dir} ist kein Datenbestand.", en=f"There is no store in {store_dir}."
            ),
            mend=Text(
                de="Den Ordner prüfen, oder mit nhm-graph load oder serve einen anlegen.",
                en="Check the folder, or make one with nhm-graph load or serve.",
            ),
        )
    # Without a store of one's own the examples answer, from memory, also beside a running service.
    return open_graph(replace(settings, store_dir=store_dir, examples=store_dir is None))


def _parameters(words: Sequence[str]) -> dict[str, str]:
    """`--name value` and `--name=value` as they come. Raises BadParameter for anything else."""
    given: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, equals, value = word.partition("=")
        if not name.startswith("--") or len(name) == 2 or (not equals and not rest):
            expected = Text(de="--name wert", en="--name value")
            raise BadParameter.value(None, word, expected)
        given[name[2:]] = value if equals else rest.pop(0)
    return given


def _progress() -> Progress:
    """Says on a terminal which file is being loaded; silent elsewhere."""

    def show(name: str, number: int, total: int) -> None:
        if sys.stderr.isatty():
            end = "\n" if number == total else ""
            click.echo(f"\r\x1b[K{number}/{total} {name}{end}", err=True, nl=False)

    return show


def _width() -> int:
    return shutil.get_terminal_size((_WIDTH, 24)).columns
