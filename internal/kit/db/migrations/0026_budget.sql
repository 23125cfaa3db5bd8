-- table budget: owned
-- table budget_record: owned
-- table budget_right: owned

-- How much a partner lets a resale customer use.
CREATE TABLE budget (
    account_id  TEXT NOT NULL,               -- the partner
    customer_id TEXT NOT NULL,
    kind        TEXT NOT NULL,               -- MONTHLY starts anew each month; PACKAGE is used once, at list prices
    minor       BIGINT NOT NULL,
    auto        BOOLEAN NOT NULL,            -- freeze the customer when it's used up
    base        BIGINT NOT NULL,             -- of a package: what had been used before, 8 decimals
    told        BIGINT NOT NULL DEFAULT 0,   -- the highest share, in percent, that was told
    month       TEXT NOT NULL,               -- the month that told and frozen are of
    frozen      BOOLEAN NOT NULL DEFAULT FALSE, -- by this budget
    set_at      BIGINT NOT NULL,
    set_by      TEXT NOT NULL,               -- name
    version     BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (account_id, customer_id),
    CONSTRAINT budget_kind CHECK (kind IN ('MONTHLY', 'PACKAGE')),
    CONSTRAINT budget_minor CHECK (minor > 0)
);

-- What was done to budgets: never changed.
CREATE TABLE budget_record (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    operation   TEXT NOT NULL,               -- SETTING, DELETE
    kind        TEXT NOT NULL,
    minor       BIGINT NOT NULL,
    by_name     TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT budget_record_operation CHECK (operation IN ('SETTING', 'DELETE'))
);

-- Whether a distributor lets a reseller set budgets, and how much they may come to.
CREATE TABLE budget_right (
    account_id  TEXT NOT NULL,               -- the distributor
    reseller_id TEXT NOT NULL,
    allowed     BOOLEAN NOT NULL,
    minor       BIGINT NOT NULL,             -- 0 = without limit
    set_at      BIGINT NOT NULL,
    set_by      TEXT NOT NULL,
    PRIMARY KEY (account_id, reseller_id)
);
