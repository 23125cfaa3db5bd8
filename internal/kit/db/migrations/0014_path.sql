-- table path_company: registry
-- table path_invitation: owned

-- Which account of a company holds a path that only one may hold.
CREATE TABLE path_company (
    path       TEXT NOT NULL,               -- id of the program
    company    TEXT NOT NULL,               -- the company's name in the form in which names are compared
    account_id TEXT NOT NULL,
    PRIMARY KEY (path, company)
);

-- The vendor's invitations to programs that are entered by invitation.
CREATE TABLE path_invitation (
    account_id   TEXT NOT NULL,             -- the partner
    id           TEXT NOT NULL,
    program_id   TEXT NOT NULL,
    partner_name TEXT NOT NULL,
    state        TEXT NOT NULL,
    note         TEXT NOT NULL,             -- the vendor's words to the partner
    reason       TEXT NOT NULL,             -- the partner's when it declined
    invited_by   TEXT NOT NULL,             -- name
    expires_on   TEXT NOT NULL,             -- last day on which it can be accepted
    answered_by  TEXT NOT NULL,
    answered_at  BIGINT,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (account_id, id),
    CONSTRAINT path_invitation_state CHECK (state IN ('open', 'accepted', 'declined', 'revoked', 'expired'))
);
CREATE UNIQUE INDEX path_invitation_one ON path_invitation (account_id, program_id) WHERE state IN ('open', 'accepted');
CREATE INDEX path_invitation_list ON path_invitation (state, id COLLATE "C");
CREATE INDEX path_invitation_due ON path_invitation (state, expires_on);
