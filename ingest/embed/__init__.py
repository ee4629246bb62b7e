"""Texts to unit vectors: the embedding model as the program runs it.

The model in the form of sentence-transformers is the reference; what runs is a compiled copy of it, because importing
the reference takes seconds and hundreds of megabytes. A vector is a function of its text and the variant alone: one
text a run on one thread. More speed comes from more processes.

    template.py   what is embedded with a passage: title, headings and text
    tokens.py     the tokenizer: counts, windows, offsets
    session.py    one compiled graph in onnxruntime: token numbers in, vectors out
    compiled.py   where compiled variants lie, which one was chosen, and having them made by a child process
    probes.py     the texts that a compiled model is checked and timed on
    fuse.py       the exported graph rewritten, so that it takes less time
    balance.py    the same graph with channels of like size, so that eight bits cost it less
    compile.py    that child: export, quantise, check against the reference, time (the only module that loads torch)
    encode.py     `Encoder`: what the rest of the program uses
    worker.py     the entry of an embedding process

A module imports only from those above it; `compile` is run, never imported. One int8 variant serves every processor:
its weights keep to 7 bits, so that no product overflows where VNNI is missing and a library's vectors are the same
wherever it is opened. Promises: the
process that encodes never loads torch; the same text gets the same bits, alone or among others; a vector belongs to
a fingerprint and a variant, and nothing here compares vectors of two.
Knows nothing of passages, of where vectors are kept, or of how processes are started and stopped.
"""

from ingest.embed.encode import Encoder, counter
from ingest.embed.template import embedded_text

__all__ = ["Encoder", "counter", "embedded_text"]
