-- The event log of one service. What is stored in entry.bytes is what is hashed; nothing here is ever changed
-- but the head, and a text that has to be withdrawn.
-- Settings of the session: seisaku.service_role, the role that the service logs in as.

CREATE TABLE log_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  origin text NOT NULL,                               -- the log's name in its checkpoints
  size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),   -- entries 0 … size − 1 exist
  frontier bytea NOT NULL DEFAULT '',                 -- Merkle subtree roots, the largest first
  recorded_at bigint NOT NULL DEFAULT 0               -- of the last command, microseconds since the epoch
);
COMMENT ON TABLE log_head IS 'One row. Whoever appends locks it first, so positions are dense and in commit order.';

CREATE TABLE entry (
  position bigint PRIMARY KEY CHECK (position >= 0),
  bytes bytea NOT NULL                                -- a seisaku.log.v1.Entry: the leaf at this position
);

CREATE TABLE entry_text (
  position bigint NOT NULL,
  index bigint NOT NULL,                              -- TextRef.index
  salt bytea NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (position, index)
);
COMMENT ON TABLE entry_text IS 'Free texts beside the entries, which hold SHA-256(salt || text).';

CREATE TABLE request (
  caller text NOT NULL,
  request_id uuid NOT NULL,
  digest bytea NOT NULL,
  position bigint NOT NULL,                           -- of the command''s first entry
  size bigint NOT NULL CHECK (size > 0),              -- how many entries it has
  PRIMARY KEY (caller, request_id)
);

CREATE TABLE tile (
  level bigint NOT NULL,
  index bigint NOT NULL,
  hashes bytea NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (level, index)
);
COMMENT ON TABLE tile IS 'Full C2SP tlog-tiles.';

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % refused: the log is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
END $$;

DO $$
DECLARE
  t text;
  service text := current_setting('seisaku.service_role');
BEGIN
  FOREACH t IN ARRAY ARRAY['entry', 'entry_text', 'request', 'tile'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', t);
    EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER append_only', t);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO %I', t, service);
  END LOOP;
  CREATE TRIGGER one_head BEFORE DELETE OR TRUNCATE ON log_head
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  ALTER TABLE log_head ENABLE ALWAYS TRIGGER one_head;
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON log_head TO %I', service);
  EXECUTE format('GRANT SELECT ON schema_migration TO %I', service);
END $$;
