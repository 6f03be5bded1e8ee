// What a fuzz target says must hold, whatever its input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "seisaku/log/v1/log_service.pb.h"
#include "services/base/state_machine.h"

namespace seisaku::fuzz {

// Where something is asserted; clang 14 has no std::source_location.
struct Place {
  static constexpr Place Here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
  const char* file;
  int line;
};

// Prints the place and ends the process, which libFuzzer takes for a finding, unless it `holds`.
void Require(bool holds, Place place = Place::Here());
// The same for an outcome that has to be OK, with the error.
void RequireOk(const absl::Status& status, Place place = Place::Here());
// An error that a person can use: it has a reason and a message in UTF-8.
void RequireClear(const absl::Status& error, Place place = Place::Here());

// A log as the input of a target: StoredEntry messages, each after its length, as in a bundle's file. What
// comes after the first that cannot be read is ignored.
std::vector<log::v1::StoredEntry> ReadLog(const uint8_t* data, size_t size);
std::string WriteLog(const std::vector<log::v1::StoredEntry>& log);

// Every record of the state as of `size`: two states with the same have the same digests.
std::string Records(const StateMachine& machine, Position size);

}  // namespace seisaku::fuzz
