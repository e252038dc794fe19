"""Labels are words; some classes are met only later, one is a misspelling, and one label is corrected."""

import numpy as np
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier

from alcore import ActiveLearner

X, numbers = make_blobs([90, 90, 12, 8], n_features=5, cluster_std=2, random_state=2)
words = np.array(["señal", "ruido", "eco", "avería"])[numbers]

learner = ActiveLearner(RandomForestClassifier(20), X, strategy="entropy", seed=0, test=(X, words))
common = np.flatnonzero(numbers < 2)[:8]
learner.tell(common, words[common])
print("at first:", *learner.classes_)
while learner.n_labels < 60:
    rows = learner.ask(4)
    learner.tell(rows, words[rows])
    for label in learner.classes_[len(learner.classes_) - 1 :]:
        if label not in learner.labels.values[:-4]:
            print("with", learner.n_labels, "labels:", label)
print("in the end:", *learner.classes_)

row = learner.labels.rows[0]
learner.relabel([row], ["sennal"])
print("misspelt:", *learner.classes_)
learner.undo()
print("corrected:", *learner.classes_)

probabilities = learner.predict_proba(X[:2])
print(probabilities.shape, probabilities.sum(axis=1))
print(learner.model.classes_.tolist() == sorted(learner.classes_.tolist()))
print(learner.curve())
