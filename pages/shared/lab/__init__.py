"""Parts of the MNIST lab: experiment, data, live run, queries, past runs."""
