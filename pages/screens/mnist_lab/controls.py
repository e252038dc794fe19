"""Controls of an experiment's configuration, all in the address.

Side by side: the experiment, the strategy, and all other controls, of which only those are shown that have an effect
for the learner, the data set and the strategy. Each function returns fields of the config.
"""

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from alcore.datasets.catalogue import DATASETS, image_datasets
from alcore.learners.base import COMMITTEE, DROPOUT_SAMPLES
from alcore.learners.options import Metric, hidden_widths
from alcore.learners.registry import LEARNERS, is_network
from alcore.loops.stopping import SETTLED_ROUNDS, STOP_SET
from alcore.report.phrases import format_signed, percent
from alcore.runs.config import RunConfig, config_from
from alcore.runs.presets import PRESETS, Preset
from alcore.strategies.catalogue import STRATEGIES
from pages.screens.mnist_lab import texts
from pages.screens.mnist_lab.experiments import EXPERIMENTS, OWN
from pages.shared import controls
from pages.shared.markdown import plain
from pages.shared.race_controls import remedy_controls, seed_set_control

PAGE = "mnist"
_STRATEGY = "mnist_strategy"
_SEEN = "_lab_experiment"
_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2)
# Measured effect of the candidate subsample for the MLP on MNIST, 5 paired seeds, two CPU cores (the benchmark
# candidates): number of candidates, seconds per query (of all, of these), gain in accuracy along the curve in
# percentage points, and its 95 % interval.
MEASURED = (5_000, 0.09, 0.01, 0.6, -0.7, 2.0)
_HELP = {
    "augment": "In each step every image is rotated, translated, scaled and sheared a little.",
    "blends": "Share of images that are blends of two digits: aleatoric uncertainty, which no label reduces.",
    "calibration": "Against over-confidence (temperature scaling): a temperature is fitted on them. They count as "
    "labels and are not used for training.",
    "candidates": "In each round the strategy selects from a new random subsample of the pool. That is faster on a "
    "CPU, and the queries are the best of fewer candidates.",
    "carry": "Warm start: the weights of the last round, so part of the rise is due to more training. "
    "Shrink-and-perturb: those weights, made smaller and with noise added. Retrain from scratch: new random "
    "weights, the control for both.",
    "components": "The inputs of the model are the leading principal components (PCA) of the images, not pixels.",
    "fill": "Each label fills its community of neighbours in the pool, which is then smoothed: better with a few dozen "
    "labels. Otherwise labels are spread over the graph of neighbours.",
    "imbalance": "The number of zeros per nine; the other digits are in between.",
    "metric": "What makes two images neighbours. Image distortion: every pixel may move by up to two, which is "
    "knowledge about handwriting; half a minute for 60,000 digits on two idle CPU cores, with the package numba.",
    "part": "A random part of the pool, the same in every round. It is faster to score, and the queries are the best "
    "of fewer images.",
    "repeats": "Near-duplicates (Repeated-MNIST): every image so many times, each with its own noise. Queries of "
    "near-duplicates waste labels.",
    "samples": "Members, or posterior samples of a network with dropout. Each member is trained separately.",
    "seed": "Determines the seed set and the initial weights.",
    "shrink": "Factor of the weights (shrink); a little noise is then added (perturb).",
    "smoothing": "This share of each label is spread over all classes, against over-confidence.",
    "until": "Epochs are passes over all labelled images; steps are gradient steps, whatever the number of labels; "
    "convergence is when the training loss no longer falls.",
    "widths": 'Units of each layer between image and output, such as "256-128" for two layers.',
    "wrong": "Share of the oracle's labels that name another class.",
}


def experiment_controls() -> tuple[str, RunConfig]:
    """Draw all controls.

    Returns:
        The experiment's name and the config.

    Raises:
        ConfigError: if the values are incompatible; with a sentence for each.
    """
    left, right, more = st.columns([3, 3, 5], gap="medium")
    with left:
        labels = {name: notes.label for name, notes in EXPERIMENTS.items()}
        experiment = controls.selectbox(PAGE, "experiment", "Experiment", labels, next(iter(labels)))
        notes = EXPERIMENTS[experiment]
        st.markdown(f"**Experiment.** {notes.does}")
        st.markdown(f"**Expected result.** {notes.see}")
    usual = PRESETS[experiment].config.strategy if experiment in PRESETS else RunConfig().strategy
    _follow(experiment, usual)
    with right:
        strategy = controls.selectbox(PAGE, "strategy", "Query strategy", texts.STRATEGY_NAMES, usual)
        st.markdown(f"**Selection.** {STRATEGIES[strategy].description}")
        if experiment in PRESETS:
            _published(PRESETS[experiment])
    with more:
        own = experiment == OWN
        values = _own_values(strategy, left, right) if own else _variation(PRESETS[experiment].config, strategy)
    return experiment, config_from({**values, "strategy": strategy})


