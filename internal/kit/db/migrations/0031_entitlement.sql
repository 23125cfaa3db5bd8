-- table entitlement_plan: owned
-- table entitlement_period: owned
-- table entitlement_request: owned
-- table entitlement_need: owned
-- table entitlement_session: reference
-- table entitlement_seat: owned

-- What a support plan entitles its buyer to: the level that is served, until when, and where its plan years begin.
CREATE TABLE entitlement_plan (
    account_id TEXT NOT NULL,
    level      TEXT NOT NULL,
    from_at    BIGINT NOT NULL,               -- since when this level holds
    until_at   BIGINT NOT NULL,               -- the first instant that isn't served any more
    year_on    TEXT NOT NULL,                 -- the day from which plan years count
    monthly    BOOLEAN NOT NULL,              -- the running term is counted in months
    edition    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT entitlement_plan_level CHECK (level IN ('BASIC', 'STANDARD', 'PREMIUM'))
);

-- One unit in one month or plan year. What is left of it is in the ledger; this row says why it's so much.
CREATE TABLE entitlement_period (
    account_id TEXT NOT NULL,
    unit       TEXT NOT NULL,
    period     TEXT NOT NULL,                 -- 2026-11, or the plan year's first day
    from_at    BIGINT NOT NULL,
    until_at   BIGINT NOT NULL,
    base       BIGINT NOT NULL,               -- what the level gives
    extra      BIGINT NOT NULL,               -- from packs
    used       BIGINT NOT NULL,
    forgiven   BIGINT NOT NULL,               -- used beyond what a lower level gives
    uncapped   BOOLEAN NOT NULL,
    state      TEXT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, unit, period),
    CONSTRAINT entitlement_period_state CHECK (state IN ('open', 'ended')),
    CONSTRAINT entitlement_period_amount CHECK (base >= 0 AND extra >= 0 AND used >= 0 AND forgiven >= 0)
);

-- A request for whole days of consulting or of key-event assurance.
CREATE TABLE entitlement_request (
    account_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    key          TEXT NOT NULL,               -- of the form that made it
    partner_name TEXT NOT NULL,
    unit         TEXT NOT NULL,
    period       TEXT NOT NULL,               -- the plan year whose days it takes
    first_on     TEXT NOT NULL,
    last_on      TEXT NOT NULL,
    days         BIGINT NOT NULL,
    topic        TEXT NOT NULL,
    contact      TEXT NOT NULL,
    email        TEXT NOT NULL,
    note         TEXT NOT NULL,
    state        TEXT NOT NULL,
    edition      BIGINT NOT NULL,
    hold_id      TEXT NOT NULL,               -- in the ledger, while it's undecided
    transfer_id  TEXT NOT NULL,               -- in the ledger, once the days are drawn
    answer       TEXT NOT NULL,               -- the vendor's words
    cause        TEXT NOT NULL,               -- why the program ended it: plan_ended, not_decided
    requested_by TEXT NOT NULL,               -- user id
    asker        TEXT NOT NULL,               -- names
    answerer     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT entitlement_request_once UNIQUE (account_id, key),
    CONSTRAINT entitlement_request_unit CHECK (unit IN ('consulting_day', 'event_day')),
    CONSTRAINT entitlement_request_days CHECK (days > 0),
    CONSTRAINT entitlement_request_state CHECK (state IN ('requested', 'approved', 'refused', 'withdrawn', 'used'))
);
CREATE INDEX entitlement_request_by_id ON entitlement_request (id);
CREATE INDEX entitlement_request_list ON entitlement_request (account_id, id COLLATE "C");
CREATE INDEX entitlement_request_queue ON entitlement_request (state, first_on COLLATE "C", id COLLATE "C");

-- What a partner would like to be trained in: collected before a session is planned.
CREATE TABLE entitlement_need (
    account_id   TEXT NOT NULL,
    id           TEXT NOT NULL,
    key          TEXT NOT NULL,
    partner_name TEXT NOT NULL,
    topic        TEXT NOT NULL,
    mode         TEXT NOT NULL,
    people       BIGINT NOT NULL,
    contact      TEXT NOT NULL,
    email        TEXT NOT NULL,
    note         TEXT NOT NULL,
    state        TEXT NOT NULL,
    session_id   TEXT NOT NULL,               -- that answers it
    asker        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT entitlement_need_once UNIQUE (account_id, key),
    CONSTRAINT entitlement_need_mode CHECK (mode IN ('online', 'onsite')),
    CONSTRAINT entitlement_need_people CHECK (people > 0),
    CONSTRAINT entitlement_need_state CHECK (state IN ('open', 'planned', 'withdrawn'))
);
CREATE INDEX entitlement_need_by_id ON entitlement_need (id);
CREATE INDEX entitlement_need_list ON entitlement_need (account_id, id COLLATE "C");
CREATE INDEX entitlement_need_open ON entitlement_need (state, id COLLATE "C");

-- A central training session of the vendor.
CREATE TABLE entitlement_session (
    id         TEXT NOT NULL,
    key        TEXT NOT NULL,
    title_en   TEXT NOT NULL,
    title_zh   TEXT NOT NULL,
    mode       TEXT NOT NULL,
    place      TEXT NOT NULL,                 -- link or address
    note       TEXT NOT NULL,
    starts_at  BIGINT NOT NULL,
    minutes    BIGINT NOT NULL,
    state      TEXT NOT NULL,
    edition    BIGINT NOT NULL,
    entered_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT entitlement_session_once UNIQUE (key),
    CONSTRAINT entitlement_session_mode CHECK (mode IN ('online', 'onsite')),
    CONSTRAINT entitlement_session_minutes CHECK (minutes > 0),
    CONSTRAINT entitlement_session_state CHECK (state IN ('planned', 'cancelled'))
);
CREATE INDEX entitlement_session_list ON entitlement_session (starts_at, id COLLATE "C");

-- A partner that takes part in a session.
CREATE TABLE entitlement_seat (
    account_id   TEXT NOT NULL,
    session_id   TEXT NOT NULL,
    partner_name TEXT NOT NULL,
    starts_at    BIGINT NOT NULL,
    state        TEXT NOT NULL,
    edition      BIGINT NOT NULL,
    transfer_id  TEXT NOT NULL,               -- that drew the training
    taken_by     TEXT NOT NULL,
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, session_id),
    CONSTRAINT entitlement_seat_state CHECK (state IN ('taken', 'left'))
);
CREATE INDEX entitlement_seat_session ON entitlement_seat (session_id, account_id COLLATE "C");
