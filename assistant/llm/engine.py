"""llama.cpp, driven token by token: loading, counting, reading a prompt, writing greedily. The only module that imports it.

Runs inside the model's process (`assistant.llm.worker`). The longest common beginning of two prompts is evaluated once:
llama-cpp-python keeps the evaluated tokens and cuts them back to what the next prompt shares; prompts further back are
kept by `assistant.llm.states`. Models with recurrent layers cannot be cut back and evaluate every prompt in full.
"""

from __future__ import annotations

import codecs
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.llm.options import UNIT, LoadOptions
from assistant.llm.states import PromptStates

if TYPE_CHECKING:
    from assistant.llm.worker import Clock, Pipes

LOOP_LENGTH = 16
"""Longest stretch, in tokens, whose endless repetition is noticed."""
LOOP_REPEATS = 4
"""How often a stretch may stand in a row before the text is cut: lists repeat a word twice or thrice."""
LOOP_TOKENS = 12
"""A repetition shorter than this in all, such as a row of dots or dashes, is left alone."""
MARGIN = 8
"""Tokens of the context that are never filled."""
FALLBACK_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
"""ChatML, for files without a template of their own."""


class EngineError(Exception):
    """The model cannot do what was asked.

    Args:
        code: As in `assistant.llm.ModelError`.
        message: What happened.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Engine:
    """A loaded model.

    Args:
        options: How it is loaded.
        clock: Gives signs of life and says when to stop.

    Raises:
        EngineError: It cannot be loaded.
    """

    def __init__(self, options: LoadOptions, clock: Clock) -> None:
        import llama_cpp
        from llama_cpp import llama_cpp as native
        from llama_cpp.llama_chat_format import Jinja2ChatFormatter

        self._native, self._clock = native, clock
        _guard(native, clock)
        try:
            self._llama = llama_cpp.Llama(
                options.path,
                n_ctx=options.context,
                n_batch=options.batch,
                n_ubatch=min(options.batch, UNIT),
                n_threads=options.threads,
                n_threads_batch=options.threads,
                use_mmap=options.memory_map,
                verbose=False,
            )
        except (ValueError, RuntimeError) as error:
            raise EngineError("load", str(error)) from error
        self.context: int = self._llama.n_ctx()
        self.name: str = self._llama.metadata.get("general.name", "")
        # The callback must outlive the context: llama.cpp keeps its address only.
        self._abort = native.ggml_abort_callback(lambda _data: clock.stop_now())
        native.llama_set_abort_callback(self._llama.ctx, self._abort, None)
        clock.done = lambda: int(self._llama.n_tokens)
        model = self._llama._model
        self._format = Jinja2ChatFormatter(
            template=self._llama.metadata.get("tokenizer.chat_template", FALLBACK_TEMPLATE),
            eos_token=_token_text(model, model.token_eos()),
            bos_token=_token_text(model, model.token_bos()),
        )
        self._control = _control_tokens(native, model)
        self._states = PromptStates(self._llama, native, _state_key(options))

    def try_out(self) -> None:
        """Read a short prompt and write a token: a build that crashes on this machine crashes here.

        Raises:
            EngineError: The model could not evaluate it.
        """
        try:
            tokens = self._llama.tokenize(b"The quick brown fox jumps over the lazy dog. " * 8, add_bos=False)
            for _token in self._llama.generate(tokens, temp=0.0):
                break
            self._llama.reset()
        except RuntimeError as error:
            raise EngineError("load", str(error)) from error

    def prepare(self, instructions: str) -> None:
        """Evaluate what every conversation begins with, or take it up from an earlier process.

        Raises:
            EngineError: The model could not evaluate it.
        """
        if not instructions:
            return
        first, second = (
            self._prompt([{"role": "system", "content": instructions}, {"role": "user", "content": said}])
            for said in ("Passages", "1")
        )
        same = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
        try:
            self._states.prepare(first[:same])
        except RuntimeError as error:
            raise EngineError("load", str(error)) from error

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text. Safe beside a running evaluation: the vocabulary does not change."""
        return [len(self._tokens(text, special=False)) for text in texts]

    def generate(self, command: dict[str, Any], pipes: Pipes) -> None:
        """Write a text, saying its pieces and its end.

        Raises:
            EngineError: The prompt does not fit, or the model failed.
        """
        started, task, clock = time.monotonic(), command["id"], self._clock
        prompt = self._prompt(command["messages"])
        room = self.context - len(prompt) - MARGIN
        if room < 1:
            raise EngineError("context", f"the prompt has {len(prompt)} tokens, the model takes {self.context}")
        limit = min(command["max_tokens"], room)
        self._states.take_up(prompt)
        cached = self._states.shared(prompt)
        clock.task, clock.total = task, len(prompt)
        pipes.say("progress", id=task, done=cached, total=len(prompt))
        try:
            reason, written = self._write(task, prompt, limit, command, pipes)
        finally:
            clock.task = None
        numbers = {"prompt_tokens": len(prompt), "cached_tokens": cached, "generated_tokens": written}
        pipes.say("done", id=task, reason=reason, seconds=time.monotonic() - started, **numbers)

    def _write(
        self, task: int, prompt: list[int], limit: int, command: dict[str, Any], pipes: Pipes
    ) -> tuple[str, int]:
        """The loop over tokens; why it ended, and how many were written."""
        from llama_cpp import LlamaGrammar

        grammar = LlamaGrammar.from_string(command["grammar"], verbose=False) if command.get("grammar") else None
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        written: list[int] = []
        reason = "length"
        self._llama.set_seed(command["seed"])
        try:
            for token in self._llama.generate(prompt, temp=0.0, grammar=grammar):
                if task in pipes.cancelled:
                    return "cancelled", len(written)
                if self._native.llama_vocab_is_eog(self._llama._model.vocab, token):
                    reason = "stop"
                    break
                written.append(token)
                if text := decoder.decode(self._llama.detokenize([token])):
                    pipes.say("piece", id=task, text=text)
                if _goes_round(written):
                    reason = "loop"
                    break
                if len(written) >= limit:
                    break
        except RuntimeError as error:
            if task not in pipes.cancelled:
                raise EngineError("crashed", str(error)) from error
            self._after_abort()
            return "cancelled", len(written)
        if rest := decoder.decode(b"", final=True):
            pipes.say("piece", id=task, text=rest)
        return reason, len(written)

    def _after_abort(self) -> None:
        """Forget a half-evaluated prompt where the model cannot be cut back to what is whole."""
        if self._llama._is_recurrent or self._llama._is_hybrid:
            self._llama.reset()

    def _prompt(self, messages: list[dict[str, str]]) -> list[int]:
        said = [{"role": one["role"], "content": self._control.sub(_apart, one["content"])} for one in messages]
        try:
            text = self._format(messages=said, enable_thinking=False).prompt
        except Exception as error:  # the template is a program inside the model's file and may raise anything
            raise EngineError("load", f"the model's chat template failed: {error}") from error
        return self._tokens(text, special=True)

    def _tokens(self, text: str, *, special: bool) -> list[int]:
        tokens: list[int] = self._llama.tokenize(text.encode("utf-8", "replace"), add_bos=False, special=special)
        return tokens


