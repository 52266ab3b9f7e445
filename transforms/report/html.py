"""HTML: a template rendered to one file that needs nothing else, neither a network nor a server."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from schemas.words import percent

ASSETS = Path(__file__).with_name("assets")


def asset(name: str) -> str:
    """Read a style or a script of this room."""
    return (ASSETS / name).read_text("utf-8")


def render(
    template: str,
    context: Mapping[str, Any],
    *,
    package: str = "transforms.report",
    own_style: str = "",
    script: str | None = None,
) -> str:
    """Write the HTML of a page.

    Args:
        template: The name of its template.
        context: What the template shows. The page's style, its script, and a policy that allows
            these two only are added.
        package: The package whose folder `templates` holds the template.
        own_style: CSS that follows the common style.
        script: The page's script; None for the report's.
    """
    environment = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["percent"] = percent
    style = asset("page.css") + own_style
    script = asset("page.js") if script is None else script
    policy = (
        "default-src 'none'",
        f"style-src {_hash(style)}",
        f"script-src {_hash(script)}",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return environment.get_template(template).render(
        style=Markup(style), script=Markup(script), policy="; ".join(policy), **context
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
