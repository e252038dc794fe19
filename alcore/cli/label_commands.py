"""Commands of labelling projects: from a file to labels, an accuracy and an export, without the dashboard."""

import argparse
from pathlib import Path
from typing import Any

from alcore.cli.arguments import UsageError, cut
from alcore.cli.files import write_file, write_folder
from alcore.cli.terminal import print_note
from alcore.datasets.dataset import DatasetError
from alcore.datasets.tables.frame import TableOptions
from alcore.datasets.tables.question import Ambiguous
from alcore.did_you_mean import one_of
from alcore.percent import percent
from alcore.projects import delegation
from alcore.projects.annotators import asking
from alcore.projects.annotators.asking import Meter, Plan, answers_of_plan, cost_words, words_of_plan
from alcore.projects.export import (
    FORMATS,
    MODEL_FORMATS,
    answers_frame,
    batch_frame,
    dataset_files,
    exported,
    exported_model,
    take_labels,
    to_csv,
    whole_frame,
)
from alcore.projects.model.features import METHODS, FeatureChoice, table_method, words_of_choice
from alcore.projects.model.network import SIDE
from alcore.projects.multilabel import create_each, group_frame, group_of
from alcore.projects.people.queries import hand_out, new_or_again
from alcore.projects.people.repeats import self_agreement
from alcore.projects.project import Project
from alcore.projects.setup.names import names_of

# Format of the log of answers.
ANSWERS = "answers"
# Formats of a group of projects.
TABLES = ("csv", "parquet", "jsonl")
# So long the items of a file are in no other.
FILE_SECONDS = 24 * 3600.0


def label_new(options: argparse.Namespace) -> int:
    """Make a project, and say how its file was read."""
    given: dict[str, Any] = {
        "options": TableOptions(encoding=options.encoding, separator=options.separator),
        "ids": options.ids,
        "label": options.label,
        "classes": tuple(one.strip() for one in (options.classes or "").split(",") if one.strip()),
        "model": options.model or "logistic",
        "strategy": options.strategy,
        "seed": options.seed,
    }
    try:
        given["features"] = _features(options)
        if options.multi_label:
            made = create_each(options.home, options.name, options.data, separator=options.split, **given)
        else:
            made = [Project.create(options.home, options.name, options.data, **given)]
    except Ambiguous as error:
        choices = ", ".join(f"--{error.question.argument} {one.value}" for one in error.question.options)
        raise UsageError(f"{error} Say which: {choices}.") from error
    except (DatasetError, ValueError) as error:
        raise UsageError(str(error)) from error
    for sentence in made[0].source.sentences:
        print_note(sentence)
    if made[0].choice.method in ("table", "skrub"):
        print_note(f"Features: {words_of_choice(made[0].choice)}.")
    for project in made:
        labels = len(project.states())
        print(
            cut(
                f"project {project.settings['name']}: {len(project.ids):,} items, {labels:,} labelled, "
                f"classes {_listed(project)}"
            )
        )
    return 0


def _features(options: argparse.Namespace) -> FeatureChoice | None:
    """How items become numbers, as the arguments say; None: by the kind of file."""
    method = options.features or options.image or ("given" if options.embedding else None)
    columns = tuple(options.text or options.columns)
    if options.encoder and method not in (None, "sentences"):
        raise ValueError("--encoder is of the features sentences: leave it out, or choose --features sentences")
    if options.encoder:
        method = "sentences"
    if options.model == "cnn" and not options.features and method != "sentences":
        return None  # the pixels
    if method is not None and method not in METHODS:
        raise ValueError(one_of("features", method, METHODS))
    if method in ("cnn", "images"):
        return FeatureChoice(method, side=SIDE)
    if method is not None:
        return FeatureChoice(method, columns, encoder=options.encoder or "")
    if options.text:
        return FeatureChoice("tfidf", columns)
    return FeatureChoice(table_method(), columns) if columns else None


