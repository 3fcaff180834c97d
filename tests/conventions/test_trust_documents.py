"""What docs/trust.md and docs/asvs.md call a proof is there, and the counts are right."""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings

DOCUMENTS = [settings.BASE_DIR / "docs" / name for name in ("trust.md", "asvs.md")]
PROOF = re.compile(r"`((?:tests|docs|laereplads|serving|static)/[\w./-]+|[\w-]+\.(?:toml|json|yml))(?:::(\w+))?`")
# Levels 1 and 2 of each chapter of the standard; V17 (WebRTC) is about what the portal has not.
REQUIREMENTS = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
}
ROW = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| [12] \|.*\| (met|partly|\*\*open\*\*|–) \|$", re.MULTILINE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_proof_exists(document: Path):
    proofs = PROOF.findall(document.read_text())

    assert len(proofs) > 30
    missing = [f"{path}::{test}" for path, test in proofs if not is_there(settings.BASE_DIR / path, test)]
    assert missing == []


def is_there(path: Path, test: str) -> bool:
    return path.exists() and (not test or bool(re.search(rf"(?:def {test}\(|class {test}:)", path.read_text())))


def test_the_counts_are_those_of_the_tables():
    text = DOCUMENTS[1].read_text()
    answers = Counter(row[3] for row in ROW.findall(text))

    counts = re.search(r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    assert counts
    assert [int(count) for count in counts.groups()] == [answers[word] for word in ("met", "partly", "**open**", "–")]
