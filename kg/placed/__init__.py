"""YAML and JSON as plain data that remembers where every key and value stood.

What comes in is hostile until parsed: depth, aliases and size are bounded, a key that stands twice
is an error, tags and merge keys are refused. Numbers and dates stay the text they were written as.
"""

from kg.placed.data import Data, Number, Path, Placed, decode, read_bytes
from kg.placed.json import read_json
from kg.placed.yaml import read_yaml

__all__ = ["Data", "Number", "Path", "Placed", "decode", "read_bytes", "read_json", "read_yaml"]
