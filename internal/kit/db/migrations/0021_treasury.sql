-- table payment: owned
-- table payment_notice: owned
-- table test_payment: local
-- table top_up: owned
-- table bank_reference: registry
-- table credit_line: owned
-- table credit_change: owned
-- table earmark: owned
-- table bank_data: owned
-- table withdrawal: owned
-- table withdrawal_part: owned
-- table offline_refund: owned
-- table balance_watch: owned

-- An online payment at a provider. Paid is final; money that comes after failed or expired counts all the same.
CREATE TABLE payment (
    account_id  TEXT NOT NULL,              -- who pays
    id          TEXT NOT NULL,
    provider    TEXT NOT NULL,
    subject     TEXT NOT NULL,              -- kind:id of what is paid
    unit        TEXT NOT NULL,
    minor       BIGINT NOT NULL,
    state       TEXT NOT NULL,
    ref         TEXT NOT NULL,              -- the provider's own name for it, '' = not asked yet
    pay_url     TEXT NOT NULL,
    return_url  TEXT NOT NULL,
    reason      TEXT NOT NULL,              -- the provider's words of a failure
    refunded    BIGINT NOT NULL,            -- minor units given back through the provider
    asked_by    TEXT NOT NULL,              -- user
    asked_name  TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    expires_at  BIGINT NOT NULL,
    settled_at  BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT payment_minor CHECK (minor > 0),
    CONSTRAINT payment_back CHECK (refunded >= 0 AND refunded <= minor),
    CONSTRAINT payment_state CHECK (state IN ('created', 'pending', 'paid', 'failed', 'expired'))
);
CREATE INDEX payment_by_id ON payment (id);
CREATE INDEX payment_list ON payment (state, id COLLATE "C");
CREATE INDEX payment_of ON payment (account_id, id COLLATE "C");

-- Which notifications were taken, so that a repeated one changes nothing. Instants are wall time.
CREATE TABLE payment_notice (
    account_id TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    notice     TEXT NOT NULL,               -- the provider's id of the notification
    state      TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (account_id, payment_id, notice)
);

-- The memory of the test provider: another company's system, as it were.
CREATE TABLE test_payment (
    ref        TEXT NOT NULL,
    payment_id TEXT NOT NULL,
    subject    TEXT NOT NULL,
    unit       TEXT NOT NULL,
    minor      BIGINT NOT NULL,
    refunded   BIGINT NOT NULL,
    state      TEXT NOT NULL,
    settles_at BIGINT,                      -- when a late one is paid
    return_url TEXT NOT NULL,
    refunds    TEXT NOT NULL,               -- keys of refunds that were made, with spaces
    PRIMARY KEY (ref),
    CONSTRAINT test_payment_state CHECK (state IN ('open', 'late', 'paid', 'failed'))
);
CREATE INDEX test_payment_of ON test_payment (payment_id);

