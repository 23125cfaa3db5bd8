-- table delegation: owned

-- A partner's user acts for a customer: asked by the partner, approved by the customer.
CREATE TABLE delegation (
    account_id   TEXT NOT NULL,              -- the customer
    id           TEXT NOT NULL,
    partner_id   TEXT NOT NULL,
    user_id      TEXT NOT NULL,              -- in the partner's company
    user_name    TEXT NOT NULL,
    seat_id      TEXT NOT NULL DEFAULT '',   -- the same human as a user of the customer; '' = not approved
    fresh        BOOLEAN NOT NULL DEFAULT FALSE, -- the seat was made for this
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL,              -- why the partner asks
    words        TEXT NOT NULL DEFAULT '',   -- of a refusal or an end
    until        TEXT NOT NULL,              -- last day
    asked_by     TEXT NOT NULL,              -- name
    asked_at     BIGINT NOT NULL,
    answered_by  TEXT NOT NULL DEFAULT '',
    answered_at  BIGINT,
    ended_at     BIGINT,
    version      BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, id),
    CONSTRAINT delegation_state CHECK (state IN ('asked', 'active', 'refused', 'withdrawn', 'revoked', 'expired'))
);
CREATE UNIQUE INDEX delegation_once ON delegation (account_id, partner_id, user_id) WHERE state IN ('asked', 'active');
CREATE INDEX delegation_partner ON delegation (partner_id, id);
CREATE INDEX delegation_until ON delegation (state, until);
