"""The runs that two sequences share, whatever they are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.alignment import Allowance, shared_runs

# Few letters: much repeats itself.
sequences = st.lists(st.sampled_from("abcdef"), max_size=40)
allowances = st.sampled_from([0, 50, 1000, 10**6])


@given(sequences, sequences, allowances)
def test_runs_are_the_same_in_both_in_order_and_apart(before, after, steps):
    runs = shared_runs(before, after, Allowance(steps))
    i = j = -1
    for run in runs:
        assert run.length > 0
        # In order, and something differs between two: else they were one.
        assert run.before > i or run.after > j
        assert run.before >= i
        assert run.after >= j
        end, after_end = run.before + run.length, run.after + run.length
        assert before[run.before : end] == after[run.after : after_end]
        i, j = end, after_end


@given(sequences, allowances)
def test_what_is_the_same_is_one_run_without_looking_closer(same, steps):
    runs = shared_runs(same, list(same), Allowance(steps))
    assert [run.length for run in runs] == ([len(same)] if same else [])


@given(
    st.lists(st.integers(), unique=True, max_size=30),
    st.sets(st.integers(0, 30)),
)
def test_what_is_left_out_is_all_that_differs(numbers, left_out):
    before = list(map(str, numbers))
    after = [one for i, one in enumerate(before) if i not in left_out]
    runs = shared_runs(before, after, Allowance())
    assert sum(run.length for run in runs) == len(after)


def test_long_sequences_are_cut_at_what_stands_once():
    before = [word for i in range(20_000) for word in ("x", f"u{i}")]
    after = [word for i in range(20_000) for word in ("x", f"u{i if i % 3 else -i}")]
    runs = shared_runs(before, after, Allowance())
    same = sum(run.length for run in runs)
    assert same > 0.9 * (2 / 3 + 1) / 2 * len(before)
