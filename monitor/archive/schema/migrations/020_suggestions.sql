-- Keep what the words of a week suggest: themes that are new, and questions that several people ask.

CREATE TABLE suggestion_weeks (         -- a week whose posts were read for suggestions
  track_id INTEGER NOT NULL REFERENCES tracks (id),
  monday TEXT NOT NULL,
  read INTEGER NOT NULL,                -- posts whose words were read
  unread INTEGER NOT NULL,              -- posts that are not in English, or have no text
  state TEXT NOT NULL,                  -- what was there then: read again where that is another now
  PRIMARY KEY (track_id, monday)
) STRICT, WITHOUT ROWID;

CREATE TABLE suggestions (              -- a theme or a question of a week; nobody's handle is in it
  track_id INTEGER NOT NULL,
  monday TEXT NOT NULL,
  kind TEXT NOT NULL,                   -- theme | question
  place INTEGER NOT NULL,               -- 0 is the first of its kind
  words TEXT NOT NULL,                  -- a line each: the name, then whatever words belong to it
  people INTEGER NOT NULL,
  posts TEXT NOT NULL,                  -- archive ids in JSON: the most typical post is the first
  PRIMARY KEY (track_id, monday, kind, place),
  FOREIGN KEY (track_id, monday) REFERENCES suggestion_weeks (track_id, monday) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX suggestions_by_week ON suggestions (monday);

-- Its words are from its posts, and go with the last of them.
CREATE TRIGGER suggestion_goes AFTER UPDATE OF scrubbed_at ON posts WHEN NEW.scrubbed_at IS NOT NULL BEGIN
  DELETE FROM suggestions WHERE monday BETWEEN date(NEW.day, '-6 days') AND NEW.day AND NOT EXISTS
    (SELECT 1 FROM json_each(suggestions.posts) j JOIN posts p ON p.id = j.value WHERE p.text IS NOT NULL);
END;
