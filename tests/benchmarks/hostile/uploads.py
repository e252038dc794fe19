"""Generated uploads: files of known values in the ways that programs write them, and damaged ones."""

import codecs
from dataclasses import dataclass, field

import numpy as np

WORDS = {
    "utf-8": ("Äpfel", "猫", "да"),
    "utf-8-sig": ("Äpfel", "猫", "да"),
    "utf-16": ("Äpfel", "猫", "да"),
    "ascii": ("apple", "pear", "NA"),
    "cp1252": ("Größe", "façade", "Öl"),
    "mac_roman": ("Größe", "façade", "Öl"),
    "cp1250": ("żółty", "źle", "święto"),
    "cp1251": ("кошка", "собака", "да"),
    "koi8_r": ("кошка", "собака", "да"),
    "cp1253": ("γάτα", "σκύλος", "όχι"),
    "cp949": ("고양이", "강아지", "새"),
    "cp932": ("ネコ", "いぬ", "鳥"),
    "euc_jp": ("ネコ", "いぬ", "鳥"),
    "gb18030": ("猫", "小狗", "鸟"),
    "big5hkscs": ("貓", "小狗", "鳥"),
}
ODD_LABELS = (("01234", "1234", "99"), ("1.1", "1.10", "1"), ("None", "null", "nan"), ("a b", "a  b", "a"))
DAMAGES = ("cut", "zeros", "noise", "lost quote", "binary", "wide", "long line", "long cell", "empty lines")


@dataclass
class Upload:
    """One file, and what was written into it.

    Attributes:
        data: the file.
        text: what it says, None if it is damaged beyond saying.
        encoding: in which it was written.
        separator: between its columns.
        decimal: its decimal sign.
        x: the numbers of the column x in order, as floats.
        y: those of the column y.
        labels: the labels, blank where there is none.
        damage: what was done to it; empty for nothing.
        sure: how many rows from the first on must still be read as they were written, if the file is read.
    """

    data: bytes
    text: str | None
    encoding: str
    separator: str
    decimal: str
    x: list[float]
    y: list[float]
    labels: list[str]
    damage: str = ""
    sure: int = 0
    traits: list[str] = field(default_factory=list)


def made(rng: np.random.Generator, *, damaged: bool) -> Upload:
    """A file of 20 to 200 rows."""
    count = int(rng.integers(20, 200))
    decimal = str(rng.choice([".", ","]))
    grouped = bool(rng.random() < 0.4)
    encoding = str(rng.choice(list(WORDS)))
    words = WORDS[encoding] if rng.random() < 0.7 else ODD_LABELS[rng.integers(len(ODD_LABELS))]
    separator = str(rng.choice([",", ";", "\t", "|"], p=[0.35, 0.35, 0.2, 0.1]))
    announced = separator == "|" or rng.random() < 0.1
    backslashes = rng.random() < 0.15
    columns = [_numbers(rng, count, decimal, grouped) for _ in range(2)]
    labels = [words[n % 3] for n in range(count)]
    if rng.random() < 0.2:
        labels = ["" if rng.random() < 0.2 and n > 14 else label for n, label in enumerate(labels)]
    note = 'so "it" goes' if rng.random() < 0.3 or backslashes else "=A1" if rng.random() < 0.2 else "note"
    header = ["x", "y", "label", "remark"]
    rows = [
        header,
        *([a, b, label, note] for a, b, label in zip(columns[0][1], columns[1][1], labels, strict=True)),
    ]
    every = rng.random() < 0.2
    lines = [separator.join(_cell(cell, separator, every, backslashes) for cell in row) for row in rows]
    blank = "" if rng.random() < 0.5 else separator * 3
    if rng.random() < 0.3:
        for place in sorted(rng.integers(1, len(lines), 5), reverse=True):
            lines.insert(int(place), blank)
    end = str(rng.choice(["\n", "\r\n", "\r"], p=[0.6, 0.3, 0.1]))
    text = (f"sep={separator}{end}" if announced else "") + end.join(lines) + end * int(rng.integers(0, 4))
    upload = Upload(
        text.encode(encoding),
        text,
        encoding,
        separator,
        decimal,
        columns[0][0],
        columns[1][0],
        labels,
        sure=count,
    )
    return _damage(upload, rng) if damaged else upload


def _numbers(rng: np.random.Generator, count: int, decimal: str, grouped: bool) -> tuple[list[float], list[str]]:
    """Values and how they are written."""
    kind = rng.choice(["whole", "short", "three", "large", "tiny", "power"])
    places = {"whole": 0, "short": 2, "three": 3, "large": int(rng.integers(0, 4)), "tiny": 0, "power": 5}[kind]
    unit = {"whole": 5_000, "short": 100, "three": 3_000, "large": 1e7, "tiny": 1e-170, "power": 1e6}[kind]
    values = rng.normal(size=count) * unit
    if kind == "tiny":
        plain = [repr(float(value)) for value in values]
    elif kind == "power":
        plain = [f"{value:.{places}e}" for value in values]
    else:
        plain = [f"{value:.{places}f}" for value in values]
    exact = [float(text) for text in plain]
    if grouped and kind not in ("tiny", "power"):
        plain = [f"{value:,.{places}f}" for value in exact]
    swap = str.maketrans(".,", ",.")
    return exact, [text if decimal == "." else text.translate(swap) for text in plain]


def _cell(cell: str, separator: str, every: bool, backslashes: bool) -> str:
    if not every and separator not in cell and '"' not in cell:
        return cell
    return f'"{cell.replace(chr(34), chr(92) + chr(34) if backslashes else chr(34) * 2)}"'


def _damage(upload: Upload, rng: np.random.Generator) -> Upload:
    """Spoil a file; afterwards only what lies before the damage is sure."""
    upload.damage = str(rng.choice(DAMAGES))
    data, text = bytearray(upload.data), upload.text
    place = int(rng.integers(len(data)))
    upload.text, upload.sure = None, 0
    if upload.damage == "cut":
        data = data[:place]
        end = "\r" if "\r" in str(text) and "\n" not in str(text) else "\n"
        if not upload.encoding.startswith("utf-16"):
            before = bytes(data).decode(upload.encoding, errors="ignore")
            whole = [line for line in before.split(end)[:-1] if line.strip("\r,;|\t ")]
            upload.sure = max(0, len(whole) - 1 - before.startswith("sep="))
        data = data if data else bytearray(b"x")
    elif upload.damage == "zeros":
        data[place : place + 3] = b"\x00" * 3
    elif upload.damage == "noise":
        data[place : place + 4] = rng.bytes(4)
    elif upload.damage == "lost quote":
        data[place:place] = b'"'
    elif upload.damage == "binary":
        data = bytearray(
            rng.choice([b"PK\x03\x04", b"\x89PNG\r\n", codecs.BOM_UTF16_LE, b"%PDF-1.7\n"]) + rng.bytes(3_000)
        )
    elif upload.damage == "wide":
        data = bytearray(b",".join(b"c%d" % n for n in range(int(rng.integers(51, 3_000)))) + b"\n" + bytes(data))
    elif upload.damage == "long line":
        data[place:place] = b"1" * 2_000_000
    elif upload.damage == "long cell":
        data[place:place] = (b"1" * int(rng.integers(1_000, 100_000))) + b"x"
    else:
        data += b"\n" * int(rng.choice([1_000, 500_000, 15_000_000]))
    upload.data = bytes(data)
    return upload
