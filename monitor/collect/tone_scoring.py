"""Score stored posts again: in several processes at once, and from where it stopped."""

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from monitor.archive import Archive, ArchiveReader
from monitor.core.clock import Clock
from monitor.core.errors import MissingModelError
from monitor.core.model import Sentiment
from monitor.tone import Analyzer
from monitor.tone.adjustment import ENOUGH, Adjustment, adjustment
from monitor.tone.process_pool import processors, results

log = logging.getLogger(__name__)

AnalyzerType = TypeVar("AnalyzerType", bound=Analyzer)
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
    archive.tone_scores.take_over(analyzer.name, clock())
    number = processes or processors()
    if number == 1 or archive.tone_scores.unscored_number(analyzer.name) <= _FEW:
        number = 0
    result = ScoringResult()
    tasks = ((_texts(batch), batch) for batch in _batches(archive, analyzer.name))
    with closing(results(partial(_scores, analyzer), tasks, number)) as batches:
        for texts, scores in batches:
            archive.tone_scores.save(scores, analyzer.name, clock(), of=texts)
            scored = sum(score is not None for _, score in scores)
            result = ScoringResult(
                scored=result.scored + scored, not_english=result.not_english + len(scores) - scored
            )
            progress(len(scores))
    archive.tone_scores.finish(analyzer.name)
    return result


def rescore_some(
    archive: Archive, analyzer: Analyzer, now: datetime, after: int = 0, *, platform: str | None = None
) -> int | None:
    """Score one batch of what this analyzer has not scored; return its last post, None if none is left.

    With a platform, only its posts are scored.
    """
    if not after and not platform:
        archive.tone_scores.take_over(analyzer.name, now)
    batch = archive.tone_scores.unscored(analyzer.name, after=after, most=BATCH, platform=platform)
    archive.tone_scores.save(_scores(analyzer, batch), analyzer.name, now, of=_texts(batch))
    if not batch and not platform:
        archive.tone_scores.finish(analyzer.name)
    return batch[-1][0] if batch else None


def scored(analyzer: Analyzer, texts: Sequence[tuple[str, str | None]]) -> tuple[str, list[Sentiment | None]]:
    """Return the analyzer's name and its scores; "" and none, logged once, where it is missing."""
    try:
        if name := analyzer.name:
            return name, [analyzer.score(*text) for text in texts]
    except MissingModelError as error:
        log.error(error)
    return "", [None] * len(texts)


def adjusted(analyzer: AnalyzerType, archive: ArchiveReader) -> AnalyzerType:
    """Return an analyzer as the office's labels adjust it, or as it is if they do not."""
    before = Adjustment.from_json(archive.tone_scores.adjustment(analyzer.name))
    return analyzer.adjusted(before.moves) if before and before.moves else analyzer


def learn_from_labels(archive: Archive, analyzer: Analyzer) -> bool:
    """Learn from what chance drew anew once there are enough more of them; return whether that moves scores.

    `analyzer` is not adjusted, so that what was learned before does not teach itself.
    """
    before = Adjustment.from_json(archive.tone_scores.adjustment(analyzer.name))
    texts = archive.tone_audits.texts()
    least = before.next_at if before else ENOUGH
    if len(texts) < least:
        return False
    scores = [(analyzer.score(text, lang), tone) for text, lang, tone in texts]
    examples = [(score, tone) for score, tone in scores if score]
    if len(examples) < least:  # the others are in another language
        return False
    new = adjustment(examples)
    archive.tone_scores.save_adjustment(analyzer.name, json.dumps(new))
    return new.moves != (before and before.moves)


def _texts(batch: _Batch) -> dict[int, str]:
    return {post: text for post, text, _ in batch}


def _batches(archive: Archive, analyzer: str) -> Iterator[_Batch]:
    last = 0
    while batch := archive.tone_scores.unscored(analyzer, after=last, most=BATCH):
        last = batch[-1][0]
        yield batch


def _scores(analyzer: Analyzer, batch: _Batch) -> _Scores:
    return [(post, analyzer.score(text, lang)) for post, text, lang in batch]
