-- The head is sealed: with it stands the log's signature over origin, size, root and time (services/ledger/tree/
-- head_seal.h), made before the statement that writes it. Whoever can write to the database cannot extend the log.

ALTER TABLE log_head
  ADD COLUMN seal bytea,                              -- key id and signature; NULL: a log from before there were seals
  ADD COLUMN sealed_size bigint NOT NULL DEFAULT 0;   -- the size that was sealed
UPDATE log_head SET sealed_size = size;
-- A build that knows no seals changes only size, and is refused.
ALTER TABLE log_head ADD CONSTRAINT sealed CHECK (size = sealed_size);
