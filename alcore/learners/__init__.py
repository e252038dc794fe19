"""What is trained on the labels: scikit-learn classifiers and torch networks behind one small interface."""
