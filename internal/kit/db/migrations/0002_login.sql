-- table identity: registry
-- table login_name: registry
-- table session: registry
-- table code: registry
-- table throttle: registry
-- table access_key: registry
-- table token: registry
-- table nonce: registry
-- table stash: registry

-- One human's sign-in.
CREATE TABLE identity (
    id          TEXT NOT NULL,
    name        TEXT NOT NULL,
    password    TEXT NOT NULL DEFAULT '',    -- argon2id string; '' = no password yet
    password_at BIGINT,                      -- wall instant of the last change
    person_id   TEXT NOT NULL DEFAULT '',    -- the human's personal account; '' = none
    lang        TEXT NOT NULL,
    theme       TEXT NOT NULL DEFAULT 'auto',
    density     TEXT NOT NULL DEFAULT 'dense',
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT identity_theme CHECK (theme IN ('auto', 'light', 'dark')),
    CONSTRAINT identity_density CHECK (density IN ('dense', 'roomy'))
);
CREATE INDEX identity_person ON identity (person_id) WHERE person_id <> '';

-- What somebody types to sign in: a lower-case e-mail address, or a phone number with its country code.
CREATE TABLE login_name (
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (name),
    CONSTRAINT login_name_kind CHECK (kind IN ('email', 'phone'))
);
CREATE INDEX login_name_identity ON login_name (identity_id);

-- All instants of this and the following tables are wall instants.
CREATE TABLE session (
    hash        TEXT NOT NULL,               -- SHA-256 of the token, hexadecimal
    identity_id TEXT NOT NULL,
    account_id  TEXT NOT NULL,               -- acting for; '' = nobody
    ip          TEXT NOT NULL,
    agent       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    seen_at     BIGINT NOT NULL,             -- to the minute
    idle_until  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (hash)
);
CREATE INDEX session_identity ON session (identity_id);
CREATE INDEX session_end ON session (expires_at);

-- Verification codes.
CREATE TABLE code (
    id         TEXT NOT NULL,
    account_id TEXT NOT NULL,
    operation  TEXT NOT NULL,
    binding    TEXT NOT NULL,                -- what exactly it confirms, for example an order and its amount
    target     TEXT NOT NULL,                -- address or number it was sent to
    hash       BYTEA NOT NULL,
    state      TEXT NOT NULL,
    tries      BIGINT NOT NULL DEFAULT 0,    -- wrong ones
    sent_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT code_state CHECK (state IN ('open', 'used', 'void', 'replaced'))
);
CREATE INDEX code_target ON code (target, sent_at);
CREATE INDEX code_open ON code (account_id, operation, binding) WHERE state = 'open';
CREATE INDEX code_age ON code (sent_at);

-- Counters of attempts. The key holds a hash of what was typed, never the text: people type passwords there.
CREATE TABLE throttle (
    key          TEXT NOT NULL,
    since        BIGINT NOT NULL,            -- start of the counted window
    attempts     BIGINT NOT NULL,
    locked_until BIGINT,
    PRIMARY KEY (key)
);
CREATE INDEX throttle_age ON throttle (since);

CREATE TABLE access_key (
    access_key   TEXT NOT NULL,
    account_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    identity_id  TEXT NOT NULL,
    secret       TEXT NOT NULL,              -- sealed with the installation key: the signature check needs it
    note         TEXT NOT NULL,
    state        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT,                     -- to the minute
    ends_at      BIGINT,                     -- set by rotation
    PRIMARY KEY (access_key),
    CONSTRAINT access_key_state CHECK (state IN ('active', 'disabled'))
);
CREATE INDEX access_key_user ON access_key (account_id, user_id);

-- Tokens of the API, and single-use links for a new password.
CREATE TABLE token (
    hash        TEXT NOT NULL,
    purpose     TEXT NOT NULL,
    account_id  TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (hash),
    CONSTRAINT token_purpose CHECK (purpose IN ('api', 'reset'))
);
CREATE INDEX token_identity ON token (identity_id, purpose);
CREATE INDEX token_end ON token (expires_at);

-- What may be used once: signatures of changing calls, solved captchas.
CREATE TABLE nonce (
    id         TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX nonce_end ON nonce (expires_at);

-- Forms that were sent after the session had ended, kept until their owner has signed in again.
CREATE TABLE stash (
    hash        TEXT NOT NULL,
    identity_id TEXT NOT NULL,               -- '' = not known
    path        TEXT NOT NULL,
    form        TEXT NOT NULL,               -- sealed
    expires_at  BIGINT NOT NULL,
    PRIMARY KEY (hash)
);
CREATE INDEX stash_end ON stash (expires_at);
