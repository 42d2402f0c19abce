"""Proposals for small files, and what `check` says of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from orchestration.exports.loading.trial import Trial, try_file
from orchestration.exports.organizations import load_organization
from orchestration.exports.proposing.proposal import Proposal, propose
from orchestration.exports.proposing.writing import Identity, write_mapping


@dataclass
class Mapper:
    """Proposes mappings for files in a folder of its own."""

    folder: Path

    def write(self, content: str | bytes, name: str = "export_2024-04-01.csv") -> Path:
        """Write a file to be mapped."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def propose(self, content: str | bytes, export: str, day: date | None = None) -> Proposal:
        """Propose a mapping for a file with this content."""
        return propose(self.write(content), export, export_day=day)

    def load(
        self, content: str | bytes, export: str, zone: str = "UTC", name: str = "export.csv"
    ) -> Trial:
        """Try a file with the mapping that is proposed for it, as written and read again."""
        path = self.write(content, name)
        identity = Identity("club", "Club", zone, "EUR")
        mapping = self.folder / "club.yml"
        text = write_mapping(propose(path, export, "EUR"), identity, path)
        mapping.write_text(text, encoding="utf-8")
        return try_file(path, load_organization(mapping), export, date(2024, 4, 1))


@pytest.fixture
def mapper(tmp_path: Path) -> Mapper:
    """Return a helper that proposes mappings."""
    return Mapper(tmp_path)
