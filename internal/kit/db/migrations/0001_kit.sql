-- table schema_migration: local
-- table audit_entry: owned
-- table audit_pending: owned
-- table audit_seal: local
-- table event: owned
-- table job: local
-- table schedule: local
-- table idempotency: owned
-- table setting: reference

-- Who did what. Entries are never changed or deleted; account_id is the account on whose behalf it was done.
CREATE TABLE audit_entry (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    at         BIGINT NOT NULL,             -- business instant, microseconds
    wall_at    BIGINT NOT NULL,             -- wall instant, microseconds
    actor      TEXT NOT NULL,               -- user id, or system:NAME, or public
    actor_name TEXT NOT NULL,
    via        TEXT NOT NULL,               -- session, key, token, system, public
    ip         TEXT NOT NULL,
    request    TEXT NOT NULL,               -- request id
    verb       TEXT NOT NULL,
    subject    TEXT NOT NULL,               -- kind:id of the thing
    about      TEXT NOT NULL,               -- account that the thing belongs to
    detail     TEXT NOT NULL,               -- JSON object, canonical
    PRIMARY KEY (account_id, id),
    CONSTRAINT audit_entry_at CHECK (at = CAST(at AS BIGINT))
);
CREATE INDEX audit_entry_time ON audit_entry (at, id);
CREATE INDEX audit_entry_about ON audit_entry (about, at, id);
CREATE INDEX audit_entry_subject ON audit_entry (subject, at);

-- Entries that the sequencer has not put into the chain yet.
CREATE TABLE audit_pending (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    wall_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX audit_pending_time ON audit_pending (wall_at, id);

CREATE TABLE audit_seal (
    seq        BIGINT NOT NULL,             -- 1, 2, 3 … without a gap
    account_id TEXT NOT NULL,
    entry_id   TEXT NOT NULL,
    hash       BYTEA NOT NULL,              -- SHA-256 of the previous hash and the entry
    sealed_at  BIGINT NOT NULL,
    PRIMARY KEY (seq)
);

-- The outbox: what happened, for whoever wants to react.
CREATE TABLE event (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    kind       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    payload    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    handed_on  BOOLEAN NOT NULL DEFAULT FALSE, -- jobs exist for every subscriber
    PRIMARY KEY (account_id, id)
);
CREATE INDEX event_new ON event (at, id) WHERE NOT handed_on;

CREATE TABLE job (
    id          TEXT NOT NULL,
    kind        TEXT NOT NULL,
    key         TEXT NOT NULL,              -- one job per (kind, key), for ever
    account_id  TEXT NOT NULL,              -- whose it is, for the list; '' = nobody's
    payload     TEXT NOT NULL,
    state       TEXT NOT NULL,              -- ready, running, done, dead
    run_at      BIGINT NOT NULL,            -- business instant from which it's due
    attempts    BIGINT NOT NULL DEFAULT 0,
    lease_until BIGINT,                     -- wall instant; a running job past it is ready again
    last_error  TEXT NOT NULL DEFAULT '',
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT job_once UNIQUE (kind, key),
    CONSTRAINT job_state CHECK (state IN ('ready', 'running', 'done', 'dead'))
);
CREATE INDEX job_due ON job (state, run_at, id);

CREATE TABLE schedule (
    name        TEXT NOT NULL,
    next_at     BIGINT NOT NULL,            -- business instant of the next run
    lease_until BIGINT,
    last_run_at BIGINT,
    last_error  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (name)
);

-- Answers kept for repeated requests (API): same key, same answer.
CREATE TABLE idempotency (
    account_id   TEXT NOT NULL,
    key          TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    status       BIGINT NOT NULL,           -- 0 while the first request is still running
    body         BYTEA NOT NULL,
    wall_at      BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_age ON idempotency (wall_at);

-- Every setting has a history: the value in force at an instant is the newest one that is effective by then.
CREATE TABLE setting (
    key          TEXT NOT NULL,
    effective_at BIGINT NOT NULL,
    value        TEXT NOT NULL,
    changed_by   TEXT NOT NULL,
    PRIMARY KEY (key, effective_at)
);
