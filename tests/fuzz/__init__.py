"""Fuzz targets: every reader is given small real files that were damaged at random.

    seeds.py          a small real file for every format
    damage.py         what is done to it
    test_readers.py   what must hold whatever was done

`make check` runs a few examples of each, always the same; `make fuzz` runs new ones for as long as FUZZ_EXAMPLES says.
"""
