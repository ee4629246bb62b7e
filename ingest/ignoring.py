"""Ignore rules in the language of `.gitignore`: which names and ways below a folder are passed over, and by which rule.

An own matcher, because the walk asks it about every entry of a folder: all rules become two regular expressions, one
for names and one for ways, and only what one of them meets is looked at rule by rule. (pathspec 1.1 takes about 10 µs
for every path; a rescan may spend 3.) The tests hold it against `git check-ignore`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NOTHING = r"(?!)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of patterns."""

    pattern: str
    regex: re.Pattern[str]
    by_name: bool  # matches the name alone, at any depth; otherwise the way from the folder
    folders_only: bool
    negated: bool


class Ignoring:
    """Patterns in order; the last one that matches decides, as in a `.gitignore` at the top of the folder.

    `*.tmp` and `build/` match at any depth, `/build` and `a/b` from the top, `**` any number of folders, and `!keep.tmp`
    takes back what an earlier pattern ignored. What lies in an ignored folder cannot be taken back.

    Args:
        patterns: Lines; empty ones and those that begin with "#" mean nothing.
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._rules = [rule for line in patterns if (rule := _rule(line)) is not None]
        by_name = [rule for rule in self._rules if rule.by_name]
        self.suffixes = tuple(ending for rule in by_name if (ending := _ending(rule)))
        """Ends of names that some pattern of the form `*.tmp` matches; a regular expression takes longer for them."""
        self.names = _any_of([rule for rule in by_name if not _ending(rule)]).match
        """Says of a name whether any other pattern for names matches it."""
        ways = [rule for rule in self._rules if not rule.by_name]
        self._ways = _any_of(ways) if ways else None

    @property
    def needs_ways(self) -> bool:
        """Whether a name alone is not enough: some pattern is about ways."""
        return self._ways is not None

    def pattern(self, name: str, way: str, is_folder: bool) -> str | None:
        """The pattern by which an entry is ignored; None where it is not.

        Args:
            name: Its name.
            way: Its way from the top, parted by "/"; of no meaning unless `needs_ways`.
            is_folder: Whether it is a folder; a link to one is none.
        """
        by_name = name.endswith(self.suffixes) or self.names(name)
        if not by_name and (self._ways is None or self._ways.match(way) is None):
            return None
        for rule in reversed(self._rules):
            if (is_folder or not rule.folders_only) and rule.regex.match(name if rule.by_name else way):
                return None if rule.negated else rule.pattern
        return None


def _ending(rule: _Rule) -> str:
    """What names end with that a rule matches, if that is all it says; otherwise empty."""
    body = rule.pattern.removeprefix("!").removesuffix("/")
    return body[1:] if body[:1] == "*" and not set(body[1:]) & set("*?[\\") else ""


def _any_of(rules: Sequence[_Rule]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule.regex.pattern})" for rule in rules) or _NOTHING, re.DOTALL)


def _rule(line: str) -> _Rule | None:
    """The rule of a line; None where it says nothing."""
    pattern = _without_blanks(line)
    if not pattern or pattern.startswith("#"):
        return None
    negated = pattern.startswith("!")
    body = pattern[1:] if negated else pattern
    folders_only = body.endswith("/")
    body = body[:-1] if folders_only else body
    by_name = "/" not in body
    body = body.removeprefix("/")
    if not body:
        return None
    regex = re.compile(_translated(body, by_name) + r"\Z", re.DOTALL)
    return _Rule(pattern, regex, by_name, folders_only, negated)


def _without_blanks(line: str) -> str:
    """The line without blanks at its end, unless a backslash keeps them."""
    line = line.rstrip("\r\n")
    while line.endswith(" ") and not line.endswith("\\ "):
        line = line[:-1]
    return line


def _translated(pattern: str, by_name: bool) -> str:
    """The pattern as a regular expression."""
    out: list[str] = []
    at = 0
    while at < len(pattern):
        if not by_name and (found := _stars(pattern, at)) is not None:
            part, at = found
        else:
            part, at = _one(pattern, at)
        out.append(part)
    return "".join(out)


def _stars(pattern: str, at: int) -> tuple[str, int] | None:
    """Two stars that stand for folders: at the start, at the end or between slashes."""
    if at == 0 and pattern.startswith("**/"):
        return "(?:.*/)?", 3
    if pattern.startswith("/**/", at):
        return "/(?:.*/)?", at + 4
    if pattern.endswith("/**") and at == len(pattern) - 3:
        return "/.+", len(pattern)
    return None


def _one(pattern: str, at: int) -> tuple[str, int]:
    """One character or wildcard, none of which matches a slash, and where the next begins."""
    character = pattern[at]
    if character == "*":
        while pattern[at : at + 1] == "*":
            at += 1
        return "[^/]*", at
    if character == "?":
        return "[^/]", at + 1
    if character == "[":
        return _class(pattern, at)
    if character == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), at + 2
    return re.escape(character), at + 1


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A class of characters; a bracket that is never closed matches nothing, as git has it."""
    start = at + 1
    negated = pattern[start : start + 1] in ("!", "^")
    start += negated
    end = pattern.find("]", start + 1)
    if end < 0:
        return _NOTHING, len(pattern)
    body = re.sub(r"([\\\[\]^&~|])", r"\\\1", pattern[start:end])
    try:
        re.compile(f"[{body}]")
    except re.error:
        return _NOTHING, end + 1
    return f"(?!/)[{'^' if negated else ''}{body}]", end + 1
