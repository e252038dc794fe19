"""Bytes to text: the encoding of a file that does not name it."""

import codecs
import re
from collections.abc import Iterator

from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.question import Ambiguous, Option, Question

# Codec -> where it is used. Of several that give the same text the first is named.
ENCODINGS = {
    "cp1252": "Western European, Windows",
    "mac_roman": "Western European, Mac",
    "cp850": "Western European, DOS",
    "cp437": "American, DOS",
    "cp1250": "Central European, Windows",
    "iso8859_2": "Central European, ISO 8859-2",
    "cp1251": "Cyrillic, Windows",
    "koi8_r": "Cyrillic, KOI8-R",
    "mac_cyrillic": "Cyrillic, Mac",
    "cp1253": "Greek, Windows",
    "cp1254": "Turkish, Windows",
    "cp1255": "Hebrew, Windows",
    "cp1256": "Arabic, Windows",
    "cp1257": "Baltic, Windows",
    "cp1258": "Vietnamese, Windows",
    "cp932": "Japanese, Shift-JIS",
    "euc_jp": "Japanese, EUC",
    "cp949": "Korean, EUC-KR",
    "gb18030": "Chinese, GB 18030",
    "big5hkscs": "Chinese, Big5",
}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),  # begins like that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# In every encoding above these are what they are in ASCII; other bytes may be halves of characters.
_BETWEEN = bytes.maketrans(b',;\t\r"', b"\n\n\n\n\n")
_SAMPLE_WORDS, _SAMPLE_BYTES, _LONGEST_WORD, _BEFORE = 500, 50_000, 1_000, 20


def as_utf8(data: bytes, name: str, encoding: str | None = None) -> tuple[bytes, str]:
    """A text in UTF-8, and the name of the encoding it was in.

    A byte-order mark names the encoding, and what is valid UTF-8 is taken for it. Any other text with bytes
    beyond ASCII can be read in several ways, which its bytes alone do not settle.

    Args:
        data: the file.
        name: what to call it in sentences.
        encoding: a key of `ENCODINGS`, used where the file is not in Unicode.

    Raises:
        Ambiguous: the encoding is not given and the readings differ.
        DatasetError: this is not text, or not in this encoding.
        ValueError: the encoding is unknown.
    """
    if encoding is not None and encoding not in ENCODINGS:
        raise ValueError(f"unknown encoding {encoding!r}: choose one of {', '.join(ENCODINGS)}")
    for mark, codec, title in _MARKS:
        if data.startswith(mark):
            try:
                return _text(data.decode(codec).encode(), name), title
            except UnicodeError:
                raise _no_text(name, "its bytes are not those of its encoding") from None
    _text(data, name)
    if data.isascii():
        return data, "UTF-8"
    try:
        data.decode()
        return data, "UTF-8"
    except UnicodeDecodeError as error:
        if encoding is None:
            _refuse_mixed(data, name, error.start)
        codec = encoding or _only_reading(data, name)
    try:
        return data.decode(codec).encode(), f"{codec} ({ENCODINGS[codec]})"
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"{name} is not in {codec} ({ENCODINGS[codec]}): its line {_line_at(data, error.start):,} has "
            "bytes that mean nothing in it. Choose another encoding, or save the file as CSV UTF-8."
        ) from None


def _text(data: bytes, name: str) -> bytes:
    if control := _CONTROL.search(data):
        raise _no_text(name, f"line {_line_at(data, control.start()):,} holds the byte {control.group().hex()}")
    return data


def _line_at(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _no_text(name: str, reason: str) -> DatasetError:
    return DatasetError(
        f"{name} is not a text file ({reason}): save it as CSV (in a spreadsheet: Save as, CSV UTF-8) and choose that."
    )


def _refuse_mixed(data: bytes, name: str, place: int) -> None:
    """Raise DatasetError where most characters beyond ASCII are UTF-8, but not that at `place`."""
    text = data.decode(errors="replace")
    wrong = text.count("\ufffd")
    if sum(not sign.isascii() for sign in text) >= 3 * wrong:
        raise DatasetError(
            f"{name} mixes encodings: most of it is UTF-8, but line {_line_at(data, place):,} is not. Save that part "
            "in UTF-8 too, or choose an encoding for the whole file."
        )


def _only_reading(data: bytes, name: str) -> str:
    """The codec that all possible ones agree with on the words beyond ASCII, or a question."""
    from charset_normalizer import from_bytes  # loaded for such files only

    words = list(_words(data))
    rank: dict[str, int] = {}
    for match in from_bytes(b"\n".join(words), cp_isolation=list(ENCODINGS), enable_fallback=False):
        for codec in match.could_be_from_charset:
            rank.setdefault(codec, len(rank))
    readings: dict[str, list[str]] = {}
    for codec in ENCODINGS:
        try:
            # Not final: a cut may have halved a word's last character.
            text = "\n".join(codecs.getincrementaldecoder(codec)().decode(word) for word in words)
        except UnicodeDecodeError:
            continue
        if all(sign.isprintable() or sign in "\n\xa0" for sign in text):
            readings.setdefault(text, []).append(codec)
    if not readings:
        raise _no_text(name, "its bytes are text in no known encoding")
    likeliest = sorted(readings.items(), key=lambda item: min(rank.get(codec, len(rank)) for codec in item[1]))
    if len(likeliest) == 1:
        return likeliest[0][1][0]
    options = tuple(
        Option(alike[0], f"{ENCODINGS[alike[0]]} ({alike[0]})", _example(text)) for text, alike in likeliest
    )
    ways = ", ".join(f"“{option.example}” in {option.value}" for option in options[:3])
    raise Ambiguous(
        Question(
            "encoding",
            f"{name} is not in UTF-8 and does not name its encoding, so its words can be read in "
            f"{len(options)} ways: {ways}{' and so on' if len(options) > 3 else ''}. Choose the encoding in "
            "which they are right, or save the file as CSV UTF-8.",
            options,
        )
    )


def _words(data: bytes) -> Iterator[bytes]:
    """The first different cells beyond ASCII, up to some number and size."""
    cells = data.translate(_BETWEEN)
    seen: set[bytes] = set()
    size, place = 0, 0
    while len(seen) < _SAMPLE_WORDS and size < _SAMPLE_BYTES:
        beyond = _BEYOND_ASCII.search(cells, place)
        if beyond is None:
            return
        at = beyond.start()
        start = max(cells.rfind(b"\n", max(0, at - _BEFORE), at) + 1, at - _BEFORE)
        place = cells.find(b"\n", at)
        place = len(cells) if place < 0 else place
        word = cells[start : min(place, at + _LONGEST_WORD)].strip()
        if word not in seen:
            seen.add(word)
            size += len(word)
            yield word


def _example(text: str) -> str:
    words = text.split("\n")[:3]
    return ", ".join(word if len(word) <= 20 else word[:19] + "…" for word in words)
