#include "services/postgres/parameters.h"

#include <array>
#include <pqxx/binarystring>
#include <utility>

#include "fmt/format.h"

namespace seisaku::postgres {
namespace {

// libpqxx 6 fixes the C++ type of each argument at compile time, but takes a range of one type as any number
// of arguments, none included. So every parameter is given as two ranges, one as binary and one as text (a
// null pointer is NULL), of which one is empty.
class Argument {
 public:
  void Set(const Parameter& parameter) {
    if (const auto* binary = std::get_if<Binary>(&parameter.value())) {
      binary_.emplace_back(binary->bytes.data(), binary->bytes.size());
    } else if (const auto* text = std::get_if<std::string_view>(&parameter.value())) {
      text_storage_ = std::string(*text);
      text_.push_back(text_storage_.c_str());
    } else if (const auto* number = std::get_if<int64_t>(&parameter.value())) {
      text_storage_ = fmt::format_int(*number).str();
      text_.push_back(text_storage_.c_str());
    } else {
      text_.push_back(nullptr);
    }
  }

  auto binary() const { return pqxx::prepare::make_dynamic_params(binary_.begin(), binary_.end()); }
  auto text() const { return pqxx::prepare::make_dynamic_params(text_.begin(), text_.end()); }

 private:
  std::vector<pqxx::binarystring> binary_;
  std::vector<const char*> text_;
  std::string text_storage_;
};

using Arguments = std::array<Argument, kMaxParameters>;

template <size_t... I>
pqxx::result Expand(pqxx::transaction_base& transaction, const std::string& name, const Arguments& arguments,
                    std::index_sequence<I...>) {
  // One range of pairs would need one type; so: binary of 0, text of 0, binary of 1, …
  return std::apply([&](const auto&... ranges) { return transaction.exec_prepared(name, ranges...); },
                    std::tuple_cat(std::make_tuple(arguments[I].binary(), arguments[I].text())...));
}

}  // namespace

pqxx::result ExecutePrepared(pqxx::transaction_base& transaction, const std::string& name,
                             Parameters parameters) {
  if (parameters.empty()) return transaction.exec_prepared(name);
  Arguments arguments;
  for (size_t i = 0; i < parameters.size(); ++i) arguments[i].Set(parameters[i]);
  return Expand(transaction, name, arguments, std::make_index_sequence<kMaxParameters>());
}

}  // namespace seisaku::postgres
