"""Pages from templates: everything that goes into one is escaped."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("kg.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def render(template: str, **values: object) -> str:
    """Returns a page."""
    return _environment().get_template(template).render(values)
