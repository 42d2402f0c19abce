"""Which of a file's columns is which canonical one, decided for all columns together."""

from dataclasses import dataclass

from orchestration.exports.column_types import Type
from orchestration.exports.contracts import Column, Contract
from orchestration.exports.proposing.meanings import recognised
from orchestration.exports.proposing.profiles import Profile
from orchestration.exports.proposing.vocabulary import Vocabulary

_LEAST_REQUIRED, _LEAST = 0.42, 0.52
# Lines are counted where no column is sure to number them.
_LEAST_OF_A_POSITION = 0.85
_PREFERENCE_OF_REQUIRED = 1.04
_HANDICAP_OF_PARTS = 0.97
_WORTH_AN_ALTERNATIVE = 0.5
_PART_TYPES = {
    "first_name": Type.TEXT,
    "last_name": Type.TEXT,
    "ends_at": Type.TIME,
    "birth_date": Type.DATE,
    "line_amount": Type.MONEY,
    "line_cost": Type.MONEY,
    "order_cost": Type.MONEY,
}
_CLOCKS = ("start_time", "end_time")
_PARTS_OF = {
    "first_name": ("name", "customer_name"),
    "last_name": ("name", "customer_name"),
    "start_time": ("starts_at", "visited_at", "ordered_at", "interaction_at", "shipped_at"),
    "end_time": ("duration_minutes",),
    "ends_at": ("duration_minutes",),
    "birth_date": ("birth_year",),
    "line_amount": ("unit_price",),
    "line_cost": ("unit_cost",),
    "order_cost": ("gross_margin",),
}
_PATTERNS = {
    "email": "email", "domain": "domain", "phone": "phone", "zip_code": "zip",
    "home_zip_code": "zip", "currency": "currency", "birth_year": "year",
}  # fmt: skip
_NO_NAME_NEEDED = {"email": 0.5, "domain": 0.45}


@dataclass(frozen=True)
class Match:
    """A file's column for a canonical one, or for a part of one.

    Attributes
    ----------
    likeness : of the names, 0 to 1
    fit : share of the values that could be of the canonical type, 0 to 1
    alternatives : other columns of the file that came near
    """

    source: Profile
    likeness: float
    fit: float
    alternatives: tuple[str, ...] = ()


def match_columns(
    contract: Contract, vocabulary: Vocabulary, profiles: list[Profile]
) -> dict[str, Match]:
    """Assign the file's columns, each to one canonical column or part at most."""
    import numpy as np  # noqa: PLC0415 - not while commands are being listed
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    parts = [part for part in vocabulary.parts if set(_PARTS_OF[part]) & set(contract.columns)]
    targets = [*contract.columns, *parts]
    if not profiles:
        return {}
    worth = np.array(
        [[_worth(contract, vocabulary, source, t) for t in targets] for source in profiles]
    )
    pairs = zip(*linear_sum_assignment(worth, maximize=True), strict=True)
    return {
        targets[column]: Match(
            profiles[row],
            vocabulary.likeness(_called(profiles[row]), targets[column]),
            _fit(contract, targets[column], profiles[row]),
            tuple(
                source.name
                for other, source in enumerate(profiles)
                if other != row
                and worth[other, column] > max(_WORTH_AN_ALTERNATIVE, worth[row, column] - 0.25)
            ),
        )
        for row, column in pairs
        if worth[row, column] >= _least(contract, targets[column])
    }


def best_source(
    contract: Contract, vocabulary: Vocabulary, profiles: list[Profile], target: str
) -> Match | None:
    """Return the column that comes nearest to a canonical one, taken or not."""
    best = max(profiles, key=lambda p: _worth(contract, vocabulary, p, target), default=None)
    if best is None or _worth(contract, vocabulary, best, target) < _WORTH_AN_ALTERNATIVE:
        return None
    return Match(best, vocabulary.likeness(_called(best), target), _fit(contract, target, best))


def _worth(contract: Contract, vocabulary: Vocabulary, source: Profile, target: str) -> float:
    likeness = vocabulary.likeness(_called(source), target)
    pattern = source.share(_PATTERNS[target]) if target in _PATTERNS else 0.0
    if target in _NO_NAME_NEEDED and pattern > 0.8:  # noqa: PLR2004
        likeness = max(likeness, _NO_NAME_NEEDED[target])
    if not likeness:
        return 0.0
    worth = likeness * (0.2 + 0.8 * _fit(contract, target, source)) + 0.1 * pattern
    if target in contract.columns:
        column = contract.columns[target]
        preference = _PREFERENCE_OF_REQUIRED if column.required else 1.0
        return worth * preference * _plausibility(contract, target, column, source)
    return worth * _HANDICAP_OF_PARTS


def _least(contract: Contract, target: str) -> float:
    if target == contract.position_column:
        return _LEAST_OF_A_POSITION
    column = contract.columns.get(target)
    return _LEAST_REQUIRED if column and column.required else _LEAST


def _fit(contract: Contract, target: str, source: Profile) -> float:
    if target in _CLOCKS:
        moments = source.moments
        return moments.share if moments and not moments.has_days else 0.0
    kind = contract.columns[target].type if target in contract.columns else _PART_TYPES[target]
    return source.fits(kind)


def _plausibility(contract: Contract, target: str, column: Column, source: Profile) -> float:
    """Return what the values leave of the likeness of the names, 0 to 1."""
    if not source.filled:
        return 0.5
    plausible = 1.0
    if column.allowed:
        plausible *= 0.5 + 0.5 * recognised(contract.export, target, column.allowed, source.counts)
    if contract.key == (target,) and not source.is_unique:
        plausible *= 0.85 + 0.1 * min(1.0, len(source.counts) / source.filled)
    if target in _PATTERNS and target not in ("birth_year", "phone", "zip_code", "home_zip_code"):
        plausible *= 0.5 + 0.5 * (source.share(_PATTERNS[target]) or source.share("url"))
    elif column.type is Type.TEXT and not column.allowed and target not in _PATTERNS:
        plausible *= 0.7 if source.share("email") > 0.5 or source.share("letters") < 0.2 else 1.0  # noqa: PLR2004
    elif column.type is Type.ID and source.moments and source.moments.has_days:
        plausible *= 0.3
    elif column.type is Type.ID and source.share("fraction") > source.share("pointed"):
        plausible *= 0.6
    return plausible


def _called(source: Profile) -> str:
    return source.called or source.name
