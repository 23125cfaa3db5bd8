-- The instant as of which a running qualification was looked at last: no later look is as of an earlier one, whatever was
-- late. 0 = not known.
ALTER TABLE qualification ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;
