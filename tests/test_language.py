"""Which language a reader gets, and texts in both."""

import dataclasses

import pytest

from nhm_graph.language import Language, Text, locale_language, preferred_language, quality


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "de"),
        ("", "de"),
        ("en", "en"),
        ("EN-gb", "en"),
        ("de-AT", "de"),
        ("de-Latn-DE-1996", "de"),
        ("fr", "de"),
        ("fr, en;q=0.1", "en"),
        ("en;q=0.8, de;q=0.9", "de"),
        ("de;q=0.8, en;q=0.9", "en"),
        ("en, de", "en"),
        ("de, en", "de"),
        ("en;q=0.5, de;q=0.5", "en"),
        ("de-CH;q=0.3, de;q=0.9, en;q=0.5", "de"),
        ("de;q=0.9, de-CH;q=0.3, en;q=0.5", "de"),
        ("*", "de"),
        ("fr, *;q=0.5", "de"),
        ("de;q=0, *", "en"),
        ("de;q=0, en;q=0.1", "en"),
        ("de;q=0", "de"),
        ("en;q=0", "de"),
        ("*;q=0.5, de;q=0.1", "en"),
        ("en ; q = 0.9 , de ; q=0.1", "en"),
        ("de;q=x, en;q=0.1", "en"),
        ("de;q=2, en;q=0.1", "en"),
        ("de;q=nan, en;q=0.1", "en"),
        ("de;q=-1, en;q=0.1", "en"),
        (",;,q=1;;", "de"),
        ("den, eng", "de"),
        ("de_AT", "de"),
        ("en_GB, *;q=0", "de"),
    ],
)
def test_accept_language_is_read_as_rfc_9110_says(header: str | None, expected: Language) -> None:
    assert preferred_language(header) == expected


def test_a_header_without_our_languages_gives_the_default_asked_for() -> None:
    assert preferred_language("fr", default="en") == "en"
    assert preferred_language(None, default="en") == "en"
    assert preferred_language("*", default="en") == "en"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("1", 1.0),
        ("0.5", 0.5),
        ("1.000", 1.0),
        ("0.", 0.0),
        (".2", 0.2),
        ("0.3333", 0.3333),
        ("1.001", None),
        ("2", None),
        ("-0.5", None),
        ("+1", None),
        ("1e-1", None),
        ("inf", None),
        ("nan", None),
        ("", None),
        (".", None),
        ("٠.٥", None),
    ],
)
def test_a_weight_is_between_0_and_1_or_none(text: str, expected: float | None) -> None:
    assert quality(text) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "de_DE@euro"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "den_US"}, "en"),
        ({"LC_MESSAGES": "de_AT", "LANG": "en_US"}, "de"),
        ({"LC_ALL": "C", "LC_MESSAGES": "de_AT", "LANG": "de_DE"}, "en"),
        ({"LC_ALL": "", "LANG": "de_DE"}, "de"),
        ({"NHM_LANG": "en", "LC_ALL": "de_DE"}, "en"),
        ({"NHM_LANG": "DE", "LC_ALL": "en_US"}, "de"),
    ],
)
def test_the_terminal_language_is_that_of_the_first_variable_set(
    environ: dict[str, str], expected: Language
) -> None:
    assert locale_language(environ) == expected


def test_a_text_is_filled_in_both_languages_with_texts_and_plain_values() -> None:
    sentence = Text(de="{n} {what} fehlen {{}}", en="{n} {what} are missing {{}}")
    filled = sentence.format(n=2, what=Text(de="Ziele", en="goals"))
    assert filled == Text(de="2 Ziele fehlen {}", en="2 goals are missing {}")


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert Text(de="„{x}“", en="“{x}”").format(x="{y}").in_("de") == "„{y}“"


def test_a_text_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Text(de="a", en="b").de = "c"  # type: ignore[misc]
