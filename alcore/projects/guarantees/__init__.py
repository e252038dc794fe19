"""What can be promised of a finished project: its recall of a class, and the labels that a machine keeps."""
