"""Kills every part of the program at random moments while it indexes, and compares the library with an undisturbed one.

documents.py   as many documents as wanted, made from the sample archive, no two alike
compare.py     what differs between two libraries
trial.py       runs, kills, and what was found
__main__.py    `python -m tests.crash --documents 300 --kills 200`
"""
