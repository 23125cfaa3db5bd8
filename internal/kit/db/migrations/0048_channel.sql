-- table customer_made: owned
-- table batch: owned
-- table batch_row: owned

-- Under which key a partner made a customer: sent twice, it's made once.
CREATE TABLE customer_made (
    account_id  TEXT NOT NULL,              -- the partner
    key         TEXT NOT NULL,
    customer_id TEXT NOT NULL,
    login_name  TEXT NOT NULL,
    request     TEXT NOT NULL,              -- hash of what was asked for
    made_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, key)
);
-- One thing for many receivers, from a file or a list: vouchers to customers, for one.
CREATE TABLE batch (
    account_id  TEXT NOT NULL,              -- who made it
    id          TEXT NOT NULL,
    work        TEXT NOT NULL,              -- what is done
    partner_id  TEXT NOT NULL,              -- for whom: the own account, or a reseller
    terms       TEXT NOT NULL,              -- of the work, for all rows: JSON
    state       TEXT NOT NULL,
    file_name   TEXT NOT NULL,              -- '' = a list
    hash        TEXT NOT NULL,              -- of the file in the file store
    unit        TEXT NOT NULL,
    memo        TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    user_name   TEXT NOT NULL,
    actor       TEXT NOT NULL,              -- JSON: who made it, later who confirmed it
    row_count   BIGINT NOT NULL,
    bad_count   BIGINT NOT NULL,            -- rows that can't be done as they stand
    done_count  BIGINT NOT NULL,
    fail_count  BIGINT NOT NULL,            -- refused while it ran
    total       BIGINT NOT NULL,            -- minor units of the rows that can be done
    moved       BIGINT NOT NULL,            -- minor units done
    problem     TEXT NOT NULL,              -- JSON message, '' = none
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT batch_state CHECK (state IN ('checking', 'checked', 'running', 'done', 'cancelled', 'failed'))
);
CREATE INDEX batch_list ON batch (account_id, work, id COLLATE "C");

-- One receiver of a batch. Its line is its idempotency key: whatever is repeated is done once.
CREATE TABLE batch_row (
    account_id  TEXT NOT NULL,
    batch_id    TEXT NOT NULL,
    line        BIGINT NOT NULL,            -- in the file, or the place in the list
    receiver    TEXT NOT NULL,              -- as it was typed
    amount      TEXT NOT NULL,              -- as it was typed
    receiver_id TEXT NOT NULL,              -- '' = not found
    name        TEXT NOT NULL,
    minor       BIGINT NOT NULL,
    memo        TEXT NOT NULL,
    state       TEXT NOT NULL,
    made        TEXT NOT NULL,              -- what came of it
    problem     TEXT NOT NULL,              -- JSON message, '' = none
    PRIMARY KEY (account_id, batch_id, line),
    CONSTRAINT batch_row_state CHECK (state IN ('ready', 'bad', 'done', 'refused'))
);
CREATE INDEX batch_row_state ON batch_row (account_id, batch_id, state, line);

-- A contract's discount for one account may waive the handling fee of unsubscriptions as long as it holds.
ALTER TABLE discount ADD COLUMN waives_fee BOOLEAN NOT NULL DEFAULT FALSE;
