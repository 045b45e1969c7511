"""Whether the ontology, alone or with data, contradicts itself (OWL 2 DL, HermiT)."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nhm_graph.errors import Busy, JavaMissing, StoreProblem, shortened
from nhm_graph.language import Text
from nhm_graph.rdf.reading import Document

_SECONDS = 60
_GRACE = 20
# Each question starts Java anew: compiling little is quicker than compiling well.
_QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reasoner found.

    `unsatisfiable` are classes that can have no member; `clash` is a smallest set of axioms that
    shows the contradiction, `minimal` whether that was proved in time; `left_out` counts
    statements with literals that OWL 2 does not know, such as xsd:date.
    """

    consistent: bool
    unsatisfiable: tuple[str, ...]
    explained: str | None
    clash: tuple[str, ...]
    minimal: bool
    axioms: int
    left_out: int

    @property
    def sound(self) -> bool:
        """Consistent, and every class can have a member."""
        return self.consistent and not self.unsatisfiable


def reason(documents: Sequence[Document], seconds: int = _SECONDS) -> Verdict:
    """The verdict on documents taken together, with the axioms that clash where it is bad.

    Raises JavaMissing, Busy where the reasoner did not finish, StoreProblem where it gave no
    answer.
    """
    if shutil.which("java") is None:
        raise JavaMissing(
            Text(
                de="Der Reasoner HermiT braucht Java, und hier ist keines zu finden.",
                en="The reasoner HermiT needs Java, and there is none here.",
            ),
            mend=Text(
                de="Java 11 oder neuer installieren (apt install default-jre-headless).",
                en="Install Java 11 or newer (apt install default-jre-headless).",
            ),
        )
    lines = "\n".join(f"{quad.triple} ." for document in documents for quad in document.quads)
    answer = _ask(lines, seconds)
    return Verdict(
        consistent=bool(answer["consistent"]),
        unsatisfiable=tuple(answer["unsatisfiable"]),
        explained=answer.get("explained"),
        clash=tuple(answer.get("clash", ())),
        minimal=bool(answer.get("minimal", True)),
        axioms=int(answer["axioms"]),
        left_out=int(answer["left_out"]),
    )


def _ask(text: str, seconds: int) -> dict[str, Any]:
    """What the reasoning process answers; it and its Java are killed when it takes too long."""
    environment = os.environ | {"JAVA_TOOL_OPTIONS": _QUICK_START}
    process = subprocess.Popen(
        [sys.executable, "-m", "nhm_graph.checks.reasoner", str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        start_new_session=True,
    )
    try:
        said, complaint = process.communicate(text, timeout=seconds + _GRACE)
    except subprocess.TimeoutExpired:
        raise Busy(
            Text(
                de=f"Der Reasoner war nach {seconds + _GRACE} Sekunden nicht fertig.",
                en=f"The reasoner had not finished after {seconds + _GRACE} seconds.",
            ),
            mend=Text(de="Mit weniger Daten versuchen.", en="Try with less data."),
        ) from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    try:
        answer: dict[str, Any] = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        answer = {"error": complaint.strip().splitlines()[-1] if complaint.strip() else "?"}
    if "error" in answer:
        raise StoreProblem(
            Text(
                de=f"Der Reasoner hat nicht geantwortet: {shortened(answer['error'], 300)}",
                en=f"The reasoner gave no answer: {shortened(answer['error'], 300)}",
            )
        )
    return answer
