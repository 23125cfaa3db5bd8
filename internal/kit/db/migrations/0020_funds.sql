-- table confirm_switch: owned

-- Whether a company's people confirm what is sensitive with a code; a company without a row doesn't.
CREATE TABLE confirm_switch (
    account_id TEXT NOT NULL,
    is_on      BOOLEAN NOT NULL,
    changed_by TEXT NOT NULL,               -- name
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);

-- Many allocations or reclaims at once, from a file or a list.
CREATE TABLE funds_batch (
    account_id  TEXT NOT NULL,              -- who made it
    id          TEXT NOT NULL,
    partner_id  TEXT NOT NULL,              -- whose money: the own account, or a reseller's
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL,
    file_name   TEXT NOT NULL,              -- '' = typed on a page
    hash        TEXT NOT NULL,              -- of the file in the file store
    unit        TEXT NOT NULL,
    memo        TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    user_name   TEXT NOT NULL,
    actor       TEXT NOT NULL,              -- JSON: who confirmed it, for the audit rows of its postings
    row_count   BIGINT NOT NULL,
    bad_count   BIGINT NOT NULL,            -- rows that can't be posted as they stand
    done_count  BIGINT NOT NULL,
    fail_count  BIGINT NOT NULL,            -- refused while it ran
    total       BIGINT NOT NULL,            -- minor units of the rows that can be posted
    moved       BIGINT NOT NULL,            -- minor units posted
    problem     TEXT NOT NULL,              -- JSON message, '' = none
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT funds_batch_kind CHECK (kind IN ('allocate', 'reclaim')),
    CONSTRAINT funds_batch_state CHECK (state IN ('checking', 'checked', 'running', 'done', 'cancelled', 'failed'))
);
CREATE INDEX funds_batch_list ON funds_batch (account_id, id COLLATE "C");

-- One receiver of a batch. Its line is its idempotency key: whatever is repeated is posted once.
CREATE TABLE funds_row (
    account_id  TEXT NOT NULL,
    batch_id    TEXT NOT NULL,
    line        BIGINT NOT NULL,            -- in the file, or the place in the list
    cells       TEXT NOT NULL,              -- JSON: receiver, amount and memo as they were typed
    receiver_id TEXT NOT NULL,              -- '' = not found
    name        TEXT NOT NULL,
    minor       BIGINT NOT NULL,
    memo        TEXT NOT NULL,
    state       TEXT NOT NULL,
    book        TEXT NOT NULL,              -- of the transfer
    transfer    TEXT NOT NULL,
    number      TEXT NOT NULL,
    problem     TEXT NOT NULL,              -- JSON message, '' = none
    PRIMARY KEY (account_id, batch_id, line),
    CONSTRAINT funds_row_state CHECK (state IN ('ready', 'bad', 'done', 'refused'))
);
CREATE INDEX funds_row_state ON funds_row (account_id, batch_id, state, line);
