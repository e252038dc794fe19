"""What is said of a link that names an option which does not exist."""

from pages.shared import readings

MANY = {f"strategy_{i}": f"Strategy number {i}" for i in range(1, 29)} | {
    "margin": "Margin",
    "qbc_kl": "Committee divergence",
    "bald": "BALD",
}


def said_of(text: str) -> str:
    return readings.option("Strategy", [text], MANY, "bald").sentence or ""


def test_of_many_options_the_nearest_are_named() -> None:
    assert said_of("margn") == (
        "**Strategy:** the link asked for “margn”; of 31 options the nearest is Margin, but the default, BALD, is used."
    )
    assert "the nearest is Committee divergence" in said_of("comittee")
    assert "the nearest is Committee divergence" in said_of("QBC\\_KI")
    several = readings.several("Strategies", ["margn", "divergance", "BALD"], MANY, ["bald"])
    assert several.value == ["bald"]
    assert "of 31 options the nearest are Margin, Committee divergence, but BALD is used" in (several.sentence or "")


def test_of_many_options_none_is_named_where_none_is_near() -> None:
    assert said_of("zzz") == "**Strategy:** the link asked for “zzz”; the list has 31 options, so BALD is used."
    assert len(said_of("x" * 1900)) < 200


def test_at_most_three_are_named() -> None:
    assert said_of("strategy").count("Strategy number") == 3


def test_few_options_are_all_named() -> None:
    few = {"sum": "Sum", "product": "Product"}
    assert "Sum, Product are possible, so Sum is used" in (readings.option("By", ["x"], few, "sum").sentence or "")


def test_several_options_are_used_and_many_are_counted() -> None:
    few = {"sum": "Sum", "product": "Product", "max": "Max"}
    said = readings.several("By", ["x"], few, ["sum", "product"]).sentence or ""
    assert said.endswith("so Sum, Product are used.")
    said = readings.several("By", ["x"], MANY, list(MANY)[:9]).sentence or ""
    assert said.endswith("so Strategy number 1, Strategy number 2, Strategy number 3 and 6 more are used.")