def how_long(experiment: str, *, on_digits: bool) -> str:
    """Expected duration of a run after Start, in a sentence."""
    seconds = EXPERIMENTS[experiment].seconds
    if on_digits and seconds is not None:
        return "A few seconds per run, after some seconds to load the network library."
    if seconds is not None:
        return f"About {seconds} s per run on two CPU cores, less on a GPU."
    return "The time left is shown from the first round on."


def _published(preset: Preset) -> None:
    """The preset of the experiment, and its published results."""
    with st.popover("Preset and published results", icon=":material/school:"):
        st.markdown(f"`{preset.name}`: {plain(preset.description)}")
        st.markdown(f"**Expect:** {plain(preset.expectation)}")
        if preset.besides:
            st.markdown(f"**Used besides labels:** {plain(preset.besides)}")
        if points := preset.published:
            shown = points if len(points) <= 6 else (points[0], points[-1])
            curve = ", ".join(f"{percent(accuracy)} at {labels:,}" for labels, accuracy in shown)
            st.markdown(f"**Published:** {curve} labels. {plain(preset.published_note)}")


def _follow(experiment: str, usual: str) -> None:
    """Set the strategy of a newly chosen experiment; a strategy in the link is kept."""
    before = st.session_state.get(_SEEN)
    if before is not None and before != experiment:
        st.session_state[_STRATEGY] = usual
    st.session_state[_SEEN] = experiment


def _variation(config: RunConfig, strategy: str) -> dict[str, Any]:
    """A preset with another strategy, seed, device or warm-start mode."""
    values = config.model_dump()
    if "probs_N_K_C" not in STRATEGIES[strategy].needs:
        values["samples"] = None
    if is_network(config.learner) and config.carry_on:
        values |= _warm_start()
    if config.dataset in image_datasets():
        values |= _candidates(strategy)
    return values | _seed_and_device(config.learner)


def _own_values(strategy: str, left: DeltaGenerator, right: DeltaGenerator) -> dict[str, Any]:
    """All fields of a config.

    Args:
        strategy: the query strategy.
        left: place under the experiment, for the data and the end of the run.
        right: place under the strategy, for its settings.
    """
    learners = {name: spec.label for name, spec in LEARNERS.items()}
    datasets = {name: DATASETS[name].label for name in image_datasets()}
    one, other = st.columns(2)
    with one:
        learner = controls.selectbox(PAGE, "learner", "Learner", learners, "cnn")
    with other:
        dataset = controls.selectbox(PAGE, "data", "Data set", datasets, "mnist")
    st.caption(LEARNERS[learner].description)
    values: dict[str, Any] = {
        "learner": learner,
        "dataset": dataset,
        "seed_set": seed_set_control(PAGE, "seedset", "random"),
    }
    one, other = st.columns(2)
    with one:
        values["seed_labels"] = controls.number(PAGE, "seeds", "Initial labels", 1, 20_000, 1000)
    with other:
        values["labels_per_round"] = controls.number(PAGE, "batch", "Labels per round", 1, 10_000, 500)
    values["rounds"] = controls.slider(PAGE, "rounds", "Rounds", 0, 100, 4)
    values |= _training(learner, dataset)
    values |= _pool(dataset)
    with right:
        values |= _committee(strategy, learner) | _candidates(strategy)
        if strategy != "random":
            with st.expander("Remedies", key="group_own_remedies", icon=":material/healing:"):
                values |= remedy_controls(PAGE)
                label, help = "Labels held out to calibrate", _HELP["calibration"]
                values["calibration"] = controls.number(PAGE, "calibration", label, 0, 5_000, 0, help=help)
    with left:
        values |= _corruptions() | _stops()
    return values | _seed_and_device(learner)


