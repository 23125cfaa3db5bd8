-- table plan_subscription: owned
-- table plan_order: owned
-- table plan_payment: owned
-- table plan_pay_key: owned

-- What an account has bought of the support plan, from the first purchase to the end. Its prices and payments are the
-- history, from which everything else is computed.
CREATE TABLE plan_subscription (
    account_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    account_name TEXT NOT NULL,
    slot         TEXT NOT NULL,              -- 'live', or the own id once it's released
    state        TEXT NOT NULL,
    level        TEXT NOT NULL,              -- of the running period
    history      TEXT NOT NULL,              -- JSON
    begun_at     BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,            -- the last second
    grace_until  BIGINT,                     -- known from the expiry on, with the tier of that instant
    release_at   BIGINT,
    auto_renew   BOOLEAN NOT NULL,
    renew_unit   TEXT NOT NULL,
    renew_num    BIGINT NOT NULL,
    renew_left   BIGINT NOT NULL,            -- how often it still renews by itself; -1 = without limit
    deduct_day   BIGINT NOT NULL,            -- days before the expiry
    unify        BIGINT NOT NULL,            -- day of the month that renewals run to; 0 = none, -1 = the last
    reminded     BIGINT NOT NULL,            -- days before the expiry at which the last reminder went; 0 = none yet
    ended        TEXT NOT NULL,
    ended_at     BIGINT,
    version      BIGINT NOT NULL,            -- of the history
    edition      BIGINT NOT NULL,            -- of the row
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT plan_subscription_live UNIQUE (account_id, slot),
    CONSTRAINT plan_subscription_state CHECK (state IN ('ACTIVE', 'GRACE', 'RETENTION', 'RELEASED')),
    CONSTRAINT plan_subscription_level CHECK (level IN ('STANDARD', 'PREMIUM')),
    CONSTRAINT plan_subscription_deduct CHECK (deduct_day BETWEEN 2 AND 7),
    CONSTRAINT plan_subscription_unify CHECK (unify BETWEEN -1 AND 28)
);
CREATE INDEX plan_subscription_by_id ON plan_subscription (id);
CREATE INDEX plan_subscription_expiry ON plan_subscription (slot, expires_at);

-- An order: what shall be bought, changed or given back, how its amount came about, and what was paid with what.
CREATE TABLE plan_order (
    account_id      TEXT NOT NULL,           -- who buys
    no              TEXT NOT NULL,           -- CS and digits
    account_name    TEXT NOT NULL,
    kind            TEXT NOT NULL,
    state           BIGINT NOT NULL,         -- as the vendor's API counts
    level           TEXT NOT NULL,
    from_level      TEXT NOT NULL,
    term_unit       TEXT NOT NULL,
    term_num        BIGINT NOT NULL,
    packs           BIGINT NOT NULL,
    cancel          BIGINT NOT NULL,         -- 1 everything, 2 renewed periods only
    subscription_id TEXT NOT NULL,           -- '' = a first purchase that isn't paid yet, a pack
    base_version    BIGINT NOT NULL,         -- of the history that the amount was computed from
    catalogue       BIGINT NOT NULL,
    currency        TEXT NOT NULL,
    list            BIGINT NOT NULL,         -- minor units
    discount        BIGINT NOT NULL,
    due             BIGINT NOT NULL,         -- before coupons
    price           TEXT NOT NULL,           -- JSON: the computation
    back            TEXT NOT NULL,           -- JSON: the computation of a refund
    choice          TEXT NOT NULL,           -- JSON: discount and coupons
    paid            TEXT NOT NULL,           -- JSON: by source
    actual          BIGINT NOT NULL,         -- really paid; of a refund, given back
    way             TEXT NOT NULL,
    paid_by         TEXT NOT NULL,           -- the account whose money it was
    paid_by_name    TEXT NOT NULL,
    contract_id     TEXT NOT NULL,
    payment_id      TEXT NOT NULL,           -- of the online payment
    agreement       BIGINT NOT NULL,         -- version that was agreed to; 0 = none asked
    agreed_at       BIGINT,
    reason          BIGINT NOT NULL,
    words           TEXT NOT NULL,
    source          BIGINT NOT NULL,         -- as the vendor's API counts: 1 customer, 8 system
    no_reason_year  BIGINT NOT NULL,         -- natural year whose count a five-day return used; 0 = none
    deadline        BIGINT,
    quoted_at       BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    paid_at         BIGINT,
    done_at         BIGINT,
    cause           TEXT NOT NULL,           -- why it was cancelled
    request_key     TEXT NOT NULL,           -- of the request that placed it
    created_by      TEXT NOT NULL,           -- user id
    created_name    TEXT NOT NULL,
    edition         BIGINT NOT NULL,
    unify           BIGINT NOT NULL,         -- of a renewal: day of the month that it runs to
    PRIMARY KEY (account_id, no),
    CONSTRAINT plan_order_once UNIQUE (account_id, request_key),
    CONSTRAINT plan_order_kind CHECK (kind IN ('new', 'renew', 'change', 'unsubscribe', 'pack')),
    CONSTRAINT plan_order_state CHECK (state IN (1, 2, 3, 4, 5, 6, 9))
);
CREATE INDEX plan_order_by_no ON plan_order (no);
CREATE INDEX plan_order_list ON plan_order (account_id, no COLLATE "C");
CREATE INDEX plan_order_open ON plan_order (account_id, state, subscription_id);
CREATE INDEX plan_order_state_of ON plan_order (state, no COLLATE "C");
CREATE INDEX plan_order_no_reason ON plan_order (account_id, no_reason_year);
CREATE INDEX plan_order_changes ON plan_order (account_id, kind, done_at);

-- What an online payment is to pay, and how much of it for which order.
CREATE TABLE plan_payment (
    account_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    no         TEXT NOT NULL,
    minor      BIGINT NOT NULL,
    PRIMARY KEY (account_id, payment_id, no)
);

-- The answers to calls that pay, so that a repeated one gets the same.
CREATE TABLE plan_pay_key (
    account_id TEXT NOT NULL,
    key        TEXT NOT NULL,
    hash       TEXT NOT NULL,                -- of the request
    outcome    TEXT NOT NULL,                -- JSON
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
