-- table customer_profile: owned
-- table customer_login: registry
-- table customer_link: owned
-- table customer_link_by: registry
-- table customer_platform: owned
-- table manager_term: owned
-- table preregistration: owned
-- table preregistration_by: registry
-- table customer_invitation: owned
-- table customer_invitation_link: registry
-- table association_request: owned
-- table association_record: owned
-- table freeze_record: owned

-- The instants of an association, besides its days. 0: stated by days alone.
ALTER TABLE association ADD COLUMN since_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE association ADD COLUMN until_at BIGINT;

