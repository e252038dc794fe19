"""The config of a run: all settings that determine its result, validated, and hashed to the run's id."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from alcore.datasets.catalogue import DATASETS, image_datasets
from alcore.did_you_mean import no_such
from alcore.learners.options import METRICS, Metric, Training
from alcore.learners.registry import LEARNERS, check_options
from alcore.percent import level
from alcore.short import plural
from alcore.strategies.catalogue import STRATEGIES

# Fields that determine the queried points; all others determine the start that paired runs share.
CHOOSING = ("strategy", "samples", "candidates", "epsilon", "density", "calibration", "committee")
# Fields that corrupt the pool: see `alcore.datasets.image_corruptions`.
HARDENING = ("repeats", "imbalance", "label_noise", "blends")
# Fields that may end a run before its last round: see `alcore.loops.stopping`.
STOPPING = ("stop_accuracy", "stop_plateau", "stop_agreement")
# Fields of the training: see `alcore.learners.options.Training`.
TRAINING = tuple(field.name for field in fields(Training))
# Fields missing from older stored runs: left out of the id at their default.
LATER_FIELDS = {*CHOOSING[1:], *HARDENING, *STOPPING, *TRAINING[TRAINING.index("shrink") :]}
EER_CANDIDATES = 20


class ConfigError(ValueError):
    """An invalid config.

    Attributes:
        problems: a sentence per field, by field name; under "together" combinations of fields that are invalid, under
            "preset" an unknown preset.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


def _name_of(what: str, names: Mapping[str, Any]) -> AfterValidator:
    def known(name: str) -> str:
        if name not in names:
            raise ValueError(no_such(what, name, names))
        return name

    return AfterValidator(known)


def _whole(low: int, high: int) -> Any:
    return Field(ge=low, le=high, description=f"a whole number from {low:,} to {high:,}")


def _count_or_none(none: str) -> Any:
    return Field(ge=1, le=100_000_000, description=f"a whole number from 1 on, or none for {none}")


def _share(what: str) -> Any:
    return Field(ge=0, le=1, description=f"{what}, a number from 0 to 1")


