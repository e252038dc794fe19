"""From learning curves to comparisons with intervals."""
