#include "services/ledger/tree/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cstdlib>
#include <initializer_list>
#include <memory>

namespace seisaku::ledger {
namespace {

// Fetching the algorithm and allocating a context cost as much as hashing a node, so both are kept.
const EVP_MD* Sha256Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

Hash HashOf(std::initializer_list<std::string_view> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                                     &EVP_MD_CTX_free);
  bool done = EVP_DigestInit_ex2(context.get(), Sha256Algorithm(), nullptr) == 1;
  for (std::string_view part : parts) {
    done = done && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  }
  Hash hash;
  done = done && EVP_DigestFinal_ex(context.get(), hash.data(), nullptr) == 1;
  // Only a broken installation comes here; a tree with a wrong hash in it would be worse.
  if (!done) std::abort();
  return hash;
}

}  // namespace

Hash Sha256(std::string_view data) { return HashOf({data}); }

Hash LeafHash(std::string_view entry) { return HashOf({std::string_view("\x00", 1), entry}); }

Hash NodeHash(const Hash& left, const Hash& right) {
  std::array<char, 1 + 2 * kHashBytes> node;
  node[0] = 1;
  std::copy(right.begin(), right.end(), std::copy(left.begin(), left.end(), node.begin() + 1));
  return HashOf({std::string_view(node.data(), node.size())});
}

Hash EmptyRoot() { return HashOf({}); }

}  // namespace seisaku::ledger
