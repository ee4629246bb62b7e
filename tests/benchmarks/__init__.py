"""Measurements, each a module with a `main`. What they print is compared between runs on one machine."""

import ingest  # noqa: F401 - before numpy, whose threads it limits
