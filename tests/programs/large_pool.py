import numpy as np

from alcore import Pool

rng = np.random.default_rng(0)
kinds = rng.integers(4, size=50_000)
np.save("emb.npy", (np.eye(4, 32)[kinds] * 3 + rng.normal(size=(50_000, 32))).astype("float16"))

pool = Pool("emb.npy")  # or a folder of Parquet files, an array, an iterator of blocks
labels: dict[int, int] = {}
for strategy in ("typiclust", "cluster_margin", "k_center"):
    batch = pool.next(20, labels, strategy)
    labels |= {int(row): int(kinds[row]) for row in batch.rows}  # or what annotators say
print(len(labels), batch.notes[0])
