#include "services/rpc/log.h"

#include <memory>

#include "fmt/format.h"
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

void AppendString(std::string_view text, std::string& out) {
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
  out += '"';
}

void Write(spdlog::level::level_enum level, std::string_view message, LogFields fields) {
  Logger().log(level, spdlog::string_view_t(FormatLogLine(message, fields)));
}

}  // namespace

std::string FormatLogLine(std::string_view message, LogFields fields) {
  std::string line = "\"message\":";
  AppendString(message, line);
  for (const auto& [name, value] : fields) {
    line += ',';
    AppendString(name, line);
    line += ':';
    AppendString(value, line);
  }
  return line;
}

void LogInfo(std::string_view message, LogFields fields) { Write(spdlog::level::info, message, fields); }
void LogWarning(std::string_view message, LogFields fields) { Write(spdlog::level::warn, message, fields); }
void LogError(std::string_view message, LogFields fields) { Write(spdlog::level::err, message, fields); }

}  // namespace seisaku::rpc
