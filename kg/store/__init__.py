"""Where sources are kept and asked: a folder or memory behind one address."""

from kg.store.base import Background, Limits, Reader, SourceRecord, Writer

__all__ = ["Background", "Limits", "Reader", "SourceRecord", "Writer"]
