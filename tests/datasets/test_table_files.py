"""A user's tables of any columns: what a file shows is read, what it leaves open is asked, what is wrong is said."""

import datetime
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from alcore.datasets.dataset import DatasetError
from alcore.datasets.embeddings import EmbeddingSource
from alcore.datasets.sources import read_source
from alcore.datasets.tables import frame, typed_files
from alcore.datasets.tables.frame import TableOptions, TableSource, read_table
from alcore.datasets.tables.question import Ambiguous, Question

ROWS = [
    ["nr", "message", "kind", "price"],
    ["7", "How are you, today?", "ham", "1.5"],
    ["8", "WIN <b>now</b>", "", "2.25"],
    ["9", "=1+1", "spam", ""],
]
CSV = "\n".join(",".join(f'"{cell}"' for cell in row) for row in ROWS).encode()


def said(data: bytes | Path, name: str = "mine.csv", **options: Any) -> str:
    with pytest.raises(DatasetError) as caught:
        read_table(data, name, TableOptions(**options))
    return str(caught.value)


def asked(data: bytes, name: str = "mine.csv", **options: Any) -> Question:
    with pytest.raises(Ambiguous) as caught:
        read_table(data, name, TableOptions(**options))
    return caught.value.question


def workbook(*sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for place, rows in enumerate(sheets):
        sheet = book.create_sheet(f"Sheet {place}")
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def cells(table: TableSource) -> list[list[str]]:
    return [list(table.columns), *map(list, zip(*map(table.texts, table.columns), strict=True))]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(separator: str, encoding: str, tmp_path: Path) -> None:
    text = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in [*ROWS, ["10", "señal", "ham", "0.5"]])
    path = tmp_path / "mine.csv"
    path.write_bytes(text.encode(encoding))
    for given in (path, path.read_bytes()):
        table = read_table(given, "mine.csv")
        assert cells(table) == [*ROWS, ["10", "señal", "ham", "0.5"]]
        assert table.reading.separator == separator
        assert table.reading.encoding == ("UTF-16" if encoding == "utf-16" else "UTF-8")
        assert table.rows_N.tolist() == [2, 3, 4, 5]


def test_cells_are_text_as_they_stand() -> None:
    table = read_table(CSV, "mine.csv")
    assert cells(table) == ROWS
    assert table.sentences == (
        "Read as CSV, encoding UTF-8, columns separated by commas, names in row 1.",
        "Decimal point in 'price'.",
    )


def test_a_separator_that_is_given_or_announced_or_open() -> None:
    data = b"a,b;c\n1x,2;3\n4x,5;6\n"
    assert asked(data).argument == "separator"
    assert list(read_table(data, "m.csv", TableOptions(separator=";")).columns) == ["a,b", "c"]
    answered = TableOptions().answered(asked(data), ",")
    assert list(read_table(data, "m.csv", answered).columns) == ["a", "b;c"]
    assert list(read_table(b"sep=;\n" + data, "m.csv").columns) == ["a,b", "c"]


def test_one_column_of_texts_with_commas() -> None:
    table = read_table(b"text\nHello, you\nBye\nHi, there, too\n", "m.csv")
    assert cells(table) == [["text"], ["Hello, you"], ["Bye"], ["Hi, there, too"]]
    assert "separated" not in table.reading.sentence


def test_the_first_row_is_asked_about_where_it_holds_numbers() -> None:
    data = b"1,cat\n2,dog\n"
    question = asked(data)
    assert question.argument == "header" and "Row 1 holds the number '1' in column 1" in question.sentence
    table = read_table(data, "m.csv", TableOptions().answered(question, "no"))
    assert cells(table) == [["column 1", "column 2"], ["1", "cat"], ["2", "dog"]]
    assert table.reading.sentence.endswith("no row of names.")
    table = read_table(data, "m.csv", TableOptions().answered(question, "yes"))
    assert cells(table) == [["1", "cat"], ["2", "dog"]]
    assert read_table(b"x,y\na,b\n", "m.csv", TableOptions(header=False)).texts("column 1") == ["x", "a"]
    again = b"ham,Hello\nspam,Win\nham,Bye\n"
    assert asked(again).sentence.startswith("Row 1 holds 'ham' in column 1, as a row below does, so it may be an item")
    assert len(read_table(again, "m.csv", TableOptions(header=False))) == 3
    assert asked(workbook([["ham", "Hello"], ["spam", "Win"], ["ham", None]]), "m.xlsx").argument == "header"


