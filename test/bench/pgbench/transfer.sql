-- One transfer by the statements of the ledger's plain path, for pgbench -M prepared: key, four balances (the payer's
-- cash, the clearing accounts of both books, the payee's cash), transfer, four entries, roll-up, audit row. A test of
-- the ledger compares this file with what the plain path really sends. Owners are numbers of 19 digits: the customers
-- of a payer are the numbers after its own. What isn't set here comes by -D.
\set seq :seq + 1
\set id :client_id * 1000000000000000 + :seq
\set payer 1000000000000000000 + random(:first, :last) * 1000000000
\set payee :payer + random(1, :fan)
\set minor random(1, 100)
\set a_delta 0 - :minor
\set b_delta :minor
\set c_delta :minor
\set d_delta 0 - :minor
BEGIN;
INSERT INTO ledger_key (account_id, key, hash, transfer_id) VALUES (:payer, :id, :hash, :id)
	ON CONFLICT (account_id, key) DO NOTHING;
UPDATE ledger_account SET balance = balance + :a_delta, seq = seq + 1,
	last_at = CASE WHEN last_at > :at THEN last_at ELSE :at END, held = held + :none
	WHERE account_id = :payer AND kind = :cash AND unit = :unit AND ref = '' AND state IN ('open', :usable)
	AND (CAST(:a_delta AS BIGINT) >= 0 OR minimum IS NULL OR balance + :a_delta - held - :none >= minimum)
	RETURNING no, balance, seq, last_at \gset a_
UPDATE ledger_account SET balance = balance + :b_delta, seq = seq + 1,
	last_at = CASE WHEN last_at > :at THEN last_at ELSE :at END, held = held + :none
	WHERE account_id = :payer AND kind = :clearing AND unit = :unit AND ref = :payee AND state IN ('open', :frozen)
	AND (CAST(:b_delta AS BIGINT) >= 0 OR minimum IS NULL OR balance + :b_delta - held - :none >= minimum)
	RETURNING no, balance, seq, last_at \gset b_
UPDATE ledger_account SET balance = balance + :c_delta, seq = seq + 1,
	last_at = CASE WHEN last_at > :at THEN last_at ELSE :at END, held = held + :none
	WHERE account_id = :payee AND kind = :cash AND unit = :unit AND ref = '' AND state IN ('open', :frozen)
	AND (CAST(:c_delta AS BIGINT) >= 0 OR minimum IS NULL OR balance + :c_delta - held - :none >= minimum)
	RETURNING no, balance, seq, last_at \gset c_
UPDATE ledger_account SET balance = balance + :d_delta, seq = seq + 1,
	last_at = CASE WHEN last_at > :at THEN last_at ELSE :at END, held = held + :none
	WHERE account_id = :payee AND kind = :clearing AND unit = :unit AND ref = :payer AND state IN ('open', :frozen)
	AND (CAST(:d_delta AS BIGINT) >= 0 OR minimum IS NULL OR balance + :d_delta - held - :none >= minimum)
	RETURNING no, balance, seq, last_at \gset d_
INSERT INTO ledger_transfer (account_id, id, key, kind, scene, memo, subject, payer, payee, unit, amount, reverses, by_id, by_name, legs, at)
	VALUES (:payer, :id, :id, :kind, '', :memo, '', :payer, :payee, :unit, :minor, '', :by, :by_name, :legs, :at);
INSERT INTO ledger_entry (account_id, no, at, seq, transfer_id, book, kind, amount, after) VALUES (:payer, :a_no, :at, :a_seq, :id, :payer, :kind, :a_delta, :a_balance),
	(:payer, :b_no, :at, :b_seq, :id, :payer, :kind, :b_delta, :b_balance),
	(:payee, :c_no, :at, :c_seq, :id, :payer, :kind, :c_delta, :c_balance),
	(:payee, :d_no, :at, :d_seq, :id, :payer, :kind, :d_delta, :d_balance);
INSERT INTO ledger_month (account_id, no, month, kind, income, expense, entries) VALUES (:payer, :a_no, :month, :kind, :none, :minor, :one),
	(:payee, :c_no, :month, :kind, :minor, :none, :one)
	ON CONFLICT (account_id, no, month, kind) DO UPDATE SET income = ledger_month.income + excluded.income,
	expense = ledger_month.expense + excluded.expense, entries = ledger_month.entries + excluded.entries;
INSERT INTO audit_entry (account_id, id, at, wall_at, actor, actor_name, via, ip, request, verb, subject, about, detail)
	VALUES (:payer, :id, :at, :at, :by, :by_name, :via, '', '', :verb, :id, :payee, :detail);
INSERT INTO audit_waiting (id, wall_at, amount, entries) VALUES (:id, :at, :one, :entries);
END;
