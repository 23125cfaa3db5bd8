-- table voucher_quota: owned
-- table voucher: owned
-- table voucher_record: owned
-- table voucher_use: owned
-- table pickup_voucher: owned

-- What the vendor lets a partner issue in vouchers, or a distributor its reseller. What is left of it is in the ledger.
CREATE TABLE voucher_quota (
    account_id     TEXT NOT NULL,             -- the partner that holds it
    id             TEXT NOT NULL,             -- digits
    key            TEXT NOT NULL,             -- of the request that made it
    holder_name    TEXT NOT NULL,
    parent_account TEXT NOT NULL,             -- the distributor; '' = from the vendor
    parent_id      TEXT NOT NULL,
    kind           BIGINT NOT NULL,           -- 0 voucher, 1 cash coupon
    state          TEXT NOT NULL,
    currency       TEXT NOT NULL,
    value          BIGINT NOT NULL,           -- as granted, minor units
    limits         TEXT NOT NULL,             -- JSON
    effective_at   BIGINT NOT NULL,
    expire_at      BIGINT NOT NULL,
    memo           TEXT NOT NULL,
    pending        TEXT NOT NULL DEFAULT '',  -- JSON: a change that waits for a second pair of eyes
    asked_by       TEXT NOT NULL DEFAULT '',  -- user id: who may not approve
    asked_by_name  TEXT NOT NULL DEFAULT '',
    lease_until    BIGINT,                    -- wall: it's being split
    edition        BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT voucher_quota_once UNIQUE (account_id, key),
    CONSTRAINT voucher_quota_kind CHECK (kind IN (0, 1)),
    CONSTRAINT voucher_quota_value CHECK (value > 0),
    CONSTRAINT voucher_quota_state CHECK (state IN ('proposed', 'refused', 'normal', 'adjusting', 'frozen', 'disabled', 'reclaimed', 'lapsed'))
);
CREATE INDEX voucher_quota_by_id ON voucher_quota (id);
CREATE INDEX voucher_quota_children ON voucher_quota (parent_account, parent_id, id COLLATE "C");
CREATE INDEX voucher_quota_due ON voucher_quota (state, expire_at);

-- A voucher that a partner gave to a customer. What is left of it is in the ledger.
CREATE TABLE voucher (
    account_id    TEXT NOT NULL,              -- the partner that issued it
    id            TEXT NOT NULL,              -- CP and digits
    key           TEXT NOT NULL,
    issuer_name   TEXT NOT NULL,
    quota_id      TEXT NOT NULL,
    customer_id   TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    referral      BOOLEAN NOT NULL,           -- the customer buys from the vendor
    kind          BIGINT NOT NULL,
    state         TEXT NOT NULL,
    currency      TEXT NOT NULL,
    face          BIGINT NOT NULL,
    limits        TEXT NOT NULL,
    memo          TEXT NOT NULL,              -- for the issuer alone
    frozen        BOOLEAN NOT NULL DEFAULT FALSE,
    lock_order    TEXT NOT NULL DEFAULT '',
    times         BIGINT NOT NULL,            -- how often it may be used; 0 = without limit
    uses          BIGINT NOT NULL DEFAULT 0,
    valid_at      BIGINT NOT NULL,
    expire_at     BIGINT NOT NULL,
    last_used_at  BIGINT,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT voucher_once UNIQUE (account_id, key),
    CONSTRAINT voucher_kind CHECK (kind IN (0, 1)),
    CONSTRAINT voucher_face CHECK (face > 0),
    CONSTRAINT voucher_state CHECK (state IN ('live', 'used', 'expired', 'reclaimed'))
);
CREATE INDEX voucher_by_id ON voucher (id);
CREATE INDEX voucher_customer ON voucher (customer_id, id COLLATE "C");
CREATE INDEX voucher_list ON voucher (account_id, id COLLATE "C");
CREATE INDEX voucher_quota_of ON voucher (account_id, quota_id, customer_id);
CREATE INDEX voucher_due ON voucher (state, expire_at);

-- What was done with quotas (10, 11) and vouchers (1 to 9), what failed too.
CREATE TABLE voucher_record (
    account_id      TEXT NOT NULL,            -- whose quota: the issuer, or the distributor
    id              TEXT NOT NULL,
    operation       BIGINT NOT NULL,
    quota_id        TEXT NOT NULL,            -- for 10 and 11 the reseller's
    parent_quota_id TEXT NOT NULL,
    kind            BIGINT NOT NULL,
    voucher_id      TEXT NOT NULL,
    other_id        TEXT NOT NULL,            -- the customer, or the reseller
    other_name      TEXT NOT NULL,
    amount          BIGINT NOT NULL,
    currency        TEXT NOT NULL,
    failed          BOOLEAN NOT NULL,
    reason          TEXT NOT NULL,            -- code of the refusal
    remark          TEXT NOT NULL,
    operator        TEXT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT voucher_record_operation CHECK (operation BETWEEN 1 AND 11)
);
CREATE INDEX voucher_record_list ON voucher_record (account_id, id COLLATE "C");
CREATE INDEX voucher_record_quota ON voucher_record (account_id, quota_id, operation);
CREATE INDEX voucher_record_voucher ON voucher_record (account_id, voucher_id);

-- What an order took of a voucher or pickup voucher, and what came back.
CREATE TABLE voucher_use (
    account_id TEXT NOT NULL,                 -- the customer
    id         TEXT NOT NULL,
    key        TEXT NOT NULL,
    voucher_id TEXT NOT NULL,
    issuer_id  TEXT NOT NULL,
    order_id   TEXT NOT NULL,
    currency   TEXT NOT NULL,
    amount     BIGINT NOT NULL,
    returned   BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT voucher_use_once UNIQUE (account_id, key),
    CONSTRAINT voucher_use_amount CHECK (amount > 0 AND returned >= 0 AND returned <= amount)
);
CREATE INDEX voucher_use_order ON voucher_use (account_id, order_id);

-- A prepaid entitlement that a partner bought for a customer.
CREATE TABLE pickup_voucher (
    account_id    TEXT NOT NULL,              -- the partner that bought it
    id            TEXT NOT NULL,              -- PV and digits
    key           TEXT NOT NULL,
    issuer_name   TEXT NOT NULL,
    customer_id   TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    state         TEXT NOT NULL,
    currency      TEXT NOT NULL,
    face          BIGINT NOT NULL,
    ratio         BIGINT NOT NULL,            -- of an order that it may pay, in ten-thousandths
    orders        TEXT NOT NULL,              -- ",new,renew,": '' = all
    services      TEXT NOT NULL,              -- ",a,b,"
    products      TEXT NOT NULL,
    memo          TEXT NOT NULL,
    valid_at      BIGINT NOT NULL,
    expire_at     BIGINT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT pickup_voucher_once UNIQUE (account_id, key),
    CONSTRAINT pickup_voucher_face CHECK (face > 0),
    CONSTRAINT pickup_voucher_ratio CHECK (ratio BETWEEN 1 AND 10000),
    CONSTRAINT pickup_voucher_state CHECK (state IN ('live', 'used', 'expired'))
);
CREATE INDEX pickup_voucher_by_id ON pickup_voucher (id);
CREATE INDEX pickup_voucher_customer ON pickup_voucher (customer_id, id COLLATE "C");
CREATE INDEX pickup_voucher_list ON pickup_voucher (account_id, id COLLATE "C");
CREATE INDEX pickup_voucher_due ON pickup_voucher (state, expire_at);
