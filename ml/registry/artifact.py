"""Fitted estimators as bytes that are safe to load and the same for the same estimator.

skops writes memory addresses and the clock into its archives; they are renumbered and left out
here, so that equal models have equal bytes.
"""

import importlib
import io
import json
import zipfile
from dataclasses import is_dataclass
from typing import Any

from sklearn.base import BaseEstimator

from ml.registry.errors import RegistryError

_SCHEMA = "schema.json"
_LIBRARY_TYPES = frozenset(
    {
        "datetime.date",
        "functools.partial",
        "numpy.dtype",
        "sklearn._loss.loss.HalfTweedieLoss",
        "sklearn.calibration._CalibratedClassifier",
        "sklearn.calibration._SigmoidCalibration",
        "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
        "sklearn.tree._tree.Tree",
        "sklearn.utils.validation.check_array",
    }
)
"""Dates, and parts of scikit-learn's estimators that skops does not trust by itself.

It holds back trees because a forged one can crash the process; the registry checks the hash of
every artifact before it is read.
"""


def dumps(estimator: Any) -> bytes:
    """Return an estimator as a skops archive.

    Raises
    ------
    RegistryError
        If it holds what cannot be kept, such as a DataFrame, or would not be trusted when loaded.
    """
    import skops.io  # noqa: PLC0415 - slow to import

    data = _archive(estimator)
    if data is None:
        kept = vars(estimator).items() if hasattr(estimator, "__dict__") else ()
        names = [name for name, value in kept if _archive(value) is None]
        raise RegistryError(
            f"{type(estimator).__name__} cannot be kept because of {', '.join(names) or 'its type'}"
            ": hold only arrays, plain values and estimators, or leave it out in __getstate__"
        )
    refused = _refused(skops.io.get_untrusted_types(data=data))
    if refused:
        raise RegistryError(
            f"{type(estimator).__name__} holds {', '.join(refused)}, which would not be trusted "
            "when it is loaded: keep only estimators of ml, scikit-learn and arrays in it"
        )
    return _canonical(data)


def loads(data: bytes) -> Any:
    """Return the estimator of an archive.

    Raises
    ------
    RegistryError
        If it holds a type other than estimators of ``ml``, scikit-learn's and arrays; nothing of
        it is run then.
    """
    import skops.io  # noqa: PLC0415 - slow to import

    types = skops.io.get_untrusted_types(data=data)
    refused = _refused(types)
    if refused:
        raise RegistryError(
            f"the model holds {', '.join(refused)}, which is not trusted: train it again"
        )
    return skops.io.loads(data, trusted=types)


def _archive(value: Any) -> bytes | None:
    import skops.io  # noqa: PLC0415 - slow to import

    try:
        data: bytes = skops.io.dumps(value)
    except TypeError:
        # skops' own refusals are of this kind, and so are those of C extensions.
        return None
    return data


def _refused(types: list[str]) -> list[str]:
    return [name for name in types if not _is_trusted(name)]


def _is_trusted(name: str) -> bool:
    """Tell whether a type is a listed one or an estimator of ours: no function, no other class."""
    if name in _LIBRARY_TYPES:
        return True
    module, _, kind = name.rpartition(".")
    if not module.startswith("ml."):
        return False
    try:
        found = getattr(importlib.import_module(module), kind, None)
    except ImportError:
        return False
    return isinstance(found, type) and (issubclass(found, BaseEstimator) or is_dataclass(found))


def _canonical(data: bytes) -> bytes:
    ids: dict[int, int] = {}
    files: dict[str, str] = {}

    def renumber(node: dict[str, Any]) -> dict[str, Any]:
        number, file = node.get("__id__"), node.get("file")
        if isinstance(number, int):
            node["__id__"] = ids.setdefault(number, len(ids) + 1)
        if isinstance(file, str):
            suffix = file.rpartition(".")[2]
            node["file"] = files.setdefault(file, f"{len(files) + 1}.{suffix}")
        return node

    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        schema = json.loads(old.read(_SCHEMA), object_hook=renumber)
        _write(new, _SCHEMA, json.dumps(schema, separators=(",", ":")).encode())
        for name, number in files.items():
            _write(new, number, old.read(name))
    return target.getvalue()


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A ZipInfo without a date has that of the format's beginning.
    archive.writestr(zipfile.ZipInfo(name), content, compress_type=zipfile.ZIP_DEFLATED)
