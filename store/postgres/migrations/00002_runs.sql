-- +goose Up

-- From here on nobody writes until this migration is done; all may read.
LOCK TABLE hash IN SHARE ROW EXCLUSIVE MODE;

-- The stored hashes of the journal's Merkle tree, in the order of tlog: run n holds
-- those at the places 60 n to 60 n + 59, one after the other, the last run as many as
-- there are. Before, each had a row of its own in the table "hash".
CREATE TABLE hash_run (
    run BIGINT NOT NULL PRIMARY KEY,
    hashes BYTEA NOT NULL
);

INSERT INTO hash_run (run, hashes)
SELECT place / 60, string_agg(hash, ''::bytea ORDER BY place) FROM hash GROUP BY place / 60;

-- What a process of an older version puts into "hash" comes to the runs too.
-- +goose StatementBegin
CREATE FUNCTION add_to_run() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO hash_run (run, hashes) VALUES (NEW.place / 60, NEW.hash)
    ON CONFLICT (run) DO UPDATE SET hashes = hash_run.hashes || excluded.hashes;
    RETURN NEW;
END
$$;
-- +goose StatementEnd

CREATE TRIGGER add_to_run BEFORE INSERT ON hash FOR EACH ROW EXECUTE FUNCTION add_to_run();
