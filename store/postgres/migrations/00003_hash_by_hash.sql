-- +goose Up

-- The table of single hashes ends. It is a step of its own, since it has to wait for
-- those who read the table, which making the runs has not. Processes of older versions
-- go on beside newer ones: they find the hashes here, and may put more.
DROP TABLE hash;

CREATE VIEW hash (place, hash) AS
SELECT run * 60 + n, substring(hashes FROM n * 32 + 1 FOR 32)
FROM hash_run, generate_series(0, octet_length(hashes) / 32 - 1) AS n;

CREATE TRIGGER add_to_run INSTEAD OF INSERT ON hash FOR EACH ROW EXECUTE FUNCTION add_to_run();
