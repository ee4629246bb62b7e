"""Vectors by row number: the file that is the truth, its exact scan, and Chroma as an index over it.

    file            the vector file, and `Exact`, the scan that every process can do
    chroma          the index child, the only module that imports chromadb
    chroma_client   the owner's side of it

Knows nothing of which text a row belongs to: that is the catalog's.
"""