def _guard(native: Any, clock: Clock) -> None:
    """Load with signs of life, and without the buffer types whose AMX code crashes in virtual machines (llama.cpp 20824)."""
    defaults = native.llama_model_default_params
    if hasattr(defaults, "guarded"):
        return

    def progress(_fraction: float, _data: Any) -> bool:
        clock.tick()
        return True

    callback = native.llama_progress_callback(progress)

    def guarded_defaults() -> Any:
        params = defaults()
        params.use_extra_bufts = False
        params.progress_callback = callback
        return params

    guarded_defaults.guarded = callback  # type: ignore[attr-defined]  # keeps the callback alive, marks the replacement
    native.llama_model_default_params = guarded_defaults


def _state_key(options: LoadOptions) -> str:
    """What a state depends on: the file, its build and everything that changes how tokens are evaluated."""
    import llama_cpp

    file = Path(options.path).stat()
    return repr((options.path, file.st_size, file.st_mtime_ns, llama_cpp.__version__, options.batch))


def _token_text(model: Any, token: int) -> str:
    return str(model.token_get_text(token)) if token >= 0 else ""


def _control_tokens(native: Any, model: Any) -> re.Pattern[str]:
    """Matches every control token of the vocabulary as text, such as `<|im_start|>`."""
    control = int(native.LLAMA_TOKEN_ATTR_CONTROL)
    texts = [
        str(model.token_get_text(token)) for token in range(model.n_vocab()) if model.token_get_attr(token) & control
    ]
    wanted = sorted((re.escape(text) for text in texts if len(text) > 1), key=len, reverse=True)
    return re.compile("|".join(wanted) or "(?!)")


def _apart(match: re.Match[str]) -> str:
    """A control token as ordinary text: a space behind its first character."""
    text = match.group()
    return f"{text[0]} {text[1:]}"


def _goes_round(tokens: list[int]) -> bool:
    """Whether the text ends in the same stretch again and again."""
    for length in range(1, LOOP_LENGTH + 1):
        size = max(length * LOOP_REPEATS, LOOP_TOKENS)
        tail = tokens[-size:]
        if len(tail) == size and all(tail[at] == tail[at - length] for at in range(length, size)):
            return True
    return False
