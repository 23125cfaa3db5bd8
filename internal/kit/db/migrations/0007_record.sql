-- table record: registry
-- table record_owner: registry
-- table record_import: registry
-- table record_import_error: registry
-- table record_turn: local

-- What the feeds said, a row for each line: a word about a registration. The word with the greatest ordinal holds;
-- those before it stay, so that an import can be undone. A million rows at a time go in, so there are few columns and
-- only the keys by which rows are found.
CREATE TABLE record (
    key       TEXT NOT NULL,                -- feed, provider and registration: exams/PEARSON_VUE/R123
    ordinal   BIGINT NOT NULL,              -- turn of the import * 2^32 + line of the file
    handle    TEXT NOT NULL,                -- whose it is: an e-mail in normal form, else #PROVIDER/CANDIDATE
    candidate TEXT NOT NULL,                -- the provider's id of the human; '' = not stated
    code      TEXT NOT NULL,                -- of the exam or course
    happened  TEXT NOT NULL,                -- day of the exam, last day of the training
    result    TEXT NOT NULL,
    detail    TEXT NOT NULL,                -- the other columns of the line, in fixed order, separated by tabs
    PRIMARY KEY (key, ordinal)
);
CREATE INDEX record_handle ON record (handle);
CREATE INDEX record_ordinal ON record (ordinal);

-- Whose a handle is: associated e-mails, and the candidate ids that came with them.
CREATE TABLE record_owner (
    handle    TEXT NOT NULL,
    person_id TEXT NOT NULL,
    via       TEXT NOT NULL,                -- the e-mail by which a candidate id was learned; of an e-mail itself
    since     BIGINT NOT NULL,
    PRIMARY KEY (handle)
);
CREATE INDEX record_owner_person ON record_owner (person_id);

CREATE TABLE record_import (
    id          TEXT NOT NULL,
    account_id  TEXT NOT NULL,              -- the vendor's account of who uploaded; '' = command line
    feed        TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    hash        TEXT NOT NULL,              -- of the file's content: its name in the file store
    size        BIGINT NOT NULL,
    state       TEXT NOT NULL,
    turn        BIGINT NOT NULL,            -- the number under which it's applied; 0 = not yet
    actor       TEXT NOT NULL,              -- JSON: who uploaded, then who confirmed, then who undid
    by_name     TEXT NOT NULL,
    same_as     TEXT NOT NULL,              -- an earlier import of the same content that stands; '' = none
    total_rows  BIGINT NOT NULL,            -- an estimate until the file was read to its end
    position    BIGINT NOT NULL,            -- rows of the running step that are behind it
    found       TEXT NOT NULL,              -- JSON: counts of the check
    applied     TEXT NOT NULL,              -- JSON: counts of what was applied
    errors      BIGINT NOT NULL,            -- bad entries in all; the first thousand are kept
    ignored     TEXT NOT NULL,              -- JSON: headings that are none of ours
    unknown     TEXT NOT NULL,              -- JSON: passed exams of which the catalogue knows no certificate
    failure     TEXT NOT NULL,              -- JSON: sentence by language; '' = none
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    undone_at   BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT record_import_feed CHECK (feed IN ('exams', 'trainings')),
    CONSTRAINT record_import_state CHECK (state IN ('uploaded', 'checking', 'preview', 'queued', 'applying', 'done',
        'failed', 'cancelled', 'undoing', 'undone'))
);
CREATE INDEX record_import_turn ON record_import (turn);
CREATE INDEX record_import_hash ON record_import (hash);
CREATE INDEX record_import_list ON record_import (id COLLATE "C");

CREATE TABLE record_import_error (
    import_id TEXT NOT NULL,
    place     BIGINT NOT NULL,              -- line * 64 + number of the column
    line      BIGINT NOT NULL,
    col       TEXT NOT NULL,
    value     TEXT NOT NULL,
    reason    TEXT NOT NULL,                -- JSON: sentence by language
    remedy    TEXT NOT NULL,
    PRIMARY KEY (import_id, place)
);

-- One row: which import is being applied or undone, and how many were. Whoever changes records or owners writes it
-- first, so that they go one after the other.
CREATE TABLE record_turn (
    id        BIGINT NOT NULL,
    import_id TEXT NOT NULL,                -- '' = none
    last      BIGINT NOT NULL,
    asked     BIGINT NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO record_turn (id, import_id, last, asked) VALUES (1, '', 0, 0);

-- Who revoked a certificate, when it wasn't somebody by hand: 'record' for the vendor's feed.
ALTER TABLE certificate ADD COLUMN revoked_by TEXT NOT NULL DEFAULT '';
