-- table agent_payment: owned
-- table contract: owned
-- table contract_line: owned

-- What a buyer asked its partner, or a sub-account its master, to pay in its place.
CREATE TABLE agent_payment (
    account_id   TEXT NOT NULL,              -- the buyer
    id           TEXT NOT NULL,
    no           TEXT NOT NULL,              -- of the order
    slot         TEXT NOT NULL,              -- 'open', or the own id once it's over: one open request per order
    account_name TEXT NOT NULL,
    partner_id   TEXT NOT NULL,
    partner_name TEXT NOT NULL,
    state        TEXT NOT NULL,
    words        TEXT NOT NULL,              -- of the buyer
    answer       TEXT NOT NULL,              -- of the partner who declined
    asked_by     TEXT NOT NULL,
    asked_name   TEXT NOT NULL,
    ended_by     TEXT NOT NULL,
    ended_name   TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    edition      BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT agent_payment_open UNIQUE (account_id, no, slot),
    CONSTRAINT agent_payment_state CHECK (state IN ('REQUESTED', 'PAID', 'WITHDRAWN', 'DECLINED', 'EXPIRED'))
);
CREATE INDEX agent_payment_by_id ON agent_payment (id);
CREATE INDEX agent_payment_of_partner ON agent_payment (partner_id, id COLLATE "C");
CREATE INDEX agent_payment_list ON agent_payment (account_id, id COLLATE "C");

-- A contract that comes before the payment of orders.
CREATE TABLE contract (
    account_id     TEXT NOT NULL,            -- the buyer
    no             TEXT NOT NULL,            -- HT and digits
    account_name   TEXT NOT NULL,
    vendor_name    TEXT NOT NULL,
    state          TEXT NOT NULL,
    cause          TEXT NOT NULL,            -- why it was cancelled
    title          TEXT NOT NULL,            -- the buyer as it shall stand in the contract
    address        TEXT NOT NULL,
    contact        TEXT NOT NULL,
    email          TEXT NOT NULL,
    phone          TEXT NOT NULL,
    words          TEXT NOT NULL,            -- wishes of the buyer
    answer         TEXT NOT NULL,            -- of the vendor who refused
    currency       TEXT NOT NULL,
    list           BIGINT NOT NULL,          -- minor units
    discount       BIGINT NOT NULL,
    due            BIGINT NOT NULL,
    scan_hash      TEXT NOT NULL,
    scan_name      TEXT NOT NULL,
    scan_media     TEXT NOT NULL,
    scan_size      BIGINT NOT NULL,
    top_up         TEXT NOT NULL,            -- the top-up that brought the money
    reference      TEXT NOT NULL,            -- of the bank, from the top-up
    applied_by     TEXT NOT NULL,
    applied_name   TEXT NOT NULL,
    issued_name    TEXT NOT NULL,
    signed_name    TEXT NOT NULL,
    funded_name    TEXT NOT NULL,
    applied_at     BIGINT NOT NULL,
    issued_at      BIGINT,
    signed_at      BIGINT,
    funded_at      BIGINT,
    cancelled_at   BIGINT,
    edition        BIGINT NOT NULL,
    PRIMARY KEY (account_id, no),
    CONSTRAINT contract_state CHECK (state IN ('APPLIED', 'ISSUED', 'SIGNED', 'FUNDED', 'CANCELLED'))
);
CREATE INDEX contract_by_no ON contract (no);
CREATE INDEX contract_list ON contract (account_id, no COLLATE "C");
CREATE INDEX contract_queue ON contract (state, no COLLATE "C");

-- An order of a contract, as it was when the contract was applied for.
CREATE TABLE contract_line (
    account_id  TEXT NOT NULL,
    contract_no TEXT NOT NULL,
    order_no    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    up          BOOLEAN NOT NULL,            -- of a change: to a higher level
    level       TEXT NOT NULL,
    from_level  TEXT NOT NULL,
    term_unit   TEXT NOT NULL,
    term_num    BIGINT NOT NULL,
    packs       BIGINT NOT NULL,
    start_at    BIGINT,
    end_at      BIGINT,
    list        BIGINT NOT NULL,
    discount    BIGINT NOT NULL,
    due         BIGINT NOT NULL,
    offer_en    TEXT NOT NULL,               -- name of the discount that was kept
    offer_zh    TEXT NOT NULL,
    PRIMARY KEY (account_id, contract_no, order_no)
);
