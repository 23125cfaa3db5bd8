-- table ledger_account: owned
-- table ledger_key: owned
-- table ledger_transfer: owned
-- table ledger_entry: owned
-- table ledger_month: owned
-- table ledger_hold: owned
-- table ledger_check: local

-- One account of a book: account_id is the owner, whose book it is. The owner's accounts sum to zero in each unit.
CREATE TABLE ledger_account (
    account_id TEXT NOT NULL,
    no         BIGINT NOT NULL,              -- short name of the account within its book, made in Go
    kind       TEXT NOT NULL,
    unit       TEXT NOT NULL,                -- CNY, USD; CNY.voucher, CNY.coupon, CNY.pickup
    ref        TEXT NOT NULL DEFAULT '',     -- which of several: a quota's or voucher's id; the other owner of a clearing account
    state      TEXT NOT NULL DEFAULT 'open',
    minimum    BIGINT,                       -- NULL = it may go below zero
    balance    BIGINT NOT NULL DEFAULT 0,    -- minor units
    held       BIGINT NOT NULL DEFAULT 0,    -- reserved by holds
    seq        BIGINT NOT NULL DEFAULT 0,    -- of the newest entry
    last_at    BIGINT NOT NULL DEFAULT 0,    -- of the newest entry
    PRIMARY KEY (account_id, no),
    CONSTRAINT ledger_account_once UNIQUE (account_id, kind, unit, ref),
    CONSTRAINT ledger_account_state CHECK (state IN ('open', 'frozen', 'closed')),
    CONSTRAINT ledger_account_held CHECK (held >= 0),
    -- A credit account's minimum may be raised above what is used already: then nothing more can be used.
    CONSTRAINT ledger_account_floor CHECK (minimum IS NULL OR minimum < 0 OR balance - held >= minimum)
) /*sqlite WITHOUT ROWID*/ /*postgres WITH (fillfactor = 50)*/;

-- The idempotency keys of a book. A repeated key is written again before it's answered.
CREATE TABLE ledger_key (
    account_id  TEXT NOT NULL,
    key         TEXT NOT NULL,
    hash        BYTEA NOT NULL,              -- of what was asked
    transfer_id TEXT NOT NULL,
    PRIMARY KEY (account_id, key)
) /*sqlite WITHOUT ROWID*/;

-- A posting that happened: never changed. account_id is the book that keeps its key.
CREATE TABLE ledger_transfer (
    account_id TEXT NOT NULL,
    id         TEXT NOT NULL,
    key        TEXT NOT NULL,
    kind       TEXT NOT NULL,
    scene      TEXT NOT NULL,
    memo       TEXT NOT NULL,
    subject    TEXT NOT NULL,                -- kind:id of the thing behind it
    payer      TEXT NOT NULL,                -- owner of the first account that gave
    payee      TEXT NOT NULL,                -- owner of the first account that got
    unit       TEXT NOT NULL,
    amount     BIGINT NOT NULL,              -- what was moved altogether
    reverses   TEXT NOT NULL DEFAULT '',     -- the transfer that it undoes
    by_id      TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    legs       TEXT NOT NULL,                -- owner:no:seq:amount:after;… its entries once more
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, id)
);

-- One leg of a transfer: never changed. Instants of one account never go back.
CREATE TABLE ledger_entry (
    account_id  TEXT NOT NULL,
    no          BIGINT NOT NULL,
    at          BIGINT NOT NULL,
    seq         BIGINT NOT NULL,             -- 1, 2, 3 … within the account
    transfer_id TEXT NOT NULL,
    book        TEXT NOT NULL,               -- whose book keeps the transfer
    kind        TEXT NOT NULL,               -- of the transfer
    amount      BIGINT NOT NULL,
    after       BIGINT NOT NULL,             -- balance after it
    PRIMARY KEY (account_id, no, at, seq)
) /*sqlite WITHOUT ROWID*/;

-- What entries add up to, by account, month of the business zone and kind of posting.
CREATE TABLE ledger_month (
    account_id TEXT NOT NULL,
    no         BIGINT NOT NULL,
    month      TEXT NOT NULL,                -- YYYY-MM
    kind       TEXT NOT NULL,
    income     BIGINT NOT NULL,
    expense    BIGINT NOT NULL,              -- as a positive number
    entries    BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, month, kind)
) /*sqlite WITHOUT ROWID*/ /*postgres WITH (fillfactor = 50)*/;

-- Money set aside until it's used or let go.
CREATE TABLE ledger_hold (
    account_id  TEXT NOT NULL,
    id          TEXT NOT NULL,
    no          BIGINT NOT NULL,
    amount      BIGINT NOT NULL,
    state       TEXT NOT NULL,
    subject     TEXT NOT NULL,
    key         TEXT NOT NULL,
    until       BIGINT,                      -- NULL = until somebody ends it
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT,
    transfer_id TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (account_id, id),
    CONSTRAINT ledger_hold_once UNIQUE (account_id, key),
    CONSTRAINT ledger_hold_state CHECK (state IN ('held', 'captured', 'released', 'expired')),
    CONSTRAINT ledger_hold_amount CHECK (amount > 0)
);

-- Checks of all books, the newest of which the books page shows.
CREATE TABLE ledger_check (
    id       TEXT NOT NULL,
    state    TEXT NOT NULL,
    asked_by TEXT NOT NULL,                  -- name; '' = the nightly one
    asked_at BIGINT NOT NULL,                -- business instant
    began_at BIGINT,                         -- wall instants
    ended_at BIGINT,
    report   TEXT NOT NULL DEFAULT '',       -- JSON
    PRIMARY KEY (id),
    CONSTRAINT ledger_proof_state CHECK (state IN ('waiting', 'sound', 'unsound', 'failed'))
);
