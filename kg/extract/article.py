"""An article as it comes in: bytes of plain text or HTML to the one text that offsets count in."""

import codecs
import logging
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from kg.errors import InputError, LimitError, Misuse, Place, unreadable
from kg.extract.cues import shipped_cues
from kg.extract.layout import blocks_of, date_in
from kg.facts.dates import day

MAX_BYTES = 10_000_000
MAX_TEXT = 500_000
"""Characters of an article without its markup: three hours of a spoken briefing."""
MAX_MARKUP = 2_000_000
"""Characters of a page without its scripts and styles."""
MAX_ELEMENTS = 10_000
MAX_DEPTH = 100
MAX_ATTRIBUTES = 500
"""Of one element: the parser compares each with every other."""
MAX_MARKS = 8
"""Combining marks in a row: putting them in order takes the square of their number."""
HEAD = 4_000
"""Characters of a text that are searched for title and date."""
LINES_BEFORE_DATE = 8

_BYTE_ORDER_MARKS = (  # UTF-32 first: its mark begins like that of UTF-16
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a Word document or another archive"),
    (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "compressed"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\v\f\r\x1b")
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"' ]{0,2}([A-Za-z0-9_-]{1,20})")
# Codecs that decode in one pass; Python knows others that do not.
_KNOWN_CHARSET = re.compile(
    r"(iso-?8859-\d+|latin-?\d|windows-125\d|cp125\d|us-ascii|koi8-[ru]|shift[_-]jis|euc-(jp|kr)"
    r"|gb2312|gbk|gb18030|big5)",
    re.I,
)
_BEYOND_LATIN = re.compile("[\u0250-\U0010ffff]")
_MARKS_OF_PRINT = set("–—‘’‚“”„…•€£§°·©®™«»¡¿ºª\xa0")

# UTF-8 that was read as cp1252: what follows each first letter makes no other sense there.
_SECOND = "".join(bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(128, 192))
_MOJIBAKE = re.compile(
    "â€(?=[\\s.,;:!?)]|\\Z)"
    f"|â[{re.escape(_SECOND[:9])}][{re.escape(_SECOND)}]"
    f"|ðŸ[{re.escape(_SECOND)}]{{2}}"
    "|Ã[€‰œŸ‡ˆŠŒ™šž¡-ª¬-º¼-¿]"
    "|Â[\xa0¡£¥§©®°-´·¹º¼-¿]"
)
_TO_BYTE = {char: 128 + number for number, char in enumerate(_SECOND)}

_HTML = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?<(!doctype\s+html|(html|head|body|meta|title|article|main|div|p)\b)",
    re.I,
)
_UNSEEN = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(script|style|svg|template)\b(?![^>]{0,300}ld\+json).*?(?:</\1\s*>|\Z)"
    r"|\bdata:[a-z]+/[^\"'\s>]+",
    re.I | re.S,
)
_VALUE = r"=\s*+(?:\"[^\"]*+\"?+|'[^']*+'?+)"
_TAG = re.compile(rf"<[a-zA-Z](?:{_VALUE}|[^>=]++|=)*+")


@dataclass(frozen=True, slots=True)
class Article:
    """An article that was read; what is not known is empty.

    Attributes:
        text: What every offset counts in, in code points; it is never changed.
        title: The headline.
        published: The day, as `2026-01-12`.
        publisher: The name of the site.
        url: Where it was published.
        language: `en`, the code of another language where that is certain, else `und`.
        file: What it was read from.
    """

    text: str
    title: str
    published: str
    publisher: str
    url: str
    language: str
    file: str


