-- table person: owned
-- table person_email: registry
-- table engineer: registry
-- table certificate: owned
-- table binding: owned
-- table binding_stint: owned
-- table roster_import: owned
-- table roster_import_turn: owned
-- table roster_import_error: owned

-- A human with a personal account, apart from any company. account_id is the personal account.
CREATE TABLE person (
    account_id TEXT NOT NULL,
    name       TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);

-- One e-mail, one person; a person may have several.
CREATE TABLE person_email (
    email      TEXT NOT NULL,               -- normal form
    person_id  TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (email)
);
CREATE INDEX person_email_person ON person_email (person_id);

-- Where a person is, or was last, a registered engineer: at one partner at a time. Only people who can be told
-- apart over all partners, by an e-mail, are here.
CREATE TABLE engineer (
    person_id  TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    since      TEXT NOT NULL,               -- first day, '' = ever since
    until      TEXT NOT NULL,               -- first day no longer, '' = open
    PRIMARY KEY (person_id)
);

-- A correction marks the row as superseded and adds one, so that what was counted once stays explainable.
CREATE TABLE certificate (
    account_id     TEXT NOT NULL,           -- the person
    id             TEXT NOT NULL,
    code           TEXT NOT NULL,
    issued_on      TEXT NOT NULL,
    expires_on     TEXT NOT NULL,           -- last valid day; '' = issue plus the catalogue's validity
    number         TEXT NOT NULL,
    source         TEXT NOT NULL,           -- import, manual, record
    source_account TEXT NOT NULL,           -- who said so
    state          TEXT NOT NULL,
    supersedes     TEXT NOT NULL,           -- id of the row that this one corrects
    reason         TEXT NOT NULL,           -- of a revocation
    recorded_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT certificate_state CHECK (state IN ('valid', 'revoked', 'superseded')),
    CONSTRAINT certificate_source CHECK (source IN ('import', 'manual', 'record'))
);
CREATE UNIQUE INDEX certificate_once ON certificate (account_id, code, issued_on) WHERE state <> 'superseded';

-- A person works for a partner. Name and e-mail are the partner's own copy; held is a packed copy of the person's
-- valid certificates, kept in the same transaction, so that all of a partner is read from one table.
CREATE TABLE binding (
    account_id TEXT NOT NULL,               -- the partner
    id         TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    number     TEXT NOT NULL,               -- how the partner numbers its people
    name       TEXT NOT NULL,
    name_fold  TEXT NOT NULL,
    email      TEXT NOT NULL,
    search     TEXT NOT NULL,               -- folded name, e-mail and number
    bound_on   TEXT NOT NULL,               -- first day that counts, '' = ever since
    left_on    TEXT NOT NULL,               -- first day that no longer counts, '' = still there
    registered BOOLEAN NOT NULL,            -- registered after-sales engineer
    held       TEXT NOT NULL,               -- ;CODE:ISSUED:EXPIRES… with days since 1970, 0 = not stated
    revision   BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT binding_number UNIQUE (account_id, number),
    CONSTRAINT binding_once UNIQUE (account_id, person_id),
    CONSTRAINT binding_days CHECK (left_on = '' OR bound_on <= left_on)
);
CREATE INDEX binding_list ON binding (account_id, name_fold COLLATE "C", id COLLATE "C");
CREATE INDEX binding_fleet ON binding (account_id COLLATE "C", id COLLATE "C");
CREATE INDEX binding_person ON binding (person_id);

-- Earlier times of somebody who left and came back.
CREATE TABLE binding_stint (
    account_id TEXT NOT NULL,
    binding_id TEXT NOT NULL,
    bound_on   TEXT NOT NULL,
    left_on    TEXT NOT NULL,
    PRIMARY KEY (account_id, binding_id, left_on)
);

CREATE TABLE roster_import (
    account_id  TEXT NOT NULL,              -- the partner
    id          TEXT NOT NULL,
    file_name   TEXT NOT NULL,
    hash        TEXT NOT NULL,              -- of the file's content: its name in the file store
    size        BIGINT NOT NULL,
    state       TEXT NOT NULL,
    actor       TEXT NOT NULL,              -- JSON: who uploaded, then who confirmed
    by_name     TEXT NOT NULL,
    same_as     TEXT NOT NULL,              -- an earlier import of the same content that was done; '' = none
    total_rows  BIGINT NOT NULL,            -- known after the check
    position    BIGINT NOT NULL,            -- rows of the running step that are behind it
    found       TEXT NOT NULL,              -- JSON: counts of the check
    applied     TEXT NOT NULL,              -- JSON: counts of what was applied
    errors      BIGINT NOT NULL,            -- bad entries in all; the first thousand are kept
    ignored     TEXT NOT NULL,              -- JSON: headings that are none of ours
    failure     TEXT NOT NULL,              -- JSON: sentence by language; '' = none
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT roster_import_state CHECK (state IN
        ('uploaded', 'checking', 'preview', 'queued', 'applying', 'done', 'failed', 'cancelled'))
);
CREATE INDEX roster_import_hash ON roster_import (account_id, hash);

-- Which import of a partner is being applied: one at a time.
CREATE TABLE roster_import_turn (
    account_id TEXT NOT NULL,
    import_id  TEXT NOT NULL,
    asked      BIGINT NOT NULL,             -- how often others asked for the turn; written to lock the row
    PRIMARY KEY (account_id)
);

CREATE TABLE roster_import_error (
    account_id TEXT NOT NULL,
    import_id  TEXT NOT NULL,
    line       BIGINT NOT NULL,
    col        TEXT NOT NULL,
    value      TEXT NOT NULL,
    reason     TEXT NOT NULL,               -- JSON: sentence by language
    remedy     TEXT NOT NULL,
    PRIMARY KEY (account_id, import_id, line, col)
);
