"""Controls that corrupt the images, and controls that stop a run early."""

from typing import Any

import streamlit as st

from alcore.loops.stopping import SETTLED_ROUNDS, STOP_SET
from pages.shared import controls


def harder() -> dict[str, Any]:
    """The config fields that corrupt the images, as a panel."""
    with st.expander("Harder data", icon=":material/landslide:"):
        return {
            "repeats": controls.slider(
                "mnist",
                "repeats",
                "Copies of each image",
                1,
                10,
                1,
                help="Every image so many times, each with noise of its own (Repeated-MNIST): asking about "
                "near-copies wastes labels.",
            ),
            "imbalance": controls.slider(
                "mnist",
                "imbalance",
                "Commonest digit to rarest",
                1.0,
                100.0,
                1.0,
                step=1.0,
                format="%d to 1",
                help="Class imbalance: there are so many zeros for one nine, the others in between.",
            ),
            "label_noise": controls.slider(
                "mnist",
                "wrong",
                "Wrong answers",
                0.0,
                0.5,
                0.0,
                step=0.05,
                format="percent",
                help="Label noise: this share of what one asks is answered with another class.",
            ),
            "blends": controls.slider(
                "mnist",
                "blends",
                "Ambiguous images",
                0.0,
                1.0,
                0.0,
                step=0.05,
                format="percent",
                help="Blends: this share of the images are two digits in one, and no label settles which.",
            ),
        }


def stops() -> dict[str, Any]:
    """The config fields that stop a run before its last round, as a panel."""
    values: dict[str, Any] = {}
    with st.expander("Stop early", icon=":material/sports_score:"):
        st.caption("Without any of these a run ends with its last round: when the budget is spent.")
        if controls.toggle("mnist", "stoptarget", "At a target accuracy", False):
            values["stop_accuracy"] = controls.slider(
                "mnist", "target", "Target", 0.5, 0.999, 0.95, step=0.001, format="percent"
            )
            st.caption(
                "It peeks at the test set, which nobody has while labelling: it saves computing time, and "
                "the accuracy it stops at is a lucky one."
            )
        if controls.toggle("mnist", "stopflat", "When it gains no more", False, help="A plateau."):
            values["stop_plateau"] = controls.slider("mnist", "flat", "Rounds without a gain", 1, 20, 3)
            st.caption("It peeks at the test set as well, and a flat stretch before a rise ends the run too soon.")
        if controls.toggle(
            "mnist", "stopsame", "When its answers no longer change", False, help="Stabilising predictions."
        ):
            values["stop_agreement"] = controls.slider(
                "mnist", "same", "Answers that stay", 0.8, 1.0, 0.99, step=0.005, format="percent"
            )
            st.caption(
                f"It peeks at nothing: successive models are compared on {STOP_SET:,} images without labels, "
                f"and have to agree {SETTLED_ROUNDS} times in a row. It costs a look at these images each "
                "round, and a model that is steadily wrong stops too."
            )
    return values
