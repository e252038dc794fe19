"""Speed against plain implementations of the published way, as ratios measured in one run."""
