-- Find the last answer of each track of a source, past what says nothing of how it is going today.

DROP INDEX coverage_by_outcome;
CREATE INDEX coverage_by_outcome ON coverage (outcome, source, track, ended_at)
  WHERE stream NOT GLOB 'back:*' AND stream NOT GLOB 'again:*' AND stream NOT GLOB 'file:*';
