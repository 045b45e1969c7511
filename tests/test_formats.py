"""Formats by path, name and media type, and the choice of a representation."""

import time

import pyoxigraph as ox
import pytest

from nhm_graph.errors import UnsupportedFormat
from nhm_graph.rdf.formats import (
    DATA_FORMATS,
    RESULT_FORMATS,
    DataFormat,
    data_format_for_media_type,
    data_format_for_path,
    data_format_named,
    media_type_for,
    negotiate,
    result_format_for_media_type,
    result_format_named,
    split_suffix,
)

PAGE, TTL, LD, CSV, JSON = (
    "text/html",
    "text/turtle",
    "application/ld+json",
    "text/csv",
    "application/sparql-results+json",
)
OFFERED = [PAGE, TTL, LD]
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        # nothing said: what the server likes best
        (None, PAGE),
        ("", PAGE),
        ("   ", PAGE),
        ("*/*", PAGE),
        # one range
        ("text/html", PAGE),
        ("text/turtle", TTL),
        ("TEXT/Turtle", TTL),
        ("application/ld+json", LD),
        ("text/*", PAGE),
        ("application/*", LD),
        ("image/png", None),
        ("image/*", None),
        # weights
        ("text/html;q=0.5, text/turtle", TTL),
        ("text/html;q=0.5, text/turtle;q=0.6", TTL),
        ("text/html;q=0.501, text/turtle;q=0.5", PAGE),
        ("text/turtle;q=0.001", TTL),
        ("text/turtle; Q=0.9, text/html; q=0.1", TTL),
        ("text/turtle ; q = 0.9 , text/html ; q=0.1", TTL),
        ('text/turtle;q="0.9", text/html;q=0.1', TTL),
        # equal weights: the server's order, not the client's
        ("text/turtle, text/html", PAGE),
        ("application/ld+json, text/turtle", TTL),
        ("*/*, text/turtle", PAGE),
        # the more specific range decides, wherever it stands
        ("*/*;q=0.1, text/turtle", TTL),
        ("text/turtle;q=0.1, */*", PAGE),
        ("text/*, text/html;q=0.1", TTL),
        ("text/html;q=0.1, text/*", TTL),
        ("text/*;q=0.1, */*;q=0.9", LD),
        ("text/html;q=0.2, text/*;q=0.1, */*;q=0.3", LD),
        # the same range twice: the greater weight
        ("text/turtle;q=0.1, text/turtle;q=0.9, text/html;q=0.5", TTL),
        # q=0 excludes
        ("text/html;q=0", None),
        ("text/html;q=0, */*", TTL),
        ("text/html;q=0, text/turtle;q=0.0, */*;q=0.1", LD),
        ("text/*;q=0, */*", LD),
        ("*/*;q=0", None),
        ("*/*, text/*;q=0, application/*;q=0.000", None),
        ("text/*;q=0, text/turtle", TTL),
        # parameters
        ("text/turtle;charset=utf-8", TTL),
        ('text/turtle;charset="UTF-8";q=0.9, text/html;q=0.1', TTL),
        ("text/turtle;charset=iso-8859-1, text/html;q=0.1", PAGE),
        ("text/turtle;version=2", None),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#expanded"', None),
        ('application/ld+json;profile="a,b;q=0", text/turtle;q=0.1', TTL),
        ("text/html;level=1, text/turtle;q=0.5", TTL),
        ("text/turtle;q=0.3;ext=1, text/html;q=0.1", PAGE),
        # members that are malformed are ignored
        ("text/html;q=x, text/turtle;q=0.1", TTL),
        ("text/html;q=2, text/turtle;q=0.1", TTL),
        ("text/html;q=-1, text/turtle;q=0.1", TTL),
        ("text/html;q=nan, text/turtle;q=0.1", TTL),
        ("text/html;q=, text/turtle;q=0.1", TTL),
        ("*/html, text/turtle;q=0.1", TTL),
        ("text, text/turtle;q=0.1", TTL),
        ("text/, /html, text/turtle;q=0.1", TTL),
        (",, ,text/turtle,,", TTL),
        ("garbage", PAGE),
        (";;;,,,", PAGE),
        ('"', PAGE),
        # as clients send it
        (BROWSER, PAGE),
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", PAGE),
        ("image/gif, *; q=.2", PAGE),
        ("application/rdf+xml;q=0.9,text/turtle,application/n-triples;q=0.8", TTL),
        ("application/x-turtle", None),
    ],
)
def test_a_representation_is_chosen_as_rfc_9110_says(
    accept: str | None, expected: str | None
) -> None:
    assert negotiate(accept, OFFERED) == expected


def test_an_offer_may_have_parameters_which_a_range_may_name() -> None:
    plain, expanded = LD, f'{LD};profile="x"'
    assert negotiate(f'{LD};profile="x"', [plain, expanded]) == expanded
    assert negotiate(f"{LD};profile=x", [plain, expanded]) == expanded
    assert negotiate(LD, [plain, expanded]) == plain
    assert negotiate(f'{LD};profile="x";q=0.1, {LD}', [expanded, plain]) == plain
    assert negotiate("text/html", ["text/html; charset=utf-8"]) == "text/html; charset=utf-8"


def test_where_nothing_is_offered_nothing_is_chosen() -> None:
    assert negotiate(None, []) is None
    assert negotiate("*/*", []) is None


