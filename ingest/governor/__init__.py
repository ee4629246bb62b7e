"""How fast indexing may go right now, and why.

    signals.py   what the machine and its person are doing: the record
    linux.py     what Linux tells of pressure and heat         power.py   whether power is to be saved
    idle.py      since when nobody has used the machine        reader.py  all signals of a moment, on any system
    watching.py  whether somebody watches the screen       energy.py   energy used, where the machine tells
    decide.py    pure: decide(signals, policy) → pace with its reason in words

The workers run at the lowest class of the system (`ingest.work.priority`), so that they cost others no processor time;
the pace is about what priorities do not cover: heat and noise, battery, memory, disk, and the answer that a person is
waiting for. Knows nothing of documents; the owner asks for the pace and carries it out.
"""
