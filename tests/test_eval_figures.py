"""Intervals and the paired test."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.figures import holm, paired, ratio, statistic, wilson


def test_ratio_of_sums_not_mean_of_ratios() -> None:
    figure = ratio("x", {"a": (1.0, 1.0), "b": (1.0, 3.0)})
    assert figure.value == 0.5
    assert figure.n == 2


def test_items_without_denominator_do_not_count() -> None:
    assert ratio("x", {"a": (1.0, 1.0), "b": (0.0, 0.0)}).n == 1
    assert ratio("x", {}).value is None


def test_interval_is_about_that_of_the_binomial() -> None:
    values = {f"q{i}": (float(i % 4 != 0), 1.0) for i in range(400)}
    figure = ratio("x", values)
    expected = 1.96 * math.sqrt(0.75 * 0.25 / 400)
    assert figure.value == 0.75
    assert figure.half_width == pytest.approx(expected, rel=0.1)


def test_turns_of_one_dialogue_are_drawn_together() -> None:
    turns = {f"d{i}#{n}": (float(i % 2), 1.0) for i in range(20) for n in range(10)}
    single = {f"q{i}": (float(i % 2), 1.0) for i in range(200)}
    assert ratio("x", turns).half_width > 2 * ratio("x", single).half_width


def test_all_right_still_has_an_interval() -> None:
    figure = ratio("x", {f"q{i}": (1.0, 1.0) for i in range(10)})
    assert figure.value == 1.0
    # Wilson's interval of 10 out of 10, from the published table: 0.7225 to 1.
    assert figure.low == pytest.approx(0.7225, abs=1e-4)
    assert figure.high == 1.0


def test_wilson_of_a_half() -> None:
    # 5 of 10: 0.2366 to 0.7634.
    assert wilson(0.5, 10) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))


def test_figures_are_the_same_every_time() -> None:
    values = {f"q{i}": (float(i % 3 == 0), 1.0) for i in range(50)}
    assert ratio("x", values) == ratio("x", values)


def test_statistic_has_interval_around_the_value() -> None:
    figure = statistic("p50", [[float(v)] for v in range(101)], lambda a: float(np.median(a)))
    assert figure.value == 50
    assert figure.low is not None and figure.high is not None
    assert 30 < figure.low < 50 < figure.high < 70


def test_paired_sees_a_small_but_steady_gain() -> None:
    a = {f"q{i}": (float(i % 2), 1.0) for i in range(100)}
    b = {key: (1.0 if i < 20 else value[0], 1.0) for i, (key, value) in enumerate(a.items())}
    found = paired("right", a, b)
    assert found is not None
    assert found.difference == pytest.approx(0.10)
    assert (found.better, found.worse, found.n) == (10, 0, 100)
    # Ten changes, all one way: the exact sign test gives 2 / 2**10 = 0.00195.
    assert found.p == pytest.approx(0.00195, abs=0.002)
    assert found.significant


def test_paired_of_a_run_with_itself() -> None:
    a = {f"q{i}": (float(i % 2), 1.0) for i in range(30)}
    found = paired("right", a, a)
    assert found is not None
    assert (found.difference, found.p) == (0.0, 1.0)
    assert not found.significant


def test_paired_only_uses_shared_questions() -> None:
    found = paired("right", {"a": (1.0, 1.0), "b": (0.0, 1.0)}, {"b": (1.0, 1.0), "c": (0.0, 1.0)})
    assert found is not None
    assert (found.n, found.a, found.b) == (1, 0.0, 1.0)
    assert paired("right", {"a": (1.0, 1.0)}, {"c": (0.0, 1.0)}) is None


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_value_lies_in_its_interval(flags: list[bool]) -> None:
    figure = ratio("x", {f"q{i}": (float(f), 1.0) for i, f in enumerate(flags)})
    assert figure.value is not None and figure.low is not None and figure.high is not None
    assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9
