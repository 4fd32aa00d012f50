"""What to mind when runs are held against one another."""

from collections.abc import Sequence

from core.evaluation.compared_runs import ComparedRun

_NAMED = 3


def comparison_warnings(runs: Sequence[ComparedRun], groups: Sequence[int | None]) -> tuple[str, ...]:
    """Say what makes figures of these runs no fair comparison.

    Args:
        runs: The runs.
        groups: For each the number of its test pictures, see :func:`core.evaluation.judged_groups.judged_groups`.
    """
    warnings = [f"{_name(run)}: {run.problem}" for run in runs if run.problem]
    warnings += _different_truths(runs)
    if len({group for group in groups if group is not None}) > 1:
        warnings += _different_pictures(runs, groups)
    warnings += _reused(runs)
    warnings += _machines(runs)
    warnings += [f"{_name(run)}: {_leaks(run)}" for run in runs if _leaks(run)]
    return tuple(warnings)


def _different_truths(runs: Sequence[ComparedRun]) -> list[str]:
    """Runs on other catalogs or targets answer other questions."""
    found = []
    for noun, many, values in (
        ("catalog", "catalogs", [run.run.catalog for run in runs]),
        ("target", "targets", [run.run.target for run in runs]),
    ):
        distinct = list(dict.fromkeys(values))
        if len(distinct) > 1:
            named = ", ".join(value[:60] for value in distinct[:_NAMED])
            found.append(
                f"These runs belong to {len(distinct)} {many} ({named}{' ...' if len(distinct) > _NAMED else ''}): "
                f"a higher figure may only mean an easier {noun}."
            )
    deleted = [run for run in runs if run.run.catalog_deleted]
    if deleted:
        found.append(f"The catalog of {_names(deleted)} has been deleted; the figures it was judged by are kept.")
    return found


def _different_pictures(runs: Sequence[ComparedRun], groups: Sequence[int | None]) -> list[str]:
    counts = {
        group: len(run.test)
        for run, group in zip(runs, groups, strict=True)
        if run.test is not None and group is not None
    }
    sizes = ", ".join(f"{count:,}" for count in list(counts.values())[:6])
    return [
        f"These runs were judged on {len(counts)} different sets of test pictures or labels ({sizes} pictures): their "
        "figures do not compare directly. What is said about chance rests on the pictures two runs share."
    ]


def _reused(runs: Sequence[ComparedRun]) -> list[str]:
    """Minutes leave out what was computed before, which flatters whoever came second."""
    reused = []
    for run in runs:
        embedding, pictures = run.manifest.get("embedding"), run.manifest.get("pictures")
        if isinstance(embedding, dict) and isinstance(pictures, dict):
            new, known = embedding.get("new_pictures"), [each for each in pictures.values() if isinstance(each, int)]
            if isinstance(new, int) and new < sum(known) / 2:
                reused.append(run)
    if not reused or len(reused) == len(runs):
        return []
    return [
        f"{_names(reused)} found features of earlier work, so that embedding is not in their minutes; the others "
        "embedded first."
    ]


def _machines(runs: Sequence[ComparedRun]) -> list[str]:
    known = {str(sorted(machine.items())) for run in runs if isinstance(machine := run.manifest.get("machine"), dict)}
    if len(known) < 2:
        return []
    return [f"These runs were trained on {len(known)} different machines: their minutes do not compare."]


def _leaks(run: ComparedRun) -> str:
    leaked = run.manifest.get("leaked")
    if not isinstance(leaked, int) or leaked <= 0:
        return ""
    return f"{leaked:,} of its validation or test pictures have a near duplicate in train, which flatters its figures."


def _names(runs: Sequence[ComparedRun]) -> str:
    named = ", ".join(_name(run) for run in runs[:_NAMED])
    return f"{named} and {len(runs) - _NAMED} more" if len(runs) > _NAMED else named


def _name(run: ComparedRun) -> str:
    return repr(run.run.name[:80])
