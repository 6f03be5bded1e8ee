-- A text may be withdrawn, in the transaction that adds the entry which says so, and in no other way.

-- Deletes the text (of_position, of_index), if it is still there. recorded_at is the position of the entry that
-- says so: a seisaku.log.v1.LogEvent/text_redacted of this transaction.
CREATE FUNCTION redact_text(of_position bigint, of_index bigint, recorded_at bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM FROM entry
    WHERE position = recorded_at AND xmin = pg_current_xact_id()::xid
      AND position('seisaku.log.v1.LogEvent/text_redacted'::bytea IN bytes) > 0;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no entry of this transaction says that a text is withdrawn' USING ERRCODE = '42501';
  END IF;
  PERFORM set_config('seisaku.redacting', of_position || '/' || of_index, true);
  DELETE FROM entry_text WHERE position = of_position AND index = of_index;
  PERFORM set_config('seisaku.redacting', '', true);
END $$;

-- Row by row, because the statement does not say which text it deletes. Only the tables' owner, who cannot log in,
-- gets past it, and only for the one text: so not a superuser by mistake, and not whoever is granted DELETE.
CREATE FUNCTION refuse_other_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('seisaku.redacting', true) IS DISTINCT FROM OLD.position || '/' || OLD.index
     OR current_user <> (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = TG_RELID) THEN
    RAISE EXCEPTION '% on % refused: the log is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = '42501';
  END IF;
  RETURN OLD;
END $$;

DO $$
BEGIN
  DROP TRIGGER append_only ON entry_text;
  CREATE TRIGGER append_only BEFORE UPDATE OR TRUNCATE ON entry_text
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
  ALTER TABLE entry_text ENABLE ALWAYS TRIGGER append_only;
  CREATE TRIGGER append_only_rows BEFORE DELETE ON entry_text
    FOR EACH ROW EXECUTE FUNCTION refuse_other_deletion();
  ALTER TABLE entry_text ENABLE ALWAYS TRIGGER append_only_rows;
  REVOKE EXECUTE ON FUNCTION redact_text FROM PUBLIC;
  EXECUTE format('GRANT EXECUTE ON FUNCTION redact_text TO %I', current_setting('seisaku.service_role'));
END $$;
