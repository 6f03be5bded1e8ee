#include "tools/policyctl/help.h"

#include <algorithm>
#include <memory>
#include <vector>

namespace seisaku::policyctl {
namespace {

// What stands for an option's value: of CLI11's "TEXT:YEAR" the last part, of its sets the members.
std::string PlaceOf(const CLI::Option& option) {
  std::string type = option.get_type_name();
  type.erase(0, type.rfind(':') + 1);
  if (type.starts_with('{') && type.ends_with('}')) {
    type = type.substr(1, type.size() - 2);
    std::replace(type.begin(), type.end(), ',', '|');
  }
  return type;
}

class HelpFormatter : public CLI::Formatter {
 public:
  explicit HelpFormatter(Language language) : language_(language) {
    column_width(30);
    label("Usage", In(text::kUsageHeading));
    label("OPTIONS", In(text::kOptionsPlace));
    label("SUBCOMMAND", In(text::kCommandPlace));
    label("Positionals", In(text::kArgumentsHeading));
    label("Options", In(text::kOptionsHeading));
  }

  std::string make_group(std::string group, bool is_positional,
                         std::vector<const CLI::Option*> options) const override {
    return Formatter::make_group(get_label(group), is_positional, std::move(options));
  }

  // An argument's name says enough.
  std::string make_option_opts(const CLI::Option* option) const override {
    if (option->get_positional() || option->get_type_size() == 0) return "";
    return " " + PlaceOf(*option);
  }

  std::string make_option_desc(const CLI::Option* option) const override {
    const bool marked = option->get_required() && !option->get_positional();
    return option->get_description() + (marked ? In(text::kRequiredMark) : "");
  }

 private:
  std::string In(const Text& text) const { return std::string(policyctl::In(language_, text)); }

  Language language_;
};

}  // namespace

void SetUpHelp(CLI::App& app, Language language) {
  app.formatter(std::make_shared<HelpFormatter>(language));
  app.group(std::string(In(language, text::kCommandsHeading)));
  app.set_help_flag("-h,--help", std::string(In(language, text::kHelpOption)));
}

std::string ExampleFooter(Language language, std::string_view program, std::string_view examples) {
  std::string footer = std::string(In(language, text::kExample)) + "\n";
  while (!examples.empty()) {
    const size_t end = std::min(examples.find('\n'), examples.size());
    footer.append("  ").append(examples.substr(0, end)).append("\n");
    examples.remove_prefix(std::min(end + 1, examples.size()));
  }
  return footer + "\n" + Say(language, text::kCommonOptionsNote, program);
}

}  // namespace seisaku::policyctl
