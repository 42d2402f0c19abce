"""What tells whether two records are one person or company: data, for `comparing` to work with."""

from dataclasses import dataclass

UNKNOWN = -1
"""Level of a trait that one of two records does not have."""


@dataclass(frozen=True)
class Level:
    """How far two records agree in a trait.

    Attributes
    ----------
    condition : SQL over the columns of both, such as ``city_l = city_r``; empty for all the rest
    m : probability of it for two records of one person or company, 0 to 1
    u : probability of it for two strangers, 0 to 1, before anything is measured
    says : the agreement in words, empty where there is none
    counted : column whose value's share of the records stands in for ``u``
    """

    condition: str
    m: float
    u: float
    says: str = ""
    counted: str = ""


@dataclass(frozen=True)
class Trait:
    """Something that records are compared by.

    Attributes
    ----------
    name : of the trait
    unknown : SQL condition under which it tells nothing
    levels : from the closest agreement to none; the last is level 0
    is_key : whether the closest agreement is worth a look, whatever speaks against the pair
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]
    is_key: bool = False

    @property
    def closest(self) -> int:
        """The number of the level of closest agreement."""
        return len(self.levels) - 1

    @property
    def weight(self) -> str:
        """The name of the column that holds its part of the weight."""
        return f"{self.name}_weight"


@dataclass(frozen=True)
class Likeness:
    """What tells whether two records are one person or company.

    Attributes
    ----------
    traits : what they are compared by
    blocks : sets of columns; two records are compared if they share the values of one
    """

    traits: tuple[Trait, ...]
    blocks: tuple[tuple[str, ...], ...]

    @property
    def block_names(self) -> list[str]:
        """The names of columns that hold the blocks' values."""
        return [f"block_{number}" for number in range(len(self.blocks))]

    @property
    def counted(self) -> list[str]:
        """The columns whose values are counted."""
        levels = (level for trait in self.traits for level in trait.levels)
        return list(dict.fromkeys(level.counted for level in levels if level.counted))
