-- table policy_document: reference
-- table policy_receipt: owned
-- table spare_request: owned
-- table quality_report: owned

-- Policies and procedures that the vendor publishes to its partners, each version a document of its own.
CREATE TABLE policy_document (
    id           TEXT NOT NULL,
    topic        TEXT NOT NULL,
    title_en     TEXT NOT NULL,
    title_zh     TEXT NOT NULL,
    hash         TEXT NOT NULL,             -- in the file store
    size         BIGINT NOT NULL,
    media        TEXT NOT NULL,
    name         TEXT NOT NULL,
    state        TEXT NOT NULL,
    published_by TEXT NOT NULL,
    published_at BIGINT NOT NULL,
    withdrawn_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT policy_document_state CHECK (state IN ('published', 'withdrawn')),
    CONSTRAINT policy_document_topic CHECK (topic IN ('spare-parts', 'service', 'other'))
);

-- Who of a partner has read which document.
CREATE TABLE policy_receipt (
    account_id  TEXT NOT NULL,
    document_id TEXT NOT NULL,
    user_id     TEXT NOT NULL,
    user_name   TEXT NOT NULL,
    at          BIGINT NOT NULL,
    PRIMARY KEY (account_id, document_id, user_id)
);

CREATE TABLE spare_request (
    account_id   TEXT NOT NULL,             -- the partner
    id           TEXT NOT NULL,
    partner_name TEXT NOT NULL,
    part         TEXT NOT NULL,
    quantity     BIGINT NOT NULL,
    equipment    TEXT NOT NULL,             -- model and serial number
    customer     TEXT NOT NULL,
    reason       TEXT NOT NULL,
    state        TEXT NOT NULL,
    edition      BIGINT NOT NULL,
    answer       TEXT NOT NULL,             -- the vendor's words
    requested_by TEXT NOT NULL,             -- names
    answered_by  TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT spare_request_state CHECK (state IN ('requested', 'accepted', 'shipped', 'received', 'refused', 'withdrawn')),
    CONSTRAINT spare_request_quantity CHECK (quantity > 0)
);
CREATE INDEX spare_request_list ON spare_request (account_id, id COLLATE "C");
CREATE INDEX spare_request_open ON spare_request (state, id COLLATE "C");
CREATE INDEX spare_request_by_id ON spare_request (id);

-- The service manager's report of one quarter.
CREATE TABLE quality_report (
    account_id   TEXT NOT NULL,             -- the partner
    period       TEXT NOT NULL,             -- 2026-Q4
    partner_name TEXT NOT NULL,
    due_on       TEXT NOT NULL,
    state        TEXT NOT NULL,
    edition      BIGINT NOT NULL,
    projects     BIGINT NOT NULL,           -- delivered
    complaints   BIGINT NOT NULL,
    summary      TEXT NOT NULL,
    sent_by      TEXT NOT NULL,             -- names
    sent_at      BIGINT,
    read_by      TEXT NOT NULL,
    read_at      BIGINT,
    remark       TEXT NOT NULL,             -- the reader's
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, period),
    CONSTRAINT quality_report_state CHECK (state IN ('due', 'overdue', 'sent', 'read'))
);
CREATE INDEX quality_report_state ON quality_report (state, due_on, account_id COLLATE "C");
