"""The process that carries out queued runs."""
