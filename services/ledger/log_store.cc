#include "services/ledger/log_store.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "services/base/errors.h"
#include "services/base/status.h"
#include "services/base/timestamp.h"
#include "services/ledger/tree/checkpoint.h"
#include "services/ledger/tree/errors.h"
#include "services/ledger/tree/free_text.h"

namespace seisaku::ledger {
namespace {

using postgres::Binary;
using postgres::BinaryArray;
using postgres::Int64Array;
using postgres::Rows;
using postgres::Statement;
using postgres::Transaction;

#define NOW_MICROS "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"

// The newest version of the head comes first in the index, however many older versions there are.
#define NEWEST " FROM log_head ORDER BY size DESC LIMIT 1"

constexpr Statement kFindHead = {"find_head", "SELECT" NEWEST};
constexpr Statement kCreateHead = {
    "create_head", "INSERT INTO log_head (origin) SELECT $1 WHERE NOT EXISTS (SELECT FROM log_head)"};
constexpr Statement kReadHead = {"read_head",
                                 "SELECT origin, size, frontier, recorded_at, xmin, seal" NEWEST};
constexpr Statement kLockHead = {"lock_head", "SELECT" NEWEST " FOR UPDATE"};
constexpr Statement kTouchHead = {"touch_head",
                                  "UPDATE log_head SET size = size WHERE size = (SELECT size" NEWEST ")"};
constexpr Statement kWriteSeal = {"write_seal", "UPDATE log_head SET seal = $1 WHERE size = $2"};

// Runs as a statement of its own after the lock, so it sees what was committed during the wait, and the time.
constexpr Statement kReadLockedHead = {
    "read_locked_head",
    "SELECT head.*, " NOW_MICROS
    ", "
    "       found.ordinal, found.position, found.bytes "
    "FROM (SELECT origin, size, frontier, recorded_at, xmin, seal" NEWEST
    ") AS head LEFT JOIN LATERAL ("
    "  SELECT ordinal, position, bytes"
    "  FROM unnest($1::text[], $2::uuid[]) WITH ORDINALITY AS wanted (caller, request_id, ordinal)"
    "  JOIN entry USING (caller, request_id)) AS found ON true"};

// The UPDATE waits for the head's lock, and checks its conditions again where the holder changed the row.
#define APPEND_ENTRIES                                                                            \
  "WITH head AS ("                                                                                \
  "  UPDATE log_head SET size = $3, sealed_size = $3, frontier = $4, recorded_at = $5, seal = $8" \
  "  WHERE size = $2 AND xmin = $1::text::xid AND coalesce(seal, '') = $9 AND " NOW_MICROS        \
  " BETWEEN $6 AND $7"                                                                            \
  "  RETURNING " NOW_MICROS                                                                       \
  " AS now, xmin AS version"                                                                      \
  "), new_entries AS ("                                                                           \
  "  INSERT INTO entry (position, bytes, caller, request_id)"                                     \
  "  SELECT $2 + ordinal - 1, bytes, convert_from(nullif(caller, ''), 'UTF8'),"                   \
  "    convert_from(nullif(id, ''), 'UTF8')::uuid"                                                \
  "  FROM head, unnest($10::bytea[], $11::bytea[], $12::bytea[])"                                 \
  "    WITH ORDINALITY AS e (bytes, caller, id, ordinal)"
#define APPENDED ") SELECT now || ' ' || version FROM head"

// For entries without texts and tiles, which are most: the plan of the full statement takes twice as long to set
// up.
constexpr Statement kAppendBare = {"append_bare", APPEND_ENTRIES APPENDED};
constexpr size_t kBareColumns = 3;
constexpr Statement kAppend = {
    "append", APPEND_ENTRIES
    "), new_texts AS ("
    "  INSERT INTO entry_text (position, index, salt, text)"
    "  SELECT position, index, salt, convert_from(text, 'UTF8') FROM head,"
    "    unnest($13::bigint[], $14::bigint[], $15::bytea[], $16::bytea[]) AS t (position, index, salt, text)"
    "), new_tiles AS ("
    "  INSERT INTO tile (level, index, hashes)"
    "  SELECT tile.* FROM head, unnest($17::bigint[], $18::bigint[], $19::bytea[]) AS tile" APPENDED};

constexpr Statement kRedact = {"redact", "SELECT redact_text($1, $2, $3)"};

constexpr Statement kReadTexts = {
    "read_texts",
    "SELECT position, index, salt, text FROM entry_text WHERE position >= $1 AND position < $2 "
    "ORDER BY position, index"};

constexpr Statement kReadTextsAt = {
    "read_texts_at",
    "SELECT wanted.ordinal, entry.bytes, found.salt, found.text "
    "FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS wanted (position, index, ordinal) "
    "JOIN entry_text AS found USING (position, index) JOIN entry USING (position)"};

constexpr Statement kReadTile = {"read_tile", "SELECT hashes FROM tile WHERE level = $1 AND index = $2"};

constexpr Statement kAddCosignatures = {
    "add_cosignatures",
    "INSERT INTO cosignature (size, cosigner, line) "
    "SELECT $1, convert_from(cosigner, 'UTF8'), convert_from(line, 'UTF8') "
    "FROM unnest($2::bytea[], $3::bytea[]) AS c (cosigner, line) ON CONFLICT DO NOTHING"};

constexpr Statement kReadCosignatures = {
    "read_cosignatures",
    "SELECT size, line FROM cosignature "
    "WHERE size = (SELECT max(size) FROM cosignature WHERE size BETWEEN $1 AND $2) ORDER BY cosigner"};

absl::StatusOr<Head> ToHead(const Rows& rows) {
  if (rows.empty()) return errors::LogCorrupt(0, "log_head has no row");
  return Head{.origin = std::string(rows.GetText(0, 0)),
              .size = static_cast<Position>(rows.GetInt64(0, 1)),
              .frontier = rows.GetBytes(0, 2),
              .recorded_at_micros = rows.GetInt64(0, 3),
              .version = std::string(rows.GetText(0, 4)),
              .seal = rows.IsNull(0, 5) ? std::string() : rows.GetBytes(0, 5)};
}

Appended ToAppended(const std::string& left, const WriteBatch& batch) {
  const std::vector<std::string> parts = absl::StrSplit(left, ' ');
  Appended appended = {.now_micros = 0, .head = {.version = parts.back(), .seal = batch.seal}};
  (void)absl::SimpleAtoi(parts.front(), &appended.now_micros);  // a number, by the statement
  return appended;
}

// One column of the rows to insert, as the parameter for unnest.
template <typename T, typename Get>
std::string Column(const std::vector<T>& rows, Get get) {
  using Element = std::decay_t<decltype(get(rows.front()))>;
  std::vector<Element> column;
  column.reserve(rows.size());
  for (const T& row : rows) column.push_back(get(row));
  if constexpr (std::is_same_v<Element, int64_t>) {
    return Int64Array(column);
  } else {
    return BinaryArray(column);
  }
}

}  // namespace

absl::Status CreateHead(Transaction& transaction, const std::string& origin) {
  ASSIGN_OR_RETURN(const Rows found, transaction.Execute(kFindHead));
  if (!found.empty()) return absl::OkStatus();
  // No constraint refuses a second row, so look and insert under a lock.
  RETURN_IF_ERROR(transaction.ExecuteScript("LOCK TABLE log_head IN SHARE ROW EXCLUSIVE MODE"));
  return transaction.Execute(kCreateHead, {origin}).status();
}

absl::StatusOr<Head> ReadHead(Transaction& transaction) {
  ASSIGN_OR_RETURN(Rows rows, transaction.Execute(kReadHead));
  return ToHead(rows);
}

absl::Status TouchHead(Transaction& transaction) { return transaction.Execute(kTouchHead).status(); }

absl::StatusOr<LockedHead> LockHead(Transaction& transaction, const std::vector<RequestKey>& keys) {
  std::vector<std::string_view> callers, ids;
  for (const RequestKey& key : keys) {
    callers.push_back(key.caller);
    ids.push_back(key.request_id);
  }
  const postgres::TextCall calls[] = {
      {kLockHead, {}}, {kReadLockedHead, {postgres::TextArray(callers), postgres::TextArray(ids)}}};
  ASSIGN_OR_RETURN(Rows rows, transaction.ExecuteBatch(calls));
  LockedHead locked;
  ASSIGN_OR_RETURN(locked.head, ToHead(rows));
  locked.now_micros = rows.GetInt64(0, 6);
  locked.requests.resize(keys.size());
  for (int row = 0; row < rows.size(); ++row) {
    if (rows.IsNull(row, 7)) continue;
    const auto begin = static_cast<Position>(rows.GetInt64(row, 8));
    log::v1::Entry first;
    if (!first.ParseFromString(rows.GetBytes(row, 9))) {
      return errors::LogCorrupt(begin, "the entry cannot be parsed");
    }
    const Position end = begin + std::max(first.command_size(), 1U);
    // No appender leaves an entry beyond the head.
    if (end > locked.head.size) return errors::LogCorrupt(begin, "a command stands behind the log's end");
    ASSIGN_OR_RETURN(auto entries, ReadBytes(transaction, begin, end));
    locked.requests[static_cast<size_t>(rows.GetInt64(row, 7)) - 1] =
        EarlierRequest{begin, std::move(entries)};
  }
  return locked;
}

absl::StatusOr<Checkpoint> CheckpointOf(const Head& head) {
  const auto frontier = Frontier::FromBytes(head.size, head.frontier);
  if (!frontier.ok()) return errors::LogCorrupt(head.size, "the head's frontier is none of its size");
  return Checkpoint{.origin = head.origin, .size = head.size, .root = frontier->Root()};
}

absl::Status CheckSeal(const Head& head, absl::Span<const VerifierKey> keys) {
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, CheckpointOf(head));
  return CheckSeal(checkpoint, head.recorded_at_micros, head.seal, keys);
}

