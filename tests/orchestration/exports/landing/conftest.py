"""A shop's landing, and what is found in it."""

from datetime import date
from pathlib import Path

from orchestration.exports.landing.zone import Landing
from orchestration.exports.organizations import Organization

ALWAYS = (date(2000, 1, 1), date(2030, 1, 1))


def shop(files: str = "orders/orders_{date}.csv") -> Organization:
    return Organization.model_validate(
        {
            "organization_id": "shop",
            "name": "Shop",
            "time_zone": "UTC",
            "currency": "GBP",
            "exports": {"orders": {"files": files}},
        }
    )


def put(folder: Path, *paths: str) -> Landing:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("x")
    return Landing(str(folder))


def found(landing: Landing, files: str = "orders/orders_{date}.csv") -> list[str]:
    return [file.path for file in landing.find(shop(files), "orders", *ALWAYS)]
