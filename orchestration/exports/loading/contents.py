"""Which files of a delivery hold the same content: one of them is loaded, the others repeat it.

The landing as it is decides. Of files with the same content the first by path is the original; a
file that has left the landing counts only while no file that is there holds its content. Content
that no file there holds any more stays loaded under the name of a file that had it, so that the
outcome is the same whether a file left, changed or came first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.exports.landing.fetching import LocalFile
from orchestration.exports.tables.ledger import LOADED, Entry


@dataclass(frozen=True)
class Contents:
    """What a delivery's files hold.

    Attributes
    ----------
    originals : files to be loaded, by path
    duplicates : path of the original, by path of the file that repeats it; either may have left
    kept : by path, files that have left the landing and hold what no file there does, each with the
        standing load of that content: its own, or that of a file which has other content now
    """

    originals: list[LocalFile]
    duplicates: dict[str, str]
    kept: dict[str, Entry]


def recognise(locals_: Sequence[LocalFile], known: Mapping[str, Entry]) -> Contents:
    """Tell the files of a delivery apart by content.

    Parameters
    ----------
    locals_ : the delivery's files in the landing, by path
    known : what the ledger says of the delivery's files, by path
    """
    originals: dict[str, LocalFile] = {}
    holders: dict[str, str] = {}
    duplicates: dict[str, str] = {}
    for local in locals_:
        holder = holders.setdefault(local.content_sha256, local.file.path)
        if holder == local.file.path:
            originals[holder] = local
        else:
            duplicates[local.file.path] = holder
    present = {local.file.path for local in locals_}
    # Among those that left, one whose rows stand comes before those that repeat it.
    left = sorted((known[path].status != LOADED, path) for path in known.keys() - present)
    kept: dict[str, Entry] = {}
    for _, path in left:
        entry = known[path]
        holder = holders.setdefault(entry.content_sha256, path)
        if holder == path:
            kept[path] = known[entry.duplicate_of] if entry.duplicate_of else entry
        else:
            duplicates[path] = holder
    return Contents(list(originals.values()), duplicates, kept)
