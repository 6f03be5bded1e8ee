// Where a log is read from.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/base/state_machine.h"
#include "tools/auditor/verify/evidence.h"
#include "tools/auditor/verify/log_verifier.h"

namespace seisaku::auditor {

// Whose log it is, which decides who folds it.
enum class LogKind { kCatalog, kProgress };
std::unique_ptr<StateMachine> NewMachine(LogKind kind);

// What a source finds beside the entries when it knows all of them.
struct Findings {
  std::vector<Evidence> evidences;  // made of the entries
  std::vector<UnfitCosignature> unfit;
  std::vector<Doubt> doubts;
};

// One log in one place. Not thread-safe.
class LogSource {
 public:
  virtual ~LogSource() = default;

  virtual LogKind kind() const = 0;
  // The log's name; "" where that cannot be read.
  virtual const std::string& origin() const = 0;
  // Where it is, for people.
  virtual const std::string& place() const = 0;
  // What stands beside the entries to compare them with; nullptr: no tiles.
  virtual LogTiles* tiles() { return nullptr; }
  // Called for each entry that Feed hands over, when it has been read.
  virtual void OnEntry(uint64_t /*position*/, const log::v1::Entry& /*entry*/, LogVerifier& /*verifier*/) {}
  // Whether a text may be there although an entry says that it was withdrawn.
  virtual bool may_keep_withdrawn() const { return false; }

  // Of an export, which is the log as it was once, how many entries its checkpoint says that it had; nullopt:
  // it is the log as it is now, which may not be shorter than it was ever seen.
  virtual std::optional<uint64_t> exported_size() const { return std::nullopt; }
  // Whether it is an export that has not come to its end, of which nothing can be said.
  virtual bool is_unfinished() const { return false; }

  // The checkpoints that stand with the log, which are asked for before Feed; what is wrong with them is
  // reported to the verifier.
  virtual std::vector<Evidence> ReadEvidences(LogVerifier& verifier) = 0;
  // Hands all entries to the verifier, whose Finish it leaves to the caller, and reports what else is wrong
  // with how they are kept. Errors are those of a place that cannot be reached.
  virtual absl::Status Feed(LogVerifier& verifier, std::vector<Evidence>& evidences) = 0;
  // After the verifier has finished: what has to fit to all of the entries.
  virtual void Check(LogVerifier& /*verifier*/, Findings& /*findings*/) {}
};

}  // namespace seisaku::auditor
