"""The command line: python -m alcore presets | run | resume | fork | queue | export | tournament | ..."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from alcore.cli.arguments import Parser, UsageError, assignment, cut, path, text

# No heavy imports at module level: `presets` and usage errors must be fast.


_Argument = tuple[tuple[str, ...], dict[str, Any]]


class _Command(NamedTuple):
    """A command: the function of its name in a module of `alcore.cli`, called with the parsed arguments."""

    module: str
    help: str
    arguments: tuple[_Argument, ...] = ()
    aliases: tuple[str, ...] = ()


def _argument(*names: str, **options: Any) -> _Argument:
    return names, options if options.get("action") == "store_true" else {"type": text} | options


_HOME = _argument("--home", type=path, metavar="DIR", help="folder of runs and data (default: $ALCORE_HOME)")
_RUN_ID = _argument("run_id", metavar="RUN_ID", help="as printed by `run`")
_SET = _argument(
    "--set", type=assignment, metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="any setting of a run"
)
COMMANDS = {
    "presets": _Command("command_line", "list the named experiments"),
    "run": _Command(
        "run_commands",
        "carry out an experiment and store it like a dashboard run",
        (
            _argument("preset", metavar="PRESET", nargs="?", help="its name, see `presets`"),
            _argument("--like", metavar="RUN_ID", help="instead: replay a stored run, and compare bit for bit"),
            _argument("--strategy", metavar="S", help="the query strategy"),
            _argument("--seed", metavar="N", help="determines the start: seed set, first weights"),
            _argument("--device", metavar="D", help="auto, cpu or cuda"),
            _argument("--rounds", metavar="N", help="number of queries"),
            *(_SET, _HOME),
        ),
    ),
    "resume": _Command("run_commands", "resume a run after its last stored round, here", (_RUN_ID, _HOME)),
    "pause": _Command("run_commands", "pause a run, in any process", (_RUN_ID, _HOME)),
    "cancel": _Command("run_commands", "cancel a run, in any process", (_RUN_ID, _HOME)),
    "batch-size": _Command(
        "run_commands",
        "change the number of labels that a run queries per round, from the next round on",
        (_RUN_ID, _argument("number", type=int, metavar="N", help="labels per round"), _HOME),
        aliases=("labels",),
    ),
    "fork": _Command(
        "run_commands",
        "carry out a run with the first rounds of another, and a different strategy after them, here",
        (
            _RUN_ID,
            _argument(
                "--round", type=int, required=True, metavar="N", dest="number", help="first round of the strategy"
            ),
            _argument("--strategy", required=True, metavar="S", help="the query strategy"),
            _HOME,
        ),
    ),
    "queue": _Command("run_commands", "list running runs, then queued runs in order", (_HOME,)),
    "delete": _Command("run_commands", "delete a run, its rounds and its log for good", (_RUN_ID, _HOME)),
    "export": _Command(
        "report_commands",
        "write the learning curves of runs to a file",
        (
            _argument("runs", metavar="RUN_ID", nargs="+", help="as printed by `run`"),
            _argument("--out", type=path, required=True, metavar="FILE", help="its ending is the format"),
            _argument("--force", action="store_true", help="overwrite an existing file"),
            _HOME,
        ),
    ),
    "tournament": _Command(
        "report_commands",
        "race strategies over data sets, learners and seeds; again: resume after the stored races",
        (
            *(
                _argument(option, metavar=metavar, nargs="+", default=[], help=f"default: {usual}")
                for option, metavar, usual in (
                    ("--strategies", "S", "18 of the catalogue"),
                    ("--datasets", "D", "the nine bundled ones that a linear boundary can learn"),
                    ("--learners", "L", "logistic"),
                )
            ),
            _argument("--seeds", type=int, default=20, metavar="N", help="paired seeds (default: 20)"),
            _argument("--rounds", type=int, default=15, metavar="N", help="queries (default: 15)"),
            _argument("--jobs", type=int, default=-1, metavar="N", help="processes (default: one a core)"),
            _argument("--dask", metavar="ADDRESS", help="a Dask scheduler, such as tcp://10.0.0.1:8786"),
            _argument("--out", type=path, metavar="DIR", help="write tables and figures to this folder"),
            *(_SET, _HOME),
        ),
    ),
    "recommend": _Command(
        "recommend_commands",
        "which query strategy for your data, from finished races: with its interval, its risk and the races behind it",
        (
            _argument("--rows", type=int, metavar="N", help="rows of your data"),
            _argument("--classes", type=int, default=2, metavar="N", help="classes (default: 2)"),
            _argument("--budget", type=int, default=100, metavar="N", help="labels you can afford (default: 100)"),
            _argument("--batch", type=int, default=5, metavar="N", help="labels at a time (default: 5)"),
            _argument("--kind", default="table", metavar="K", help="table, text or images (default: table)"),
            _argument(
                "--rarest",
                type=float,
                default=1.0,
                metavar="SHARE",
                help="share of the rarest class as a part of an even share (default: 1, all equally frequent)",
            ),
            _argument("--random-start", action="store_true", help="no two examples of each class are at hand"),
            _argument("--learner", default="logistic", metavar="L", help="the model (default: logistic)"),
            _argument("--races", action="store_true", help="print the command that repeats the races of each data set"),
        ),
    ),
    "next": _Command(
        "pool_commands",
        "write the rows of a large pool of embeddings that are to be labelled next; again after a kill: go on",
        (
            _argument("--pool", type=path, required=True, metavar="FILE", help="a .npy file, or a folder of Parquet"),
            _argument("--labels", type=path, metavar="FILE", help="columns row or id, and label (default: none yet)"),
            _argument("--strategy", default="margin", metavar="S", help="random, margin, entropy, bald, k_center, ..."),
            _argument("--k", type=int, required=True, metavar="N", help="how many rows"),
            _argument("--out", type=path, required=True, metavar="FILE", help="its ending is the format: csv, parquet"),
            _argument("--seed", type=int, default=0, metavar="N", help="of ties and noise"),
            _argument("--score", metavar="S", help="by which a shortlist is made (default: the strategy's)"),
            _argument("--shortlist", type=int, metavar="N", help="its rows (default: 20,000; random: 10,000)"),
            _argument("--beta", type=float, default=1.0, metavar="B", help="of power strategies"),
            _argument("--C", type=float, default=1.0, metavar="C", help="inverse penalty of the logistic regression"),
            _argument("--id", dest="ids", metavar="COLUMN", help="the column of ids in Parquet (default: id)"),
            _argument("--block-rows", type=int, metavar="N", help="rows a block (default: 65,536)"),
            _argument("--workers", type=int, metavar="N", help="threads (default: one a core)"),
            _argument("--dask", metavar="ADDRESS", help="a Dask scheduler, such as tcp://10.0.0.1:8786"),
            _argument("--subpool", metavar="S", help="seals or anchoral, for rare classes: rows near labelled ones"),
            _argument("--index", type=path, metavar="FILE", help="its neighbour index (default: POOL.usearch)"),
            _argument("--force", action="store_true", help="overwrite an existing file"),
        ),
    ),
}

_NAME = _argument("name", metavar="NAME", help="of the labelling project")
_OUT = _argument("--out", type=path, required=True, metavar="FILE", help="the file to write")
_FORCE = _argument("--force", action="store_true", help="overwrite an existing file")
# The commands of `label`.
LABEL_COMMANDS = {
    "new": _Command(
        "label_commands",
        "make a labelling project of a file or folder",
        (
            _argument("data", type=path, metavar="DATA", help="a table, texts, images or embeddings"),
            _argument("--name", required=True, metavar="NAME", help="letters, digits, - and _"),
            _argument("--id", dest="ids", metavar="COLUMN", help="the column of ids (default: made of the contents)"),
            _argument("--label", metavar="COLUMN", help="the column of labels that are there already"),
            _argument("--text", metavar="COLUMN", nargs="+", default=[], help="columns of text, as word weights"),
            _argument("--columns", metavar="COLUMN", nargs="+", default=[], help="columns of the features"),
            _argument("--image", metavar="M", nargs="?", const="pixels", help="images as pixels (default), hog or cnn"),
            _argument("--embedding", action="store_true", help="the file holds embeddings"),
            _argument(
                "--features", metavar="F", help="table, skrub, tfidf, wordllama, sentences, pixels, hog, cnn, ..."
            ),
            _argument(
                "--encoder",
                metavar="M",
                help="for the features sentences: a model of sentence-transformers, by name or folder",
            ),
            _argument("--classes", metavar="A,B,...", help="the classes, beside those of --label"),
            _argument("--multi-label", action="store_true", help="items may have several classes: a project for each"),
            _argument("--split", default=";", metavar="S", help="between several labels in --label (;)"),
            _argument("--model", metavar="M", help="logistic (default), boosting, forest, kernel, cnn for images"),
            _argument("--strategy", default="margin", metavar="S", help="the query strategy"),
            _argument("--encoding", metavar="E", help="of a text file that is not in Unicode"),
            _argument("--separator", metavar="C", help="between the columns of a table"),
            _argument("--seed", type=int, default=0, metavar="N", help="of every random stream"),
            _HOME,
        ),
    ),
    "next": _Command(
        "label_commands",
        "train on the labels so far and write the next batch to a CSV file",
        (
            _NAME,
            _argument("--k", type=int, default=20, metavar="N", help="how many items"),
            _argument("--annotator", metavar="WHO", help="who will label them"),
            _argument("--ask-again", action="store_true", help="new items, and those that need a second opinion"),
            _OUT,
            _FORCE,
            _HOME,
        ),
    ),
    "tell": _Command(
        "label_commands",
        "take labels from a CSV file with the columns id and label",
        (
            _NAME,
            _argument("answers", type=path, metavar="FILE", help="as `next` wrote it, with labels"),
            _argument("--annotator", metavar="WHO", help="who labelled"),
            _HOME,
        ),
    ),
    "status": _Command("label_commands", "print counts, the accuracy with its interval, and advice", (_NAME, _HOME)),
    "route": _Command(
        "label_commands",
        "let a machine label what it can under a guarantee: calibrate it, look, commit",
        (
            _NAME,
            _argument(
                "--machine",
                default="model",
                metavar="M",
                help="model, column:PREDICTION,CONFIDENCE, rules:FILE with lines 'class: keyword or /expression/', or "
                "endpoint:NAME of the server's endpoints.json",
            ),
            _argument(
                "--prompt", type=path, metavar="FILE", help="template with {text} and {classes}, for endpoint:NAME"
            ),
            _argument("--send", action="store_true", help="send to the endpoint; without it, show what would be sent"),
            _argument("--partial", action="store_true", help="send nothing more: items without an answer are yours"),
            _argument("--epsilon", type=float, default=0.05, metavar="E", help="share of all labels that may be wrong"),
            _argument("--alpha", type=float, default=0.05, metavar="A", help="probability with which it may be more"),
            _argument(
                "--promise",
                default="all",
                metavar="P",
                help="all (default): on all labels, by epsilon and alpha; machine: of the machine's labels at most "
                "epsilon wrong on average",
            ),
            _argument("--draws", type=int, default=100, metavar="N", help="calibration draws (100)"),
            _argument("--out", type=path, metavar="FILE", help="where the calibration items go, for `label tell`"),
            _argument("--commit", action="store_true", help="write the machine's labels"),
            _argument("--anew", action="store_true", help="freeze the machine and draw anew"),
            _FORCE,
            _HOME,
        ),
    ),
    "export": _Command(
        "label_commands",
        "write every item with its label and prediction, or the model",
        (
            _NAME,
            _argument(
                "--format",
                dest="fmt",
                default="csv",
                metavar="F",
                help="csv, parquet, jsonl, label-studio, prodigy or hf (a folder for datasets.load_from_disk); skops "
                "(the fitted model) or python (lines that fit it again from the export in jsonl); answers (the log)",
            ),
            _OUT,
            _FORCE,
            _HOME,
        ),
    ),
    "list": _Command("label_commands", "list the labelling projects", (_HOME,)),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the arguments after `python -m alcore` or `alcore`; default: those of this process.

    Returns:
        The exit code: 0 done; 1 the run failed, or was cancelled elsewhere; 2 usage or environment error to fix first;
        130 interrupted.
    """
    try:
        return _run(_parser().parse_args(arguments))
    except UsageError as error:
        print(cut(str(error)), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    name = "alcore" if Path(sys.argv[0]).stem == "alcore" else "python -m alcore"
    parser = Parser(prog=name, description="Active learning without the dashboard.")
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")
    _add(parsers, COMMANDS)
    label = parsers.add_parser("label", help="a labelling project of your own data: new, next, tell, status, export")
    _add(label.add_subparsers(required=True, metavar="COMMAND"), LABEL_COMMANDS, prefix="label_")
    return parser


def _add(parsers: Any, commands: Mapping[str, _Command], prefix: str = "") -> None:
    for name, command in commands.items():
        one = parsers.add_parser(name, help=command.help, aliases=command.aliases)
        for names, options in command.arguments:
            one.add_argument(*names, **options)
        one.set_defaults(module=command.module, function=prefix + name.replace("-", "_"))


def _run(options: argparse.Namespace) -> int:
    from alcore.extras import MissingExtraError
    from alcore.home import HomeError, alcore_home
    from alcore.runs.config import ConfigError
    from alcore.storage.errors import StoreError

    try:
        if hasattr(options, "home"):
            options.home = alcore_home(options.home)
        return int(getattr(import_module(f"alcore.cli.{options.module}"), options.function)(options))
    except (HomeError, ConfigError, StoreError, MissingExtraError) as error:
        raise UsageError(str(error)) from error
