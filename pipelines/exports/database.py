"""A DuckDB database: a run's cases, recommendations, criteria, facts, and manifest, with views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl

from pipelines.exports.about import terms
from pipelines.exports.parquet import laws
from schemas.avro import avro_schema
from schemas.errors import UsageError
from schemas.facts import FACTS
from schemas.manifest import Manifest
from schemas.rulebook.compiled import CompiledRulebook
from schemas.worklist import CONFIDENTIAL_LINE, SHARED_LINE
from transforms.export.plain import with_text
from transforms.export.words import Words
from transforms.frames.frame import Frame

# What the records of the other tables are isn't known.
_KINDS = {
    "cases": "case_record",
    "recommendations": "recommendation",
    "other_cases": "case_record",
}
RAW_LINE = "Records as they were stored. They may hold facts that the law protects from disclosure."
VIEWS = {
    "reasons": """
        select r.case_id, r.court, r.route, r.criterion, c.title, r.citation, c.confidential
        from (select case_id, court, route, unnest(reasons, recursive := true)
              from recommendations) r
        left join criteria c on c.id = r.criterion""",
    "asked": """
        select a.case_id, a.court, a.route, a.place, a.fact, f.question, f.confidential
        from (select case_id, court, route, unnest(missing_facts) as fact,
                     generate_subscripts(missing_facts, 1) as place
              from recommendations) a
        left join facts f on f.name = a.fact""",
    "routes_by_court": """
        select court, count(*) as cases,
               count(*) filter (route = 'close') as close,
               count(*) filter (route = 'continue') as continue,
               count(*) filter (route = 'expedite') as expedite,
               count(*) filter (state = 'AFTER_CHECKS') as after_checks,
               count(*) filter (needs_review) as needs_review
        from recommendations group by court order by cases desc, court""",
    "worklist": """
        select r.case_id, r.court, r.route, r.form, r.state, r.needs_review,
               r.score_low, r.score_high, w.reasons, r.missing_facts as ask,
               try_cast(c.next_hearing as date) as next_hearing, r.changes_on, r.changes_to
        from recommendations r
        left join cases c using (case_id)
        left join (select case_id, list(title order by criterion) as reasons
                   from reasons group by case_id) w using (case_id)""",
}


def write_database(
    path: str,
    tables: Iterable[tuple[str, Frame]],
    manifest: Manifest,
    rulebook: CompiledRulebook,
) -> None:
    """Write a database.

    Args:
        path: The new file.
        tables: `cases` and `recommendations`, each in frames of one schema, at least one of each;
            and other tables in the same way.
        manifest: The run's manifest.
        rulebook: The run's rulebook.

    Raises:
        UsageError: DuckDB isn't installed.
    """
    connection = _duckdb().connect(path)
    try:
        written: dict[str, None] = {}
        for name, frame in tables:
            _append(connection, name, with_text(frame))
            written[name] = None
        for name, frame in _described(manifest, rulebook):
            _append(connection, name, frame)
        for name, query in VIEWS.items():
            connection.execute(f"create view {name} as {query}")
        for statement in _comments(written):
            connection.execute(statement)
    finally:
        connection.close()


def write_shared_database(path: str, frames: Iterable[Frame], manifest: Manifest) -> None:
    """Write a database to give away: the worklist, and what was asked.

    Args:
        path: The new file.
        frames: The columns `schemas.worklist.SHARED`, in frames of one schema; at least one.
        manifest: The run's manifest.

    Raises:
        UsageError: DuckDB isn't installed.
    """
    asked = {"run_id": manifest.run_id, "terms": terms(manifest), "about": SHARED_LINE}
    connection = _duckdb().connect(path)
    try:
        for frame in frames:
            _append(connection, "worklist", frame)
        _append(connection, "manifest", pl.DataFrame([asked]))
        connection.execute(f"comment on table worklist is '{SHARED_LINE}'")
    finally:
        connection.close()


def _duckdb() -> Any:
    try:
        import duckdb
    except ModuleNotFoundError:
        raise UsageError(
            "--format duckdb: the package duckdb isn't installed; "
            "run pip install 'discretion[duckdb]', or choose parquet"
        ) from None
    return duckdb


def _append(connection: Any, name: str, frame: Frame) -> None:
    connection.register("part", frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
    connection.execute(f"create table if not exists {name} as select * from part limit 0")
    connection.execute(f"insert into {name} select * from part")
    connection.unregister("part")


def _described(manifest: Manifest, rulebook: CompiledRulebook) -> Iterator[tuple[str, Frame]]:
    secret = Words(rulebook).confidential_criteria
    criteria = [
        (one.id, one.criterion.list, one.criterion.title, one.criterion.weight, one.citation,
         one.id in secret)
        for one in rulebook.criteria
    ]  # fmt: skip
    yield "criteria", pl.DataFrame(
        criteria,
        schema={"id": pl.String, "list": pl.String, "title": pl.String, "weight": pl.Int32,
                "citation": pl.String, "confidential": pl.Boolean},
        orient="row",
    )  # fmt: skip
    facts = [(one.name, one.label, one.question, one.confidential) for one in FACTS.values()]
    names = ["name", "label", "question", "confidential"]
    yield "facts", pl.DataFrame(facts, schema=dict.fromkeys(names, pl.String), orient="row")
    yield (
        "manifest",
        pl.DataFrame(
            {
                "run_id": [manifest.run_id],
                "terms": [terms(manifest)],
                "confidential": [CONFIDENTIAL_LINE],
                "manifest": [manifest.model_dump_json()],
            }
        ),
    )


def _comments(tables: Iterable[str]) -> Iterator[str]:
    protected = laws()
    for table in tables:
        if table not in _KINDS:
            yield f"comment on table {table} is '{RAW_LINE}'"
            continue
        yield f"comment on table {table} is '{CONFIDENTIAL_LINE}'"
        for field in avro_schema(_KINDS[table])["fields"]:
            name = f"{table}.{field['name']}"
            if field["name"] in protected:
                law = protected[field["name"]]
                yield f"comment on column {name} is 'Confidential by law: {law}'"
