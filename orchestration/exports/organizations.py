"""Organizations and their source mappings, read from one YAML file per organization.

The files belong to the operator, never to the landing zone: whoever can drop an export must not be
able to change how it is read.
"""

import hashlib
import json
import re
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import Literal, Self
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.exports.contracts import Contract, explain, load_contracts
from orchestration.exports.experiments import ExperimentDesign, Name
from orchestration.exports.identities import IdentityRulings
from orchestration.exports.read_options import ReadOptions
from orchestration.exports.rhythms import weekdays


class OrganizationError(ValueError):
    """An organization's file cannot be used; the message names file, field and remedy."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExportMapping(_Strict):
    """How one organization's files become one canonical export.

    Attributes
    ----------
    files : path below the organization's landing folder, with ``{date}`` and, for several parts,
        ``*``
    columns : canonical column -> SQL expression over the file's own columns, all text
    keep : SQL condition; rows for which it is not true are counted as skipped
    repeat : name of a counter -> SQL expression that tells how many rows a record stands for, one
        for each number from 1 on; of several counters, one for each combination. Expressions read
        counters as whole numbers, and the record's line in the delivered file as ``_source_line``;
        other line numbers count the rows
    expected : days on which files are due: ``daily``, ``weekdays`` (Monday to Friday),
        ``weekly:monday`` (several days by comma) or ``none``; without it, the weekdays on which
        they usually came
    """

    files: str
    delivery: Literal["changes", "snapshot"]
    read: ReadOptions = Field(default_factory=lambda: ReadOptions.model_validate({}))
    columns: dict[str, str] = {}
    keep: str | None = None
    repeat: dict[str, str] = {}
    expected: str | None = None

    @field_validator("expected")
    @classmethod
    def _known_rhythm(cls, expected: str | None) -> str | None:
        if expected is not None:
            weekdays(expected)
        return expected

    @field_validator("files")
    @classmethod
    def _inside_the_folder(cls, files: str) -> str:
        path = PurePosixPath(files)
        if path.is_absolute() or ".." in path.parts or "\\" in files:
            raise ValueError(f"{files!r} must be a path inside the organization's landing folder")
        if files.count("{date}") != 1:
            raise ValueError(
                f"{files!r} must hold {{date}} once: it tells the day that a file describes"
            )
        return files

    @model_validator(mode="after")
    def _repeats_lines_below_a_header(self) -> Self:
        for name in self.repeat:
            if not re.fullmatch("[a-z][a-z0-9_]*", name):
                raise ValueError(f"repeat: {name!r} is no name of a counter, such as touch")
        if self.repeat and (self.read.is_json or not self.read.header):
            raise ValueError("repeat needs delimited text with a header")
        return self

    def fingerprint(self, contract: Contract, time_zone: str) -> str:
        """Hash all that decides what a file's bytes become: a change loads its files anew."""
        described = contract.model_dump(mode="json")
        mapping = self.model_dump(
            mode="json", exclude={"files": True, "expected": True, "read": {"max_gigabytes"}}
        )
        if not self.repeat:
            del mapping["repeat"]  # what loaded before it could be said need not load anew
        meaning = {
            "contract": _without_descriptions(described),
            "mapping": mapping,
            "time_zone": time_zone,
        }
        return hashlib.sha256(json.dumps(meaning, sort_keys=True).encode()).hexdigest()


def _without_descriptions(tree: object) -> object:
    if isinstance(tree, dict):
        return {k: _without_descriptions(v) for k, v in tree.items() if k != "description"}
    return tree


class Organization(_Strict):
    """A tenant: who it is, and how its files map to the canonical exports.

    Attributes
    ----------
    assumed_margin_percent : gross margin, percent of revenue, where the source tells no cost
    fiscal_year_start_month : 1 to 12
    non_product_ids : regular expression (RE2, whole id) of product ids that are no products
    shipments_are_transactions : whether shipments are what customers pay for; where it is not said,
        they are where neither orders nor order lines are delivered
    identities : which of its records are one, and which not, whatever their data says
    experiments : by test, how it was planned where its groups are not equal or lower is better
    exports : the exports that it delivers, by name
    """

    organization_id: str = Field(pattern=r"^[a-z0-9_]+$")
    name: str = Field(min_length=1)
    time_zone: str
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    assumed_margin_percent: Decimal | None = Field(None, ge=-100, le=100)
    fiscal_year_start_month: int = Field(1, ge=1, le=12)
    non_product_ids: str | None = None
    shipments_are_transactions: bool | None = None
    identities: IdentityRulings = Field(default_factory=IdentityRulings)
    experiments: dict[Name, ExperimentDesign] = {}
    exports: dict[str, ExportMapping]

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, time_zone: str) -> str:
        try:
            ZoneInfo(time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{time_zone!r} is not a time zone, such as Europe/London") from error
        return time_zone

    @field_validator("non_product_ids")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error
        return pattern

    @model_validator(mode="before")
    @classmethod
    def _fill_in_the_defaults(cls, data: object) -> object:
        if not isinstance(data, dict):
            raise ValueError("must be a mapping with organization_id, name, time_zone and currency")
        contracts = load_contracts()
        exports = data.get("exports")
        if exports is None:
            exports = dict.fromkeys(contracts)
        if not isinstance(exports, dict):
            raise ValueError("exports must be a mapping of export name to its files and columns")
        return {
            **data,
            "exports": {name: _with_defaults(name, given) for name, given in exports.items()},
        }

    @model_validator(mode="after")
    def _exports_fit_their_contracts(self) -> Self:
        for name, mapping in self.exports.items():
            unknown = set(mapping.columns) - set(load_contracts()[name].columns)
            if unknown:
                known = ", ".join(load_contracts()[name].columns)
                raise ValueError(
                    f"exports.{name}.columns: {_list(unknown)} is no column of the export; "
                    f"it has {known}"
                )
        return self


def _with_defaults(name: object, given: object) -> object:
    contract = load_contracts().get(str(name))
    if contract is None:
        raise ValueError(
            f"exports.{name} is not a known export; known are {', '.join(load_contracts())}"
        )
    if given is not None and not isinstance(given, dict):
        raise ValueError(f"exports.{name} must be a mapping with files, read, columns or keep")
    return {"files": f"{name}/{name}_{{date}}.csv", "delivery": contract.delivery, **(given or {})}


def _list(names: set[str]) -> str:
    return ", ".join(repr(name) for name in sorted(names))


def load_organizations(directory: Path) -> list[Organization]:
    """Read every ``*.yml`` of the folder, sorted by organization_id.

    Raises
    ------
    OrganizationError
        If the folder holds no organization, or a file is not one, or two share an id.
    """
    paths = sorted((*directory.glob("*.yml"), *directory.glob("*.yaml")))
    if not paths:
        raise OrganizationError(
            f"No organization in {directory}: add one YAML file per organization, "
            "or set ORGANIZATIONS_DIR."
        )
    organizations: dict[str, Organization] = {}
    for path in paths:
        organization = load_organization(path)
        if organization.organization_id in organizations:
            raise OrganizationError(
                f"Two files in {directory} have organization_id {organization.organization_id!r}: "
                f"change it in {path.name}."
            )
        organizations[organization.organization_id] = organization
    return [organizations[key] for key in sorted(organizations)]


def load_organization(path: Path) -> Organization:
    """Read one organization's file.

    Raises
    ------
    OrganizationError
        If it is none.
    """
    try:
        return Organization.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (ValidationError, yaml.YAMLError) as error:
        raise OrganizationError(
            f"Organization file {path.name} cannot be used: {explain(error)}."
        ) from error
