"""Numbers from recorded runs in the text: {{ record.result.statistic:format }}."""

from markdown.util import AtomicString

from dlnotes import runs
from dlnotes.book.mathematics import BookPattern

PATTERN = r"\{\{(.*?)\}\}"
STATISTICS = ("mean", "std", "min", "max", "median")
FORMS = "{{ record.result.statistic:format }}, {{ record.config.field }} or {{ record.seconds|device|date|seeds }}"


class NumberFromRun(BookPattern):
    def handleMatch(self, m, data):
        try:
            text = quoted(m[1])
        except ValueError as error:
            self.book.page.mistake(m[0], str(error))
            text = m[0]
        return AtomicString(text), m.start(), m.end()


def quoted(expression: str) -> str:
    """The formatted value of an expression such as "softmax.test_accuracy.mean:.3f"."""
    name, _, form = (part.strip() for part in expression.partition(":"))
    value = lookup(name)
    try:
        return format(value, form)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is {value!r}; the format {form!r} does not fit: {error}") from error


def lookup(name: str) -> object:
    match name.split("."):
        case [record, "seeds"]:
            return len(runs.load(record).seeds)
        case [record, "seconds" | "device" | "date" as attribute]:
            return getattr(runs.load(record), attribute)
        case [record, "config", field]:
            config = runs.load(record).config
            if field not in config:
                raise ValueError(
                    f"the config of record {record} has no field {field}; it has: {', '.join(sorted(config))}"
                )
            return config[field]
        case [record, result, statistic]:
            if statistic not in STATISTICS:
                raise ValueError(f"there is no statistic {statistic}; there are: {', '.join(STATISTICS)}")
            return getattr(runs.load(record), statistic)(result)
    raise ValueError(f"{name or 'nothing'} names no number of a run; write {FORMS}")
