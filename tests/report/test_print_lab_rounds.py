"""The lab's bars for paper stand as high as what they show."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.text import Text

from alcore.report.charts.run import class_balance_chart, confusion_chart, stage_times_chart
from alcore.report.html.image_card import closeup_html
from alcore.report.paper.render import to_bytes, to_matplotlib

CLASSES = ("cat", "dog", "<owl>")


def test_questions_by_class() -> None:
    asked_R_C = np.array([[1, 0, 2], [3, 1, 0], [0, 0, 5]])
    figure = to_matplotlib(class_balance_chart(asked_R_C, CLASSES, 1, share_C=[0.5, 0.25, 0.25]))
    before, own = figure.axes[0].containers[:2]
    assert [bar.get_height() for bar in before] == [1, 0, 2]
    assert [(bar.get_y(), bar.get_height()) for bar in own] == [(1, 3), (0, 1), (2, 0)]
    (random,) = figure.axes[0].collections
    np.testing.assert_allclose(np.asarray(random.get_offsets())[:, 1], [3.5, 1.75, 1.75])
    assert to_bytes(figure, "pdf").startswith(b"%PDF")


@pytest.mark.parametrize(("width_mm", "font_pt"), [(85, 8), (254, 16)])
def test_a_confusion_matrix_leaves_room_for_its_words_above_and_its_axis_below(width_mm: float, font_pt: float) -> None:
    chart = confusion_chart(np.diag(np.arange(10)), tuple("0123456789"))
    chart = replace(chart, title="Confusion matrix")
    figure = to_matplotlib(chart, width_mm=width_mm, font_pt=font_pt, words="Words of the run\nand of the finding")
    figure.draw_without_rendering()
    (words,) = figure.axes[0].findobj(lambda part: isinstance(part, Text) and part.get_text().startswith("Words"))
    (title,) = figure.findobj(lambda part: isinstance(part, Text) and part.get_text() == chart.title)
    assert figure.axes[0].xaxis.label.get_window_extent().y0 > 0
    assert words.get_window_extent().y1 < title.get_window_extent().y0


def test_times_of_stages_stand_on_one_another() -> None:
    rows: list[dict[str, float | None]] = [
        {
            "round": i,
            "labels": 10 * i,
            "seconds_train": 2.0 + i,
            "seconds_evaluate": 0.5,
            "seconds_score": None,
            "seconds_select": 0.25,
            "seconds_map": None,
        }
        for i in range(3)
    ]
    figure = to_matplotlib(stage_times_chart(rows))
    train, evaluate, select = figure.axes[0].containers
    assert [bar.get_height() for bar in train] == [2, 3, 4]
    assert [bar.get_y() for bar in evaluate] == [2, 3, 4]
    assert [bar.get_y() + bar.get_height() for bar in select] == [2.75, 3.75, 4.75]


def test_a_closer_look_escapes_what_it_is_given() -> None:
    image = np.zeros((8, 8), np.uint8)
    html = closeup_html(
        image,
        2,
        np.array([0.7, 0.2, 0.1]),
        CLASSES,
        neighbours_M_H_W=np.stack([image, image]),
        labels_M=np.array([2, 0]),
        distances_M=np.array([0.123, 4.0]),
    )
    assert "<owl>" not in html and "✗ True &lt;owl&gt;, predicted cat." in html
    assert html.count("<img") == 3 and "width: 168px" in html and "0.12" in html
    assert ">70.0 %<" in html and html.count('class="label"') == 1
    assert "Not queried." in closeup_html(
        image,
        None,
        np.array([1.0, 0.0, 0.0]),
        CLASSES,
        neighbours_M_H_W=np.zeros((0, 8, 8), np.uint8),
        labels_M=np.zeros(0, np.int64),
        distances_M=np.zeros(0),
    )
