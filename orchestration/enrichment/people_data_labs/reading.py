"""Stored answers -> typed rows, in bulk.

The provider's fields come missing, null, in another type than documented, or as a mere ``true``
where the plan does not cover them: what is not what it should be is null, and the rest is read.
"""

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

_MACROS = """
create macro text_at(content, path) as
    case when json_type(content, path) = 'VARCHAR'
        then nullif(trim(replace(json_extract_string(content, path), chr(0), '')), '') end;
create macro number_at(content, path) as
    case when json_type(content, path) in ('VARCHAR', 'BIGINT', 'UBIGINT', 'DOUBLE')
        then try_cast(try_cast(json_extract_string(content, path) as double) as bigint) end;
create macro list_at(content, path) as
    case when json_type(content, path) = 'ARRAY'
        then cast(json_extract(content, path) as varchar) end;
create macro latitude_at(content, path) as
    try_cast(split_part(text_at(content, path), ',', 1) as double);
create macro longitude_at(content, path) as
    try_cast(split_part(text_at(content, path), ',', 2) as double);
create macro band_from(band) as
    try_cast(regexp_extract(band, '^([0-9]+)(-[0-9]+|\\+)$', 1) as bigint);
create macro band_to(band) as
    try_cast(nullif(regexp_extract(band, '^[0-9]+-([0-9]+)$', 1), '') as bigint);
"""

_PLACE = ("name", "locality", "region", "metro", "country", "postal_code", "street_address")
_EMPLOYER = ("id", "name", "website", "industry", "linkedin_url")

_PERSON = {
    "likelihood": "number_at(content, '$.likelihood')",
    "person_id": "text_at(content, '$.data.id')",
    **{
        name: f"text_at(content, '$.data.{name}')"
        for name in ("full_name", "first_name", "last_name", "sex")
    },
    "birth_year": "number_at(content, '$.data.birth_year')",
    **{
        name: f"text_at(content, '$.data.{name}')"
        for name in ("linkedin_url", "work_email", "mobile_phone", "industry")
    },
    "personal_emails": "list_at(content, '$.data.personal_emails')",
    **{
        name: f"text_at(content, '$.data.{name}')"
        for name in ("job_title", "job_title_role", "job_start_date")
    },
    "job_title_levels": "list_at(content, '$.data.job_title_levels')",
    **{f"company_{name}": f"text_at(content, '$.data.job_company_{name}')" for name in _EMPLOYER},
    "company_size": "text_at(content, '$.data.job_company_size')",
    "company_employees_from": "band_from(text_at(content, '$.data.job_company_size'))",
    "company_employees_to": "band_to(text_at(content, '$.data.job_company_size'))",
    "company_founded": "number_at(content, '$.data.job_company_founded')",
    **{
        f"company_location_{name}": f"text_at(content, '$.data.job_company_location_{name}')"
        for name in _PLACE
    },
    **{f"location_{name}": f"text_at(content, '$.data.location_{name}')" for name in _PLACE},
    "latitude": "latitude_at(content, '$.data.location_geo')",
    "longitude": "longitude_at(content, '$.data.location_geo')",
}

_COMPANY = {
    "company_id": "text_at(content, '$.id')",
    **{name: f"text_at(content, '$.{name}')" for name in ("name", "display_name", "website")},
    **{name: f"text_at(content, '$.{name}')" for name in ("linkedin_url", "industry", "type")},
    "size": "text_at(content, '$.size')",
    "employees_from": "band_from(text_at(content, '$.size'))",
    "employees_to": "band_to(text_at(content, '$.size'))",
    "employee_count": "number_at(content, '$.employee_count')",
    "founded": "number_at(content, '$.founded')",
    "naics": "text_at(content, '$.naics[0].naics_code')",
    **{f"location_{name}": f"text_at(content, '$.location.{name}')" for name in _PLACE},
    "latitude": "latitude_at(content, '$.location.geo')",
    "longitude": "longitude_at(content, '$.location.geo')",
}


def persons(bodies: Sequence[str] | pa.Array) -> pa.Table:
    """Return what matched answers of the person endpoint say.

    Parameters
    ----------
    bodies : stored answers, one of each person

    Returns
    -------
    One row per body, in their order. Numbers of employees are those of the band, its upper end
    null where it is open; lists are text that holds JSON; latitude and longitude in degrees.
    """
    return _read(bodies, _PERSON, "answers")


def companies(bodies: Sequence[str] | pa.Array) -> pa.Table:
    """Return what matched answers of the company endpoint say, as ``persons`` does."""
    likelihood = {"likelihood": "number_at(content, '$.likelihood')"}
    return _read(bodies, likelihood | _COMPANY, "answers")


def companies_found(bodies: Sequence[str] | pa.Array) -> pa.Table:
    """Return the companies on pages of searches.

    Returns
    -------
    One row per company, in the order of the pages: ``page``, the place of its page in ``bodies``
    from 0, and columns as of ``companies`` without ``likelihood``.
    """
    return _read(bodies, {"page": "place"} | _COMPANY, "records")


def _read(bodies: Sequence[str] | pa.Array, columns: Mapping[str, str], rows: str) -> pa.Table:
    texts = pa.array(bodies, pa.string())
    told = pa.table({"place": pa.array(range(len(texts)), pa.int64()), "body": texts})
    selected = ", ".join(f'{expression} as "{name}"' for name, expression in columns.items())
    with duckdb.connect() as connection:
        connection.execute(_MACROS)
        connection.register("told", told)
        return connection.sql(
            f"""
            with answers as (
                select
                    place, 0 as position, case when json_valid(body) then body::json end as content
                from told
            ),
            records as (
                select place, unnest(range(len(list))) as position, unnest(list) as content
                from (select place, json_extract(content, '$.data[*]') as list from answers)
            )
            select {selected} from {rows}
            where '{rows}' = 'answers' or json_type(content) = 'OBJECT'
            order by place, position
            """
        ).to_arrow_table()