@pytest.mark.parametrize("accept", ['"\\' * 30_000, '"' * 60_001, "a/b;" * 15_000, "*/*," * 15_000])
def test_a_hostile_accept_field_is_read_quickly(accept: str) -> None:
    started = time.process_time()
    negotiate(accept, OFFERED)
    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("override", "offered", "expected"),
    [
        (".ttl", OFFERED, TTL),
        ("ttl", OFFERED, TTL),
        (".TTL", OFFERED, TTL),
        ("turtle", OFFERED, TTL),
        (".jsonld", OFFERED, LD),
        ("json-ld", OFFERED, LD),
        (".html", OFFERED, PAGE),
        ("html", [TTL, "text/html; charset=utf-8"], "text/html; charset=utf-8"),
        (".rdf", OFFERED, None),
        (".pdf", OFFERED, None),
        (".csv", [PAGE, CSV, JSON], CSV),
        ("json", [PAGE, CSV, JSON], JSON),
        (".json", [PAGE, "application/json"], "application/json"),
        ("rdf/xml", ["application/rdf+xml"], "application/rdf+xml"),
        ("rdf-xml", ["application/rdf+xml"], "application/rdf+xml"),
    ],
)
def test_the_address_beats_the_accept_field(
    override: str, offered: list[str], expected: str | None
) -> None:
    for accept in (None, "*/*", BROWSER, "text/turtle", "image/png", "*/*;q=0"):
        assert negotiate(accept, offered, override) == expected
    assert media_type_for(override, offered) == expected


def test_an_empty_override_asks_for_nothing() -> None:
    assert negotiate("text/turtle", OFFERED, "") == TTL
    assert negotiate("text/turtle", OFFERED, None) == TTL


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/id/musterstadt/goal/1.ttl", ("/id/musterstadt/goal/1", ".ttl")),
        ("/id/musterstadt/goal/1.5", ("/id/musterstadt/goal/1.5", None)),
        ("/id/musterstadt/goal/1.5.jsonld", ("/id/musterstadt/goal/1.5", ".jsonld")),
        ("/id/musterstadt/goal/1", ("/id/musterstadt/goal/1", None)),
        ("/id/musterstadt/goal/1.rdf", ("/id/musterstadt/goal/1.rdf", None)),
        ("/id/a.ttl/goal", ("/id/a.ttl/goal", None)),
        ("/id/goal.ttl/", ("/id/goal.ttl/", None)),
        ("/id/.ttl", ("/id/.ttl", None)),
        ("/", ("/", None)),
        ("", ("", None)),
    ],
)
def test_only_a_suffix_of_a_format_offered_is_taken_off_an_address(
    path: str, expected: tuple[str, str | None]
) -> None:
    assert split_suffix(path, OFFERED) == expected


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("plan.ttl", "turtle"),
        ("a/b.c/PLAN.TTL", "turtle"),
        ("plan.turtle", "turtle"),
        ("plan.trig", "trig"),
        ("plan.nt", "n-triples"),
        ("plan.nq", "n-quads"),
        ("plan.jsonld", "json-ld"),
        ("plan.rdf", "rdf/xml"),
        ("plan.owl", "rdf/xml"),
    ],
)
def test_the_suffix_of_a_file_says_its_format(path: str, name: str) -> None:
    assert data_format_for_path(path).name == name


@pytest.mark.parametrize(
    "path",
    ["plan", "plan.txt", "plan.json", "plan.xml", "plan.csv", "plan.ttl.gz", ".ttl", "x/ttl"],
)
def test_another_suffix_is_refused_with_the_right_ones(path: str) -> None:
    with pytest.raises(UnsupportedFormat) as refused:
        data_format_for_path(path)
    for each in DATA_FORMATS:
        assert each.suffix in str(refused.value)
        assert each.suffix in refused.value.message("de")


def test_a_format_goes_by_its_name_label_and_suffix_in_any_spelling() -> None:
    for each in DATA_FORMATS:
        for name in (each.name, each.label, each.name.upper(), *each.suffixes):
            assert data_format_named(name) is each
    for form in RESULT_FORMATS:
        assert result_format_named(form.name) is form
    assert data_format_named("nquads").name == "n-quads"
    assert data_format_named("RDFXML").name == "rdf/xml"


@pytest.mark.parametrize("name", ["", " ", "csv", "json", "xml", "n3", "text/turtle", "tur tles"])
def test_an_unknown_data_format_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnsupportedFormat, match="turtle, trig, n-triples"):
        data_format_named(name)


def test_a_format_goes_by_its_media_types_with_parameters() -> None:
    for each in DATA_FORMATS:
        for media_type in each.media_types:
            assert data_format_for_media_type(media_type) is each
            assert data_format_for_media_type(f"{media_type.upper()} ; charset=UTF-8") is each
    for form in RESULT_FORMATS:
        assert result_format_for_media_type(form.media_type) is form


@pytest.mark.parametrize(
    "media_type",
    ["", "text/plain", "application/json", "application/xml", "text/turtle;charset=iso-8859-1"],
)
def test_another_media_type_or_encoding_is_refused(media_type: str) -> None:
    with pytest.raises(UnsupportedFormat):
        data_format_for_media_type(media_type)


@pytest.mark.parametrize("each", DATA_FORMATS)
def test_what_is_said_of_a_format_agrees_with_the_parser(each: DataFormat) -> None:
    assert each.media_type == each.oxigraph.media_type
    assert each.suffix == f".{each.oxigraph.file_extension}"
    assert each.supports_graphs == each.oxigraph.supports_datasets


def test_no_two_formats_share_a_name_suffix_or_media_type() -> None:
    for formats in (DATA_FORMATS, RESULT_FORMATS):
        said = [word for each in formats for word in (each.name, *each.suffixes, *each.media_types)]
        assert len(said) == len(set(said))
    for each in RESULT_FORMATS:
        assert ox.QueryResultsFormat.from_media_type(each.media_type) == each.oxigraph
