"""Keywords of an item: the words that speak most for a class, by the model's own weights."""

from typing import Any

from alcore.datasets.tables.frame import TableSource
from alcore.projects.contents import content_of
from alcore.projects.model.features import text_columns
from alcore.projects.model.keywords import as_utf16, keywords, of_parts, word_weights
from alcore.projects.model.training import ModelRound
from alcore.projects.project import Project


def highlights(project: Project, model: ModelRound, place: int) -> dict[str, Any]:
    """What to mark of an item for its most probable class, as positions in the text: nothing of it is HTML.

    Args:
        project: of the item.
        model: that was trained on the project's features.
        place: of the item.

    Returns:
        `marks`, (start, end, weight in (0, 1]) in UTF-16 code units of the text; of a row of several columns
        `field_marks`, column -> such marks; empty for models that are not linear in the words of a text.
    """
    choice, source = project.choice, project.source
    if model.weights_C_D is None or model.predicted_N is None or choice.method != "tfidf":
        return {}
    weights_D = model.weights_C_D[model.predicted_N[place]]
    content = content_of(source, place, choice.columns)
    cells = dict(content.get("fields", ()))
    columns = text_columns(source, choice) if isinstance(source, TableSource) and "text" not in content else ()
    parts = [cells.get(name, "") for name in columns] or [content["text"]]
    text = " ".join(filter(None, parts))
    row = project.features[[place]]
    if row.shape[1] != len(weights_D):
        return {}  # the features were changed and the next model is not yet trained
    found = of_parts(parts, keywords(word_weights(text, project.vocabulary, row, weights_D)))
    marks = [as_utf16(part, spans) for part, spans in zip(parts, found, strict=True)]
    return {"field_marks": dict(zip(columns, marks, strict=True))} if columns else {"marks": marks[0]}
