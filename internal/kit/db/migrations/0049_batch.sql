-- Allocations and reclaims for many are batches as others are. Their jobs keep their kinds, so that what waits goes on.
INSERT INTO batch (account_id, id, work, partner_id, terms, state, file_name, hash, unit, memo, user_id, user_name, actor, row_count, bad_count,
    done_count, fail_count, total, moved, problem, created_at, finished_at)
SELECT account_id, id, kind, partner_id, '', state, file_name, hash, unit, memo, user_id, user_name, actor, row_count, bad_count,
    done_count, fail_count, total, moved, problem, created_at, finished_at FROM funds_batch;

-- A character 0 in what was typed stood as JSON only; as text PostgreSQL has none.
INSERT INTO batch_row (account_id, batch_id, line, receiver, amount, receiver_id, name, minor, memo, state, made, problem)
SELECT account_id, batch_id, line, replace(cells, '\u0000', '\ufffd') /*postgres ::json*/ ->> 0, replace(cells, '\u0000', '\ufffd') /*postgres ::json*/ ->> 1,
    receiver_id, name, minor, memo, state, CASE WHEN transfer = '' THEN '' ELSE book || ' ' || transfer || ' ' || number END, problem FROM funds_row;

DROP TABLE funds_row;
DROP TABLE funds_batch;
