"""Serves the `.kg` of the current folder within the bounds given as JSON, for tests."""

import json
import sys
from pathlib import Path

from kg.store import Limits
from kg.web.bounds import Bounds
from kg.web.server import Settings, serve

if __name__ == "__main__":
    told = json.loads(sys.argv[1])
    if "limits" in told:
        told["limits"] = Limits(**told["limits"])
    here = Path.cwd()
    settings = Settings(here / ".kg", here, port=0, bounds=Bounds(**told))
    serve(settings, lambda where: print(f"serving at {where}", file=sys.stderr, flush=True), print)
