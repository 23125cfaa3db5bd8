-- table customer_profile: owned
-- table customer_login: registry
-- table customer_link: owned
-- table manager_term: owned
-- table preregistration: owned
-- table preregistration_by: registry
-- table customer_invitation: owned
-- table customer_invitation_link: registry
-- table association_request: owned
-- table association_record: owned
-- table freeze_record: owned
-- table partner_restriction: owned

-- The instants of an association, besides its days. 0: stated by days alone.
ALTER TABLE association ADD COLUMN since_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE association ADD COLUMN until_at BIGINT;

-- What the channel knows of a customer, whoever its partner is.
CREATE TABLE customer_profile (
    account_id     TEXT NOT NULL,             -- the customer
    login_name     TEXT NOT NULL,
    login_fold     TEXT NOT NULL,
    real_name      TEXT NOT NULL,             -- by real-name verification, else the account's name
    real_fold      TEXT NOT NULL,
    country_code   TEXT NOT NULL,             -- 0086
    phone          TEXT NOT NULL,
    email          TEXT NOT NULL,
    customer_type  BIGINT NOT NULL,           -- -1 none, 0 person, 1 enterprise
    verified       BIGINT NOT NULL,           -- -1 none, 0 reviewing, 1 refused, 2 verified, 3 failed
    no_marketing   BOOLEAN NOT NULL,
    tag            TEXT NOT NULL DEFAULT '',  -- new-customer tag that the vendor set: Y, N, UNDETERMINED; '' = computed
    tag_from       TEXT NOT NULL DEFAULT '',  -- months
    tag_until      TEXT NOT NULL DEFAULT '',
    created_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT customer_profile_type CHECK (customer_type IN (-1, 0, 1)),
    CONSTRAINT customer_profile_tag CHECK (tag IN ('', 'Y', 'N', 'UNDETERMINED'))
);

-- A login name is one customer's.
CREATE TABLE customer_login (
    login_fold TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (login_fold)
);

-- A customer as its partner has it. The row stays when the association ends.
CREATE TABLE customer_link (
    account_id     TEXT NOT NULL,             -- the partner
    customer_id    TEXT NOT NULL,
    association_id TEXT NOT NULL,
    model          TEXT NOT NULL,
    since_at       BIGINT NOT NULL,
    until_at       BIGINT,                    -- NULL: associated
    label          TEXT NOT NULL DEFAULT '',
    level          TEXT NOT NULL DEFAULT 'V0',
    xaccount_type  TEXT NOT NULL DEFAULT '',
    xaccount_id    TEXT NOT NULL DEFAULT '',
    manager_id     TEXT NOT NULL DEFAULT '',  -- user of the partner
    manager_name   TEXT NOT NULL DEFAULT '',
    frozen         BIGINT NOT NULL DEFAULT 0, -- by the partner: 1 account, 2 account and resources
    frozen_reason  TEXT NOT NULL DEFAULT '',
    frozen_by      TEXT NOT NULL DEFAULT '',
    frozen_at      BIGINT,
    cascade_level  BIGINT NOT NULL DEFAULT 0, -- because of what stands above: 1 account, 2 account and resources
    PRIMARY KEY (account_id, customer_id),
    CONSTRAINT customer_link_model CHECK (model IN ('referral', 'resale')),
    CONSTRAINT customer_link_level CHECK (level IN ('V0', 'V1', 'V2', 'V3', 'V4', 'V5')),
    CONSTRAINT customer_link_frozen CHECK (frozen IN (0, 1, 2) AND cascade_level IN (0, 1, 2))
);
CREATE UNIQUE INDEX customer_link_platform ON customer_link (account_id, xaccount_id) WHERE xaccount_id <> '';
CREATE INDEX customer_link_list ON customer_link (account_id, since_at, customer_id COLLATE "C");
CREATE INDEX customer_link_manager ON customer_link (account_id, manager_id);

