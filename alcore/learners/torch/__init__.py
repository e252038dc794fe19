"""Neural networks in PyTorch: architectures, training, scoring, MC dropout."""
