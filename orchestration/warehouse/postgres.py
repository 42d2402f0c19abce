"""The warehouse in a Postgres database, embedded or a server's."""

import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

import adbc_driver_manager
import pyarrow as pa
from adbc_driver_postgresql import dbapi

from orchestration.warehouse import ddl
from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.numerics import decimal_columns, declared_type
from orchestration.warehouse.session import ArrowData, Session
from orchestration.warehouse.warehouse import Warehouse

_OLDEST_VERSION = 15
_DEFAULT_PORT = 5432
_LONGEST_NAME = 63
# A wrong address fails at once, and the server's administrator sees who is connected.
_CONNECTION_DEFAULTS = {"connect_timeout": "10", "application_name": "customer_intelligence"}


class PostgresWarehouse(Warehouse):
    """A Postgres database, reached over ADBC.

    Raises
    ------
    WarehouseError
        When the URL is incomplete, the server refuses, or it is older than Postgres 15.
    """

    engine = "postgres"

    def __init__(self, url: str) -> None:
        self._parts = _complete_parts(url)
        options = _CONNECTION_DEFAULTS | dict(parse_qsl(self._parts.query))
        self._dsn = self._parts._replace(query=urlencode(options, quote_via=quote)).geturl()
        self.url = url
        self.safe_url = masked(url)
        with self.session() as session:
            answer = session.query("select current_setting('server_version_num')::int as number")
        require_supported(answer["number"][0].as_py(), self.safe_url)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """See ``Warehouse.session``; closing without a commit is a rollback."""
        with closing(self._connect()) as connection:
            session = PostgresSession(connection)
            session.begin()
            yield session
            with _own_errors():
                connection.commit()

    def dbt_environment(self) -> dict[str, str]:
        """See ``Warehouse.dbt_environment``; the URL's options go to libpq itself (PGSSLMODE)."""
        parts = self._parts
        options = {
            f"PG{name.replace('_', '').upper()}": value for name, value in parse_qsl(parts.query)
        }
        return options | {
            "DBT_TARGET": "postgres",
            "DBT_POSTGRES_HOST": unquote(parts.hostname or "localhost"),
            "DBT_POSTGRES_PORT": str(parts.port or _DEFAULT_PORT),
            "DBT_POSTGRES_USER": unquote(parts.username or ""),
            "DBT_ENV_SECRET_POSTGRES_PASSWORD": unquote(parts.password or ""),
            "DBT_POSTGRES_DATABASE": unquote(parts.path.removeprefix("/")),
            # Dates are cut from points in time in UTC, whatever the server's default.
            "PGTZ": "UTC",
        }

    def _connect(self) -> dbapi.Connection:
        try:
            return dbapi.connect(self._dsn)
        except adbc_driver_manager.Error as error:
            raise WarehouseError(
                f"Cannot connect to the warehouse {self.safe_url}: {_reason(error)}; "
                "check WAREHOUSE_URL and that the server is up."
            ) from None  # the cause may quote the URL


