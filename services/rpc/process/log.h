// The program's own log (not the ledger): one JSON object a line on stderr, with time, level, message and the
// given fields. For people who operate it, in English. Thread-safe.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace seisaku::rpc {

using LogFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

// A `why` that is not OK adds fields: its reason, each of its metadata under its own name, and its message as `error`.
void LogInfo(std::string_view message, LogFields fields = {}, const absl::Status& why = {});
void LogWarning(std::string_view message, LogFields fields = {}, const absl::Status& why = {});
void LogError(std::string_view message, LogFields fields = {}, const absl::Status& why = {});

// Turns the log off, for a program that reports to people itself.
void SilenceLog();

// `"message":…` and the fields as the inside of a JSON object; bytes that are not UTF-8 become U+FFFD. Of
// each text 1 KiB is written, and "…" where there is more, and of a status 16 metadata. Pure.
std::string FormatLogLine(std::string_view message, LogFields fields, const absl::Status& why = {});

}  // namespace seisaku::rpc
