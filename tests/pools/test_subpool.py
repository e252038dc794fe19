"""Subpools against exact neighbours, and what a wrong index is told."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics.pairwise import cosine_similarity

from alcore.cli.main import main
from alcore.pools.arrays import ArraySource
from alcore.pools.labels import labels_of
from alcore.pools.models import fit_heads
from alcore.pools.pool import Pool, PoolSettings, _features
from alcore.pools.scan import Scan
from alcore.pools.source import PoolError
from alcore.pools.subpool import Subset, anchoral, build_index, open_index, seals, subpool_of
from tests.pools.support import embeddings, saved

pytest.importorskip("usearch")

RARE = 40  # rows of the rare class, of 4,000


def rare_pool() -> tuple[np.ndarray, np.ndarray]:
    """Two classes that overlap nowhere, one of them rare, along their own directions."""
    rng = np.random.default_rng(0)
    codes = np.zeros(4_000, dtype=np.int64)
    codes[rng.choice(4_000, RARE, replace=False)] = 1
    centre = np.where(codes[:, None] == 1, np.eye(16)[0] * 6, -np.eye(16)[1] * 2)
    return (centre + rng.normal(size=(4_000, 16))).astype(np.float16), codes


@pytest.fixture(scope="module")
def index_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("index") / "pool.usearch"
    build_index(ArraySource(rare_pool()[0]), path, block_rows=1_500)
    return path


def test_seals_finds_the_exact_neighbours_nearly_all(index_file: Path) -> None:
    x, codes = rare_pool()
    queries = np.flatnonzero(codes == 1)[:5]
    found = seals(open_index(ArraySource(x), index_file), x[queries].astype(np.float32), 30)
    likeness = cosine_similarity(x[queries].astype(float), x.astype(float))
    exact = np.unique(np.argsort(-likeness, axis=1)[:, :30])
    assert len(np.intersect1d(found, exact)) > 0.95 * len(exact)


def test_anchors_are_of_every_class_alike(index_file: Path) -> None:
    x, codes = rare_pool()
    rare, common = np.flatnonzero(codes == 1)[:3], np.flatnonzero(codes == 0)[:300]
    labels = labels_of({int(row): int(codes[row]) for row in (*rare, *common)}, ArraySource(x))
    index, features = open_index(ArraySource(x), index_file), x[labels.rows].astype(np.float32)
    rows = subpool_of("anchoral", index, features, labels, 5, 0)
    assert not np.intersect1d(rows, labels.rows).size and (np.diff(rows) > 0).all()
    # Anchors of three rare rows bring nearly all others of their class.
    assert len(rows) < 1_500 and codes[rows].sum() > 0.8 * (RARE - 3)
    again = subpool_of("anchoral", index, features, labels, 5, 0)
    assert rows.tolist() == again.tolist()
    few = anchoral(index, features, labels.codes, 20, rng=np.random.default_rng(0))
    assert len(few) == 20


def test_a_batch_of_a_subpool(index_file: Path) -> None:
    x, codes = rare_pool()
    labels = {int(row): int(codes[row]) for row in (*np.flatnonzero(codes == 1)[:2], *np.flatnonzero(codes == 0)[:40])}
    for kind in ("seals", "anchoral"):
        for strategy in ("entropy", "k_center"):
            settings = PoolSettings(subpool=kind, index=index_file)
            batch = Pool(x).next(20, labels, strategy, settings=settings)
            assert len(set(batch.rows.tolist()) - set(labels)) == 20 and batch.ids.tolist() == batch.rows.tolist()
            assert f"{kind} left" in batch.notes[0]
            small = PoolSettings(subpool=kind, index=index_file, block_rows=100, workers=3)
            assert Pool(x).next(20, labels, strategy, settings=small).rows.tolist() == batch.rows.tolist()
    ids = np.arange(4_000) * 3 + 1
    named = Pool([(x, ids)]).next(
        20, {row * 3 + 1: code for row, code in labels.items()}, "k_center", settings=settings
    )
    assert (named.ids == named.rows * 3 + 1).all() and not set(named.rows.tolist()) & set(labels)
    first = Pool(x).next(20, None, "entropy", settings=settings)
    assert first.strategy == "max_herding"


def test_an_index_that_does_not_fit(index_file: Path, tmp_path: Path) -> None:
    x, _ = rare_pool()
    other = x.copy()
    other[0] += 1
    for pool in (x[:-1], x[:, :8], other):
        with pytest.raises(PoolError, match="pool.usearch is the index of another pool than the pool"):
            open_index(ArraySource(pool), index_file)
    (tmp_path / "bad").write_bytes(b"hello" * 10)
    (tmp_path / "cut").write_bytes(index_file.read_bytes()[:9_999])
    for name in ("bad", "cut"):
        with pytest.raises(PoolError, match=f"{name} is no whole index"):
            open_index(ArraySource(x), tmp_path / name)
    with pytest.raises(PoolError, match="none is not there: build the index first"):
        open_index(ArraySource(x), tmp_path / "none")
    with pytest.raises(PoolError, match="cannot be written"):
        build_index(ArraySource(x[:10]), tmp_path / "nowhere" / "index")
    other[99] = np.nan
    with pytest.raises(PoolError, match="Row 99 of the pool holds NaN"):
        build_index(ArraySource(other), tmp_path / "index")


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [({"subpool": "seal", "index": "a"}, "unknown subpool 'seal'"), ({"subpool": "seals"}, "go together")],
)
def test_settings_of_a_subpool(setting: dict, sentence: str) -> None:
    with pytest.raises(PoolError, match=sentence):
        PoolSettings(**setting)


def test_the_command_builds_its_index_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x, codes = embeddings(3_000)
    pool = saved(tmp_path, x)
    lines = "".join(f"{row},{codes[row]}\n" for row in range(40))
    (tmp_path / "labels.csv").write_text(f"row,label\n{lines}")
    words = ["next", "--pool", str(pool), "--labels", str(tmp_path / "labels.csv"), "--k", "10"]
    words += ["--subpool", "anchoral", "--force", "--out", str(tmp_path / "batch.csv")]
    assert main(words) == 0
    assert "building the neighbour index" in capsys.readouterr().err
    first = (tmp_path / "batch.csv").read_bytes()
    assert main(words) == 0
    told = capsys.readouterr().err
    assert "building" not in told and "anchoral left" in told
    assert (tmp_path / "batch.csv").read_bytes() == first


@pytest.mark.parametrize("scale", [1e-7, 1e5])
def test_an_index_finds_neighbours_of_any_length(scale: float, tmp_path: Path) -> None:
    x = rare_pool()[0].astype(np.float32) * np.float32(scale)
    build_index(ArraySource(x), tmp_path / "index")
    found = seals(open_index(ArraySource(x), tmp_path / "index"), x[:5], 30)
    likeness = cosine_similarity(x[:5].astype(float), x.astype(float))
    exact = np.unique(np.argsort(-likeness, axis=1)[:, :30])
    assert len(np.intersect1d(found, exact)) > 0.95 * len(exact)


def test_rows_of_a_subpool_are_named_as_in_the_pool() -> None:
    x = np.ones((10, 2), dtype=np.float32)
    x[7] = np.nan
    some = Subset(ArraySource(x), np.array([2, 5, 7]))
    with pytest.raises(PoolError, match="Row 7 of the pool holds NaN"):
        Scan(some, 1, 0, "margin", fit_heads(np.eye(2), np.arange(2), 2)).best((0, 3))
    with pytest.raises(PoolError, match="Row 7 of the pool holds NaN"):
        _features(some, np.array([1, 2]))
    other = Subset(ArraySource(x), np.array([3, 4, 7]))
    assert other.stamp != some.stamp
