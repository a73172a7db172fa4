"""What a table and a column of the database are: names, SQL, Chinese descriptions, defaults for Datasette."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its SQL type with constraints, and what it holds, in Chinese."""

    name: str
    sql: str
    about: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table; `label` is its label column, `facets` and `sort` are Datasette defaults, `extra` are table constraints."""

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    label: str | None = None
    facets: tuple[str, ...] = ()
    sort: str | None = None
    extra: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    hidden: bool = False

    def create_sql(self) -> str:
        """Return the CREATE TABLE statement (STRICT)."""
        parts = [f"  [{column.name}] {column.sql}" for column in self.columns] + [
            f"  {line}" for line in self.extra
        ]
        return f"create table if not exists [{self.name}] (\n" + ",\n".join(parts) + "\n) strict"


def column(name: str, sql: str, about: str) -> Column:
    """Return a column."""
    return Column(name, sql, about)


def reference(table: str, *, delete: str = "cascade", null: bool = True) -> str:
    """Return the SQL type of a column that refers to the id of a table.

    >>> reference("people", delete="set null")
    'text references [people](id) on delete set null'
    """
    return f"text{'' if null else ' not null'} references [{table}](id) on delete {delete}"
