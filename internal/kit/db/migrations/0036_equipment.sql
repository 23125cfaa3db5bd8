-- table equipment_project: registry
-- table equipment: registry
-- table equipment_import: registry
-- table equipment_error: registry

-- The installed base: what was delivered where, in which project, ordered by which partner, maintained until when. A
-- serial number is one of the vendor's, so it's the key whoever the equipment belongs to.
CREATE TABLE equipment_project (
    number_fold TEXT NOT NULL,
    number      TEXT NOT NULL,
    name        TEXT NOT NULL,
    search_fold TEXT NOT NULL,               -- name, customer
    customer_id TEXT NOT NULL,               -- '' = not an account here
    customer    TEXT NOT NULL,               -- name as delivered
    partner_id  TEXT NOT NULL,               -- the ordering partner; '' = the vendor
    changed_at  BIGINT NOT NULL,
    PRIMARY KEY (number_fold)
);
CREATE INDEX equipment_project_list ON equipment_project (number_fold COLLATE "C");
CREATE INDEX equipment_project_by_partner ON equipment_project (partner_id, number_fold COLLATE "C");
CREATE INDEX equipment_project_by_customer ON equipment_project (customer_id, number_fold COLLATE "C");

CREATE TABLE equipment (
    serial_fold  TEXT NOT NULL,
    serial       TEXT NOT NULL,
    product      TEXT NOT NULL,              -- what the vendor calls it
    search_fold  TEXT NOT NULL,              -- product, customer, site
    project      TEXT NOT NULL,              -- equipment_project.number_fold; '' = none
    customer_id  TEXT NOT NULL,
    customer     TEXT NOT NULL,
    partner_id   TEXT NOT NULL,
    site         TEXT NOT NULL,
    delivered    TEXT,                       -- day
    maintained   TEXT,                       -- last day under maintenance; NULL = none
    import_id    TEXT NOT NULL,              -- that changed it last
    hash         BYTEA NOT NULL,             -- of what it says
    changed_at   BIGINT NOT NULL,
    PRIMARY KEY (serial_fold)
);
CREATE INDEX equipment_list ON equipment (serial_fold COLLATE "C");
CREATE INDEX equipment_by_partner ON equipment (partner_id, serial_fold COLLATE "C");
CREATE INDEX equipment_by_customer ON equipment (customer_id, serial_fold COLLATE "C");
CREATE INDEX equipment_by_project ON equipment (project, serial_fold COLLATE "C");

-- An uploaded file of installed equipment.
CREATE TABLE equipment_import (
    id          TEXT NOT NULL,
    account_id  TEXT NOT NULL,               -- the vendor's
    file_name   TEXT NOT NULL,
    hash        TEXT NOT NULL,
    size        BIGINT NOT NULL,
    state       TEXT NOT NULL,               -- checking, ready, writing, done, failed, cancelled
    actor       TEXT NOT NULL,               -- JSON
    by_name     TEXT NOT NULL,
    total_rows  BIGINT NOT NULL,             -- an estimate until the file was read to its end
    position    BIGINT NOT NULL,             -- rows behind it, in this pass
    added       BIGINT NOT NULL,
    changed     BIGINT NOT NULL,
    same        BIGINT NOT NULL,
    bad         BIGINT NOT NULL,
    errors      BIGINT NOT NULL,
    failure     TEXT NOT NULL,               -- message
    created_at  BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (id),
    CONSTRAINT equipment_import_state CHECK (state IN ('checking', 'ready', 'writing', 'done', 'failed', 'cancelled'))
);

CREATE TABLE equipment_error (
    import_id TEXT NOT NULL,
    place     BIGINT NOT NULL,               -- line and column
    line      BIGINT NOT NULL,
    col       TEXT NOT NULL,
    value     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    remedy    TEXT NOT NULL,
    PRIMARY KEY (import_id, place)
);
