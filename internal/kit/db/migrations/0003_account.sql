-- table account: owned
-- table app_user: owned
-- table user_role: owned
-- table user_invitation: registry
-- table registration: owned
-- table registration_email: registry
-- table association: owned

-- A company, or one human's personal account.
CREATE TABLE account (
    id         TEXT NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    name_fold  TEXT NOT NULL,                -- the form in which names are compared and searched
    state      TEXT NOT NULL,
    country    TEXT NOT NULL,                -- ISO 3166-1 alpha-2
    address    TEXT NOT NULL,
    website    TEXT NOT NULL,
    contact    TEXT NOT NULL,
    email      TEXT NOT NULL,
    phone      TEXT NOT NULL,
    market     TEXT NOT NULL,                -- overseas, china; '' for other kinds
    channel    TEXT NOT NULL,                -- ",distributor,si,": roles in the channel, sorted
    reason     TEXT NOT NULL DEFAULT '',     -- why it's frozen or was refused
    version    BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT account_kind CHECK (kind IN ('vendor', 'partner', 'customer', 'person')),
    CONSTRAINT account_state CHECK (state IN ('pending', 'invited', 'active', 'frozen', 'refused')),
    CONSTRAINT account_market CHECK (market IN ('', 'overseas', 'china'))
);
CREATE INDEX account_list ON account (kind, name_fold, id);

-- A membership: one identity inside one company.
CREATE TABLE app_user (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    name        TEXT NOT NULL,
    email       TEXT NOT NULL,
    state       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT app_user_once UNIQUE (account_id, identity_id),
    CONSTRAINT app_user_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT app_user_state CHECK (state IN ('active', 'inactive'))
);
CREATE INDEX app_user_identity ON app_user (identity_id);

CREATE TABLE user_role (
    account_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    role       TEXT NOT NULL,
    PRIMARY KEY (account_id, user_id, role),
    CONSTRAINT user_role_user FOREIGN KEY (account_id, user_id) REFERENCES app_user (account_id, id)
);

-- Links that make somebody a user: single use, only their hash is kept.
CREATE TABLE user_invitation (
    hash       TEXT NOT NULL,
    account_id TEXT NOT NULL,                -- '' for the set-up of a new installation
    id         TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    email      TEXT NOT NULL,
    name       TEXT NOT NULL,
    roles      TEXT NOT NULL,                -- ",partner_admin,"
    lang       TEXT NOT NULL,
    invited_by TEXT NOT NULL,
    state      TEXT NOT NULL,
    created_at BIGINT NOT NULL,              -- wall instants
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (hash),
    CONSTRAINT user_invitation_purpose CHECK (purpose IN ('user', 'partner', 'setup')),
    CONSTRAINT user_invitation_state CHECK (state IN ('open', 'accepted', 'revoked'))
);
CREATE INDEX user_invitation_account ON user_invitation (account_id, state);

-- A company that asked to become a partner. The company's data is in its account.
CREATE TABLE registration (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    state      TEXT NOT NULL,
    lang       TEXT NOT NULL,
    reason     TEXT NOT NULL DEFAULT '',
    agreed_at  BIGINT NOT NULL,              -- business instants
    created_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, id),
    CONSTRAINT registration_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT registration_state CHECK (state IN ('unconfirmed', 'pending', 'approved', 'refused'))
);
CREATE INDEX registration_waiting ON registration (state, created_at);

-- At most one registration is open for an address: the row goes when it's decided.
CREATE TABLE registration_email (
    email      TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (email)
);

-- Who works with whom, from a day on, until a day.
CREATE TABLE association (
    account_id TEXT NOT NULL,                -- the distributor or the partner
    id         TEXT NOT NULL,
    other_id   TEXT NOT NULL,                -- the reseller or the customer
    kind       TEXT NOT NULL,
    since      TEXT NOT NULL,                -- day
    until      TEXT NOT NULL DEFAULT '',     -- last day; '' = open
    created_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT association_kind CHECK (kind IN ('referral', 'resale', 'reseller')),
    CONSTRAINT association_account FOREIGN KEY (account_id) REFERENCES account (id)
);
CREATE INDEX association_other ON association (other_id);
