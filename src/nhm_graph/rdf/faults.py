"""What is wrong with a text in RDF, and where: the parsers' words in German and English.

A message that is not known here is passed on as the parser says it, so none gets lost.
"""

import re
from typing import NamedTuple

from nhm_graph.errors import Json, UnreadableData, shortened
from nhm_graph.language import Text

_LINE_END = re.compile(r"\r\n?|\n")
_POSITION = re.compile(r"^Parser error (?:at|between) line .*?: |^at \d+\.\.\d+: ", re.DOTALL)


class Fault(NamedTuple):
    """What is wrong and how to mend it."""

    detail: Text
    mend: Text | None = None


def unreadable(
    name: str,
    fault: Fault,
    *,
    line: int | None = None,
    column: int | None = None,
    text: str | None = None,
) -> UnreadableData:
    """The refusal of a named text, with the place (1-based) and the words that stand there.

    >>> print(unreadable("a.ttl", Fault(Text("Punkt fehlt.", "No dot.")), line=2, text="\\nx y"))
    a.ttl, line 2: No dot. The line reads: “x y”.
    """
    extra: dict[str, Json] = {"name": name}
    de = en = name
    if line is not None:
        extra["line"] = line
        de, en = f"{de}, Zeile {line}", f"{en}, line {line}"
    if column is not None:
        extra["column"] = column
        de, en = f"{de}, Spalte {column}", f"{en}, column {column}"
    de, en = f"{de}: {fault.detail.de}", f"{en}: {fault.detail.en}"
    shown = _around(text, line, column or 1) if text is not None and line is not None else ""
    if shown:
        extra["text"] = shown
        de, en = f"{de} Die Zeile lautet: „{shown}“.", f"{en} The line reads: “{shown}”."
    return UnreadableData(Text(de=de, en=en), mend=fault.mend, extra=extra)


def explained(error: SyntaxError, text: str, name: str, line: int | None) -> UnreadableData:
    """The refusal of a text in which pyoxigraph found an error in the syntax."""
    message = _POSITION.sub("", str(error.msg))
    return unreadable(name, fault_of(message), line=line, column=error.offset, text=text)


def fault_of(message: str) -> Fault:
    """What a parser's message means.

    >>> fault_of("The prefix nhm: has not been declared").mend.en
    'Declare it at the top of the file: PREFIX nhm: <…>'
    """
    for pattern, fault in _KNOWN:
        match = re.match(pattern, message, re.DOTALL)
        if match:
            values = {key: shortened(value, 60) for key, value in match.groupdict("").items()}
            mend = fault.mend.format(**values) if fault.mend else None
            return Fault(fault.detail.format(**values), mend)
    said = shortened(message, 200)
    return Fault(
        Text(de=f"Fehler in der Syntax, der Parser meldet: {said}.", en=f"Syntax error: {said}.")
    )


