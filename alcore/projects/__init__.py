"""A person's own labelling project: audit, routing, stopping, agreement."""
