"""What the reasoner found, as text."""

from nhm_graph.checks.reasoning import Verdict
from nhm_graph.language import Language, Text

_SOUND = Text(
    de="Widerspruchsfrei: {n} Axiome, jede Klasse kann Mitglieder haben.",
    en="Sound: {n} axioms, no contradiction, every class can have a member.",
)
_EMPTY = Text(
    de="Klassen, die kein Mitglied haben können: {listed}. Zusammen bewirken das für {name}:",
    en="Classes that can have no member: {listed}. Together these bring it about for {name}:",
)
_CONTRADICTION = Text(
    de="Widerspruch. Diese Axiome vertragen sich nicht:",
    en="Contradiction. These axioms do not go together:",
)
_NOT_MINIMAL = Text(
    de="Die Zeit reichte nicht, um alles Überflüssige wegzulassen.",
    en="There was no time to leave out everything that is not needed.",
)
_LEFT_OUT = Text(
    de="Nicht berücksichtigt: {n} Angaben mit Datentypen, die OWL 2 nicht kennt (etwa xsd:date).",
    en="Left out: {n} statements with datatypes that OWL 2 does not know (such as xsd:date).",
)


def verdict_text(verdict: Verdict, language: Language) -> str:
    """What the reasoner found, for a terminal.

    >>> verdict_text(Verdict(True, (), None, (), True, 7, 0), "en")
    'Sound: 7 axioms, no contradiction, every class can have a member.'
    """
    if verdict.sound:
        lines = [_SOUND.format(n=verdict.axioms).in_(language)]
    elif verdict.consistent:
        listed = ", ".join(verdict.unsatisfiable)
        lines = [_EMPTY.format(listed=listed, name=verdict.explained or "").in_(language)]
    else:
        lines = [_CONTRADICTION.in_(language)]
    lines += [f"  {line}" for axiom in verdict.clash for line in axiom.splitlines()]
    if not verdict.minimal:
        lines.append(_NOT_MINIMAL.in_(language))
    if verdict.left_out:
        lines.append(_LEFT_OUT.format(n=verdict.left_out).in_(language))
    return "\n".join(lines)
