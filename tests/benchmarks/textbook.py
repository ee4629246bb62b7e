"""The yardstick: the pipeline of every tutorial, written as a person would write it.

    python -m tests.benchmarks.textbook index FOLDER STORE
    python -m tests.benchmarks.textbook ask QUESTION STORE

pypdf reads the pages, the text is cut every 1,000 characters, sentence-transformers encodes the pieces in batches on all
cores, Chroma keeps and finds them. It reads no scans, knows no place beyond a page, and checks nothing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ingest import model_files

PIECE_LETTERS = 1_000
HITS = 3


def index(folder: Path, store: Path) -> int:
    """Put every PDF of a folder into a Chroma store; how many pieces there are."""
    import chromadb
    from pypdf import PdfReader
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(_model(), device="cpu")
    collection = chromadb.PersistentClient(str(store)).get_or_create_collection("documents")
    count = 0
    for path in sorted(folder.rglob("*.pdf")):
        pieces, places = [], []
        for number, page in enumerate(PdfReader(path).pages, start=1):
            text = page.extract_text()
            for start in range(0, len(text), PIECE_LETTERS):
                pieces.append(text[start : start + PIECE_LETTERS])
                places.append({"path": str(path), "page": number})
        if pieces:
            vectors = model.encode(pieces, show_progress_bar=False)
            names = [f"{path}#{at}" for at in range(len(pieces))]
            collection.add(ids=names, documents=pieces, embeddings=vectors, metadatas=places)
            count += len(pieces)
    return count


def ask(question: str, store: Path) -> None:
    """Print the pieces nearest to a question."""
    import chromadb
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(_model(), device="cpu")
    collection = chromadb.PersistentClient(str(store)).get_or_create_collection("documents")
    found = collection.query(query_embeddings=model.encode([question]), n_results=HITS)
    for text, place in zip((found["documents"] or [[]])[0], (found["metadatas"] or [[]])[0], strict=True):
        sys.stdout.write(f"{place['path']}, page {place['page']}: {text[:80]!r}\n")
        sys.stdout.flush()


def _model() -> str:
    return str(model_files.find("all-minilm-l6-v2", "embedding").path)


if __name__ == "__main__":
    if sys.argv[1] == "index":
        sys.stdout.write(f"{index(Path(sys.argv[2]), Path(sys.argv[3]))}\n")
    else:
        ask(sys.argv[2], Path(sys.argv[3]))
