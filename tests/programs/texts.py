"""Short messages as a list of texts, TF-IDF and logistic regression: sparse from beginning to end."""

import os
import resource
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from alcore import ActiveLearner


def generated(n=5574):
    rng = np.random.default_rng(0)
    words = np.array([f"word{number}" for number in range(9000)])
    labels = np.where(rng.random(n) < 0.134, "spam", "ham")
    texts = []
    for label in labels:
        own = rng.integers(0, 60, 4) if label == "spam" else rng.integers(60, 120, 4)
        texts.append(" ".join(words[np.concatenate([own, rng.integers(120, 9000, 12)])]))
    return texts, labels


def read(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t", 1) for line in lines if line.startswith(("ham\t", "spam\t"))]
    return [text for _, text in pairs], np.array([label for label, _ in pairs])


path = Path(os.environ.get("ALCORE_HOME", "data"), "SMSSpamCollection")
texts, labels = read(path) if path.is_file() else generated()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10))
learner = ActiveLearner(model, texts, strategy="margin", seed=0, test=(texts[:1000], labels[:1000]))
learner.exclude(range(1000))  # the test set is no part of the pool
while learner.n_labels < 100:
    rows = learner.ask(10)
    learner.tell(rows, labels[rows])

mebibytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
print(len(texts), "messages,", learner.n_labels, "labels")
print("peak memory above the start:", round(mebibytes), "MiB")
print("spam among the labels:", np.mean(learner.labels.values == "spam"))
print(learner.curve())