def _training(learner: str, dataset: str) -> dict[str, Any]:
    """The training in each round; drawn as a panel, if the learner has any settings."""
    spec = LEARNERS[learner]
    if not (spec.network or spec.options & {"components", "metric"}):
        return {}
    with st.expander("Training", key="group_training", icon=":material/fitness_center:"):
        if "metric" in spec.options:
            return _graph()
        if not spec.network:
            label, pixels = "Principal components (0 = all pixels)", DATASETS[dataset].image_sizes.pixels
            components = controls.number(PAGE, "components", label, 0, pixels, 0, help=_HELP["components"])
            return {"components": components or None}
        values = _warm_start() | _length() | _steps()
        return values | (_layers() if "widths" in spec.options else {})


def _graph() -> dict[str, Any]:
    """The neighbour graph of the pool, and how labels are spread on it."""
    names: dict[Metric, str] = {"euclid": "Euclidean", "distortion": "Image distortion"}
    metric = controls.segmented(PAGE, "metric", "Distance of images", names, "euclid", help=_HELP["metric"])
    return {"metric": metric, "fill": controls.toggle(PAGE, "fill", "Fill communities", False, help=_HELP["fill"])}


def _warm_start() -> dict[str, Any]:
    """The initial weights of a network in each round."""
    modes = {"kept": "Warm start", "shaken": "Shrink-and-perturb", "new": "Retrain from scratch"}
    mode = controls.segmented(PAGE, "carry", "Initial weights in each round", modes, "kept", help=_HELP["carry"])
    if mode != "shaken":
        return {"carry_on": mode == "kept"}
    shrink = controls.slider(PAGE, "shrink", "Shrinkage factor", 0.0, 0.95, 0.5, step=0.05, help=_HELP["shrink"])
    return {"carry_on": True, "shrink": shrink}


def _length() -> dict[str, Any]:
    """The length of the training in each round."""
    units = {"epochs": "Epochs", "steps": "Steps", "settled": "Until convergence"}
    until = controls.segmented(PAGE, "until", "Training length in each round", units, "epochs", help=_HELP["until"])
    if until == "steps":
        return {"steps": controls.number(PAGE, "steps", "Steps per round", 1, 100_000, 500)}
    if until == "settled":
        return {"converge": True, "epochs": controls.slider(PAGE, "most", "Largest number of epochs", 5, 500, 50)}
    return {"epochs": controls.slider(PAGE, "epochs", "Epochs per round", 1, 50, 1)}


def _steps() -> dict[str, Any]:
    """The gradient steps of a network."""
    rates = {rate: f"{rate:g}" for rate in _RATES}
    augment = controls.toggle(PAGE, "augment", "Augmentation", False, help=_HELP["augment"])
    smoothing = controls.slider(PAGE, "smoothing", "Label smoothing", 0.0, 0.5, 0.0, step=0.01, help=_HELP["smoothing"])
    size = controls.number(PAGE, "minibatch", "Minibatch size", 1, 1024, 64, help="Images of a gradient step.")
    rate = controls.selectbox(PAGE, "rate", "Learning rate", rates, 1e-3, help="Of Adam.")
    return {"augment": augment, "smoothing": smoothing, "batch_size": size, "learning_rate": rate}


def _layers() -> dict[str, Any]:
    label, usual = "Widths of the hidden layers", "128, as published"
    text = controls.line(PAGE, "widths", label, "", 40, placeholder=usual, help=_HELP["widths"]).strip()
    try:
        hidden_widths(text)
    except ValueError as error:
        st.error(f"{plain(str(error))}: 128 is used.", icon=":material/error:")
        return {}
    return {"widths": text}


def _committee(strategy: str, learner: str) -> dict[str, Any]:
    """Type and size of the committee, for a strategy that uses one."""
    if "probs_N_K_C" not in STRATEGIES[strategy].needs:
        return {}
    values: dict[str, Any] = {}
    masks = LEARNERS[learner].dropout
    if LEARNERS[learner].network:
        bootstrap, about = "Bootstrap", "Bootstrap: each member is trained on its own resample of the labels."
        if masks:
            bootstrap, about = "MC dropout", "MC dropout: one network, with other units dropped in each sample."
        kinds = {"bootstrap": bootstrap, "ensemble": "Deep ensemble"}
        about += " Deep ensemble: each member is trained on all labels, from other initial weights."
        values["committee"] = controls.segmented(PAGE, "committee", "Committee", kinds, "bootstrap", help=about)
    usual = DROPOUT_SAMPLES if masks and values["committee"] == "bootstrap" else COMMITTEE
    samples = controls.slider(PAGE, "samples", "Committee size", 2, 100, usual, help=_HELP["samples"])
    return values | {"samples": samples if samples != usual else None}


