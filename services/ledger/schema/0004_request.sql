-- A command's request stands beside its first entry, instead of in a table of its own.

ALTER TABLE entry ADD COLUMN caller text, ADD COLUMN request_id uuid,
  ADD CHECK ((caller IS NULL) = (request_id IS NULL));
COMMENT ON COLUMN entry.request_id IS 'Where a command begins, what the caller named it.';
ALTER TABLE entry DISABLE TRIGGER append_only;
UPDATE entry SET caller = request.caller, request_id = request.request_id FROM request
  WHERE request.position = entry.position;
ALTER TABLE entry ENABLE ALWAYS TRIGGER append_only;
CREATE UNIQUE INDEX entry_request ON entry (caller, request_id) WHERE request_id IS NOT NULL;
DROP TABLE request;