-- Whose a customer was, from when until when: what happened in the term belongs to that account manager.
CREATE TABLE manager_term (
    account_id  TEXT NOT NULL,                -- the partner
    id          TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    user_name   TEXT NOT NULL,
    from_at     BIGINT NOT NULL,
    until_at    BIGINT,
    set_by      TEXT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX manager_term_customer ON manager_term (account_id, customer_id, from_at);

-- A customer whom a partner announced before it comes.
CREATE TABLE preregistration (
    account_id TEXT NOT NULL,                 -- the partner
    id         TEXT NOT NULL,
    company    TEXT NOT NULL,
    email      TEXT NOT NULL,
    note       TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT,
    PRIMARY KEY (account_id, id)
);

-- At most one partner announces an address.
CREATE TABLE preregistration_by (
    email      TEXT NOT NULL,
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (email)
);

-- A link or code by which customers, or resellers, come to a partner.
CREATE TABLE customer_invitation (
    account_id   TEXT NOT NULL,               -- the partner, or the distributor
    id           TEXT NOT NULL,
    partner_name TEXT NOT NULL,
    kind         TEXT NOT NULL,               -- referral, resale; reseller
    email        TEXT NOT NULL,               -- '' = whoever has the link
    note         TEXT NOT NULL,
    lang         TEXT NOT NULL,
    manager_id   TEXT NOT NULL,               -- the account manager whose the customers become
    manager_name TEXT NOT NULL,
    by_name      TEXT NOT NULL,
    state        TEXT NOT NULL,
    sealed       TEXT NOT NULL,               -- the link's path, sealed
    uses         BIGINT NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT customer_invitation_kind CHECK (kind IN ('referral', 'resale', 'reseller')),
    CONSTRAINT customer_invitation_state CHECK (state IN ('open', 'accepted', 'declined', 'revoked'))
);
CREATE INDEX customer_invitation_email ON customer_invitation (email, state);

CREATE TABLE customer_invitation_link (
    hash          TEXT NOT NULL,
    account_id    TEXT NOT NULL,
    invitation_id TEXT NOT NULL,
    PRIMARY KEY (hash)
);

-- One side asks to end or to change an association; the other one answers.
CREATE TABLE association_request (
    account_id     TEXT NOT NULL,             -- the partner, or the distributor
    id             TEXT NOT NULL,
    partner_name   TEXT NOT NULL,
    other_id       TEXT NOT NULL,
    other_name     TEXT NOT NULL,
    association_id TEXT NOT NULL,
    operation      TEXT NOT NULL,             -- switch, dissociate
    model          TEXT NOT NULL,             -- of the association
    to_model       TEXT NOT NULL,             -- switch: the other one
    side           TEXT NOT NULL,             -- who asks: partner, other
    reason         TEXT NOT NULL,
    state          TEXT NOT NULL,
    edition        BIGINT NOT NULL,
    asked_by       TEXT NOT NULL,             -- names
    asked_at       BIGINT NOT NULL,
    answer         TEXT NOT NULL,
    answered_by    TEXT NOT NULL,
    answered_at    BIGINT,
    returned       BIGINT NOT NULL DEFAULT 0, -- minor units that went back to the partner
    PRIMARY KEY (account_id, id),
    CONSTRAINT association_request_operation CHECK (operation IN ('switch', 'dissociate')),
    CONSTRAINT association_request_side CHECK (side IN ('partner', 'other')),
    CONSTRAINT association_request_state CHECK (state IN ('pending', 'agreed', 'refused', 'withdrawn'))
);
CREATE UNIQUE INDEX association_request_open ON association_request (account_id, other_id) WHERE state = 'pending';
CREATE INDEX association_request_other ON association_request (other_id, id);

-- What became of associations: kept for ever.
CREATE TABLE association_record (
    account_id TEXT NOT NULL,                 -- the partner, or the distributor
    id         TEXT NOT NULL,
    other_id   TEXT NOT NULL,
    other_name TEXT NOT NULL,
    operation  TEXT NOT NULL,                 -- associate, switch, dissociate, decline, move
    model      TEXT NOT NULL,
    result     TEXT NOT NULL,                 -- done, refused, withdrawn
    returned   BIGINT NOT NULL,
    words      TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX association_record_other ON association_record (other_id, id);

CREATE TABLE freeze_record (
    account_id  TEXT NOT NULL,                -- the partner
    id          TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    frozen      BIGINT NOT NULL,              -- 1, 2; 0 = unfrozen
    origin      TEXT NOT NULL,                -- partner; above
    reason      TEXT NOT NULL,
    by_name     TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);
CREATE INDEX freeze_record_customer ON freeze_record (account_id, customer_id, id);

-- A partner that the vendor restricted: neither it nor those below it can spend.
CREATE TABLE partner_restriction (
    account_id TEXT NOT NULL,
    reason     TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);
