-- table audit_waiting: local
-- table event_waiting: local

-- Audit entries that the sequencer hasn't put into the chain yet: one row for all that were written together. Programs
-- before this one wrote a row of audit_pending for each, which is emptied still.
CREATE TABLE audit_waiting (
    id      TEXT NOT NULL,                   -- of the first one
    wall_at BIGINT NOT NULL,
    amount  BIGINT NOT NULL,                 -- how many
    entries TEXT NOT NULL,                   -- account and id of each, a line each
    PRIMARY KEY (id)
);
CREATE INDEX audit_waiting_time ON audit_waiting (wall_at, id);

-- Events that nobody has handed on to their subscribers yet: one row for all that were written together. Programs before
-- this one wrote events that aren't handed_on, which are still found.
CREATE TABLE event_waiting (
    id     TEXT NOT NULL,                    -- of the first one
    at     BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    events TEXT NOT NULL,                    -- account and id of each, a line each
    PRIMARY KEY (id)
);
CREATE INDEX event_waiting_time ON event_waiting (at, id);