def read_article(
    data: bytes,
    *,
    file: str,
    published: str = "",
    publisher: str = "",
    url: str = "",
    title: str = "",
) -> Article:
    """Returns the article that a file of plain text or HTML holds.

    What the caller says goes before what the file says.

    Raises:
        InputError: It is empty, no text, or a page without an article.
        LimitError: It is larger than an article can be.
        Misuse: `published` is no day, or the library for HTML is not installed.
    """
    if published:
        try:
            day(published)
        except ValueError as error:
            raise Misuse(f"the day of publication: {error}") from error
    if len(data) > MAX_BYTES:
        message = f"the file has {len(data):,} bytes, more than {MAX_BYTES:,}: take one article"
        raise LimitError(message, Place(file))
    text = _decoded(data, file)
    ending = file.lower().endswith((".html", ".htm", ".xhtml"))
    if _HTML.match(text) or (ending and "<" in text):
        found = _from_html(text, file, title)
    else:
        found = Article(_cleaned(text), "", "", "", "", "", file)
    if not found.text.strip():
        raise InputError("the file is empty", Place(file, 1))
    if len(found.text) > MAX_TEXT:
        message = f"the text has {len(found.text):,} characters, more than {MAX_TEXT:,}"
        raise LimitError(f"{message}: take one article", Place(file))
    head_title, head_date = _head(found.text)
    return Article(
        text=found.text,
        title=title or found.title or head_title,
        published=published or found.published or head_date,
        publisher=publisher or found.publisher,
        url=url or found.url,
        language=_language(found.text),
        file=file,
    )


def _decoded(data: bytes, file: str) -> str:
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data.removeprefix(codecs.BOM_UTF8).decode(codec)
            except UnicodeDecodeError as error:
                message = f"the file begins as {codec.upper()} and is not: save it as UTF-8"
                raise InputError(
                    message, Place(file, data.count(b"\n", 0, error.start) + 1)
                ) from error
    for start, what in _OTHER_FORMATS:
        if data.startswith(start):
            message = f"the file is {what}, not text: save the article's text as UTF-8"
            raise InputError(message, Place(file, 1))
    if 50 * (len(data) - len(data.translate(None, _CONTROLS))) > len(data):
        message = "the file is binary, or UTF-16 without its mark: save the article's text as UTF-8"
        raise InputError(message, Place(file, 1))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        text = _in_another_charset(data)
        if text is None:
            raise unreadable(file, error) from error
        return text


def _in_another_charset(data: bytes) -> str | None:
    """Returns the text as the page declares it, or in cp1252 where it plainly is that."""
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode() if declared else ""
    # Browsers read both as cp1252, which holds them.
    name = "cp1252" if name.lower() in {"iso-8859-1", "us-ascii"} else name
    if _KNOWN_CHARSET.fullmatch(name):
        try:
            return data.decode(name)
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    beyond = [character for character in text if character > "\x7f"]
    plain = all(character.isalpha() or character in _MARKS_OF_PRINT for character in set(beyond))
    # A valid pair of UTF-8 means that it is UTF-8 with damage.
    damaged = not data.decode("utf-8", "ignore").isascii()
    return text if plain and not damaged and len(beyond) * 6 < len(text) else None


def _cleaned(text: str) -> str:
    """Returns the text without what has no place in one: done once, before offsets exist."""
    text = re.sub("\r\n?|[\v\f\u2028]", "\n", text).replace("\u2029", "\n\n")
    text = _MOJIBAKE.sub(_mended, text)
    used = set(text)
    # Controls of the second row are marks of cp1252 that were read as Latin-1.
    replaced = {code: bytes([code]).decode("cp1252", "ignore") for code in range(128, 160)}
    for character in used - {"\n", "\t"}:
        if unicodedata.category(character) in {"Cc", "Cf", "Cs"} or character in "\ufffe\uffff":
            replaced.setdefault(ord(character), "")
    if any(ord(character) in replaced for character in used):
        text = text.translate(replaced)
    marks = "".join(sorted(char for char in used if unicodedata.combining(char)))
    if marks:
        text = re.sub(f"([{marks}]{{{MAX_MARKS}}})[{marks}]+", r"\1", text)
    return unicodedata.normalize("NFC", text)


def _mended(found: re.Match[str]) -> str:
    if found[0] == "â€":  # of its three characters the last is a control, lost before
        return "”"
    try:
        return bytes(_TO_BYTE.get(character, ord(character)) for character in found[0]).decode()
    except UnicodeDecodeError:
        return found[0]


