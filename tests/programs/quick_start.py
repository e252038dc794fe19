import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from alcore import ActiveLearner, compare

X, y = load_breast_cancer(return_X_y=True)
y = np.where(y == 1, "benign", "malignant")
X_pool, X_test, y_pool, y_test = train_test_split(X, y, test_size=0.3, random_state=0)

learner = ActiveLearner(RandomForestClassifier(), X_pool, strategy="margin", seed=0, test=(X_test, y_test))
while learner.n_labels < 60:
    rows = learner.ask(5)
    learner.tell(rows, y_pool[rows])  # or what an annotator says
print(learner.curve().frame)
learner.save("learner.alcore")
learner = ActiveLearner.load("learner.alcore", X_pool)
learner.curve().save("curve.csv")
learner.curve().save("curve.pdf")

model = make_pipeline(StandardScaler(), LogisticRegression())
found = compare(X, y, learner=model, strategies=["margin", "badge"], seeds=20, test=0.3)  # random is always in it
print(found)
found.save("race.html")
