#include "tools/bundle/field_count.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <cstdint>

#include "seisaku/log/v1/entry.pb.h"
#include "seisaku/log/v1/log_service.pb.h"

namespace seisaku::bundle {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::internal::WireFormatLite;

// A command of 16 MiB has half as many.
constexpr int kMaxFields = 4'000'000;
// As the database has it.
constexpr int kMaxTexts = 65'536;
constexpr int kMaxDepth = 100;  // as the parser has it

// In programs that know no such event nothing reads one.
const Descriptor* Event(const char* name) {
  return DescriptorPool::generated_pool()->FindMessageTypeByName(name);
}

class Counter {
 public:
  // False where there are too many. `type` is nullptr where nobody looks into the message.
  bool Walk(std::string_view bytes, const Descriptor* type, int depth) {
    google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                              static_cast<int>(bytes.size()));
    int texts = 0;
    while (const uint32_t tag = in.ReadTag()) {
      if (--fields_ < 0) return false;
      const int number = WireFormatLite::GetTagFieldNumber(tag);
      const FieldDescriptor* field = type == nullptr ? nullptr : type->FindFieldByNumber(number);
      const auto wire_type = WireFormatLite::GetTagWireType(tag);
      if (wire_type == WireFormatLite::WIRETYPE_START_GROUP) return false;  // which no message of ours has
      if (wire_type != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
        if (!WireFormatLite::SkipField(&in, tag)) return true;
        continue;
      }
      uint32_t length = 0;
      if (!in.ReadVarint32(&length)) return true;
      const auto at = static_cast<size_t>(in.CurrentPosition());
      if (length > bytes.size() - at) return true;
      if (field != nullptr && field->name() == "texts" && ++texts > kMaxTexts) return false;
      if (field != nullptr && !Content(*field, bytes.substr(at, length), depth)) return false;
      in.Skip(static_cast<int>(length));
    }
    return true;
  }

 private:
  bool Content(const FieldDescriptor& field, std::string_view bytes, int depth) {
    if (depth == kMaxDepth) return true;
    if (field.type() == FieldDescriptor::TYPE_MESSAGE) return Walk(bytes, field.message_type(), depth + 1);
    if (field.full_name() == "seisaku.log.v1.StoredEntry.entry") {
      return Walk(bytes, log::v1::Entry::descriptor(), depth + 1);
    }
    if (field.full_name() == "seisaku.progress.v1.CatalogAdvanced.entries") {
      is_copy_ = true;
      return Walk(bytes, log::v1::Entry::descriptor(), depth + 1);
    }
    if (field.full_name() != "seisaku.log.v1.Entry.payload") return true;
    // Of which log it is, the entry may say behind it, and twice.
    return Walk(bytes, Event("seisaku.catalog.v1.Event"), depth + 1) &&
           (is_copy_ || Walk(bytes, Event("seisaku.progress.v1.Event"), depth + 1));
  }

  int fields_ = kMaxFields;
  bool is_copy_ = false;  // an entry of catalog, which copies none itself
};

}  // namespace

bool HasTooManyFields(std::string_view stored) {
  return !Counter().Walk(stored, log::v1::StoredEntry::descriptor(), 0);
}

}  // namespace seisaku::bundle
