-- What others say of this log: that they saw it at a size, and found that it had only grown.
-- Settings of the session: seisaku.service_role, the role that the service logs in as.

CREATE TABLE cosignature (
  size bigint NOT NULL CHECK (size >= 0),             -- of the checkpoint that was cosigned
  cosigner text NOT NULL,                             -- its key''s name, "+" and id
  line text NOT NULL,                                 -- as it stands below the checkpoint, with its newline
  PRIMARY KEY (size, cosigner)
);
COMMENT ON TABLE cosignature IS 'C2SP tlog-cosignatures of this log''s checkpoints, verified when they were added.';

DO $$
BEGIN
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignature
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  ALTER TABLE cosignature ENABLE ALWAYS TRIGGER append_only;
  EXECUTE format('GRANT SELECT, INSERT ON cosignature TO %I', current_setting('seisaku.service_role'));
END $$;