def _pool(dataset: str) -> dict[str, Any]:
    """The size of a subsample of the pool."""
    if not controls.toggle(PAGE, "part", "Subsample the pool", False, help=_HELP["part"]):
        return {}
    size = controls.number(PAGE, "pool", "Images in the pool", 100, 60_000, 10_000)
    whole = DATASETS[dataset].image_sizes.pool
    if size < whole:
        return {"pool_size": size}
    st.caption(f"The pool of this data set has {whole:,} images: all of them are used.")
    return {}


def _candidates(strategy: str) -> dict[str, Any]:
    """Number of candidates of the strategy; random scores none."""
    if strategy == "random":
        return {}
    label = "Candidate subsample (0 = whole pool)"
    subsample = controls.number(PAGE, "candidates", label, 0, 60_000, 0, help=_HELP["candidates"])
    size, of_all, of_some, gain, low, high = MEASURED
    st.caption(
        f"The MLP from {size:,} of 60,000 images: {of_some:.2f} s instead of {of_all:.2f} s, no significant loss.",
        help="Measured over 5 paired seeds: accuracy changed by "
        f"{format_signed(gain, 1)} percentage points (95 % interval {format_signed(low, 1)} to "
        f"{format_signed(high, 1)}).",
    )
    return {"candidates": subsample or None}


def _corruptions() -> dict[str, Any]:
    """Corruptions of the images and their labels, as a panel."""
    shares: dict[str, Any] = {"step": 0.05, "format": "percent"}
    with st.expander("Harder data", key="group_harder_data", icon=":material/landslide:"):
        return {
            "repeats": controls.slider(PAGE, "repeats", "Copies of each image", 1, 10, 1, help=_HELP["repeats"]),
            "imbalance": controls.slider(
                PAGE,
                "imbalance",
                "Class imbalance",
                1.0,
                100.0,
                1.0,
                step=1.0,
                format="%d to 1",
                help=_HELP["imbalance"],
            ),
            "label_noise": controls.slider(PAGE, "wrong", "Label noise", 0.0, 0.5, 0.0, help=_HELP["wrong"], **shares),
            "blends": controls.slider(
                PAGE, "blends", "Ambiguous images", 0.0, 1.0, 0.0, help=_HELP["blends"], **shares
            ),
        }


def _stops() -> dict[str, Any]:
    """Rules that stop a run before its last round, as a panel."""
    values: dict[str, Any] = {}
    with st.expander("Stopping rules", key="group_stopping_rules", icon=":material/sports_score:"):
        st.caption("Without any of these a run ends with its last round, when the budget is spent.")
        if controls.toggle(PAGE, "stoptarget", "At a target accuracy", False):
            values["stop_accuracy"] = controls.slider(
                PAGE, "target", "Target", 0.5, 0.999, 0.95, step=0.001, format="percent"
            )
            st.caption(
                "It uses the test set: it saves computing time, no labels.",
                help="A test set is not available while labelling, and the accuracy at the stop is biased upwards.",
            )
        if controls.toggle(PAGE, "stopflat", "At a plateau of the accuracy", False):
            values["stop_plateau"] = controls.slider(PAGE, "flat", "Rounds without a gain", 1, 20, 3)
            st.caption("It uses the test set as well, and stops too early at a plateau before a rise.")
        if controls.toggle(PAGE, "stopsame", "When predictions stabilise", False):
            values["stop_agreement"] = controls.slider(
                PAGE, "same", "Agreement of successive models", 0.8, 1.0, 0.99, step=0.005, format="percent"
            )
            st.caption(
                f"Successive models agree on {STOP_SET:,} unlabelled images, {SETTLED_ROUNDS} times in a row.",
                help="It needs no labels. It predicts these images in each round, and also stops at a stable but wrong "
                "model.",
            )
    return values


def _seed_and_device(learner: str) -> dict[str, Any]:
    one, other = st.columns(2)
    with one:
        values: dict[str, Any] = {"seed": controls.number(PAGE, "seed", "Seed", 0, 999_999, 0, help=_HELP["seed"])}
    # Only networks have a device: other learners are fitted on the CPU, so a device would change only the id.
    if is_network(learner):
        devices, about = {"auto": "Auto", "cpu": "CPU", "cuda": "GPU"}, "Auto: the GPU if there is one."
        with other:
            values["device"] = controls.segmented(PAGE, "device", "Device", devices, "auto", help=about)
    return values
