"""Parts of the tournament's screen: plan, progress, results."""
