"""Every strategy, saved; a new process loads the files and gives the same next rows."""

import subprocess
import sys
from pathlib import Path

import numpy as np
from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from alcore import STRATEGIES, ActiveLearner

X, numbers = load_wine(return_X_y=True)
labels = np.array(["barolo", "grignolino", "barbera"])[numbers]
model = make_pipeline(StandardScaler(), LogisticRegression())

if sys.argv[1:] == ["load"]:
    for strategy in STRATEGIES:
        print(strategy, *ActiveLearner.load(f"{strategy}.alcore", X).ask(4))
else:
    expected = []
    for strategy in STRATEGIES:
        learner = ActiveLearner(model, X, strategy=strategy, seed=5, candidates=30)
        for _ in range(3):
            rows = learner.ask(5)
            learner.tell(rows, labels[rows])
        learner.save(f"{strategy}.alcore")
        expected.append(" ".join(map(str, [strategy, *learner.ask(4)])))
    loaded = subprocess.run([sys.executable, __file__, "load"], capture_output=True, text=True, check=True)
    print("\n".join(expected))
    print("loaded alike:", loaded.stdout.splitlines() == expected)
    print(sum(path.stat().st_size for path in Path().glob("*.alcore")) // len(STRATEGIES), "bytes a file")
