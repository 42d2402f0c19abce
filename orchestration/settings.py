"""Environment -> typed settings: the only module that reads environment variables.

Nothing here touches disk, network or warehouse; paths are resolved against the project root so that
a run gives the same answer from whichever folder it is started.
"""

from datetime import date
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

PROJECT_ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator can set, each by the variable of the field's name in upper case."""

    warehouse_url: str = Field(
        default="",
        description="Empty for the embedded Postgres, else postgresql:// or duckdb:///path",
        repr=False,
    )
    landing_url: str = Field(
        default="",
        description="Folder or fsspec URL of the exports; empty for ./landing, else the sample",
        repr=False,
    )
    landing_options: str = Field(
        default="",
        description="JSON object of options for fsspec's file system, such as credentials",
        repr=False,
    )
    organizations_dir: Path = Field(
        default=Path("organizations"), description="One YAML file per organization"
    )
    data_dir: Path = Field(
        default=Path(".data"), description="Everything that the product writes on this machine"
    )
    first_export_date: date = Field(
        default=date(1998, 1, 1), description="The first daily partition"
    )

    @field_validator("landing_url")
    @classmethod
    def _absolute_folder(cls, url: str) -> str:
        is_folder = url and "://" not in url
        return str(PROJECT_ROOT / Path(url).expanduser()) if is_folder else url

    @field_validator("organizations_dir", "data_dir")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path if path.is_absolute() else PROJECT_ROOT / path

    @property
    def registry_dir(self) -> Path:
        """Where every version of every trained model lies."""
        return self.data_dir / "registry"
