"""What dbt is told of the exports is what the contracts say."""

from orchestration.exports.dbt_sources import DBT_SOURCES, render


def test_the_file_that_dbt_reads_is_the_one_that_the_contracts_make() -> None:
    assert DBT_SOURCES.read_text() == render(), "run: python -m orchestration.exports.dbt_sources"
