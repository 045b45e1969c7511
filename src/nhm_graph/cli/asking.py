"""nhm-graph ask."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from nhm_graph.cli.speaking import refuse_without_store, say, spoken, store_option, width
from nhm_graph.errors import BadParameter
from nhm_graph.graph import Graph, open_graph
from nhm_graph.language import Language, Text
from nhm_graph.settings import Settings
from nhm_graph.terminal import answer_text, question_help, question_list


@click.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    add_help_option=False,
    help=say(
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
@store_option
@click.option("--help", "helped", is_flag=True, help=say("diese Hilfe", "this help"))
@click.pass_context
def ask(
    ctx: click.Context, name: str | None, form: str | None, store_dir: Path | None, helped: bool
) -> None:
    """Answers a named question."""
    if helped and name is None:
        click.echo(ctx.get_help())
        return
    given = _parameters(ctx.args)
    language = spoken(given.get("lang"))
    graph = open_or_examples(store_dir)
    try:
        if name is None:
            click.echo(question_list(graph, language))
        elif helped:
            click.echo(question_help(graph, graph.question(name), language))
        else:
            click.echo(_answered(graph, name, given, form, language))
    finally:
        graph.close()


def _answered(
    graph: Graph, name: str, given: Mapping[str, str], form: str | None, language: Language
) -> str:
    if graph.question(name).form == "construct":
        if form is not None:
            expected = Text(de="nichts, denn der Graph kommt als Turtle", en="none: it is Turtle")
            raise BadParameter.value("--format", form, expected)
        return graph.ask_graph(name, given, language).removesuffix("\n")
    return answer_text(graph.ask(name, given, language), form or "table", language, width())


def open_or_examples(store_dir: Path | None) -> Graph:
    """The graph of a store that is there; without one the example cities. Raises StoreProblem."""
    settings = Settings.from_environment(os.environ)
    refuse_without_store(store_dir)
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
