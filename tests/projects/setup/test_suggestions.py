"""What a file suggests, and what in it may be meant otherwise."""

from alcore.projects.setup.suggestions import doubtful_classes


def test_classes_that_differ_by_capitals_or_spaces_are_told() -> None:
    (sentence,) = doubtful_classes(["spam", "ham", "SPAM ", "Ham sandwich"])
    assert sentence.startswith("'spam' and 'SPAM ' are 2 classes")
    assert doubtful_classes(["spam", "ham"]) == []


def test_a_class_that_may_mean_unlabelled_is_told() -> None:
    (sentence,) = doubtful_classes(["yes", "NaN", "no", "n/a"])
    assert sentence.startswith("'NaN', 'n/a' are classes here: only blank cells are unlabelled.")


def test_joined_names_are_told_from_one_name() -> None:
    (sentence,) = doubtful_classes(["late", "price", "late; price"])
    assert sentence.startswith("'late; price' names classes that are there on their own")
    assert doubtful_classes(["late", "late; price"]) == []  # one name with a sign in it, as far as is known
