"""Kills, full disks, and hostile files and addresses."""
