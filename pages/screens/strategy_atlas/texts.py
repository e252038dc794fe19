"""Names of the model outputs that strategies read."""

# Name of a model output in code -> its display name.
GIVES = {
    "probs_N_C": "Class probabilities",
    "probs_N_K_C": "Several models",
    "features_N_D": "Features",
    "gradient_lengths_N": "Gradients",
}
NEEDS = {
    "probs_N_C": "class probabilities of one model, so any classifier with probabilities",
    "probs_N_K_C": "class probabilities of several models: a committee, or a network with dropout",
    "features_N_D": "features in which distance means something",
    "labeled_M_D": "the features of what is labelled",
    "labels_M": "the labels so far",
    "classes": "the number of classes",
    "delta": "a radius, chosen once a run",
    "candidates": "a limit on the points to try, on large pools",
    "gradient_lengths_N": "gradients, which logistic regression and networks give",
}
