-- table declaration: owned
-- table declaration_file: owned
-- table declaration_holder: registry
-- table declaration_number: registry
-- table declaration_progress: local

-- A certificate that a person says to hold: by its number, or one of a provider whose results no feed brings.
CREATE TABLE declaration (
    account_id   TEXT NOT NULL,             -- the person
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    state        TEXT NOT NULL,
    lookup       TEXT NOT NULL,             -- what the library said of the number; '' = not asked
    edition      BIGINT NOT NULL,
    name         TEXT NOT NULL,             -- as it stands on the certificate
    name_fold    TEXT NOT NULL,
    number       TEXT NOT NULL,
    number_fold  TEXT NOT NULL,             -- letters and digits alone
    code         TEXT NOT NULL,
    issued_on    TEXT NOT NULL,
    expires_on   TEXT NOT NULL,
    note         TEXT NOT NULL,
    record_key   TEXT NOT NULL,             -- the record that says so; '' = none
    reason       TEXT NOT NULL,
    submitted_at BIGINT,
    due_at       BIGINT,
    overdue_told BOOLEAN NOT NULL,
    decided_at   BIGINT,
    decided_by   TEXT NOT NULL,             -- user id; '' = nobody, or the library
    decided_name TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT declaration_kind CHECK (kind IN ('number', 'third_party')),
    CONSTRAINT declaration_state CHECK (state IN ('draft', 'under_review', 'correction', 'given', 'refused', 'withdrawn', 'revoked'))
);
CREATE INDEX declaration_by_id ON declaration (id);
CREATE INDEX declaration_queue ON declaration (state, due_at, id);
CREATE INDEX declaration_number_fold ON declaration (number_fold);
CREATE INDEX declaration_record ON declaration (record_key) WHERE record_key <> '';

-- The evidence. What is a signed credential was examined when it came, and what came of that is kept.
CREATE TABLE declaration_file (
    account_id     TEXT NOT NULL,
    declaration_id TEXT NOT NULL,
    id             TEXT NOT NULL,
    role           TEXT NOT NULL,
    hash           TEXT NOT NULL,           -- of the content
    size           BIGINT NOT NULL,
    media          TEXT NOT NULL,
    name           TEXT NOT NULL,
    finding        TEXT NOT NULL,           -- JSON; '' = no credential
    added_at       BIGINT NOT NULL,
    PRIMARY KEY (account_id, declaration_id, id),
    CONSTRAINT declaration_file_role CHECK (role IN ('certificate', 'screenshot', 'identity', 'credential', 'other'))
);

-- One number of a provider, one person, while it's given.
CREATE TABLE declaration_holder (
    key            TEXT NOT NULL,           -- provider/number
    person_id      TEXT NOT NULL,
    declaration_id TEXT NOT NULL,
    PRIMARY KEY (key)
);

-- The certificate library: which registrations of the feeds state a number.
CREATE TABLE declaration_number (
    number     TEXT NOT NULL,               -- letters and digits alone
    record_key TEXT NOT NULL,
    PRIMARY KEY (number, record_key)
);

-- One row: up to which line of the feeds the library reaches.
CREATE TABLE declaration_progress (
    id   BIGINT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (id)
);
INSERT INTO declaration_progress (id, last) VALUES (1, 0);
