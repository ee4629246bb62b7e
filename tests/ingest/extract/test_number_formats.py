from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest

from ingest.extract.number_formats import Value, shown

moment = partial(datetime, tzinfo=None)


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (1.1, "0.00", "1.10"),
        (1234.5, "#,##0.00", "1,234.50"),
        (-1234.5, "#,##0.00;(#,##0.00)", "(1,234.50)"),
        (0.123, "0.0%", "12.3%"),
        (1234567, '#,##0,"k"', "1,235k"),
        (1000000, '0.0,,"M"', "1.0M"),
        (0, '0.00;-0.00;"-"', "-"),
        (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
        (-5, '_($* #,##0_);_($* (#,##0);_($* "-"_)', "$ (5)"),
        (0.5, "#.##", ".5"),
        (5, "0.##", "5"),
        (123456789, "000\\-00\\-0000", "123-45-6789"),
        (12345, "0.00E+00", "1.23E+04"),
        (7, "00000", "00007"),
        (2.675, "0.00", "2.68"),
        (999.999, "#,##0.00", "1,000.00"),
        (75, '0 "kg"', "75 kg"),
        (0.5, "# ?/?", "0.5"),
        (5, "[>100]0;0.0", "5"),
        (12, "@", "12"),
        (3.0, "General", "3"),
        (1e20, "0", "1e+20"),
        (True, "0", "TRUE"),
        (moment(2024, 5, 3), "dd.mm.yyyy", "2024-05-03"),
        (moment(2024, 5, 3, 14, 30), "dd.mm.yyyy", "2024-05-03"),
        (moment(2024, 5, 3, 14, 30), "m/d/yy h:mm", "2024-05-03 14:30"),
        (moment(2024, 5, 3), "mmm yy", "May 24"),
        (moment(2024, 5, 3), "", "2024-05-03"),
        (date(2024, 5, 3), "mmmm", "May"),
        (time(14, 5), "h:mm AM/PM", "2:05 PM"),
        (timedelta(hours=30, minutes=5), "[h]:mm", "30:05"),
        (moment(1900, 1, 1, 0, 12, 7), "mm:ss", "12:07"),
    ],
)
def test_values_look_as_in_their_cells(value: Value, code: str, text: str) -> None:
    assert shown(value, code) == text