def test_quotation_marks_between_tabs_may_be_text() -> None:
    data = b'kind\ttext\nham\t"Life is nothing\nspam\tsay "hi" to "us\nham\t"quoted"\n'
    table = read_table(data, "m.tsv")
    assert table.texts("text") == ['"Life is nothing', 'say "hi" to "us', '"quoted"']
    assert "quotation marks taken as text" in table.reading.sentence
    assert asked(data.partition(b"\n")[2], "m.tsv").argument == "header"
    as_usual = read_table(b'kind\ttext\nham\t"two\nlines, ""quoted"""\n', "m.tsv")
    assert as_usual.texts("text") == ['two\nlines, "quoted"'] and as_usual.reading.quotes == ""
    assert said(data.replace(b"\t", b",")).startswith("mine.csv cannot be read beyond row 1")


def test_an_encoding_is_asked_about_and_a_mixture_is_refused() -> None:
    data = "t,k\n" + "Größe,façade\n" * 5
    question = asked(data.encode("cp1252"))
    assert question.argument == "encoding"
    table = read_table(data.encode("cp1252"), "m.csv", TableOptions(encoding="cp1252"))
    assert table.texts("t") == ["Größe"] * 5 and "cp1252" in table.reading.sentence
    mixed = data.encode() + "Maß,für\n".encode("cp1252")
    assert said(mixed).startswith("mine.csv mixes encodings: most of it is UTF-8, but line 7 is not.")
    assert read_table(mixed, "m.csv", TableOptions(encoding="cp1252")).texts("t")[-1] == "Maß"


@pytest.mark.parametrize(
    ("data", "start"),
    [
        (b"", "mine.csv is empty"),
        (b"\n\n", "mine.csv is empty"),
        (b"a,b\n", "mine.csv has column names but no rows"),
        (b"a,b\n1x,2\n3x,4,5\n", "Row 3 has 3 cells, but the first row names 2 columns"),
        (b"a,b\n1x,2\n3x\n", "Row 3 has 1 cell, but the first row names 2 columns"),
        (b"a,a\n1x,2\n", "Row 1 names columns 1 and 2 both 'a'"),
        (b'a,b\nx,"y\n', "mine.csv cannot be read beyond row 1"),
        (b"a,b\nx\0,y\n", "mine.csv is not a text file (line 2 holds the byte 00)"),
        (b"\x1f\x8b\x08\x00rest", "mine.csv is not a text file"),
        (",".join(f"c{n}" for n in range(100_000)).encode() + b"\n", "mine.csv has 100,000 columns, more than 5,000"),
        (b"x," * 600_000, "Line 1 of mine.csv has 1,200,000 characters"),
        (b"PK\x03\x04rest", "mine.csv is not a whole ZIP archive"),
        (b"PAR1rest", "mine.csv is no whole Parquet file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "mine.csv is of an old Excel format"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
            "mine.csv is protected by a password",
        ),
    ],
)
def test_what_cannot_be_read_is_a_sentence(data: bytes, start: str) -> None:
    assert said(data).startswith(start)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    assert said(tmp_path / "none.csv").startswith("mine.csv is not there")
    assert said(tmp_path).startswith("mine.csv is a folder, not a file")


def test_limits_are_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    parquet = io.BytesIO()
    pd.DataFrame({"a": ["x"] * 4, "b": ["y"] * 4}).to_parquet(parquet)
    many = {
        "m.csv": b"a,b\n" + b"x,y\n" * 4,
        "m.jsonl": b'{"a": "x", "b": "y"}\n' * 4,
        "m.parquet": parquet.getvalue(),
        "m.xlsx": workbook([["a", "b"], *[["x", "y"]] * 4]),
    }
    assert all(len(read_table(data, name)) == 4 for name, data in many.items())
    with monkeypatch.context() as patch:
        patch.setattr(frame, "MAX_ROWS", 3)
        for name, data in many.items():
            assert said(data, name).startswith(f"{name} has more than 3 rows"), name
    with monkeypatch.context() as patch:
        patch.setattr(frame, "MAX_COLUMNS", 1)
        for name, data in many.items():
            assert f"{name} has " in said(data, name) and "columns" in said(data, name), name
    with monkeypatch.context() as patch:
        patch.setattr(frame, "MAX_BYTES", 10)
        assert said(many["m.csv"]).startswith("mine.csv has 0 MB, more than 0")
    with monkeypatch.context() as patch:
        patch.setattr(typed_files, "_MOST_UNPACKED", 10)
        assert "unpacks to" in said(many["m.parquet"], "m.parquet")
    with monkeypatch.context() as patch:
        patch.setattr(typed_files, "_MOST_WORKBOOK", 10)
        assert said(many["m.xlsx"], "m.xlsx").endswith(
            "save the sheet as CSV, or keep the columns and rows that matter."
        )


def test_a_value_stored_once_and_repeated_is_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO()
    pd.DataFrame({"a": ["x" * 10_000] * 20_000}).to_parquet(data)
    assert len(data.getvalue()) < 100_000
    monkeypatch.setattr(typed_files, "_MOST_UNPACKED", 50_000_000)
    assert "unpacks to more than 50 MB" in said(data.getvalue())


