-- table privilege_policy: owned
-- table privilege_grant: owned

-- What an account lets its users do without being granted it: no row is the usual policy.
CREATE TABLE privilege_policy (
    account_id TEXT NOT NULL,
    restricted BOOLEAN NOT NULL,            -- opening tickets needs a grant
    export_all BOOLEAN NOT NULL,            -- taking lists of tickets away needs none
    changed_by TEXT NOT NULL,               -- name
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);

-- A privilege of one user.
CREATE TABLE privilege_grant (
    account_id TEXT NOT NULL,
    user_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    granted_by TEXT NOT NULL,               -- name
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, user_id, kind),
    CONSTRAINT privilege_grant_kind CHECK (kind IN ('createCase', 'export'))
);
