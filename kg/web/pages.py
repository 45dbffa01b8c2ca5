"""Pages from templates: everything that goes into one is escaped."""

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("kg.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template: str, **values: object) -> str:
    """Returns the HTML of a page."""
    return _environment().get_template(template).render(values)


def page(template: str, **values: object) -> Response:
    """Returns a page."""
    headers = {"vary": "accept"}
    return Response(render(template, **values), headers=headers, media_type="text/html")


@cache
def _style() -> bytes:
    return (files("kg.web") / "style.css").read_bytes()


async def style(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    """Returns the style of all pages."""
    headers = {"cache-control": "max-age=3600"}
    return Response(_style(), headers=headers, media_type="text/css")
