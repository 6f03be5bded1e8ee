#include "services/ledger/digest.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace seisaku::ledger {
namespace {

// Hashes as it goes, so that a state of any size takes no memory.
class Digester {
 public:
  Digester() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1) std::abort();
  }

  void Add(std::string_view bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) std::abort();
  }

  void AddWithLength(std::string_view bytes) {
    Add(BigEndian(bytes.size(), 4));
    Add(bytes);
  }

  Hash Finish() {
    Hash hash;
    if (EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr) != 1) std::abort();
    return hash;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

void Add(const StateMachine::Record& record, bool with_position, Digester& digester) {
  digester.AddWithLength(record.resource);
  digester.Add(BigEndian(record.revision, 4));
  if (with_position) digester.Add(BigEndian(record.position, 8));
  digester.AddWithLength(record.content);
}

}  // namespace

std::optional<Digests> DigestRecords(const StateMachine& state, Position size, StateMachine::Pause pause) {
  Digester of_state;
  Digester of_content;
  bool whole = true;
  state.VisitRecords(
      size,
      [&](const StateMachine::Record& record) {
        Add(record, /*with_position=*/true, of_state);
        if (!record.about_other_log) Add(record, /*with_position=*/false, of_content);
      },
      [&] { return whole = pause(); });
  if (!whole) return std::nullopt;
  return Digests{of_state.Finish(), of_content.Finish()};
}

Digests DigestRecords(const StateMachine& state, Position size) {
  return *DigestRecords(state, size, [] { return true; });
}

}  // namespace seisaku::ledger
