"""A table with numbers and words in its columns, some missing, and a pipeline that takes them."""

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from alcore import ActiveLearner, compare

rng = np.random.default_rng(0)
customers = pd.DataFrame(
    {
        "plan": rng.choice(["basic", "family", "business"], 400),
        "months": rng.integers(1, 60, 400),
        "calls": rng.normal(3, 1, 400).round(1),
    },
    index=[f"customer {number}" for number in rng.permutation(400)],
)
risk = customers["calls"] - customers["months"] / 20 + 2 * (customers["plan"] == "basic")
left = pd.Series(np.where(risk + rng.normal(0, 0.5, 400) > 2, "left", "stayed"), index=customers.index)
customers.loc[rng.random(400) < 0.1, "calls"] = np.nan

columns = ColumnTransformer(
    [
        ("words", OneHotEncoder(handle_unknown="ignore"), ["plan"]),
        (
            "numbers",
            make_pipeline(SimpleImputer(), StandardScaler()),
            make_column_selector(dtype_include="number"),
        ),
    ]
)
model = make_pipeline(columns, LogisticRegression())
pool, test = customers[:300], customers[300:]

learner = ActiveLearner(model, pool, strategy="badge", seed=1, test=(test, left[300:]))
while learner.n_labels < 40:
    rows = learner.ask(5)
    print(pool.index[rows[0]], "is the first of", len(rows))
    learner.tell(rows, left.iloc[rows])
print(learner.curve())
print(learner.model.predict(test)[:3])

print(compare(customers, left, learner=model, strategies="badge", seeds=5, rounds=5, progress=False))
