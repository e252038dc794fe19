"""k-nearest neighbours that can be fitted on fewer labels than k."""

from typing import Any, Self

from sklearn.neighbors import KNeighborsClassifier

NEIGHBOURS = 5
# Dimensions beyond which scikit-learn prefers all pairs to a tree.
TREE_DIMENSIONS = 15


class NearestNeighbours(KNeighborsClassifier):
    """scikit-learn's classifier of five neighbours, weighted by one over their distance; of all labels while fewer."""

    def __init__(self) -> None:
        """Take no settings."""
        super().__init__(NEIGHBOURS, weights="distance")

    def fit(self, X: Any, y: Any) -> Self:  # noqa: N803
        """As in scikit-learn, with at most as many neighbours as there are labels."""
        self.n_neighbors = min(NEIGHBOURS, X.shape[0])
        # For few points scikit-learn compares all pairs, which in few dimensions takes ten times as long as a tree.
        self.algorithm = "kd_tree" if X.shape[1] <= TREE_DIMENSIONS else "auto"
        return super().fit(X, y)
