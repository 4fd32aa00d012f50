"""How long work will still take, judged by its recent pace."""

from collections import deque
from itertools import pairwise

_SAMPLES = 30
_SPACING_SECONDS = 0.2
_LEAST_SECONDS = 1.0


class RemainingTime:
    """An estimate of the remaining seconds that one slow or fast step does not upset.

    The seconds a step of the last samples took are put in order and the weighted median is taken: half of the recent
    steps were faster, half slower. A pause or a burst moves it little, a lasting change of pace moves it within 30
    samples.
    """

    def __init__(self) -> None:
        self._samples: deque[tuple[float, int]] = deque(maxlen=_SAMPLES)

    def observe(self, seconds: float, done: int) -> None:
        """Take note of how much is done.

        Args:
            seconds: A clock that never goes back.
            done: Finished steps; fewer than before means that other work began.
        """
        if self._samples and done < self._samples[-1][1]:
            self._samples.clear()
        if self._samples:
            before, less = self._samples[-1]
            if done == less or seconds - before < _SPACING_SECONDS:
                return
        self._samples.append((seconds, done))

    def seconds_left(self, seconds: float, *, done: int, total: int | None) -> float | None:
        """Estimate the remaining seconds.

        Returns:
            More than 0; None while the total is unknown or less than a second and two samples were seen, and when the
            present step has outlasted the whole estimate, which is thereby wrong.
        """
        if total is None or len(self._samples) < 2:
            return None
        if self._samples[-1][0] - self._samples[0][0] < _LEAST_SECONDS:
            return None
        left = self._seconds_a_step() * max(total - done, 0) - (seconds - self._samples[-1][0])
        return left if left > 0 else None

    def _seconds_a_step(self) -> float:
        steps = pairwise(self._samples)
        paces = sorted(((after - before) / (more - less), more - less) for (before, less), (after, more) in steps)
        half = sum(count for _, count in paces) / 2
        counted = 0
        for pace, count in paces:
            counted += count
            if counted >= half:
                return pace
        return paces[-1][0]
