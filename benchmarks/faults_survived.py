"""Faults put on purpose into import, embed, train, review and saving a preset: how many of them nothing was lost by.

Each case copies a tiny home, lets a server and a worker of its own do one work on it, disturbs them, and then insists
that the home opens, that every page has its data, that everything acknowledged is there and nothing half there, that no
lock is held, that an interrupted job says so, and that resuming gives what an undisturbed work gives. The same seed
gives the same cases; one that fails is told with the words that have it again. Every 25th starts the real server on
what is left of the home.

    python -m benchmarks.faults_survived [--faults 300] [--seed 0] [--again CASE ...] [--write]
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.measuring import ROOT, markdown_table, show, versions
from tests.faults.harness.cases import WORKS

PARTS = 2
SERVERS_EVERY = 25
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "SHELFLENS_DATABASE": ""}


def run_cases(*words: str) -> list[dict[str, Any]]:
    """Run cases in a process that forks; give what came of each, telling failures at once.

    Raises:
        SystemExit: The cases could not be run at all.
    """
    command = [sys.executable, "-m", "tests.faults.harness.cases", *words]
    outcomes, alone = [], {**os.environ, **_ONE_THREAD}
    with subprocess.Popen(command, cwd=ROOT, env=alone, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout or ():
            outcomes.append(json.loads(line))
            if outcomes[-1]["problem"]:
                print(told(outcomes[-1]), file=sys.stderr, flush=True)
    if run.returncode:
        raise SystemExit("the cases could not be run")
    return outcomes


def told(outcome: dict[str, Any]) -> str:
    """Tell of a case that failed, and how to have it again."""
    again = f"python -m benchmarks.faults_survived --again {outcome['case']}"
    return f"{outcome['case']} ({outcome['did']}):\n{outcome['problem']}\nagain: {again}\n"


def table(outcomes: list[dict[str, Any]]) -> str:
    """Count the survived among the tried, by fault and work."""
    faults = list(dict.fromkeys(each["fault"] for each in sorted(outcomes, key=lambda each: each["fault"])))
    rows = [[fault, *(_counted(outcomes, fault, work) for work in (*WORKS, None))] for fault in faults]
    rows.append(["all", *(_counted(outcomes, None, work) for work in (*WORKS, None))])
    return markdown_table(["fault", *WORKS, "all"], rows)


def _counted(outcomes: list[dict[str, Any]], fault: str | None, work: str | None) -> str:
    chosen = [each for each in outcomes if fault in (None, each["fault"]) and work in (None, each["work"])]
    return f"{sum(each['problem'] is None for each in chosen)} of {len(chosen)}" if chosen else "-"


def main() -> None:
    """Read the arguments, disturb, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faults", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", nargs="*", default=[], help="names of cases to have again")
    parser.add_argument("--write", action="store_true", help="keep the table under docs/benchmarks")
    given = parser.parse_args()
    plan = ["--faults", str(given.faults), "--seed", str(given.seed), "--servers-every", str(SERVERS_EVERY)]
    ways = [["--again", *given.again]] if given.again else [[*plan, "--part", str(n), str(PARTS)] for n in range(PARTS)]
    with ThreadPoolExecutor(PARTS) as threads:
        outcomes = [each for part in threads.map(lambda words: run_cases(*words), ways) for each in part]
    failed = [each for each in outcomes if each["problem"]]
    result = {
        "faults": len(outcomes),
        "survived": len(outcomes) - len(failed),
        "failed": [{name: each[name] for name in ("case", "did")} for each in failed],
        "seed": given.seed,
        "seconds": round(sum(each["seconds"] for each in outcomes)),
        "versions": versions("sqlalchemy", "openvino", "filelock"),
    }
    words = f"{result['survived']} of {len(outcomes)} faults survived with nothing lost; seed {given.seed}."
    data = f"--faults {given.faults} --seed {given.seed}"
    show("faults_survived", "Faults survived", f"{table(outcomes)}\n\n{words}", result, write=given.write, data=data)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