def label_next(options: argparse.Namespace) -> int:
    """Train, and write the next batch."""
    project = _opened(options)
    try:
        model = project.train()
        page, who, by = f"file {options.out.name}"[:80], options.annotator or "", {}
        if options.ask_again:
            queries = new_or_again(project, project.ledger(), model, who, options.k)
            handed = hand_out(project, queries, who, page=page, seconds=FILE_SECONDS)
            by = {one.item: one.strategy for one in queries}
        else:
            handed = project.next(options.k, who, page=page, seconds=FILE_SECONDS)
    except (DatasetError, ValueError) as error:
        raise UsageError(str(error)) from error
    if model.note:
        print_note(model.note)
    write_file(options.out, to_csv(batch_frame(project, handed, by)), force=options.force)
    print(cut(f"{options.out}: {len(handed)} items; fill in the column label"))
    return 0


def label_tell(options: argparse.Namespace) -> int:
    """Take labels from a file; those taken before are not taken twice."""
    project = _opened(options)
    try:
        content = options.answers.read_bytes()
    except OSError as error:
        raise UsageError(f"{options.answers} cannot be read ({error.strerror or error}).") from error
    try:
        taken = take_labels(project, content, options.annotator or "")
    except DatasetError as error:
        raise UsageError(f"{options.answers}: {error}") from error
    for sentence in taken.refused[:20]:
        print_note(f"{sentence}; not counted")
    print(f"{taken.labels - len(taken.refused):,} labels taken, {len(taken.refused):,} not")
    return 1 if taken.refused else 0


def label_status(options: argparse.Namespace) -> int:
    """Print what is known; of a group of yes-or-no projects of each."""
    group = [] if options.name in names_of(options.home) else group_of(options.home, options.name)
    for project in group:
        print(cut(f"{project.settings['name']}:"))
        _print_status(project)
    if not group:
        _print_status(_opened(options))
    return 0


def _print_status(project: Project) -> None:
    status = project.status()
    counts = ", ".join(f"{name} {count:,}" for name, count in status.per_class.items())
    print(f"{status.labels:,} of {status.items:,} items labelled{f': {cut(counts)}' if counts else ''}")
    if status.accuracy is not None:
        found = status.accuracy
        print(
            f"accuracy on unseen items {percent(found.value)} "
            f"(95 % interval {percent(found.low)} to {percent(found.high)}, {status.looked_at} audit labels)"
        )
        if status.more_audits:
            print(f"{status.more_audits:,} more audit labels would narrow it to 3 points")
    print(status.advice)
    for one in self_agreement(project.ledger()):
        who = one.annotator or "(no name)"
        print(
            cut(
                f"{who} gave {one.same} of {one.shown} items that were shown again the same label: kappa "
                f"{one.kappa:.2f} (95 % interval {one.low:.2f} to {one.high:.2f})"
            )
        )


def label_export(options: argparse.Namespace) -> int:
    """Write every item, or the model."""
    fmt, out = options.fmt, options.out
    if fmt not in (*FORMATS, *MODEL_FORMATS, ANSWERS):
        raise UsageError(f"There is no format {cut(fmt)}: {', '.join((*FORMATS, *MODEL_FORMATS, ANSWERS))}.")
    group = group_of(options.home, options.name)
    if group and options.name not in names_of(options.home):
        if fmt not in TABLES:
            raise UsageError(f"{options.name} is {len(group)} projects, one a class: export it as {', '.join(TABLES)}.")
        frame = group_frame(group)
        write_file(out, exported(frame, fmt), force=options.force)
        print(cut(f"{out}: {len(frame):,} items, {len(group)} classes"))
        return 0
    project = _opened(options)
    if fmt == ANSWERS:
        frame = answers_frame(project)
        write_file(out, to_csv(frame), force=options.force)
        print(cut(f"{out}: {len(frame):,} answers"))
        return 0
    if fmt in MODEL_FORMATS:
        try:
            write_file(out, exported_model(project, fmt), force=options.force)
        except (DatasetError, ValueError) as error:
            raise UsageError(str(error)) from error
        print(cut(f"{out}: the model"))
        return 0
    frame = whole_frame(project)
    if fmt == "hf":
        write_folder(out, dataset_files(frame), force=options.force)
    else:
        write_file(out, exported(frame, fmt), force=options.force)
    print(cut(f"{out}: {len(frame):,} items"))
    return 0


