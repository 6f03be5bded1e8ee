#include "services/postgres/libpq/values.h"

namespace seisaku::postgres {
namespace {

// The binary array format, as array_recv reads it: the number of dimensions, a flag for NULLs, the oid of the
// element type; per dimension its length and lower bound; then each element as its length and bytes. Everything is
// big-endian.
constexpr uint32_t kByteaOid = 17;
constexpr uint32_t kInt8Oid = 20;

template <typename Integer>
void AppendBigEndian(std::string& out, Integer value) {
  for (int shift = (static_cast<int>(sizeof(Integer)) - 1) * 8; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xff));
  }
}

void AppendHeader(std::string& out, uint32_t element_oid, size_t length) {
  AppendBigEndian(out, uint32_t{length == 0 ? 0u : 1u});  // dimensions
  AppendBigEndian(out, uint32_t{0});                      // no NULLs
  AppendBigEndian(out, element_oid);
  if (length == 0) return;
  AppendBigEndian(out, static_cast<uint32_t>(length));
  AppendBigEndian(out, uint32_t{1});  // lower bound
}

template <typename Text>
std::string ByteaArray(absl::Span<const Text> elements) {
  size_t bytes = 20;
  for (const Text& element : elements) bytes += 4 + element.size();
  std::string out;
  out.reserve(bytes);
  AppendHeader(out, kByteaOid, elements.size());
  for (const Text& element : elements) {
    AppendBigEndian(out, static_cast<uint32_t>(element.size()));
    out.append(element);
  }
  return out;
}

}  // namespace

std::string BinaryArray(absl::Span<const std::string_view> elements) { return ByteaArray(elements); }

std::string BinaryArray(absl::Span<const std::string> elements) { return ByteaArray(elements); }

std::string Int64Array(absl::Span<const int64_t> elements) {
  std::string out;
  out.reserve(20 + 12 * elements.size());
  AppendHeader(out, kInt8Oid, elements.size());
  for (int64_t element : elements) {
    AppendBigEndian(out, uint32_t{8});
    AppendBigEndian(out, static_cast<uint64_t>(element));
  }
  return out;
}

std::string TextArray(absl::Span<const std::string_view> elements) {
  std::string out = "{";
  for (std::string_view element : elements) {
    if (out.size() > 1) out.push_back(',');
    out.push_back('"');
    for (char c : element) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
  }
  out.push_back('}');
  return out;
}

int64_t Int64FromBinary(std::string_view column) {
  if (column.size() != sizeof(int64_t)) return 0;
  uint64_t number = 0;
  for (unsigned char byte : column) number = number << 8 | byte;
  return static_cast<int64_t>(number);
}

}  // namespace seisaku::postgres