-- What came in for a company: a bank transfer (also as a deposit) or a bonus that finance entered, or an online payment.
CREATE TABLE top_up (
    account_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    account_name   TEXT NOT NULL,
    method         TEXT NOT NULL,
    unit           TEXT NOT NULL,
    minor          BIGINT NOT NULL,
    left_minor     BIGINT NOT NULL,         -- not yet withdrawn to where it came from
    reference      TEXT NOT NULL,           -- of the bank transfer, or the payment's id
    payer          TEXT NOT NULL,
    received_on    TEXT NOT NULL,
    remark         TEXT NOT NULL,
    file_hash      TEXT NOT NULL,           -- '' = no evidence
    file_name      TEXT NOT NULL,
    file_media     TEXT NOT NULL,
    file_size      BIGINT NOT NULL,
    state          TEXT NOT NULL,
    edition        BIGINT NOT NULL,
    entered_by     TEXT NOT NULL,           -- user
    entered_name   TEXT NOT NULL,
    decided_by     TEXT NOT NULL,           -- user, '' = below the limit
    decided_name   TEXT NOT NULL,
    reason         TEXT NOT NULL,           -- why it was rejected
    reverse_by     TEXT NOT NULL,           -- user who asked for the reversal
    reverse_name   TEXT NOT NULL,
    reverse_reason TEXT NOT NULL,
    book           TEXT NOT NULL,           -- of the posting, '' = not posted
    transfer       TEXT NOT NULL,
    number         TEXT NOT NULL,
    repayment      TEXT NOT NULL,           -- transfer in the own book by which it repaid credit, '' = none
    created_at     BIGINT NOT NULL,
    posted_at      BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT top_up_minor CHECK (minor > 0),
    CONSTRAINT top_up_left CHECK (left_minor >= 0 AND left_minor <= minor),
    CONSTRAINT top_up_method CHECK (method IN ('transfer', 'online', 'deposit', 'bonus')),
    CONSTRAINT top_up_state CHECK (state IN ('waiting', 'posted', 'rejected', 'reversing', 'reversed'))
);
CREATE INDEX top_up_by_id ON top_up (id);
CREATE INDEX top_up_list ON top_up (account_id, id COLLATE "C");
CREATE INDEX top_up_queue ON top_up (state, id COLLATE "C");

-- A bank's reference counts once, whoever it is entered for.
CREATE TABLE bank_reference (
    reference  TEXT NOT NULL,               -- folded
    account_id TEXT NOT NULL,
    top_up_id  TEXT NOT NULL,
    PRIMARY KEY (reference)
);

-- The line of credit of a company in one currency; what is used of it stands in the ledger.
CREATE TABLE credit_line (
    account_id   TEXT NOT NULL,
    unit         TEXT NOT NULL,
    account_name TEXT NOT NULL,
    minor        BIGINT NOT NULL,           -- 0 = ended
    edition      BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, unit),
    CONSTRAINT credit_line_minor CHECK (minor >= 0)
);
CREATE INDEX credit_line_list ON credit_line (account_name, account_id COLLATE "C");

CREATE TABLE credit_change (
    account_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    account_name TEXT NOT NULL,
    unit         TEXT NOT NULL,
    before_minor BIGINT NOT NULL,
    minor        BIGINT NOT NULL,
    reason       TEXT NOT NULL,
    state        TEXT NOT NULL,
    asked_by     TEXT NOT NULL,             -- user
    asked_name   TEXT NOT NULL,
    decided_by   TEXT NOT NULL,
    decided_name TEXT NOT NULL,
    words        TEXT NOT NULL,             -- why it was rejected
    created_at   BIGINT NOT NULL,
    decided_at   BIGINT,
    PRIMARY KEY (account_id, id),
    CONSTRAINT credit_change_minor CHECK (minor >= 0),
    CONSTRAINT credit_change_state CHECK (state IN ('waiting', 'set', 'rejected'))
);
CREATE INDEX credit_change_by_id ON credit_change (id);
CREATE INDEX credit_change_queue ON credit_change (state, id COLLATE "C");
CREATE UNIQUE INDEX credit_change_one ON credit_change (account_id, unit) WHERE state = 'waiting';

-- Part of a balance that the vendor set aside for a purpose.
CREATE TABLE earmark (
    account_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    account_name TEXT NOT NULL,
    unit         TEXT NOT NULL,
    minor        BIGINT NOT NULL,
    left_minor   BIGINT NOT NULL,
    purpose      TEXT NOT NULL,
    state        TEXT NOT NULL,
    reason       TEXT NOT NULL,             -- of the last release
    made_by      TEXT NOT NULL,             -- names
    released_by  TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT earmark_left CHECK (left_minor >= 0 AND left_minor <= minor),
    CONSTRAINT earmark_state CHECK (state IN ('active', 'released'))
);
CREATE INDEX earmark_by_id ON earmark (id);
CREATE INDEX earmark_list ON earmark (state, id COLLATE "C");