def _from_html(page: str, file: str, title: str) -> Article:
    """Returns what stands in a page, its title first, paragraphs parted by empty lines."""
    try:
        from lxml import etree, html
        from trafilatura import bare_extraction
        from trafilatura.settings import Document
    except ImportError as error:
        raise Misuse("HTML needs libraries: pip install 'diplomatic-kg[extract]'") from error
    # Without a handler their complaints about a page would stand on stderr beside ours.
    for name in ("trafilatura", "htmldate", "courlan"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    page = _UNSEEN.sub(" ", page.replace("\0", ""))
    _bound(page, file)
    try:
        tree = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8"))
        _bound_depth(tree, file)
        dates = {"original_date": True, "extensive_search": False}  # a guess is no date
        found = bare_extraction(
            tree, with_metadata=True, include_comments=False, date_extraction_params=dates
        )
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
            etree.LxmlError) as error:  # fmt: skip
        message = "the page cannot be read: save the article's text as .txt"
        raise InputError(message, Place(file, 1)) from error
    told = _cleaned(found.text or "").strip() if isinstance(found, Document) else ""
    if not isinstance(found, Document) or not told:
        message = "no article is found in the page: save the article's text as .txt"
        raise InputError(message, Place(file, 1))
    title = " ".join(_cleaned(title or found.title or "").split())
    text = re.sub(r"\s*\n\s*", "\n\n", told)
    if title and not text.casefold().startswith(title.casefold()):
        text = f"{title}\n\n{text}"
    site = " ".join(_cleaned(found.sitename or "").split())
    return Article(text, title, found.date or "", site, found.url or "", "", file)


def _bound(page: str, file: str) -> None:
    """Refuses a page that would keep the parser busy."""
    told = "save the article's text as .txt"
    if len(page) > MAX_MARKUP:
        raise LimitError(f"the page has more than {MAX_MARKUP:,} characters: {told}", Place(file))
    for number, tag in enumerate(_TAG.finditer(page), start=1):
        line = page.count("\n", 0, tag.start()) + 1 if number > MAX_ELEMENTS else 0
        if line:
            message = f"the page has more than {MAX_ELEMENTS:,} elements: {told}"
            raise LimitError(message, Place(file, line))
        names = re.findall(r"[^\s/=]+", re.sub(_VALUE, " ", tag[0]))
        if len(names) > MAX_ATTRIBUTES:
            message = f"an element has more than {MAX_ATTRIBUTES} attributes: {told}"
            raise LimitError(message, Place(file, page.count("\n", 0, tag.start()) + 1))


def _bound_depth(tree: object, file: str) -> None:
    from lxml import etree

    depth = 0
    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            message = f"the page nests deeper than {MAX_DEPTH}: save the article's text as .txt"
            raise LimitError(message, Place(file))


def _head(text: str) -> tuple[str, str]:
    """Returns the title and the day that stand above the article."""
    title = published = ""
    for number, block in enumerate(blocks_of(text)):
        if block.start >= HEAD:
            break
        told = text[block.start : block.end]
        if number < LINES_BEFORE_DATE and block.kind == "date":
            published = published or date_in(told)
        if block.kind == "title":
            title = told
        elif block.kind == "attribution" and number == 0:
            title = told  # the United Nations put it where the title is
    return title, published


def _language(text: str) -> str:
    """Returns `en` unless a text is plainly not English."""
    beyond = [char for char in _BEYOND_LATIN.findall(text[:20_000]) if char.isalpha()]
    if beyond and 2 * len(beyond) > sum(map(str.isalpha, text[:20_000])):
        return "und"
    words = Counter(re.findall(r"[^\W\d_]+", text[:100_000].lower()))
    total = words.total()
    if total < 20:
        return "en"
    shares = {
        language: sum(words[word] for word in common if word in words) / total
        for language, common in shipped_cues().languages.items()
    }
    best, second, *_ = sorted(shares, key=lambda language: -shares[language])
    if best == "en":
        return "en" if shares["en"] > 0.12 else "und"
    return best if shares[best] > 0.25 and shares[best] > 1.3 * shares[second] else "und"
