#include "services/rpc/process/log.h"

#include <map>
#include <memory>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/base/text.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace seisaku::rpc {
namespace {

// The message that reaches spdlog is already the inside of an object; UTC, so that logs of machines compare.
spdlog::logger& Logger() {
  static spdlog::logger& logger = []() -> spdlog::logger& {
    auto* made = new spdlog::logger("seisaku", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})", spdlog::pattern_time_type::utc);
    made->flush_on(spdlog::level::info);
    return *made;
  }();
  return logger;
}

// How many bytes the character at the front of `text` has; 0 when they are not UTF-8.
size_t CharacterBytes(std::string_view text) {
  for (size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes) {
    if (IsUtf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

void AppendEscaped(char c, std::string& out) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
        out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      } else {
        out += c;
      }
  }
}

// The limit of one value or of the message: longer ones come from requests. A line has a few of them.
constexpr size_t kMaxValueBytes = 1024;
constexpr size_t kMaxMetadata = 16;

// `text` cut between characters, with "…" where something is missing.
void AppendString(std::string_view text, std::string& out) {
  const bool cut = text.size() > kMaxValueBytes;
  if (cut) {
    size_t end = kMaxValueBytes;
    for (int i = 0; i < 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80; ++i) --end;
    text = text.substr(0, end);
  }
  out += '"';
  while (!text.empty()) {
    const size_t bytes = CharacterBytes(text);
    if (bytes == 0) {
      out += "\\ufffd";
    } else if (bytes == 1) {
      AppendEscaped(text.front(), out);
    } else {
      out += text.substr(0, bytes);
    }
    text.remove_prefix(bytes == 0 ? 1 : bytes);
  }
  if (cut) out += "…";
  out += '"';
}

void AppendField(std::string_view name, std::string_view value, std::string& out) {
  out += ',';
  AppendString(name, out);
  out += ':';
  AppendString(value, out);
}

void AppendError(const absl::Status& why, std::string& out) {
  AppendField("reason", ReasonOf(why), out);
  if (const auto info = GetErrorInfo(why)) {
    const std::map<std::string, std::string> sorted(info->metadata().begin(), info->metadata().end());
    size_t told = 0;
    for (const auto& [name, value] : sorted) {
      if (++told > kMaxMetadata) break;
      AppendField(name, value, out);
    }
  }
  AppendField("error", std::string(why.message()), out);
}

void Write(spdlog::level::level_enum level, std::string_view message, LogFields fields,
           const absl::Status& why) {
  Logger().log(level, spdlog::string_view_t(FormatLogLine(message, fields, why)));
}

}  // namespace

std::string FormatLogLine(std::string_view message, LogFields fields, const absl::Status& why) {
  std::string line = "\"message\":";
  AppendString(message, line);
  for (const auto& [name, value] : fields) AppendField(name, value, line);
  if (!why.ok()) AppendError(why, line);
  return line;
}

void SilenceLog() { Logger().set_level(spdlog::level::off); }

void LogInfo(std::string_view message, LogFields fields, const absl::Status& why) {
  Write(spdlog::level::info, message, fields, why);
}
void LogWarning(std::string_view message, LogFields fields, const absl::Status& why) {
  Write(spdlog::level::warn, message, fields, why);
}
void LogError(std::string_view message, LogFields fields, const absl::Status& why) {
  Write(spdlog::level::err, message, fields, why);
}

}  // namespace seisaku::rpc
