-- table ticket_words: registry
-- table search_progress: local

-- The words of each ticket, made by kit/fulltext; the key is the digits of the ticket's number. Both databases have
-- something of this name that is written by the same statements and asked by the same one, FROM ticket_words($1), with
-- an expression in FTS5's spelling. SQLite: an index without a copy of the texts, which takes tokens as they come.
/*sqlite CREATE VIRTUAL TABLE ticket_words USING fts5 (words, content = '', contentless_delete = 1, detail = none,
    tokenize = "ascii tokenchars '.~'"); */
-- PostgreSQL: a set of lexemes without positions, and no text search configuration: its parser knows no Chinese and
-- cuts hosts and numbers in its own way. The entries aren't collected first (fastupdate), as each search would read what
-- is collected. OFFSET 0 keeps what is asked beside the words out of the choice of the plan: it always begins with the index.
/*postgres CREATE TABLE ticket_words (
    rowid BIGINT NOT NULL,
    words TSVECTOR NOT NULL,
    PRIMARY KEY (rowid)
);
CREATE INDEX ticket_words_index ON ticket_words USING gin (words) WITH (fastupdate = off);
CREATE FUNCTION ticket_words(asked TEXT) RETURNS TABLE (rowid BIGINT) LANGUAGE sql STABLE AS
'SELECT w.rowid FROM ticket_words w WHERE w.words @@ CAST(replace(replace(replace(replace(asked,
    ''"*'', '''''':*''), ''"'', ''''''''), '' AND '', '' & ''), '' OR '', '' | '') AS tsquery) OFFSET 0'; */

-- How far the making anew of an index has come.
CREATE TABLE search_progress (
    name       TEXT NOT NULL,          -- of the index
    version    BIGINT NOT NULL,        -- of the rules that the whole index is made by; 0 = none yet
    making     BIGINT NOT NULL,        -- the version that is being made; 0 = nothing is
    done_to    TEXT NOT NULL,          -- number of the last ticket done
    done       BIGINT NOT NULL,
    total      BIGINT NOT NULL,        -- tickets there were when it began
    started_at BIGINT,
    ended_at   BIGINT,
    PRIMARY KEY (name)
);
