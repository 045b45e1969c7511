"""What a refusal carries: both languages, a remedy, facts for a machine."""

import json
import pickle

import pytest

from nhm_graph import errors
from nhm_graph.errors import BadParameter, Refusal, TooLarge, UnknownName, shortened
from nhm_graph.language import Text

KINDS = Refusal.__subclasses__()


def test_every_refusal_has_a_slug_and_a_title_of_its_own() -> None:
    assert len({each.kind for each in KINDS}) == len(KINDS) >= 10
    for each in KINDS:
        assert each.kind == each.kind.lower()
        assert each.kind.replace("-", "").isalpha()
        assert each.title.de != each.title.en
        assert issubclass(each, Refusal)
        assert getattr(errors, each.__name__) is each


def test_the_message_is_the_detail_and_the_remedy_in_the_language_asked_for() -> None:
    refusal = Refusal(Text("Kein Ziel.", "No goal."), mend=Text("Anlegen.", "Make one."))
    assert refusal.message("de") == "Kein Ziel. Anlegen."
    assert str(refusal) == refusal.message("en") == "No goal. Make one."


@pytest.mark.parametrize("kind", KINDS)
def test_a_refusal_survives_the_way_between_processes(kind: type[Refusal]) -> None:
    sent = kind(Text("a", "b"), mend=Text("c", "d"), extra={"line": 3})
    received = pickle.loads(pickle.dumps(sent))
    assert type(received) is kind
    assert received.message("de") == "a c"
    assert received.extra == {"line": 3}


def test_an_unknown_name_comes_with_the_nearest_ones_best_first() -> None:
    known = ["goals", "goal-coverage", "measures", "gaps"]
    refusal = UnknownName.among(Text("die Frage", "the question"), "Goal", known)
    assert refusal.nearest[0] == "goals"
    assert "goals" in refusal.message("de")
    assert "measures" not in refusal.message("de")


def test_an_unknown_name_like_no_other_comes_with_what_there_is() -> None:
    what = Text("die Stadt", "the city")
    assert "There is: a, b." in str(UnknownName.among(what, "xyz", ["b", "a"]))
    assert "no entries" in str(UnknownName.among(what, "xyz", []))
    assert str(UnknownName.among(what, "?", [f"n{i}" for i in range(50)])).endswith("…).") is False
    assert len(str(UnknownName.among(what, "?", [f"n{i}" for i in range(50)]))) < 150


def test_facts_are_json() -> None:
    for refusal in (
        UnknownName.among(Text("a", "b"), "goal", ["goals"]),
        BadParameter.value("port", "x", Text("eine Zahl", "a number")),
        BadParameter.value(None, "x", Text("eine Zahl", "a number")),
        TooLarge.than("plan.ttl", 5),
    ):
        assert json.loads(json.dumps(refusal.extra))


def test_braces_in_foreign_text_are_only_text() -> None:
    refusal = BadParameter.value("{x}", "{0}", Text("{y}", "{y}"))
    assert str(refusal) == "The value “{0}” for {x} does not fit. Expected: {y}."
    assert "{z}" in str(UnknownName.among(Text("a", "b"), "{z}", ["{zz}"]))


def test_foreign_text_in_a_message_is_short_and_printable() -> None:
    assert (
        shortened("a\n\tb\x1b[31m\u202e")
        == "a b\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}"
    )
    assert len(shortened("x" * 10_000)) == 100
    assert shortened(" " * 500 + "x") == "…"
    assert len(str(UnknownName.among(Text("a", "b"), "x" * 100_000, ["y" * 50]))) < 400
