-- table attachment_loose: registry

-- The edition of a device and of a project: whoever changes one by a form says which one was read.
ALTER TABLE equipment ADD COLUMN edition BIGINT NOT NULL DEFAULT 1;
ALTER TABLE equipment_project ADD COLUMN edition BIGINT NOT NULL DEFAULT 1;

-- Content that a row of attachment referred to, or would have, and may not any more: the sweep deletes it from the file
-- store when no row does.
CREATE TABLE attachment_loose (
    hash     TEXT NOT NULL,
    noted_at BIGINT NOT NULL,               -- wall clock
    PRIMARY KEY (hash)
);
CREATE INDEX attachment_loose_due ON attachment_loose (noted_at);
CREATE INDEX attachment_by_content ON attachment (hash);
