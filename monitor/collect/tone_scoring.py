"""Score stored posts again: in several processes at once, and from where it stopped."""

import os
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing import get_context, parent_process

from monitor.archive import Archive
from monitor.core.clock import Clock
from monitor.core.model import Sentiment
from monitor.tone import Analyzer

_Batch = list[tuple[int, str, str | None]]  # post, text, language as the platform says it
_Scores = list[tuple[int, Sentiment | None]]

BATCH = 500  # posts scored at once, and stored in one transaction
_FEW = 4 * BATCH  # up to which further processes take longer to start than they save


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringResult:
    """How many posts were scored, and how many were not, being in another language."""

    scored: int = 0
    not_english: int = 0


def rescore(
    archive: Archive,
    analyzer: Analyzer,
    clock: Clock,
    *,
    processes: int = 0,
    progress: Callable[[int], object] = lambda posts: None,
) -> ScoringResult:
    """Score every readable post that this analyzer has not scored.

    What is scored is stored batch by batch: stopped at any moment, the next run goes on from there.
    `processes` is at most how many work at once; 0 is one for each processor.
    """
    number = processes or len(os.sched_getaffinity(0))
    result = ScoringResult()
    if archive.tone_scores.unscored_number(analyzer.name) <= _FEW:
        number = 1
    with closing(_scored(_batches(archive, analyzer.name), analyzer, number)) as batches:
        for batch, scores in batches:
            archive.tone_scores.save(scores, analyzer.name, clock(), of=_texts(batch))
            scored = sum(score is not None for _, score in scores)
            result = ScoringResult(
                scored=result.scored + scored, not_english=result.not_english + len(scores) - scored
            )
            progress(len(scores))
    return result


def rescore_some(
    archive: Archive, analyzer: Analyzer, now: datetime, after: int = 0, *, platform: str | None = None
) -> int | None:
    """Score one batch of what this analyzer has not scored; return its last post, None if none is left.

    With a platform, only its posts are scored.
    """
    batch = archive.tone_scores.unscored(analyzer.name, after=after, most=BATCH, platform=platform)
    archive.tone_scores.save(_scores(analyzer, batch), analyzer.name, now, of=_texts(batch))
    return batch[-1][0] if batch else None


def _batches(archive: Archive, analyzer: str) -> Iterator[_Batch]:
    last = 0
    while batch := archive.tone_scores.unscored(analyzer, after=last, most=BATCH):
        last = batch[-1][0]
        yield batch


def _scored(
    batches: Iterator[_Batch], analyzer: Analyzer, processes: int
) -> Generator[tuple[_Batch, _Scores], None, None]:
    """Yield all batches with their scores as they are done, by this process or by several others."""
    if processes == 1:
        for batch in batches:
            yield batch, _scores(analyzer, batch)
        return
    # Started anew, not forked: a copy of this process would share its open archive.
    with ProcessPoolExecutor(processes, get_context("spawn"), _keep, (analyzer,)) as pool:
        try:
            waiting = {pool.submit(_scores_in_pool, batch): batch for batch in islice(batches, 2 * processes)}
            while waiting:
                futures, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in futures:
                    yield waiting.pop(future), future.result()
                    waiting |= {pool.submit(_scores_in_pool, batch): batch for batch in islice(batches, 1)}
        finally:
            pool.shutdown(cancel_futures=True)


_analyzers: list[Analyzer] = []  # one, in a process of the pool: to load it takes longer than a batch


def _keep(analyzer: Analyzer) -> None:
    _analyzers[:] = [analyzer]
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process when the one that started it was killed: else it would wait for work for ever."""
    if parent := parent_process():
        parent.join()
    os._exit(1)


def _scores_in_pool(batch: _Batch) -> _Scores:
    return _scores(_analyzers[0], batch)


def _texts(batch: _Batch) -> dict[int, str]:
    return {post: text for post, text, _ in batch}


def _scores(analyzer: Analyzer, batch: _Batch) -> _Scores:
    return [(post, analyzer.score(text, lang)) for post, text, lang in batch]