absl::Status WriteSeal(Transaction& transaction, const Head& head, const SigningKey& key) {
  ASSIGN_OR_RETURN(const Checkpoint checkpoint, CheckpointOf(head));
  const std::string seal = SealHead(checkpoint, head.recorded_at_micros, key);
  ASSIGN_OR_RETURN(const Rows written,
                   transaction.Execute(kWriteSeal, {Binary{seal}, static_cast<int64_t>(head.size)}));
  if (written.affected() == 1) return absl::OkStatus();
  return errors::LogCorrupt(head.size, "the head changed under its lock");
}

void WriteBatch::Append(const log::v1::Entry& entry, std::string bytes) {
  edge.Append(LeafHash(bytes), &tiles);
  recorded_at_micros = ToMicros(entry.recorded_at());
  Entry& appended = entries.emplace_back();
  appended.bytes = std::move(bytes);
  if (entry.command_index() > 0) return;
  appended.caller = entry.actor();
  appended.request_id = entry.request_id();
}

void WriteBatch::Seal(const SigningKey& key) {
  const Checkpoint after{.origin = key.name(), .size = edge.size(), .root = edge.frontier().Root()};
  seal = SealHead(after, recorded_at_micros, key);
}

absl::StatusOr<std::optional<Appended>> AppendEntries(Transaction& transaction, const WriteBatch& batch,
                                                      const HeadIdentity& head, ClockWindow window,
                                                      AfterAppend then) {
  using Entry = WriteBatch::Entry;
  using Text = WriteBatch::Text;
  if (batch.seal.size() != kSealBytes) return absl::InternalError("what is appended was not sealed");
  const std::string frontier = batch.edge.frontier().ToBytes();
  std::vector<postgres::Parameter> parameters = {head.version,
                                                 static_cast<int64_t>(batch.begin),
                                                 static_cast<int64_t>(batch.edge.size()),
                                                 Binary{frontier},
                                                 batch.recorded_at_micros,
                                                 window.from,
                                                 window.until,
                                                 Binary{batch.seal},
                                                 Binary{head.seal}};
  const std::string columns[] = {
      Column(batch.entries, [](const Entry& e) { return std::string_view(e.bytes); }),
      Column(batch.entries, [](const Entry& e) { return std::string_view(e.caller); }),
      Column(batch.entries, [](const Entry& e) { return std::string_view(e.request_id); }),
      Column(batch.texts, [](const Text& t) { return static_cast<int64_t>(t.position); }),
      Column(batch.texts, [](const Text& t) { return int64_t{t.index}; }),
      Column(batch.texts, [](const Text& t) { return std::string_view(t.stored.salt); }),
      Column(batch.texts, [](const Text& t) { return std::string_view(t.stored.text); }),
      Column(batch.tiles, [](const Tile& t) { return int64_t{t.level}; }),
      Column(batch.tiles, [](const Tile& t) { return static_cast<int64_t>(t.index); }),
      Column(batch.tiles, [](const Tile& t) { return std::string_view(t.hashes); })};
  const bool bare = batch.texts.empty() && batch.tiles.empty();
  const Statement& append = bare ? kAppendBare : kAppend;
  const size_t used = bare ? kBareColumns : std::size(columns);
  for (size_t i = 0; i < used; ++i) parameters.emplace_back(Binary{columns[i]});
  if (then == AfterAppend::kCommit && batch.redactions.empty()) {
    ASSIGN_OR_RETURN(auto left, transaction.ExecuteAndCommit(append, parameters));
    return left.has_value() ? std::make_optional(ToAppended(*left, batch)) : std::nullopt;
  }
  ASSIGN_OR_RETURN(Rows rows, transaction.Execute(append, parameters));
  if (rows.empty()) return std::nullopt;
  for (const WriteBatch::Redaction& redaction : batch.redactions) {
    RETURN_IF_ERROR(transaction
                        .Execute(kRedact, {static_cast<int64_t>(redaction.position), int64_t{redaction.index},
                                           static_cast<int64_t>(redaction.recorded_at)})
                        .status());
  }
  return ToAppended(std::string(rows.GetText(0, 0)), batch);
}

