"""Read a published customer survey: San Francisco International Airport, 2017.

The file is in the public domain (PDDL 1.0) and not part of this repository. Its
answers serve as realistic demonstration data and as a check of the arithmetic.
"""

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

#: answers that mean "no answer": 11 blank, 6 not applicable, 0 blank
RECOMMEND_RANGE = range(0, 11)
OVERALL_RANGE = range(1, 6)
YEAR, MONTH = 2017, 5


def read_answers(path: str | Path) -> Iterator[dict[str, object]]:
    """Yield ``nps``, ``csat`` and ``at`` of every respondent of the file.

    A metric without a valid answer is left out. The day of the interview is in
    the file, its month is not: May 2017 is assumed.
    """
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as source:
        for row in csv.DictReader(source):
            answer: dict[str, object] = {}
            if (value := _number(row["NETPRO"])) in RECOMMEND_RANGE:
                answer["nps"] = value
            if (value := _number(row["Q7ALL"])) in OVERALL_RANGE:
                answer["csat"] = value
            answer["at"] = datetime(YEAR, MONTH, _number(row["INTDATE"]) or 1, 12)
            yield answer


def _number(text: str | None) -> int | None:
    """Return the whole number of a cell, ``None`` for anything else."""
    try:
        value = float((text or "").strip())
    except ValueError:
        return None
    return int(value) if value == int(value) else None
