"""How labels are asked for: ask and tell, the simulated pool loop, and races on 2-D data."""
