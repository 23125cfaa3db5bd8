-- Companies prove their names as people do, with documents of their own: the list of documents grows, which SQLite
-- can do with a new table only.
CREATE TABLE realname_claim (
    account_id   TEXT NOT NULL,             -- the person, or the company
    id           TEXT NOT NULL,
    state        TEXT NOT NULL,
    name         TEXT NOT NULL,
    name_fold    TEXT NOT NULL,
    country      TEXT NOT NULL,             -- that issued the document, ISO 3166-1 alpha-2
    id_type      TEXT NOT NULL,
    id_last4     TEXT NOT NULL,
    id_hash      TEXT NOT NULL,             -- '' = only the last characters were given
    file_hash    TEXT NOT NULL,
    file_name    TEXT NOT NULL,
    file_type    TEXT NOT NULL,
    file_size    BIGINT NOT NULL,
    submitted_at BIGINT NOT NULL,
    due_at       BIGINT NOT NULL,
    overdue_told BOOLEAN NOT NULL,
    decided_at   BIGINT,
    decided_by   TEXT NOT NULL,
    decided_name TEXT NOT NULL,
    reason       TEXT NOT NULL,
    version      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT realname_claim_type CHECK (id_type IN ('id_card', 'passport', 'residence_permit', 'driving_licence', 'business_licence', 'institution_certificate', 'foreign_registration')),
    CONSTRAINT realname_claim_state CHECK (state IN ('pending', 'verified', 'refused', 'withdrawn', 'revoked', 'replaced'))
);
INSERT INTO realname_claim (account_id, id, state, name, name_fold, country, id_type, id_last4, id_hash, file_hash, file_name, file_type, file_size,
    submitted_at, due_at, overdue_told, decided_at, decided_by, decided_name, reason, version)
SELECT account_id, id, state, name, name_fold, country, id_type, id_last4, id_hash, file_hash, file_name, file_type, file_size,
    submitted_at, due_at, overdue_told, decided_at, decided_by, decided_name, reason, version FROM realname_case;
DROP TABLE realname_case;
ALTER TABLE realname_claim RENAME TO realname_case;
CREATE UNIQUE INDEX realname_case_pending ON realname_case (account_id) WHERE state = 'pending';
CREATE UNIQUE INDEX realname_case_verified ON realname_case (account_id) WHERE state = 'verified';
CREATE INDEX realname_case_queue ON realname_case (state, due_at, id);
CREATE INDEX realname_case_name ON realname_case (name_fold, state);
CREATE INDEX realname_case_by_id ON realname_case (id);
