-- table badge_key: reference
-- table badge_list: registry
-- table badge_entry: registry
-- table badge: owned

-- The keys with which credentials are signed. A public key stays for ever, so that what it signed can be checked; the
-- secret one is sealed, and gone when the key is revoked. Instants are wall time.
CREATE TABLE badge_key (
    id         TEXT NOT NULL,
    public_key TEXT NOT NULL,               -- multikey, z6Mk…
    secret     TEXT NOT NULL,               -- sealed, '' = destroyed
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    retired_at BIGINT,
    revoked_at BIGINT,
    reason     TEXT NOT NULL,               -- why it was retired or revoked
    PRIMARY KEY (id),
    CONSTRAINT badge_key_public UNIQUE (public_key),
    CONSTRAINT badge_key_state CHECK (state IN ('active', 'retired', 'revoked'))
);
CREATE UNIQUE INDEX badge_key_active ON badge_key (state) WHERE state = 'active';

-- Status lists by number. The edition grows with every change of one of its entries.
CREATE TABLE badge_list (
    list_no    BIGINT NOT NULL,
    edition    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (list_no)
);

-- One taken place of a status list. Places are chosen at random; revoked is for good, suspended comes and goes.
CREATE TABLE badge_entry (
    list_no          BIGINT NOT NULL,
    place            BIGINT NOT NULL,
    account_id       TEXT NOT NULL,
    qualification_id TEXT NOT NULL,
    revoked          BOOLEAN NOT NULL,
    suspended        BOOLEAN NOT NULL,
    PRIMARY KEY (list_no, place)
);
CREATE INDEX badge_entry_marked ON badge_entry (list_no, revoked, suspended);

-- The credential of a qualification as it was signed last.
CREATE TABLE badge (
    account_id       TEXT NOT NULL,
    qualification_id TEXT NOT NULL,
    number           TEXT NOT NULL,
    list_no          BIGINT NOT NULL,
    place            BIGINT NOT NULL,
    key_id           TEXT NOT NULL,
    document         TEXT NOT NULL,         -- JSON
    edition          BIGINT NOT NULL,       -- 1, and one more for each new signature
    issued_at        BIGINT NOT NULL,       -- business time
    signed_at        BIGINT NOT NULL,       -- wall time
    PRIMARY KEY (account_id, qualification_id)
);
CREATE INDEX badge_by_key ON badge (key_id, account_id COLLATE "C", qualification_id COLLATE "C");
