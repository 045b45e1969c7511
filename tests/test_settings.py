"""The settings: defaults, environment, and what is refused."""

import dataclasses
from pathlib import Path

import pytest

from nhm_graph.errors import BadParameter
from nhm_graph.settings import Settings


def test_an_empty_environment_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()
    assert Settings().host == "127.0.0.1", "nobody else can reach the service by default"
    assert Settings().store_dir is None


@pytest.mark.parametrize(
    ("variable", "text", "name", "value"),
    [
        ("NHM_STORE_DIR", "/srv/nhm", "store_dir", Path("/srv/nhm")),
        ("NHM_STORE_DIR", "~/nhm", "store_dir", Path.home() / "nhm"),
        ("NHM_DATA_DIR", "data", "data_dir", Path("data")),
        ("NHM_EXAMPLES", "no", "examples", False),
        ("NHM_EXAMPLES", "nein", "examples", False),
        ("NHM_EXAMPLES", "0", "examples", False),
        ("NHM_EXAMPLES", "FALSE", "examples", False),
        ("NHM_EXAMPLES", "Ja", "examples", True),
        ("NHM_HOST", "0.0.0.0", "host", "0.0.0.0"),
        ("NHM_PORT", "0", "port", 0),
        ("NHM_PORT", " 65535 ", "port", 65_535),
        ("NHM_LANG", "en", "language", "en"),
        ("NHM_MAX_QUERY_BYTES", "5", "max_query_bytes", 5),
        ("NHM_MAX_QUERY_DEPTH", "20", "max_query_depth", 20),
        ("NHM_MAX_UPLOAD_BYTES", "1", "max_upload_bytes", 1),
        ("NHM_READERS", "1", "readers", 1),
    ],
)
def test_a_variable_sets_its_field_and_no_other(
    variable: str, text: str, name: str, value: object
) -> None:
    settings = Settings.from_environment({variable: text, "OTHER": "x"})
    assert getattr(settings, name) == value
    assert dataclasses.replace(settings, **{name: getattr(Settings(), name)}) == Settings()


@pytest.mark.parametrize("blank", ["", "  "])
def test_a_blank_variable_counts_as_not_set(blank: str) -> None:
    variables = {each.environment: blank for each in Settings.describe()}
    assert Settings.from_environment(variables) == Settings()


@pytest.mark.parametrize(
    ("variable", "text", "allowed"),
    [
        ("NHM_PORT", "65536", "0 to 65535"),
        ("NHM_PORT", "-1", "0 to 65535"),
        ("NHM_PORT", "8e3", "0 to 65535"),
        ("NHM_PORT", "8_000", "0 to 65535"),
        ("NHM_PORT", "８０００", "0 to 65535"),
        ("NHM_PORT", "9" * 5_000, "0 to 65535"),
        ("NHM_EXAMPLES", "maybe", "yes or no"),
        ("NHM_LANG", "fr", "de or en"),
        ("NHM_READERS", "0", "1 to 64"),
        ("NHM_MAX_QUERY_DEPTH", "2001", "1 to 2000"),
        ("NHM_STORE_DIR", "~nobody-of-this-name/x", "a folder"),
    ],
)
def test_a_bad_value_is_refused_with_variable_value_and_what_is_allowed(
    variable: str, text: str, allowed: str
) -> None:
    with pytest.raises(BadParameter) as refused:
        Settings.from_environment({variable: text})
    message = str(refused.value)
    assert variable in message
    assert text[:50] in message
    assert allowed.removeprefix("a ") in message
    assert refused.value.extra["name"] == variable
    assert refused.value.message("de") != message


@pytest.mark.parametrize(
    "bad",
    [
        {"port": 70_000},
        {"port": True},
        {"port": "8000"},
        {"readers": 0},
        {"host": " "},
        {"language": "fr"},
        {"examples": 1},
        {"store_dir": "x"},
    ],
)
def test_a_value_given_in_code_is_held_to_the_same_limits(bad: dict[str, object]) -> None:
    with pytest.raises(BadParameter, match=next(iter(bad))):
        Settings(**bad)  # type: ignore[arg-type]
    with pytest.raises(BadParameter):
        dataclasses.replace(Settings(), **bad)  # type: ignore[arg-type]


def test_each_setting_is_described_in_both_languages_under_a_variable_of_its_own() -> None:
    described = list(Settings.describe())
    assert [each.name for each in described] == [each.name for each in dataclasses.fields(Settings)]
    assert len({each.environment for each in described}) == len(described)
    for each in described:
        assert each.environment.startswith("NHM_")
        assert each.help.de != each.help.en
        assert each.allowed.de
        assert each.default == getattr(Settings(), each.name)


def test_every_default_is_among_what_is_allowed() -> None:
    given = {
        each.environment: str(each.default)
        for each in Settings.describe()
        if each.default is not None
    }
    assert Settings.from_environment(given) == Settings()
