from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import model_files
from ingest.embed import Encoder, compiled, counter, encode, probes
from ingest.embed.tokens import Tokenizer
from ingest.errors import SetupError

MODEL = "all-minilm-l6-v2"
TEXTS = probes.texts()


@pytest.fixture(scope="module")
def encoder(models_folder: Path) -> Encoder:
    assert model_files.models_folder() == models_folder
    return Encoder.open(MODEL)


def test_an_encoder_says_what_it_is(encoder: Encoder) -> None:
    found = model_files.find(MODEL, "embedding")
    assert (encoder.dimensions, encoder.max_tokens) == (384, 256)
    assert encoder.fingerprint == encode.fingerprint(found) != found.fingerprint
    assert encoder.variant == compiled.chosen(found)


def test_vectors_are_of_unit_length(encoder: Encoder) -> None:
    vectors = encoder.encode_many(TEXTS)
    assert vectors.shape == (len(TEXTS), 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_vector_depends_on_its_text_alone(encoder: Encoder) -> None:
    again = Encoder.open(MODEL, encoder.variant)
    together = encoder.encode_many(TEXTS)
    backwards = again.encode_many(TEXTS[::-1])[::-1]
    alone = np.stack([encoder.encode(text) for text in TEXTS])
    assert together.tobytes() == backwards.tobytes() == alone.tobytes()


def test_several_threads_may_share_an_encoder(encoder: Encoder) -> None:
    with ThreadPoolExecutor(4) as threads:
        vectors = list(threads.map(encoder.encode, TEXTS))
    assert np.stack(vectors).tobytes() == encoder.encode_many(TEXTS).tobytes()


def test_questions_find_their_passages(encoder: Encoder) -> None:
    questions, passages = (encoder.encode_many(part) for part in zip(*probes.QUESTIONS, strict=True))
    ranks = (questions @ passages.T).argmax(axis=1)
    assert (ranks == np.arange(len(ranks))).mean() >= 0.9


def test_the_variants_agree(encoder: Encoder) -> None:
    exact = Encoder.open(MODEL, compiled.REFERENCE_VARIANT)
    assert exact.fingerprint == encoder.fingerprint
    cosines = (exact.encode_many(TEXTS) * encoder.encode_many(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.97


def test_nothing_of_a_long_text_is_lost(encoder: Encoder) -> None:
    filling = "The garden behind the house is large and green. " * 40
    subject = "Infection with Helicobacter pylori causes stomach ulcers. " * 20
    question = encoder.encode("Which bacteria cause stomach ulcers?")
    plain, at_end = question @ encoder.encode(filling), question @ encoder.encode(filling + subject)
    assert encoder.count(filling) > encoder.max_tokens
    assert at_end > plain + 0.2


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_many([]).shape == (0, 384)


def test_tokens_are_unit_vectors_with_their_places(encoder: Encoder) -> None:
    text = "Größe: 3.5 m² naïve unbelievable"
    vectors, offsets = encoder.tokens(text)
    assert vectors.shape == (encoder.count(text), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert "".join(text[start:end] for start, end in offsets) == text.replace(" ", "")
    assert offsets == sorted(offsets)


def test_tokens_of_an_empty_text_are_none(encoder: Encoder) -> None:
    vectors, offsets = encoder.tokens("")
    assert (vectors.shape, offsets) == ((0, 384), [])


def test_tokens_of_a_long_text_go_to_its_end(encoder: Encoder) -> None:
    text = "garden " * 600
    vectors, offsets = encoder.tokens(text)
    assert vectors.shape == (600, 384)
    assert [text[start:end] for start, end in offsets] == ["garden"] * 600


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_encoded(encoder: Encoder, text: str) -> None:
    vectors, offsets = encoder.tokens(text)
    assert abs(float(np.linalg.norm(encoder.encode(text))) - 1) < 1e-4
    assert len(vectors) == len(offsets) == encoder.count(text) == counter(MODEL)(text)
    assert all(0 <= start <= end <= len(text) for start, end in offsets)


def test_lone_surrogates_do_not_stop_it(encoder: Encoder) -> None:
    vectors, offsets = encoder.tokens("file \udcff name")
    assert len(vectors) == 3
    assert offsets == [(0, 4), (5, 6), (7, 11)]
    assert counter(MODEL)("file \udcff name") == 3


def test_windows_keep_to_the_limit(encoder: Encoder) -> None:
    tokenizer = Tokenizer(model_files.find(MODEL, "embedding").path, encoder.max_tokens)
    windows = tokenizer.windows("garden " * 600)
    assert [len(window.ids) for window in windows] == [256, 256, 94]
    assert [len(window.ordinary) for window in windows] == [254, 254, 92]


def test_encoding_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys; from ingest.embed import Encoder, counter\n"
        "light = sorted({'numpy', 'onnxruntime', 'tokenizers'} & set(sys.modules))\n"
        f"Encoder.open({MODEL!r}).encode('x')\n"
        "print(light, sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout.strip(), done.stderr) == ("[] []", "")


def test_an_unknown_model_or_variant_is_a_setup_error() -> None:
    with pytest.raises(SetupError, match="no such embedding model"):
        Encoder.open("nowhere")
    with pytest.raises(SetupError) as caught:
        Encoder.open(MODEL, "onnx-int1")
    assert "onnx-int1" in caught.value.message


def test_words_are_ranked_by_how_frequent_they_are(encoder: Encoder) -> None:
    ranks = [encoder.rank(word) or 0 for word in ("the", "much", "contract", "ferry")]
    assert ranks[0] == 1
    assert ranks == sorted(set(ranks))
    assert encoder.rank("dishwasher") is None
