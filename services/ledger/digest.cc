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

  template <typename Integer>
  void AddBigEndian(Integer value) {
    std::string bytes;
    for (int shift = static_cast<int>(sizeof(value)) * 8 - 8; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(value >> shift & 0xff));
    }
    Add(bytes);
  }

  void AddWithLength(std::string_view bytes) {
    AddBigEndian(static_cast<uint32_t>(bytes.size()));
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

Hash Digest(const StateMachine& state, Position size, bool with_positions) {
  Digester digester;
  state.VisitRecords(size, [&](const StateMachine::Record& record) {
    if (record.about_other_log && !with_positions) return;
    digester.AddWithLength(record.resource);
    digester.AddBigEndian(record.revision);
    if (with_positions) digester.AddBigEndian(static_cast<uint64_t>(record.position));
    digester.AddWithLength(record.content);
  });
  return digester.Finish();
}

}  // namespace

Hash StateDigest(const StateMachine& state, Position size) { return Digest(state, size, true); }

Hash ContentDigest(const StateMachine& state, Position size) { return Digest(state, size, false); }

}  // namespace seisaku::ledger