def test_typed_values_of_every_kind_of_file_agree() -> None:
    day = datetime.datetime(2024, 2, 29)
    values: dict[str, list[Any]] = {
        "n": [1, None, 3],
        "x": [0.5, 2.0, None],
        "t": ["a", None, "=1+1"],
        "b": [True, False, None],
    }
    parquet = io.BytesIO()
    nullable = pd.DataFrame({name: pd.Series(one, dtype=object) for name, one in values.items()}).convert_dtypes()
    (nullable.assign(d=pd.to_datetime(pd.Series([day, None, day])))).to_parquet(parquet)
    rows = [dict(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    sheet = workbook([[*values, "d"], *([*row.values(), one] for row, one in zip(rows, [day, None, day], strict=True))])
    expected = {"n": ["1", "", "3"], "x": ["0.5", "2", ""], "b": ["true", "false", ""]}
    for name, data in (("m.parquet", parquet.getvalue()), ("m.jsonl", lines), ("m.xlsx", sheet)):
        table = read_table(data, name)
        assert {column: table.texts(column) for column in expected} == expected, name
        assert table.columns["n"].kind == table.columns["x"].kind == "numbers"
        np.testing.assert_array_equal(table.numbers("x"), [0.5, 2, np.nan])
        if name != "m.jsonl":
            assert table.columns["d"].kind == "date" and table.texts("d")[0] == "2024-02-29T00:00:00"
            assert table.dates("d").isna().tolist() == [False, True, False]
        if name != "m.xlsx":  # a spreadsheet keeps a formula's value, and this one was never computed
            assert table.texts("t") == ["a", "", "=1+1"]
        else:
            assert table.texts("t") == ["a", "", ""]
    ids = [read_table(data, name).ids for name, data in (("m.jsonl", lines), ("m.jsonl", lines + b"\n\n"))]
    assert ids[0] == ids[1]


def test_json_lines() -> None:
    table = read_table(b'\xef\xbb\xbf{"a": {"b": [1]}, "c": 12345678901234567890}\n\n{"d": "x"}\n', "m.jsonl")
    assert cells(table) == [["a", "c", "d"], ['{"b": [1]}', "12345678901234567890", ""], ["", "", "x"]]
    assert table.rows_N.tolist() == [1, 3]
    for data, start in [
        (b'{"a": 1}\n{"a": ', "Line 2 of m.jsonl is no JSON ("),
        (b"[" * 100_000, "Line 1 of m.jsonl is no JSON ("),
        (b'[{"a": 1}]', "Line 1 of m.jsonl is no JSON object"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "Line 1 of m.jsonl is no JSON ("),
        (b"\n \n", "m.jsonl holds no values"),
        (b"{}\n", "m.jsonl holds no values"),
    ]:
        assert said(data, "m.jsonl").startswith(start)


def test_excel_sheets_and_damage() -> None:
    data = workbook([["a", "b"], ["x", 1], [None, None], ["y", 2]], [], [["c"], ["z"]])
    question = asked(data, "m.xlsx")
    assert question.argument == "sheet" and [one.value for one in question.options] == ["Sheet 0", "Sheet 2"]
    table = read_table(data, "m.xlsx", TableOptions().answered(question, "Sheet 0"))
    assert cells(table) == [["a", "b"], ["x", "1"], ["y", "2"]] and table.rows_N.tolist() == [2, 4]
    assert table.reading.sentence == "Read as Excel, sheet 'Sheet 0', names in row 1."
    assert said(data, "m.xlsx", sheet="Four").startswith("m.xlsx has no sheet 'Four': choose one of 'Sheet 0'")
    assert said(data, "m.xlsx", sheet="Sheet 1").startswith("Sheet 'Sheet 1' of m.xlsx is empty")
    assert said(workbook([["a", "b"]]), "m.xlsx").startswith("Sheet 'Sheet 0' of m.xlsx has column names but no rows")
    assert asked(workbook([["a", 2020], ["x", 1]]), "m.xlsx").argument == "header"
    assert said(data[:-60], "m.xlsx").startswith("m.xlsx is not a whole ZIP archive")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    assert said(out.getvalue(), "m.xlsx").startswith("m.xlsx is no workbook that can be read")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "[Content_Types].xml", "xl/sharedStrings.xml"])
def test_a_workbook_that_is_nearly_nothing_but_repetitions_is_not_unpacked(
    part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["a", "b"], ["x", "y"]]))) as whole, zipfile.ZipFile(out, "w") as bomb:
        for name in {*whole.namelist(), part}:
            bomb.writestr(name, bytes(25_000_000) if name == part else whole.read(name), zipfile.ZIP_DEFLATED)
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("it is unpacked"))
    assert said(out.getvalue(), "m.xlsx").startswith("m.xlsx is no table: its 0.0 MB unpack to 25 MB of repetitions")


