-- table person_signup: registry
-- table email_link: owned
-- table email_owner: registry
-- table email_token: registry
-- table email_throttle: registry
-- table dispute: owned
-- table missing_record: owned

-- A human who wants a personal account, until the address is proved by a code. All instants are wall instants.
CREATE TABLE person_signup (
    id         TEXT NOT NULL,                -- random: known to the browser that signed up alone
    email      TEXT NOT NULL,                -- normal form
    name       TEXT NOT NULL,
    password   TEXT NOT NULL,                -- argon2id string
    lang       TEXT NOT NULL,
    next       TEXT NOT NULL,                -- the page to go on to
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX person_signup_end ON person_signup (expires_at);

-- An address that a person linked, or wants to link, with the personal account: one row for person and address.
CREATE TABLE email_link (
    account_id    TEXT NOT NULL,             -- the person
    id            TEXT NOT NULL,
    email         TEXT NOT NULL,             -- normal form
    state         TEXT NOT NULL,
    sent_at       BIGINT NOT NULL,           -- wall instant of the last confirmation mail
    expires_at    BIGINT NOT NULL,           -- wall instant from which its link no longer works
    created_at    BIGINT NOT NULL,           -- business instants
    associated_at BIGINT,
    ended_at      BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT email_link_once UNIQUE (account_id, email),
    CONSTRAINT email_link_state CHECK (state IN ('pending', 'associated', 'expired', 'removed'))
);
CREATE INDEX email_link_waiting ON email_link (expires_at) WHERE state = 'pending';

-- One address, one person: the row is there while the address is associated.
CREATE TABLE email_owner (
    email      TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    link_id    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (email)
);
CREATE INDEX email_owner_person ON email_owner (person_id);

-- The links that confirm an address: single use, only their hash is kept.
CREATE TABLE email_token (
    hash       TEXT NOT NULL,
    person_id  TEXT NOT NULL,
    link_id    TEXT NOT NULL,
    expires_at BIGINT NOT NULL,              -- wall instant
    PRIMARY KEY (hash)
);
CREATE INDEX email_token_link ON email_token (person_id, link_id);
CREATE INDEX email_token_end ON email_token (expires_at);

-- The last three confirmation mails to an address, and those that a person asked for: wall instants, 0 = none. The
-- key holds a hash of which it is.
CREATE TABLE email_throttle (
    key    TEXT NOT NULL,
    latest BIGINT NOT NULL,
    second BIGINT NOT NULL,
    third  BIGINT NOT NULL,
    PRIMARY KEY (key)
);
CREATE INDEX email_throttle_age ON email_throttle (latest);

-- Two personal accounts, one address or one candidate id: the vendor decides.
CREATE TABLE dispute (
    account_id   TEXT NOT NULL,              -- the person who claims
    id           TEXT NOT NULL,
    kind         TEXT NOT NULL,
    email        TEXT NOT NULL,              -- the claimed address; '' = none
    provider     TEXT NOT NULL,              -- of a candidate id
    candidate_id TEXT NOT NULL,
    holder_id    TEXT NOT NULL,              -- the person who has it; '' = nobody
    automatic    BOOLEAN NOT NULL,
    state        TEXT NOT NULL,
    statement    TEXT NOT NULL,              -- what the claimant says
    answer       TEXT NOT NULL,              -- what the holder says
    reason       TEXT NOT NULL,              -- of the decision
    decided_by   TEXT NOT NULL,              -- name
    created_at   BIGINT NOT NULL,            -- business instants
    decided_at   BIGINT,
    revision     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT dispute_kind CHECK (kind IN ('email', 'candidate', 'name')),
    CONSTRAINT dispute_state CHECK (state IN ('open', 'given', 'kept', 'rejected', 'withdrawn'))
);
CREATE UNIQUE INDEX dispute_once ON dispute (account_id, email, provider, candidate_id) WHERE state = 'open';
CREATE INDEX dispute_queue ON dispute (state, created_at, id COLLATE "C");
CREATE INDEX dispute_id ON dispute (id);
CREATE INDEX dispute_holder ON dispute (holder_id) WHERE holder_id <> '';

-- An exam or training that a person misses among the records.
CREATE TABLE missing_record (
    account_id    TEXT NOT NULL,             -- the person
    id            TEXT NOT NULL,
    kind          TEXT NOT NULL,
    email         TEXT NOT NULL,             -- used at the provider
    provider      TEXT NOT NULL,
    code          TEXT NOT NULL,             -- of the exam or course
    held_on       TEXT NOT NULL,             -- day of the exam, last day of the training
    registration  TEXT NOT NULL,
    note          TEXT NOT NULL,
    file_hash     TEXT NOT NULL,             -- evidence; '' = none
    file_name     TEXT NOT NULL,
    file_type     TEXT NOT NULL,
    state         TEXT NOT NULL,
    answer        TEXT NOT NULL,             -- what the vendor says
    handled_by    TEXT NOT NULL,             -- name
    created_at    BIGINT NOT NULL,           -- business instants
    handled_at    BIGINT,
    revision      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT missing_record_kind CHECK (kind IN ('exam', 'training')),
    CONSTRAINT missing_record_state CHECK (state IN ('open', 'answered', 'resolved', 'refused', 'withdrawn', 'arrived'))
);
CREATE INDEX missing_record_id ON missing_record (id);
CREATE INDEX missing_record_queue ON missing_record (state, created_at, id COLLATE "C");