def label_route(options: argparse.Namespace) -> int:
    """Freeze a machine and write its calibration items; once these are labelled say, or write, what it may label."""
    project = _opened(options)
    machine, rules, prompt = options.machine, "", ""
    if options.promise not in delegation.PROMISES:
        raise UsageError(one_of("promise", options.promise, delegation.PROMISES))
    try:
        if machine.startswith("rules:"):
            rules, machine = Path(machine.removeprefix("rules:")).read_text(encoding="utf-8"), "rules"
        found = delegation.current(project)
        if found is None or found.machine != machine or found.committed is not None or options.anew:
            delegation.check_draws(options.draws)
            if machine.startswith(delegation.ENDPOINT):
                prompt = options.prompt.read_text(encoding="utf-8") if options.prompt else ""
                if not _asked(delegation.plan(project, machine, prompt), send=options.send, partial=options.partial):
                    return 0
            found = delegation.start(
                project, machine, draws=options.draws, rules=rules, prompt=prompt, partial=options.partial
            )
        missing = delegation.hand_out(project, FILE_SECONDS)
        if missing:
            if options.out is not None:
                write_file(options.out, to_csv(batch_frame(project, missing)), force=options.force)
            print(f"{len(missing)} calibration items are to be labelled by a person; then run this again")
            return 0
        if options.commit:
            done = delegation.commit(project, found, options.epsilon, options.alpha, options.promise)
        else:
            states = project.states()
            done = delegation.split(project, found, states, options.epsilon, options.alpha, options.promise)
    except (DatasetError, ValueError, OSError) as error:
        raise UsageError(str(error)) from error
    print(delegation.words_of(done, options.epsilon, options.alpha))
    print("the machine's labels are written" if options.commit else "a preview; --commit writes the machine's labels")
    return 0


def label_list(options: argparse.Namespace) -> int:
    """Print the names of the projects."""
    for name in names_of(options.home):
        print(name)
    return 0


def _asked(plan: Plan, *, send: bool, partial: bool) -> bool:
    """Show what would be sent, or send it; whether the machine can be frozen."""
    if plan.missing and not partial:
        print(words_of_plan(plan))
        if not send:
            for number, prompt in enumerate(plan.shown, start=1):
                print(f"--- prompt {number} of {len(plan.missing):,}\n{_visible(prompt)}")
            print("---\nnothing was sent; --send sends it")
            return False
        shown = 0

        def show(meter: Meter) -> None:
            nonlocal shown
            if meter.answers * 10 // meter.whole > shown:
                shown = meter.answers * 10 // meter.whole
                print_note(f"{meter.answers:,} of {meter.whole:,}; {cost_words(plan.endpoint, meter.cost)}")

        meter = asking.send(plan, show)
        print(
            f"{meter.answers:,} answers, {meter.tokens_in + meter.tokens_out:,} tokens; "
            f"{cost_words(plan.endpoint, meter.cost)}"
        )
    labels, _, words = answers_of_plan(plan)
    named = sum(label != "" for label in labels.tolist())
    print(f"{named:,} of {len(plan.places):,} items have a class; confidence: {words}")
    return True


def _visible(text: str) -> str:
    """A text whose control characters, which a terminal would obey, are escapes."""
    return "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in text)


def _opened(options: argparse.Namespace) -> Project:
    try:
        return Project.open(options.home, options.name)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _listed(project: Project) -> str:
    return ", ".join(project.classes) or "none yet"
