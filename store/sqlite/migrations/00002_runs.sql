-- +goose Up

-- The stored hashes of the journal's Merkle tree, in the order of tlog: run n holds
-- those at the places 60 n to 60 n + 59, one after the other, the last run as many as
-- there are. Before, each had a row of its own.
CREATE TABLE hash_run (
    run INTEGER NOT NULL PRIMARY KEY,
    hashes BLOB NOT NULL
);

INSERT INTO hash_run (run, hashes)
SELECT place / 60, unhex(group_concat(hex(hash), '' ORDER BY place)) FROM hash GROUP BY place / 60;

DROP TABLE hash;
