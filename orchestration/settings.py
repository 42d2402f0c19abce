"""Environment -> typed settings: the only module that reads environment variables.

Nothing here touches disk, network or warehouse; paths are resolved against the project root so that
a run gives the same answer from whichever folder it is started.
"""

from datetime import date
from importlib.metadata import version
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
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
    pdl_api_key: SecretStr = Field(
        default=SecretStr(""), description="Key of People Data Labs; empty for no enrichment"
    )
    pdl_url: str = Field(
        default="https://api.peopledatalabs.com/v5", description="Where People Data Labs answers"
    )
    census_api_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key of the US Census Bureau; empty for no census data and no geocoding",
    )
    enrichment_credits_per_run: int = Field(
        default=500, ge=0, description="Credits that a run of enrichment may spend"
    )
    enrichment_credits_per_month: int = Field(
        default=2000, ge=0, description="Credits that all runs of a calendar month (UTC) may spend"
    )
    enrichment_max_age_days: int = Field(
        default=30, ge=1, description="Days after which a customer is asked for again"
    )
    enrichment_not_found_days: int = Field(
        default=90, ge=1, description="Days after which a question that found nobody is put again"
    )
    enrichment_pending_days: int = Field(
        default=7, ge=1, description="Days after which a question is put again that may be paid"
    )
    enrichment_minimum_likelihood: int = Field(
        default=6, ge=0, le=10, description="How sure a provider has to be of a match, 0 to 10"
    )
    enrichment_without_consents: bool = Field(
        default=True,
        description="Whether customers are asked for of an organization that delivers no consents",
    )
    enrichment_prospects_per_run: int = Field(
        default=50, ge=0, description="Companies like the best customers to look for in a run"
    )

    @field_validator("pdl_api_key", "census_api_key")
    @classmethod
    def _without_line_end(cls, key: SecretStr) -> SecretStr:
        return SecretStr(key.get_secret_value().strip())

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
        """Where trained models lie: each release runs those alone that it fitted itself."""
        return self.data_dir / "registry" / version("customer-intelligence")
