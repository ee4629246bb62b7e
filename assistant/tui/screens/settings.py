"""The language models that are here, and every setting with what it means; a choice is written into the person's file."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from assistant.tui.choices import AT_ONCE, ModelHere, Setting, shown
from assistant.tui.plain import one_line, size
from assistant.tui.screens.base import ELSEWHERE, AssistantScreen
from assistant.tui.screens.prompt import PromptScreen

MODELS = "Language models on this machine"


class SettingsScreen(AssistantScreen):
    """One list: models first, then the settings by section; what is marked is explained below."""

    AUTO_FOCUS: ClassVar[str | None] = "#settings"
    BINDINGS: ClassVar[list[BindingType]] = [
        *ELSEWHERE,
        Binding("escape", "back", "Back"),
        Binding("enter", "choose", "Change", priority=True),
        Binding("slash", "search", "Search"),
        Binding("delete", "default", "Default"),
        Binding("down", "into_list", "List", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._search = Input(placeholder="Search settings …", id="search", select_on_focus=False)
        self._list = OptionList(id="settings", markup=False)
        self._detail = Static("", markup=False, id="detail")
        self._models: dict[str, ModelHere] = {}
        self._settings: dict[str, Setting] = {}

    def compose(self) -> ComposeResult:
        """The parts."""
        with Vertical(classes="page"):
            yield Static(Content.styled("Models and settings", "bold $text-accent"), markup=False, classes="title")
            yield self._search
            yield self._list
            yield self._detail
        with Vertical(id="bottom"):
            yield self.status
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Fill the list."""
        self._fetch()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Narrow the list as the person types."""
        event.stop()
        self._fill()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Change what is marked."""
        event.stop()
        self.action_choose()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Change what was chosen."""
        event.stop()
        self.action_choose()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Explain what is marked."""
        event.stop()
        marked = self._marked()
        self._detail.update(_explained(marked) if marked is not None else "")

    def action_back(self) -> None:
        """Empty the search, then leave."""
        if self._search.value:
            self._search.value = ""
            self._list.focus()
        else:
            self.app.pop_screen()

    def action_search(self) -> None:
        """Go to the search line."""
        self._search.focus()

    def action_into_list(self) -> None:
        """From the line into the list."""
        self._list.focus()

    def action_choose(self) -> None:
        """Use a model; turn a switch; ask for any other value."""
        marked = self._marked()
        if isinstance(marked, ModelHere):
            self._change("model", "name", marked.name)
        elif isinstance(marked, Setting) and isinstance(marked.value, bool):
            self._change(marked.section, marked.key, shown(not marked.value))
        elif isinstance(marked, Setting):

            def typed(value: str | None) -> None:
                if value is not None:
                    self._change(marked.section, marked.key, value)

            self.app.push_screen(PromptScreen(marked.name, shown(marked.value), marked.meaning), typed)

    def action_default(self) -> None:
        """Take the setting out of the person's file."""
        marked = self._marked()
        if isinstance(marked, Setting):
            self._change(marked.section, marked.key, None)

    def _change(self, section: str, key: str, typed: str | None) -> None:
        app = self.assistant
        app.cancel()

        def done(model: str | None) -> None:
            app.conversation.status.show_model(model)
            self.status.show_model(model)
            when = "at once" if section in AT_ONCE else "when the program is started again"
            app.notify(f"{section}.{key} is written down; it holds {when}.", timeout=4, markup=False)
            if section == "terminal" and key == "theme" and typed in app.available_themes:
                app.theme = str(typed)
            self._fetch()

        app.background(lambda: app.desk.change(section, key, typed), done, "settings", exclusive=False)

    def _fetch(self) -> None:
        desk = self.assistant.desk
        self.assistant.background(lambda: (desk.models(), desk.settings()), self._show, "settings list")

    def _show(self, found: tuple[list[ModelHere], list[Setting]]) -> None:
        if self.is_attached:
            self._models = {f"model {at}": model for at, model in enumerate(found[0])}
            self._settings = {setting.name: setting for setting in found[1]}
            self._fill()

    def _fill(self) -> None:
        words = self._search.value.casefold().split()
        at = self._list.highlighted
        models = {
            number: model
            for number, model in self._models.items()
            if all(word in f"language model {model.name}".casefold() for word in words)
        }
        options = [Option(_heading(MODELS), disabled=True)] if models else []
        options += [Option(_model(model), id=number) for number, model in models.items()]
        section = ""
        for name, setting in self._settings.items():
            text = f"{name} {setting.meaning}".casefold()
            if all(word in text for word in words):
                if setting.section != section:
                    section = setting.section
                    options.append(Option(_heading(section), disabled=True))
                options.append(Option(_setting(setting), id=name))
        self._list.clear_options()
        self._list.add_options(options)
        first = next((index for index, option in enumerate(options) if not option.disabled), None)
        self._list.highlighted = at if at is not None and at < len(options) and not options[at].disabled else first

    def _marked(self) -> ModelHere | Setting | None:
        at = self._list.highlighted
        if at is None:
            return None
        number = str(self._list.get_option_at_index(at).id)
        return self._models.get(number) or self._settings.get(number)

    def check_action(self, action: str, parameters: tuple[Any, ...]) -> bool | None:
        """A model has no default."""
        del parameters
        return action != "default" or not isinstance(self._marked(), ModelHere)


def _heading(text: str) -> Content:
    return Content.styled(text, "bold $text-accent")


def _model(model: ModelHere) -> Content:
    sign = "● " if model.in_use else "○ "
    amount = f"  {size(model.size)}" if model.size else ""
    return Content.assemble(
        (sign, "$text-success"), _short(model.name), (f"{amount}  {model.about}", "$foreground 60%")
    )


def _short(name: str) -> str:
    """A model's name; of a path the file's."""
    return one_line(name.rsplit("/", 1)[-1] if name.endswith(".gguf") else name)


def _setting(setting: Setting) -> Content:
    mark = ("* ", "$text-warning") if setting.origin else ("  ", "")
    return Content.assemble(mark, (setting.key, "bold"), "  ", one_line(shown(setting.value), 52) or "(empty)")


def _explained(marked: ModelHere | Setting) -> Content:
    if isinstance(marked, ModelHere):
        use = "This model answers now." if marked.in_use else "enter: answers are written by it from now on."
        return Content.assemble((one_line(marked.name), "bold"), "\n", (use, "$foreground 60%"))
    origin = f"\n* set by {one_line(marked.origin)}" if marked.origin else ""
    fixed = marked.origin.startswith(("$", "--"))
    note = ", which goes before the file" if fixed else ""
    return Content.assemble((marked.meaning, ""), (origin + note, "$text-warning"))