def test_a_damaged_parquet_file() -> None:
    out = io.BytesIO()
    pd.DataFrame({"a": ["x", "y"]}).to_parquet(out)
    assert said(out.getvalue()[:-9]).startswith("mine.csv is no whole Parquet file")
    middle = bytearray(out.getvalue())
    middle[4:40] = bytes(36)
    assert said(bytes(middle)).startswith("mine.csv is no whole Parquet file")


def test_ids_stay_the_same() -> None:
    table = read_table(CSV, "mine.csv").with_roles(label="kind")
    assert len(set(table.ids)) == 3 and table.labels == ("ham", None, "spam")
    # Other rows, another order, other line ends and filled-in labels change no id.
    changed = [ROWS[0], ["6", "new", "", "1"], ROWS[3], [*ROWS[2][:2], "spam", ROWS[2][3]], ROWS[1]]
    text = "\r\n".join(";".join(f'"{cell}"' for cell in row) for row in changed)
    again = read_table(text.encode("utf-16"), "other.csv").with_roles(label="kind")
    assert again.ids[1:] == table.ids[::-1] and again.labels == (None, "spam", "spam", "ham")
    named = table.with_roles(ids="nr", label="kind")
    assert named.ids == ("7", "8", "9") and named.id_column == "nr"


def test_equal_rows_are_numbered_and_named_ids_must_differ() -> None:
    table = read_table(b"id,t\na,x\nb,y\na,x\na,x\n,z\n", "m.csv")
    first, other = table.ids[:2]
    assert table.ids[:4] == (first, other, f"{first}#2", f"{first}#3")
    with pytest.raises(DatasetError, match="Column 'id' is blank in row 6"):
        table.with_roles(ids="id")
    whole = read_table(b"id,t\na,x\nb,y\na,x\na,x\nb,z\n", "m.csv")
    with pytest.raises(DatasetError, match="holds 'a' in rows 2, 4, 5, and 1 more values are there several times"):
        whole.with_roles(ids="id")
    with pytest.raises(DatasetError, match="cannot hold both ids and labels"):
        whole.with_roles(ids="id", label="id")
    with pytest.raises(DatasetError, match="m.csv has no column 'nope': choose one of 'id', 't'"):
        whole.with_roles(label="nope")
    with pytest.raises(DatasetError, match="has 300 characters in row 2"):
        read_table(b"id,t\n" + b"a" * 300 + b",x\n", "m.csv").with_roles(ids="id")


def test_na_is_a_label_and_blank_is_none() -> None:
    table = read_table(b"t,k\nw,NA\nx, \ny,yes\nz,\n", "m.csv").with_roles(label="k")
    assert table.labels == ("NA", None, "yes", None)
    assert table.sentences[-2:] == (
        "2 of 4 items have no label in column 'k'.",
        "'NA' in column 'k' is a label like any other.",
    )


def test_a_digest_is_of_the_chosen_columns() -> None:
    table = read_table(CSV, "mine.csv")
    other = read_table(CSV.replace(b"spam", b"eggs"), "other.csv")
    assert table.digest(["message"]) == other.digest(["message"])
    assert table.digest(["kind"]) != other.digest(["kind"])
    assert table.digest(["message", "price"]) != table.digest(["price", "message"])
    plain = read_table(b"x;y\n1.250;a\n", "m.csv", TableOptions(decimal=","))
    assert plain.digest(["x"]) != read_table(b"x;y\n1.250;a\n", "m.csv", TableOptions(decimal=".")).digest(["x"])


def test_backslashes_before_quotation_marks() -> None:
    table = read_table(b'a,b\nx,"say \\"hi\\", you"\n', "m.csv")
    assert table.texts("b") == ['say "hi", you'] and "escaped by backslashes" in table.reading.sentence


def test_reading_ends_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"a,b\n" + b"x,y\n" * 1_000
    assert len(read_table(data, "m.csv")) == 1_000
    monkeypatch.setattr(frame, "MAX_SECONDS", -1.0)
    assert "seconds to read" in said(data)


def test_a_parquet_file_of_vectors_is_read_as_embeddings_and_another_as_a_table() -> None:
    vectors = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
    out = io.BytesIO()
    pd.DataFrame({"id": [f"v{n}" for n in range(20)], "vector": list(vectors)}).to_parquet(out)
    found = read_source(out.getvalue(), "vectors.parquet")
    assert isinstance(found, EmbeddingSource) and found.ids[3] == "v3"
    np.testing.assert_array_equal(found.vectors_N_D, vectors)
    out = io.BytesIO()
    pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "y"]}).to_parquet(out)
    assert isinstance(read_source(out.getvalue(), "table.parquet"), TableSource)
