#include "tests/fuzz/property.h"

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/delimited_message_util.h>

#include <cstdio>
#include <cstdlib>

#include "services/base/status.h"
#include "services/base/text.h"

namespace seisaku::fuzz {
namespace {

[[noreturn]] void Fail(std::string_view what, Place place) {
  fmt::print(stderr, "{}:{}: {}\n", place.file, place.line, what);
  std::abort();
}

}  // namespace

void Require(bool holds, Place place) {
  if (!holds) Fail("what must hold does not", place);
}

void RequireOk(const absl::Status& status, Place place) {
  if (!status.ok()) Fail(status.ToString(), place);
}

void RequireClear(const absl::Status& error, Place place) {
  const std::string_view message(error.message().data(), error.message().size());
  if (error.ok() || ReasonOf(error).empty() || message.empty() || !IsUtf8(message)) {
    Fail("no clear error: " + error.ToString(), place);
  }
}

std::vector<log::v1::StoredEntry> ReadLog(const uint8_t* data, size_t size) {
  // Protobuf writes a line for each text that is no UTF-8.
  [[maybe_unused]] static const auto was = google::protobuf::SetLogHandler(nullptr);
  google::protobuf::io::ArrayInputStream stream(data, static_cast<int>(size));
  std::vector<log::v1::StoredEntry> log;
  bool at_end = false;
  for (log::v1::StoredEntry entry;
       google::protobuf::util::ParseDelimitedFromZeroCopyStream(&entry, &stream, &at_end); entry.Clear()) {
    log.push_back(entry);
  }
  return log;
}

std::string WriteLog(const std::vector<log::v1::StoredEntry>& log) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  for (const log::v1::StoredEntry& entry : log) {
    google::protobuf::util::SerializeDelimitedToZeroCopyStream(entry, &stream);
  }
  return bytes;
}

std::string Records(const StateMachine& machine, Position size) {
  std::string records;
  machine.VisitRecords(size, [&](const StateMachine::Record& record) {
    records += fmt::format("{}\n{} {} {} {}\n", record.resource, record.revision, record.position,
                           record.about_other_log, record.content.size());
    records += record.content;
  });
  return records;
}

}  // namespace seisaku::fuzz