class PostgresSession(Session):
    """A transaction in Postgres."""

    def __init__(self, connection: dbapi.Connection) -> None:
        self._connection = connection

    def begin(self) -> None:
        """Set what holds until the transaction ends."""
        self.execute("set local timezone = 'UTC'")

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """See ``Session.execute``."""
        with _own_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql, tuple(parameters) or None)

    def query(self, sql: str, parameters: Sequence[object] = ()) -> pa.Table:
        """See ``Session.query``."""
        with _own_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql, tuple(parameters) or None)
            return decimal_columns(cursor.fetch_arrow_table())

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> Iterator[pa.RecordBatch]:
        """See ``Session.stream``."""
        with _own_errors(), self._connection.cursor() as cursor:
            cursor.execute(sql, tuple(parameters) or None)
            yield from cursor.fetch_record_batch()

    def ingest(self, schema: str, table: str, data: ArrowData) -> int:
        """See ``Session.ingest``."""
        with _own_errors(), self._connection.cursor() as cursor:
            typed = self._typed(schema, table, data)
            return int(cursor.adbc_ingest(table, typed, mode="append", db_schema_name=schema))

    def create_index(self, schema: str, table: str, columns: Sequence[str]) -> None:
        """See ``Session.create_index``."""
        name = ddl.quoted("_".join(("index", table, *columns))[:_LONGEST_NAME])
        listed = ", ".join(map(ddl.quoted, columns))
        table_name = ddl.quoted(schema, table)
        self.execute(f"create index if not exists {name} on {table_name} using brin ({listed})")

    def analyze(self, schema: str, table: str) -> None:
        """See ``Session.analyze``."""
        self.execute(f"analyze {ddl.quoted(schema, table)}")

    def join_in_bulk(self) -> None:
        """See ``Session.join_in_bulk``."""
        self.execute("set local enable_nestloop = off")
        # Before Postgres 18, a nested loop without an alternative looks dear enough to compile.
        self.execute("set local jit = off")

    def commit(self) -> None:
        """See ``Session.commit``."""
        with _own_errors():
            self._connection.commit()
        self.begin()
        # Whoever commits in between may wait for others, with nothing to say meanwhile.
        self.execute("set local idle_in_transaction_session_timeout = 0")

    def lock(self, name: str) -> None:
        """See ``Session.lock``."""
        # Whoever holds a lock may be waiting for another process, with nothing to say meanwhile.
        self.execute("set local idle_in_transaction_session_timeout = 0")
        self.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", (name,))

    def _typed(self, schema: str, table: str, data: ArrowData) -> ArrowData:
        """Cast ``data`` to the table's own types: a binary copy misreads the bytes of others."""
        columns = ", ".join(ddl.quoted(name) for name in data.schema.names)
        with self._connection.cursor() as cursor:
            cursor.execute(f"select {columns} from {ddl.quoted(schema, table)} limit 0")
            stored = cursor.fetch_arrow_table().schema
        types = [
            column_type if column_type is not None else own.type
            for own, column_type in zip(data.schema, map(declared_type, stored), strict=True)
        ]
        return data.cast(pa.schema(list(zip(data.schema.names, types, strict=True))))


def require_supported(version_number: int, safe_url: str) -> None:
    """Raise ``WarehouseError`` where a server's ``server_version_num`` is of an older Postgres."""
    version = version_number // 10_000
    if version < _OLDEST_VERSION:
        raise WarehouseError(
            f"The server at {safe_url} is Postgres {version}; "
            f"the pipeline needs {_OLDEST_VERSION} or later."
        )


def masked(url: str) -> str:
    """Return ``url`` with its password, wherever it stands, as ``***``."""
    parts = urlsplit(url)
    query = urlencode(
        [(name, "***" if name == "password" else value) for name, value in parse_qsl(parts.query)],
        safe="*/",
    )
    netloc = re.sub(r":.*@", ":***@", parts.netloc)
    return parts._replace(netloc=netloc, query=query).geturl()


def _complete_parts(url: str) -> SplitResult:
    # libpq would quote a malformed URL, password and all, in its own message.
    well_encoded = url.count("@") == 1 and not re.search(r"%(?![0-9A-Fa-f]{2})", url)
    try:
        parts = urlsplit(url)
        complete = well_encoded and parts.username and parts.path.strip("/") and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that stays open
        complete = False
    if not complete:
        raise WarehouseError(
            "WAREHOUSE_URL is incomplete; write postgresql://user:password@host:port/database, "
            "with special characters in the password percent-encoded."
        )
    return parts


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except (adbc_driver_manager.Error, pa.ArrowInvalid) as error:
        raise WarehouseError(_reason(error)) from error


def _reason(error: Exception) -> str:
    """Return the server's own sentence, without the driver's preface or the statement."""
    line = re.split(r"(?:ERROR|FATAL):\s+", str(error), maxsplit=1)[-1].split("\n", maxsplit=1)[0]
    return re.sub(r"^.*?\[libpq\] (?:Failed to connect: )?", "", line).rstrip(". ")