absl::StatusOr<std::vector<std::string>> ReadBytes(Transaction& transaction, Position begin, Position end,
                                                   int64_t max_bytes) {
  const std::string select = absl::StrCat("SELECT position, bytes FROM entry WHERE position >= ", begin,
                                          " AND position < ", end, " ORDER BY position");
  std::vector<std::string> bytes;
  bytes.reserve(end - begin);
  int64_t total = 0;
  bool full = false;
  RETURN_IF_ERROR(transaction.CopyOut(select, [&](absl::Span<const std::string_view> columns) {
    if (static_cast<Position>(postgres::Int64FromBinary(columns[0])) != begin + bytes.size()) return false;
    total += static_cast<int64_t>(columns[1].size());
    full = total > max_bytes && !bytes.empty();
    if (!full) bytes.emplace_back(columns[1]);
    return !full;
  }));
  if (!full && bytes.size() < end - begin) {
    return errors::LogCorrupt(begin + bytes.size(), "the entry is missing");
  }
  return bytes;
}

absl::StatusOr<std::vector<WriteBatch::Text>> ReadTexts(Transaction& transaction, Position begin,
                                                        Position end) {
  std::vector<WriteBatch::Text> texts;
  RETURN_IF_ERROR(transaction.ForEachRow(kReadTexts, {static_cast<int64_t>(begin), static_cast<int64_t>(end)},
                                         [&](const postgres::Row& row) {
                                           texts.push_back({static_cast<Position>(row.GetInt64(0)),
                                                            static_cast<uint32_t>(row.GetInt64(1)),
                                                            {row.GetBytes(2), std::string(row.GetText(3))}});
                                           return absl::OkStatus();
                                         }));
  return texts;
}

