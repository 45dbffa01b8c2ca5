"""Tables of event data through the gate: mapped, judged row by row, and stored as one source.

A row with violations is rejected, with the finding in words; the others enter.
"""

from kg.intake.judge import Opener
from kg.intake.planning import Plan, check_source, compiler_of, plan
from kg.intake.store import Engine, Imported, store_table, write_table

__all__ = [
    "Engine",
    "Imported",
    "Opener",
    "Plan",
    "check_source",
    "compiler_of",
    "plan",
    "store_table",
    "write_table",
]
