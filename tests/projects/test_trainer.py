"""The trainer beside a person who labels: when it trains, that it ends, and what it says when it cannot."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from alcore.projects import trainer
from alcore.projects.model import training_process
from alcore.projects.model.model_file import read_model
from alcore.projects.project import Project
from alcore.storage import locks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(home: Path) -> Project:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(0, 1, (60, 4)), rng.normal(3, 1, (60, 4))]).astype(np.float32)
    np.save(home / "points.npy", x)
    return Project.create(home, "points", home / "points.npy", classes=("low", "high"))


def answer(project: Project, count: int) -> None:
    labels = {}
    for one in project.next(count):
        labels[one.item] = "low" if project.items.place_of[one.item] < 60 else "high"
    assert not project.tell(labels).refused


def test_a_round_is_due_after_enough_answers_or_a_pause() -> None:
    assert not trainer.is_due(4, 12, 0.1)
    assert trainer.is_due(5, 12, 0.1)
    assert not trainer.is_due(9, 40, 0.1)
    assert trainer.is_due(10, 40, 0.1)
    assert trainer.is_due(1, 40, 2.0)
    assert not trainer.is_due(0, 40, 100.0)


def test_it_trains_what_is_new_and_ends_when_nothing_comes(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trainer, "POLL_SECONDS", 0.0)
    moment = [0.0]

    def clock() -> float:
        moment[0] += 1.0
        return moment[0]

    assert trainer.train_while_labelled(project.folder, clock=clock) == 1  # the first ranking, without labels
    answer(project, 12)
    assert trainer.train_while_labelled(project.folder, clock=clock) == 1
    kept = read_model(project.folder)
    assert kept is not None and kept.model.labels == 10 and kept.seen == 12
    assert trainer.train_while_labelled(project.folder, clock=clock) == 0
    project.change(model="forest")
    assert trainer.train_while_labelled(project.folder, clock=clock) == 1


def test_why_it_cannot_train_is_a_sentence_and_it_is_not_started_again_for_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(project, 12)
    project.change(model="nothing")
    assert trainer.train_while_labelled(project.folder) == 0
    assert "nknown model 'nothing'" in (training_process.trouble(project.folder) or "")
    started: list[list[str]] = []
    monkeypatch.setattr(training_process, "spawn", lambda words, log: started.append(words))
    assert not training_process.ensure_trainer(project.folder, last=12, seen=-1)
    assert training_process.ensure_trainer(project.folder, last=13, seen=-1)
    assert not training_process.ensure_trainer(project.folder, last=13, seen=-1)  # it is starting
    assert started == [["alcore.projects.trainer", str(project.folder)]]
    locks.mark_started(project.folder, training_process.LOCK)
    assert not training_process.ensure_trainer(project.folder, last=13, seen=13)


def test_a_killed_trainer_leaves_a_whole_model_and_is_replaced(project: Project) -> None:
    for number in range(3):
        answer(project, 10)
        words = [sys.executable, "-m", "alcore.projects.trainer", str(project.folder)]
        with subprocess.Popen(words, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}) as process:
            end = time.monotonic() + 60
            while training_process.is_training(project.folder) is False and time.monotonic() < end:
                time.sleep(0.02)
            time.sleep(0.05 * number)
            os.kill(process.pid, signal.SIGKILL)
    assert not training_process.is_training(project.folder)
    assert len(project.states()) == 30
    project.train()
    kept = read_model(project.folder)
    assert kept is not None and kept.seen == 30