namespace {

// Verifies a stored text against its entry. A withdrawn text has no row.
absl::StatusOr<std::string> OpenStored(const Ledger::TextKey& key, const std::string& bytes,
                                       const StoredText& stored) {
  log::v1::Entry entry;
  if (!entry.ParseFromString(bytes)) return errors::LogCorrupt(key.position, "the entry cannot be parsed");
  const bool committed = key.index < static_cast<uint32_t>(entry.texts_size());
  const std::string commitment =
      committed ? entry.texts(static_cast<int>(key.index)).salted_sha256() : std::string();
  auto opened = OpenText(commitment, stored.salt, stored.text);
  if (opened.ok() && opened->has_value()) return **std::move(opened);
  const absl::Status differs =
      opened.ok() ? errors::TextDiffers(ToBase64(commitment), "nothing") : opened.status();
  return WithMetadata(differs,
                      {{"position", absl::StrCat(key.position)}, {"index", absl::StrCat(key.index)}});
}

}  // namespace

absl::StatusOr<std::vector<std::optional<std::string>>> ReadTextsAt(Transaction& transaction,
                                                                    const std::vector<Ledger::TextKey>& keys,
                                                                    const TileBuilder& edge) {
  using Key = Ledger::TextKey;
  struct Found {
    size_t at;
    std::string bytes;
    StoredText stored;
  };
  std::string positions = Column(keys, [](const Key& key) { return static_cast<int64_t>(key.position); });
  std::string indexes = Column(keys, [](const Key& key) { return int64_t{key.index}; });
  std::vector<Found> found;
  RETURN_IF_ERROR(transaction.ForEachRow(kReadTextsAt, {Binary{positions}, Binary{indexes}},
                                         [&](const postgres::Row& row) {
                                           found.push_back({static_cast<size_t>(row.GetInt64(0)) - 1,
                                                            row.GetBytes(1),
                                                            {row.GetBytes(2), std::string(row.GetText(3))}});
                                           return absl::OkStatus();
                                         }));
  std::vector<std::optional<std::string>> texts(keys.size());
  LeafCheck leaves = MakeLeafCheck(edge, transaction);
  for (const Found& one : found) {
    RETURN_IF_ERROR(leaves.Check(keys[one.at].position, one.bytes));
    ASSIGN_OR_RETURN(texts[one.at], OpenStored(keys[one.at], one.bytes, one.stored));
  }
  return texts;
}