-- Where a company's withdrawals go.
CREATE TABLE bank_data (
    account_id TEXT NOT NULL,
    sealed     TEXT NOT NULL,               -- JSON with the whole number
    holder     TEXT NOT NULL,
    bank       TEXT NOT NULL,
    branch     TEXT NOT NULL,
    masked     TEXT NOT NULL,
    changed_by TEXT NOT NULL,               -- name
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id)
);

CREATE TABLE withdrawal (
    account_id     TEXT NOT NULL,
    id             TEXT NOT NULL,
    account_name   TEXT NOT NULL,
    unit           TEXT NOT NULL,
    minor          BIGINT NOT NULL,
    state          TEXT NOT NULL,
    edition        BIGINT NOT NULL,
    hold           TEXT NOT NULL,           -- in the ledger
    bank_sealed    TEXT NOT NULL,           -- as it was when the money was asked for
    bank_text      TEXT NOT NULL,           -- bank, branch, masked number
    bank_reference TEXT NOT NULL,
    paid_on        TEXT NOT NULL,
    reason         TEXT NOT NULL,           -- why it was rejected or failed
    number         TEXT NOT NULL,           -- of the posting
    asked_by       TEXT NOT NULL,           -- user
    asked_name     TEXT NOT NULL,
    approved_by    TEXT NOT NULL,           -- user
    approved_name  TEXT NOT NULL,
    handled_name   TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    due_at         BIGINT NOT NULL,
    changed_at     BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT withdrawal_minor CHECK (minor > 0),
    CONSTRAINT withdrawal_state CHECK (state IN ('requested', 'approved', 'rejected', 'paid', 'failed', 'cancelled'))
);
CREATE INDEX withdrawal_by_id ON withdrawal (id);
CREATE INDEX withdrawal_list ON withdrawal (account_id, id COLLATE "C");
CREATE INDEX withdrawal_queue ON withdrawal (state, id COLLATE "C");

-- Which top-ups a withdrawal gives back.
CREATE TABLE withdrawal_part (
    account_id    TEXT NOT NULL,
    withdrawal_id TEXT NOT NULL,
    top_up_id     TEXT NOT NULL,
    minor         BIGINT NOT NULL,
    PRIMARY KEY (account_id, withdrawal_id, top_up_id),
    CONSTRAINT withdrawal_part_minor CHECK (minor > 0)
);

-- A resale customer's money that its partner takes back and refunds outside of this program.
CREATE TABLE offline_refund (
    account_id    TEXT NOT NULL,            -- the partner
    id            TEXT NOT NULL,
    partner_name  TEXT NOT NULL,
    customer      TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    unit          TEXT NOT NULL,
    minor         BIGINT NOT NULL,
    state         TEXT NOT NULL,
    edition       BIGINT NOT NULL,
    words         TEXT NOT NULL,            -- of who acted last
    number        TEXT NOT NULL,            -- of the reclaim
    method        TEXT NOT NULL,
    refunded_on   TEXT NOT NULL,
    reference     TEXT NOT NULL,
    asked_name    TEXT NOT NULL,
    handled_name  TEXT NOT NULL,
    answered_name TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT offline_refund_minor CHECK (minor > 0),
    CONSTRAINT offline_refund_state CHECK (state IN ('asked', 'declined', 'withdrawn', 'returned', 'refunded', 'disputed', 'confirmed'))
);
CREATE INDEX offline_refund_by_id ON offline_refund (id);
CREATE INDEX offline_refund_list ON offline_refund (account_id, id COLLATE "C");
CREATE INDEX offline_refund_of ON offline_refund (customer, id COLLATE "C");

-- From which balance on a company is reminded, and since when it is below.
CREATE TABLE balance_watch (
    account_id TEXT NOT NULL,
    unit       TEXT NOT NULL,
    threshold  BIGINT,                      -- NULL = the setting
    low_since  BIGINT,
    PRIMARY KEY (account_id, unit)
);