class RunConfig(BaseModel):
    """All settings of a run. Equal configs are the same run.

    A new field must keep the id of the configs that do not use it: see `run_id`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: Annotated[str, _name_of("dataset", DATASETS)] = "mnist"
    learner: Annotated[str, _name_of("learner", LEARNERS)] = "cnn"
    strategy: Annotated[str, _name_of("strategy", STRATEGIES)] = "least_confidence"
    seed: Annotated[int, _whole(0, 2**32 - 1)] = 0
    seed_set: Annotated[
        Literal["random", "balanced", "diverse", "communities", "published"],
        Field(description="random, balanced, diverse, communities or published"),
    ] = "random"
    seed_labels: Annotated[int, _whole(1, 1_000_000)] = 1000
    labels_per_round: Annotated[int, _whole(1, 1_000_000)] = 500
    rounds: Annotated[int, _whole(0, 100_000)] = 4
    epochs: Annotated[int, _whole(1, 10_000)] = 1
    batch_size: Annotated[int, _whole(1, 100_000)] = 64
    learning_rate: Annotated[float, Field(gt=0, le=10, description="a number above 0, at most 10")] = 1e-3
    carry_on: Annotated[bool, Field(description="true (warm start) or false (retrain from scratch)")] = True
    device: Annotated[Literal["auto", "cpu", "cuda"], Field(description="auto, cpu or cuda")] = "auto"
    pool_size: Annotated[int | None, _count_or_none("the whole pool")] = None
    samples: Annotated[
        int | None,
        Field(ge=2, le=1000, description="a whole number from 2 to 1,000, or none for the learner's own"),
    ] = None
    candidates: Annotated[int | None, _count_or_none("the whole pool")] = None
    epsilon: Annotated[float, _share("a share of random picks")] = 0.0
    density: Annotated[float, Field(ge=0, le=10, description="the weight of density, a number from 0 to 10")] = 0.0
    calibration: Annotated[int, _whole(0, 100_000)] = 0
    repeats: Annotated[int, _whole(1, 20)] = 1
    imbalance: Annotated[
        float,
        Field(ge=1, le=1000, description="images of the commonest class for one of the rarest, 1 to 1,000"),
    ] = 1.0
    label_noise: Annotated[float, _share("a share of wrong labels")] = 0.0
    blends: Annotated[float, _share("a share of the pool")] = 0.0
    stop_accuracy: Annotated[
        float | None,
        Field(gt=0, le=1, description="a test accuracy to stop at, above 0 to 1, or none to go on"),
    ] = None
    stop_plateau: Annotated[
        int, Field(ge=0, le=10_000, description="rounds without a gain to stop after, or 0 to go on")
    ] = 0
    stop_agreement: Annotated[
        float | None,
        Field(gt=0, le=1, description="a share of unchanged predictions to stop at, or none to go on"),
    ] = None
    shrink: Annotated[float, _share("what carried-on weights are multiplied by")] = 1.0
    steps: Annotated[int | None, _count_or_none("so many epochs")] = None
    converge: Annotated[bool, Field(description="true (until the loss settles) or false (all epochs)")] = False
    augment: Annotated[bool, Field(description="true (images moved a little) or false (as they are)")] = False
    smoothing: Annotated[float, Field(ge=0, lt=1, description="a number from 0 to below 1")] = 0.0
    committee: Annotated[Literal["bootstrap", "ensemble"], Field(description="bootstrap or ensemble")] = "bootstrap"
    widths: Annotated[str, Field(description='widths of the hidden layers of the mlp such as "256-128"')] = ""
    components: Annotated[int | None, _count_or_none("the points themselves")] = None
    metric: Annotated[Metric, Field(description=" or ".join(METRICS))] = "euclid"
    fill: Annotated[bool, Field(description="true (communities filled) or false (label spreading)")] = False

    @model_validator(mode="before")
    @classmethod
    def _affordable(cls, values: Any) -> Any:
        # Refitting for every image and label would take hours per round: a default number of candidates is set in the
        # config, so that title, command and export show it.
        if (
            isinstance(values, dict)
            and values.get("strategy") == "eer"
            and values.get("candidates") is None
            and values.get("dataset", "mnist") in image_datasets()
        ):
            return values | {"candidates": EER_CANDIDATES}
        return values

    @model_validator(mode="after")
    def _fits_data(self) -> "RunConfig":
        spec, images = LEARNERS[self.learner], DATASETS[self.dataset].images
        check_options(self.learner, Training(**self.training))
        if images is None:
            others = " or ".join(name for name, other in LEARNERS.items() if other.image_side is None)
            distortion = self.metric == "distortion"
            of_images = (("learner", spec.image_side), ("augment", self.augment), ("metric", distortion))
            needs = [name for name, used in of_images if used]
            needs += self.hardening
            if needs:
                raise ValueError(
                    f"{needs[0]} was {getattr(self, needs[0])!r}, which needs images, and dataset was "
                    f"{self.dataset!r}, which has none: choose "
                    + (f"the learner {others}, or " if needs[0] == "learner" else "")
                    + f"one of the data sets {', '.join(image_datasets())}."
                )
        elif min(images.height, images.width) < (spec.image_side or 0):
            raise ValueError(
                f"The {spec.label} (learner {self.learner!r}) needs images of at least {spec.image_side} x "
                f"{spec.image_side} pixels, and those of the data set {self.dataset!r} have {images.height} x "
                f"{images.width}: choose another learner, or a data set of larger images."
            )
        return self

    @model_validator(mode="after")
    def _start_fits_data(self) -> "RunConfig":
        if self.seed_set == "published" and (self.dataset != "classification" or self.pool_size is not None):
            raise ValueError(
                "seed_set was 'published', which only the whole data set 'classification' has: "
                "choose the seed set random or balanced."
            )
        return self

    @property
    def training(self) -> dict[str, Any]:
        """The training options of `make_learner`."""
        return {name: getattr(self, name) for name in TRAINING}

    @property
    def hardening(self) -> dict[str, Any]:
        """The options of `corrupt` that are not at their default; empty if the pool is unchanged."""
        fields = type(self).model_fields
        return {name: getattr(self, name) for name in HARDENING if getattr(self, name) != fields[name].default}

    @property
    def rival(self) -> "RunConfig":
        """The random run from the same start, the baseline of this run."""
        plain = {name: type(self).model_fields[name].default for name in CHOOSING}
        return self.model_copy(update={**plain, "strategy": "random"})

    @property
    def label_range(self) -> tuple[int, int]:
        """Number of labels before the first query and after the last."""
        first = self.seed_labels + self.calibration
        return first, first + self.rounds * self.labels_per_round

    @property
    def run_id(self) -> str:
        """The run's id: the first 12 hex digits of the SHA-256 of the config's canonical JSON.

        Canonical: all fields, sorted by name, without spaces; those of LATER_FIELDS only if not at their default.
        """
        fields, known = self.model_dump(mode="json"), type(self).model_fields
        for name in LATER_FIELDS:
            if fields[name] == known[name].default:
                del fields[name]
        canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        """A short text for lists and legends, for example "cnn on mnist, margin, 1000 + 4 x 500, seed 0"."""
        label = STRATEGIES[self.strategy].label if self.strategy in STRATEGIES else self.strategy
        return (
            f"{self.learner} on {self.dataset}, {label.lower()}, "
            f"{self.seed_labels} + {self.rounds} x {self.labels_per_round}, seed {self.seed}"
            + "".join(f", {part}" for part in self.remedies)
        )

    @property
    def remedies(self) -> list[str]:
        """Settings around the strategy, of the data and of early stopping, in a few words each."""
        patience = self.stop_plateau or 0
        return [
            words
            for used, words in (
                (self.samples, f"{self.samples} samples"),
                (self.candidates, f"{self.candidates:,} candidates" if self.candidates else ""),
                (self.epsilon, f"{level(self.epsilon)} random"),
                (self.density, f"density {self.density:g}"),
                (self.calibration, f"{plural(self.calibration, 'label')} to calibrate"),
                (self.repeats > 1, f"every image {self.repeats} times"),
                (self.imbalance > 1, f"classes {self.imbalance:g} to 1"),
                (self.label_noise, f"{level(self.label_noise)} label noise"),
                (self.blends, f"{level(self.blends)} blends"),
                (self.stop_accuracy, f"until {level(self.stop_accuracy or 0)} accuracy"),
                (self.stop_plateau, f"until {plural(patience, 'round')} without a gain"),
                (self.stop_agreement, f"until models agree on {level(self.stop_agreement or 0)}"),
            )
            if used
        ] + Training(**self.training).words


def config_from(values: Mapping[str, Any]) -> RunConfig:
    """The config with these values; missing values have their default.

    Args:
        values: field names to values; text is parsed as the field's type ("5", "true", "none").

    Returns:
        The validated config.

    Raises:
        ConfigError: with a sentence for every unknown field or invalid value.
    """
    # Pydantic does not parse None from text.
    given = {
        key: None if isinstance(value, str) and value.lower() in ("none", "null") else value
        for key, value in values.items()
    }
    try:
        return RunConfig.model_validate(given)
    except ValidationError as error:
        problems: dict[str, str] = {}
        for part in error.errors():
            field = str(part["loc"][0]) if part["loc"] else "together"
            problems.setdefault(field, _sentence(field, dict(part)))
        raise ConfigError(problems) from error


def _sentence(field: str, part: dict[str, Any]) -> str:
    kind = part["type"]
    if kind == "extra_forbidden":
        return no_such("setting", field, RunConfig.model_fields)
    if kind == "value_error":
        return str(part["ctx"]["error"])
    expected = RunConfig.model_fields[field].description or f"the name of a {field}"
    return f"{field} was {part['input']!r}; expected {expected}."
