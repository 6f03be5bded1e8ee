#include "services/ledger/schema.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "services/base/status.h"

namespace seisaku::ledger {
namespace {

using postgres::Binary;
using postgres::BinaryArray;
using postgres::Statement;
using postgres::Transaction;

// tgtype is the sum of 1 (FOR EACH ROW), 2 (BEFORE), 8 (DELETE), 16 (UPDATE) and 32 (TRUNCATE); another
// trigger that fires BEFORE can change or drop rows. Only the service's role may write: for an auditor that is the
// role with the most privileges, and where two have as many, both are reported. $1 and $2 are the functions' names
// and bodies; $3 is 1 where the session's role is the service's.
constexpr Statement kFind = {"find_unprotected", R"(
WITH wanted (relation, name, type, calls) AS (VALUES
  ('entry', 'append_only', 58, 'refuse_change'),
  ('tile', 'append_only', 58, 'refuse_change'),
  ('cosignature', 'append_only', 58, 'refuse_change'),
  ('entry_text', 'append_only', 50, 'refuse_change'),
  ('entry_text', 'append_only_rows', 11, 'refuse_other_deletion'),
  ('log_head', 'one_head', 42, 'refuse_change')),
indexes (definition) AS (VALUES
  ('entry_pkey ON public.entry USING btree ("position")'),
  ('entry_request ON public.entry USING btree (caller, request_id) WHERE (request_id IS NOT NULL)'),
  ('entry_text_pkey ON public.entry_text USING btree ("position", index)'),
  ('tile_pkey ON public.tile USING btree (level, index)'),
  ('cosignature_pkey ON public.cosignature USING btree (size, cosigner)'),
  ('log_head_pkey ON public.log_head USING btree (' || CASE WHEN EXISTS (  -- before migration 6
      SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass('public.log_head') AND attname = 'one')
    THEN 'one' ELSE 'size' END || ')')),
tables AS (
  SELECT * FROM pg_catalog.pg_class
  WHERE relnamespace = 'public'::regnamespace AND relname IN (SELECT relation FROM wanted)),
granted AS (
  SELECT relname, relowner, grantee, privilege_type FROM tables, pg_catalog.aclexplode(relacl)
  UNION ALL
  SELECT relname, relowner, grantee, privilege_type
  FROM tables JOIN pg_catalog.pg_attribute ON attrelid = tables.oid, pg_catalog.aclexplode(attacl)
  UNION ALL
  SELECT proname, proowner, grantee, privilege_type FROM pg_catalog.pg_proc, pg_catalog.aclexplode(proacl)
  WHERE proname = 'redact_text' AND pronamespace = 'public'::regnamespace),
writes AS (
  SELECT DISTINCT relname, grantee, privilege_type FROM granted
  WHERE grantee NOT IN (0, relowner)
    AND (privilege_type IN ('INSERT', 'EXECUTE') OR privilege_type = 'UPDATE' AND relname = 'log_head')),
writers AS (SELECT grantee, count(*) AS may FROM writes GROUP BY grantee),
writer AS (SELECT min(grantee) AS role FROM writers WHERE may = (SELECT max(may) FROM writers) HAVING count(*) = 1),
service AS (
  SELECT oid, rolname, rolsuper FROM pg_catalog.pg_roles WHERE $3 = 1 AND rolname = current_user),
reach AS (
  SELECT relname, tables.oid AS relation, service.oid AS role, rolname,
    pg_catalog.pg_has_role(service.oid, relowner, 'MEMBER') AS owns
  FROM tables, service WHERE NOT rolsuper)
SELECT code, what FROM (
  SELECT CASE WHEN t.oid IS NULL THEN 'TRIGGER_MISSING' WHEN t.tgenabled <> 'A' THEN 'TRIGGER_DISABLED'
    ELSE 'TRIGGER_DIFFERS' END AS code, wanted.name || ' on ' || relation AS what
  FROM wanted LEFT JOIN tables ON relname = relation
    LEFT JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = tables.oid AND t.tgname = wanted.name
    LEFT JOIN pg_catalog.pg_proc AS p ON p.oid = t.tgfoid
  WHERE t.oid IS NULL OR t.tgenabled <> 'A' OR t.tgtype <> type OR t.tgqual IS NOT NULL
    OR t.tgattr::text <> '' OR p.proname <> calls OR p.pronamespace <> 'public'::regnamespace
  UNION
  SELECT 'TRIGGER_ADDED', tgname || ' on ' || relname
  FROM pg_catalog.pg_trigger JOIN tables ON tgrelid = tables.oid
  WHERE NOT tgisinternal AND tgtype & 2 <> 0 AND (relname, tgname) NOT IN (SELECT relation, name FROM wanted)
  UNION
  SELECT 'TABLE_DIFFERS', relname || ' ' || how
  FROM tables, LATERAL (VALUES
    (relkind <> 'r', 'is no table'),
    (relpersistence <> 'p', 'is not logged'),
    (relrowsecurity, 'has row security'),
    (EXISTS (SELECT FROM pg_catalog.pg_rewrite WHERE ev_class = tables.oid), 'has rules'),
    (EXISTS (SELECT FROM pg_catalog.pg_inherits WHERE tables.oid IN (inhparent, inhrelid)), 'inherits'),
    (relowner <> (SELECT relowner FROM tables WHERE relname = 'log_head'), 'has another owner'),
    (pg_catalog.to_regclass(relname::text) IS DISTINCT FROM tables.oid, 'is hidden by another one')
    ) AS found (differs, how)
  WHERE differs
  UNION
  SELECT 'INDEX_MISSING', split_part(definition, ' ', 1) FROM indexes WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_index JOIN tables ON indrelid = tables.oid
    WHERE indisvalid AND indisready AND indimmediate
      AND pg_catalog.pg_get_indexdef(indexrelid) = 'CREATE UNIQUE INDEX ' || definition)
  UNION
  SELECT 'FUNCTION_DIFFERS', wanted.name
  FROM (SELECT convert_from(name, 'UTF8') AS name, convert_from(body, 'UTF8') AS body
    FROM unnest($1::bytea[], $2::bytea[]) AS given (name, body)) AS wanted
    LEFT JOIN pg_catalog.pg_proc AS p ON p.proname = wanted.name AND p.pronamespace = 'public'::regnamespace
  WHERE p.oid IS NULL OR p.prosrc <> body OR p.prosecdef <> (wanted.name = 'redact_text')
    OR p.proconfig IS DISTINCT FROM
       CASE wanted.name WHEN 'redact_text' THEN ARRAY['search_path=public, pg_temp'] END
    OR p.proowner NOT IN (SELECT relowner FROM tables)
  UNION
  SELECT 'CONSTRAINT_MISSING', 'sealed on log_head' WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_constraint AS c JOIN tables ON c.conrelid = tables.oid
    WHERE relname = 'log_head' AND conname = 'sealed' AND convalidated
      AND pg_catalog.pg_get_constraintdef(c.oid) = 'CHECK ((size = sealed_size))')
  UNION
  SELECT 'PRIVILEGE_GRANTED', privilege_type || ' on ' || relname || ' to '
    || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(grantee) END
  FROM granted WHERE grantee <> relowner
    AND (grantee = 0 OR privilege_type IN ('DELETE', 'TRUNCATE', 'TRIGGER')
      OR privilege_type = 'UPDATE' AND relname <> 'log_head')
  UNION
  SELECT 'PRIVILEGE_GRANTED', privilege_type || ' on ' || relname || ' to '
    || pg_catalog.pg_get_userbyid(grantee)
  FROM writes WHERE CASE $3 WHEN 1 THEN NOT pg_catalog.pg_has_role(current_user, grantee, 'MEMBER')
    ELSE grantee IS DISTINCT FROM (SELECT role FROM writer) END
  UNION
  SELECT 'PRIVILEGE_GRANTED', 'EXECUTE on redact_text to PUBLIC' FROM pg_catalog.pg_proc AS p
  WHERE proname = 'redact_text' AND pronamespace = 'public'::regnamespace
    AND pg_catalog.has_function_privilege('public', p.oid, 'EXECUTE')
  UNION
  SELECT 'ROLE_TOO_POWERFUL', rolname || ' is a superuser' FROM service WHERE rolsuper
  UNION
  SELECT 'ROLE_TOO_POWERFUL', rolname || ' may do what the owner of ' || relname || ' may' FROM reach WHERE owns
  UNION
  SELECT 'PRIVILEGE_GRANTED', privilege || ' on ' || relname || ' to ' || rolname
  FROM reach, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS privilege
  WHERE NOT owns AND NOT (privilege = 'UPDATE' AND relname = 'log_head')
    AND pg_catalog.has_table_privilege(role, relation, privilege)) AS found
ORDER BY code, what)"};