def _around(text: str, line: int, column: int, width: int = 120) -> str:
    """The words of a line around a column, in one line."""
    lines = _LINE_END.split(text)
    if not 1 <= line <= len(lines):
        return ""
    whole = lines[line - 1]
    start = max(0, min(column - width // 2, len(whole) - width))
    piece = shortened(whole[start : start + width], width)
    return ("…" if start else "") + piece + ("…" if start + width < len(whole) else "")


_CUT_OFF = Text(
    de="Prüfen, ob davor ein Anführungszeichen, eine Klammer oder ein Punkt fehlt "
    "oder die Datei abgeschnitten ist.",
    en="Check whether a quotation mark, bracket or dot is missing before this place "
    "or the file was cut off.",
)
_SEPARATORS = Text(
    de="Die Zeichen davor prüfen: „;“ trennt Eigenschaften, „,“ trennt Werte, „.“ beendet.",
    en="Check the signs before it: “;” separates properties, “,” separates values, “.” ends.",
)
_FULL_IRI = Text(
    de="Die Adresse vollständig schreiben (https://…); Leerzeichen als %20, "
    "Text in gerade Anführungszeichen.",
    en="Write the IRI in full (https://…), a space as %20, text in straight quotation marks.",
)

_KNOWN: tuple[tuple[str, Fault], ...] = (
    (
        r"The prefix (?P<prefix>\S*) has not been declared",
        Fault(
            Text(
                de="Der Präfix {prefix} ist nicht deklariert.",
                en="The prefix {prefix} is not declared.",
            ),
            Text(
                de="Am Anfang der Datei deklarieren: PREFIX {prefix} <…>",
                en="Declare it at the top of the file: PREFIX {prefix} <…>",
            ),
        ),
    ),
    (
        r"A dot is expected|\w+ (?:should|must) be followed by a dot|A '}' or a '\.' is expected",
        Fault(
            Text(
                de="Vor dieser Stelle ist eine Aussage nicht mit einem Punkt beendet.",
                en="A statement before this place does not end with a dot.",
            ),
            _SEPARATORS,
        ),
    ),
    (
        r"Unexpected end|no element found|unclosed",
        Fault(
            Text(
                de="Die Daten enden mitten in einer Aussage.",
                en="The data end in the middle of a statement.",
            ),
            _CUT_OFF,
        ),
    ),
    (
        r"\{ is not a valid predicate",
        Fault(
            Text(
                de="Ein benannter Graph steht in einem Format ohne Graphen.",
                en="A named graph stands in a format without graphs.",
            ),
            Text(de="Die Datei als TriG speichern (.trig).", en="Save the file as TriG (.trig)."),
        ),
    ),
    (
        r"(?P<token>.+) is not a valid (?:RDF )?object",
        Fault(
            Text(
                de="Wo ein Objekt stehen muss, steht „{token}“.",
                en="“{token}” stands where an object is expected.",
            ),
            _SEPARATORS,
        ),
    ),
    (
        r"(?P<token>.+) is not a valid (?:RDF )?predicate",
        Fault(
            Text(
                de="Wo eine Eigenschaft stehen muss, steht „{token}“.",
                en="“{token}” stands where a property is expected.",
            ),
            _SEPARATORS,
        ),
    ),
    (
        r"(?P<token>.+) is not a valid (?:RDF )?(?:subject|graph name)",
        Fault(
            Text(
                de="Wo eine neue Aussage beginnen muss, steht „{token}“.",
                en="“{token}” stands where a new statement is expected.",
            ),
            _SEPARATORS,
        ),
    ),
    (
        r"blank node property lists should end",
        Fault(
            Text(
                de="Es fehlt eine schließende Klammer „]“.", en="A closing bracket “]” is missing."
            )
        ),
    ),
    (
        r"Line jumps are not allowed",
        Fault(
            Text(
                de="Ein Text in Anführungszeichen geht über das Zeilenende hinaus.",
                en="A text in quotation marks runs over the end of the line.",
            ),
            Text(
                de='Das Anführungszeichen schließen oder drei verwenden ("""…""").',
                en='Close the quotation mark or use three of them ("""…""").',
            ),
        ),
    ),
    (
        r"(?:error while parsing IRI '.*': )?"
        r"(?:No scheme found|Invalid IRI|Invalid character .* in host|Invalid port)",
        Fault(
            Text(
                de="Das ist keine vollständige, gültige Adresse (IRI).",
                en="This is not a complete, valid IRI.",
            ),
            _FULL_IRI,
        ),
    ),
    (
        r"'(.)' is not allowed at the beginning|Unexpected character '(.)'",
        Fault(
            Text(
                de="Hier steht ein Zeichen, das an dieser Stelle nicht erlaubt ist.",
                en="There is a character that is not allowed at this place.",
            ),
            Text(
                de="Text in gerade Anführungszeichen setzen; „/“ und andere Zeichen in einer "
                "Kurzform mit „\\“ davor schreiben.",
                en="Put text in straight quotation marks; write “/” and the like in a short form "
                "with “\\” before it.",
            ),
        ),
    ),
    (
        r"Unexpected escape character",
        Fault(
            Text(
                de="Nach „\\“ steht ein Zeichen, das nichts bedeutet.",
                en="After “\\” stands a character that means nothing.",
            ),
            Text(de="Für „\\“ selbst „\\\\“ schreiben.", en="For “\\” itself write “\\\\”."),
        ),
    ),
    (
        r"syntax error|mismatched tag|junk after document element|not well-formed|unbound prefix",
        Fault(
            Text(de="Das XML ist nicht wohlgeformt.", en="The XML is not well-formed."),
            Text(
                de="Prüfen, ob jedes Element geschlossen und jeder Präfix deklariert ist.",
                en="Check that each element is closed and each prefix declared.",
            ),
        ),
    ),
    (
        r"undefined entity|.*unrecognized entity",
        Fault(
            Text(
                de="Eine Entität ist nicht bekannt; XML kennt &amp; &lt; &gt; &quot; &apos;.",
                en="An entity is not known; XML knows &amp; &lt; &gt; &quot; &apos;.",
            ),
            Text(de="Das Zeichen selbst schreiben.", en="Write the character itself."),
        ),
    ),
    (
        r"Only UTF-8 is supported",
        Fault(
            Text(
                de="Das XML gibt eine andere Zeichenkodierung als UTF-8 an.",
                en="The XML declares another encoding than UTF-8.",
            ),
            Text(
                de='Als UTF-8 speichern und encoding="UTF-8" schreiben.',
                en='Save as UTF-8 and write encoding="UTF-8".',
            ),
        ),
    ),
)
