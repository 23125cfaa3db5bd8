-- table taxonomy_entry: reference

-- What the vendor changed of, or added to, the things that a ticket can be. What the program ships isn't stored: an entry
-- here takes its place by kind and id. Nothing is deleted: a ticket keeps what it was opened with.
CREATE TABLE taxonomy_entry (
    kind       TEXT NOT NULL,                -- problem_type, category, product, severity, region, template, field, dimension, area_code
    id         TEXT NOT NULL,
    name_en    TEXT NOT NULL,
    name_zh    TEXT NOT NULL,
    note_en    TEXT NOT NULL,                -- description, definition, or the text of a template
    note_zh    TEXT NOT NULL,
    place      BIGINT NOT NULL,              -- order within the kind
    attributes TEXT NOT NULL,                -- JSON: what only some kinds have
    retired    BOOLEAN NOT NULL,
    edition    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL,                -- name
    PRIMARY KEY (kind, id)
);