struct Functions {
  std::vector<std::string_view> names, bodies;
};

// The functions that the migrations create, with their source as written: PostgreSQL stores it unchanged.
Functions FunctionsOf(const std::vector<postgres::Migration>& migrations) {
  constexpr std::string_view kCreate = "CREATE FUNCTION ", kQuote = "$$";
  Functions functions;
  for (const postgres::Migration& migration : migrations) {
    const std::string_view sql = migration.sql;
    for (size_t at = sql.find(kCreate); at != sql.npos; at = sql.find(kCreate, at)) {
      at += kCreate.size();
      functions.names.push_back(sql.substr(at, sql.find('(', at) - at));
      const size_t begin = sql.find(kQuote, at) + kQuote.size();
      at = sql.find(kQuote, begin);
      functions.bodies.push_back(sql.substr(begin, at - begin));
    }
  }
  return functions;
}

}  // namespace

absl::StatusOr<std::vector<Unprotected>> FindUnprotected(Transaction& transaction, Session session) {
  const Functions functions = FunctionsOf(Schema());
  const std::string names = BinaryArray(functions.names), bodies = BinaryArray(functions.bodies);
  std::vector<Unprotected> found;
  RETURN_IF_ERROR(
      transaction.ForEachRow(kFind, {Binary{names}, Binary{bodies}, session == Session::kOfService ? 1 : 0},
                             [&](const postgres::Row& row) {
                               found.push_back({std::string(row.GetText(0)), std::string(row.GetText(1))});
                               return absl::OkStatus();
                             }));
  return found;
}

absl::Status CheckProtection(postgres::Database& database) {
  ASSIGN_OR_RETURN(const auto found, database.Read("check protection", [](Transaction& transaction) {
    return FindUnprotected(transaction, Session::kOfService);
  }));
  if (found.empty()) return absl::OkStatus();
  std::string missing;
  for (const Unprotected& one : found) {
    absl::StrAppend(&missing, missing.empty() ? "" : "; ", one.code, " ", one.what);
  }
  return MakeError(absl::StatusCode::kFailedPrecondition, "PROTECTION_MISSING",
                   absl::StrCat("the database does not protect the log as it was migrated to: ", missing),
                   {{"missing", missing}});
}

}  // namespace seisaku::ledger
