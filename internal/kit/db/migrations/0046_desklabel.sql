-- table ticket_desk_label: owned

-- A desk's own words on tickets that it serves. The labels themselves are the desk's account's, in ticket_label; the
-- ticket's account doesn't see them.
CREATE TABLE ticket_desk_label (
    account_id TEXT NOT NULL,                  -- whose ticket it is
    no         TEXT NOT NULL,
    desk_id    TEXT NOT NULL,                  -- whose label it is
    label_id   BIGINT NOT NULL,
    PRIMARY KEY (account_id, no, desk_id, label_id)
);
CREATE INDEX ticket_desk_label_by ON ticket_desk_label (desk_id, label_id, no COLLATE "C");

-- A desk's tickets of one support plan: what is over, the newest first, and the few that are open.
CREATE INDEX ticket_of_plan ON ticket (desk_id, plan, active, touched_at, no COLLATE "C");