absl::Status AddCosignatures(Transaction& transaction, Position size,
                             const std::vector<Cosignature>& cosignatures) {
  std::string cosigners = Column(cosignatures, [](const auto& c) { return std::string_view(c.cosigner); });
  std::string lines = Column(cosignatures, [](const auto& c) { return std::string_view(c.line); });
  return transaction.Execute(kAddCosignatures, {static_cast<int64_t>(size), Binary{cosigners}, Binary{lines}})
      .status();
}

absl::StatusOr<Cosignatures> ReadCosignatures(Transaction& transaction, Position least, Position most) {
  Cosignatures found;
  RETURN_IF_ERROR(transaction.ForEachRow(kReadCosignatures,
                                         {static_cast<int64_t>(least), static_cast<int64_t>(most)},
                                         [&](const postgres::Row& row) {
                                           found.size = static_cast<Position>(row.GetInt64(0));
                                           found.lines.emplace_back(row.GetText(1));
                                           return absl::OkStatus();
                                         }));
  return found;
}

absl::StatusOr<std::string> ReadTile(Transaction& transaction, int level, uint64_t index) {
  ASSIGN_OR_RETURN(Rows rows, transaction.Execute(kReadTile, {level, static_cast<int64_t>(index)}));
  if (rows.empty()) {
    return errors::LogCorrupt(index << (kTileHeight * (level + 1)),
                              absl::StrCat("tile ", level, "/", index, " is missing"));
  }
  return rows.GetBytes(0, 0);
}

LeafCheck MakeLeafCheck(const TileBuilder& edge, Transaction& transaction) {
  return {edge, [&transaction](int level, uint64_t index) { return ReadTile(transaction, level, index); }};
}

}  // namespace seisaku::ledger
