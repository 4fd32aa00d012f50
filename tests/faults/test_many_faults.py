"""Forty faults, drawn by a fixed seed, in import, embed, train, review and saving a preset: nothing is lost by any."""

import sys

import pytest

from benchmarks.faults_survived import run_cases, table, told
from tests.faults.harness.cases import WORKS, named_case, plan
from tests.faults.harness.faults import FAULTS

FORTY = 40
SEED = 8


@pytest.mark.timeout(1500)
@pytest.mark.skipif(sys.platform != "linux", reason="processes and file systems are disturbed by means of Linux")
def test_forty_faults_lose_nothing():
    outcomes = run_cases("--faults", str(FORTY), "--seed", str(SEED), "--servers-every", str(FORTY))
    print(table(outcomes))
    failed = [told(each) for each in outcomes if each["problem"]]
    assert not failed, "\n".join(failed)
    assert len(outcomes) == FORTY


def test_a_plan_lets_every_fault_meet_every_work_and_repeats_by_its_seed():
    cases = plan(2 * len(FAULTS) * len(WORKS), seed=3)
    pairs = [(case.fault, case.work) for case in cases]
    assert {pairs.count(pair) for pair in pairs} == {2}
    assert len({case.seed for case in cases}) == len(cases)
    assert cases == plan(len(cases), seed=3) != plan(len(cases), seed=4)
    assert [named_case(case.name) for case in cases] == cases
