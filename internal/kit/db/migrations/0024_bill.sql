-- table consumption_line: owned
-- table charge: owned
-- table charge_item: owned
-- table charge_posting: owned
-- table bill: owned
-- table bill_part: owned
-- table consumption_import: registry
-- table consumption_error: registry

-- A line of the vendor's metering: never changed; what was wrong is corrected by another line. account_id is the
-- customer. Amounts are in hundred-millionths (8 decimals) of the unit.
CREATE TABLE consumption_line (
    account_id TEXT NOT NULL,
    line       TEXT NOT NULL,                -- the vendor's id of the line
    partner_id TEXT NOT NULL,                -- whose customer it was at the end of the usage; '' = nobody's
    link       TEXT NOT NULL,                -- referral, resale; '' = nobody's
    cycle      TEXT NOT NULL,                -- YYYY-MM that the line is of
    bill_cycle TEXT NOT NULL,                -- YYYY-MM in which it's billed: later, when the bill was ready
    type       BIGINT NOT NULL,              -- bill type: 1 new … 25 rounding
    mode       BIGINT NOT NULL,              -- charging mode: 1 yearly or monthly, 3 on demand …
    service    TEXT NOT NULL,
    product    TEXT NOT NULL,
    resource   TEXT NOT NULL,
    site       TEXT NOT NULL,                -- of the node
    trade      TEXT NOT NULL,                -- order or transaction
    since      BIGINT NOT NULL,              -- usage
    until      BIGINT NOT NULL,
    listed     BIGINT NOT NULL,              -- at list prices
    discount   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,              -- listed - discount
    hash       BYTEA NOT NULL,               -- of what the line says
    import_id  TEXT NOT NULL,
    at         BIGINT NOT NULL,              -- when it came
    PRIMARY KEY (account_id, line),
    CONSTRAINT consumption_line_sum CHECK (amount = listed - discount)
) /*sqlite WITHOUT ROWID*/;
CREATE INDEX consumption_line_once ON consumption_line (line);
CREATE INDEX consumption_line_list ON consumption_line (account_id, bill_cycle, line COLLATE "C");

-- What a customer owes for a cycle, to whom it belonged then: the sum of its lines, and what was taken for it.
CREATE TABLE charge (
    account_id TEXT NOT NULL,                -- the customer
    cycle      TEXT NOT NULL,                -- the bill's
    partner_id TEXT NOT NULL,
    link       TEXT NOT NULL,
    entries    BIGINT NOT NULL,
    listed     BIGINT NOT NULL,              -- 8 decimals
    discount   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,
    coupons    BIGINT NOT NULL DEFAULT 0,    -- minor units: vouchers, coupons and pickup vouchers used
    paid       BIGINT NOT NULL DEFAULT 0,    -- minor units: money taken, less money given back
    debt       BIGINT NOT NULL DEFAULT 0,    -- minor units that nothing was there for
    pending    BOOLEAN NOT NULL,             -- lines came since it was settled
    edition    BIGINT NOT NULL DEFAULT 0,
    settled_at BIGINT,
    PRIMARY KEY (account_id, cycle, partner_id, link),
    CONSTRAINT charge_debt CHECK (debt >= 0)
);
CREATE INDEX charge_pending ON charge (pending, account_id);
CREATE INDEX charge_partner ON charge (partner_id, cycle);

-- A charge by service, charging mode and bill type, as bills show it.
CREATE TABLE charge_item (
    account_id TEXT NOT NULL,
    cycle      TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    link       TEXT NOT NULL,
    service    TEXT NOT NULL,
    mode       BIGINT NOT NULL,
    type       BIGINT NOT NULL,
    entries    BIGINT NOT NULL,
    listed     BIGINT NOT NULL,
    discount   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,
    PRIMARY KEY (account_id, cycle, partner_id, link, service, mode, type)
);

-- What was posted for a charge.
CREATE TABLE charge_posting (
    account_id  TEXT NOT NULL,
    cycle       TEXT NOT NULL,
    partner_id  TEXT NOT NULL,
    link        TEXT NOT NULL,
    book        TEXT NOT NULL,
    transfer_id TEXT NOT NULL,
    what        TEXT NOT NULL,               -- coupon, paid, refunded
    amount      BIGINT NOT NULL,             -- minor units
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, cycle, partner_id, link, transfer_id)
);

-- A partner's bill of a cycle: frozen when it's ready.
CREATE TABLE bill (
    account_id TEXT NOT NULL,                -- the partner
    cycle      TEXT NOT NULL,
    payee      TEXT NOT NULL,                -- who invoices it: the distributor, else the vendor
    role       TEXT NOT NULL,                -- partner: over its customers; distributor: over its resellers
    parts      BIGINT NOT NULL,
    entries    BIGINT NOT NULL,
    listed     BIGINT NOT NULL,              -- 8 decimals
    discount   BIGINT NOT NULL,
    settlement BIGINT NOT NULL,
    coupons    BIGINT NOT NULL,              -- minor units
    tax_rate   BIGINT NOT NULL,              -- hundredths of a percent
    tax        BIGINT NOT NULL,              -- 8 decimals
    due        BIGINT NOT NULL,              -- minor units: settlement - coupons + tax, rounded once
    as_of      TEXT NOT NULL,                -- the last day whose lines are in it
    ready_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, cycle, role)
);

CREATE INDEX bill_payee ON bill (payee, cycle);

-- A bill's part: of one customer, or of one reseller.
CREATE TABLE bill_part (
    account_id TEXT NOT NULL,
    cycle      TEXT NOT NULL,
    role       TEXT NOT NULL,
    other      TEXT NOT NULL,
    entries    BIGINT NOT NULL,
    listed     BIGINT NOT NULL,
    discount   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,
    coupons    BIGINT NOT NULL,
    PRIMARY KEY (account_id, cycle, role, other)
);

CREATE TABLE consumption_import (
    id          TEXT NOT NULL,
    account_id  TEXT NOT NULL,               -- the vendor's account of who uploaded; '' = command line
    file_name   TEXT NOT NULL,
    hash        TEXT NOT NULL,
    size        BIGINT NOT NULL,
    state       TEXT NOT NULL,
    dry_run     BOOLEAN NOT NULL,
    actor       TEXT NOT NULL,               -- JSON
    by_name     TEXT NOT NULL,
    total_rows  BIGINT NOT NULL,             -- an estimate until the file was read to its end
    position    BIGINT NOT NULL,
    added       BIGINT NOT NULL,             -- lines
    same        BIGINT NOT NULL,             -- lines that were there
    bad         BIGINT NOT NULL,             -- lines that were refused
    late        BIGINT NOT NULL,             -- of the added: billed in a later cycle than their own
    amount      BIGINT NOT NULL,             -- of the added, 8 decimals
    errors      BIGINT NOT NULL,
    failure     TEXT NOT NULL,               -- JSON: sentence by language
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT consumption_import_state CHECK (state IN ('waiting', 'reading', 'settling', 'done', 'failed', 'cancelled'))
);
CREATE INDEX consumption_import_list ON consumption_import (id COLLATE "C");

CREATE TABLE consumption_error (
    import_id TEXT NOT NULL,
    place     BIGINT NOT NULL,               -- line * 64 + number of the column
    line      BIGINT NOT NULL,
    col       TEXT NOT NULL,
    value     TEXT NOT NULL,
    reason    TEXT NOT NULL,                 -- JSON: sentence by language
    remedy    TEXT NOT NULL,
    PRIMARY KEY (import_id, place)
);
