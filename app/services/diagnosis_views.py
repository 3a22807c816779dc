"""A diagnosis as JSON (docs/cli.md): what a script reads, what the command line prints and the window shows."""

from app.domain.tongue import tr
from app.services.command_views import Code, Json, moment
from app.services.diagnostics import Diagnosis, Verdict

_CODES = {Verdict.TROUBLE: Code.NO, Verdict.NOT_KNOWN: Code.UNKNOWN, Verdict.OK: Code.YES}


def diagnosis_json(diagnosis: Diagnosis) -> Json:
    """Every line with its section; the code says the worst."""
    code = _CODES[diagnosis.verdict]
    lines = [
        {
            "section": tr(section.title),
            "name": line.name,
            "verdict": line.verdict.value,
            "says": line.says,
            "todo": line.todo,
        }
        for section in diagnosis.sections
        for line in section.lines
    ]
    return {"ok": code == Code.YES, "code": code, "error": None, "at": moment(diagnosis.at), "lines": lines}
