#include "services/ledger/folding.h"

#include <algorithm>
#include <future>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/base/errors.h"
#include "services/base/status.h"

namespace seisaku::ledger {

namespace {

using FoldPage = absl::Status (Image::*)(const CommittedEntries&);

absl::Status FoldPages(Image& image, Position end, ReadPage read, FoldPage fold) {
  using Bytes = absl::StatusOr<std::vector<std::string>>;
  using Entries = absl::StatusOr<CommittedEntries>;
  Position begin = image.next();  // of what is being read
  if (begin >= end) return absl::OkStatus();
  // While one page is folded, the next is parsed and hashed, and the one after that is read; a single page is
  // not worth a thread.
  const auto launch = end - begin > kFoldPage ? std::launch::async : std::launch::deferred;
  const auto read_on = [&] {
    return std::async(launch, [=] { return read(begin, std::min(end, begin + kFoldPage)); });
  };
  std::future<Bytes> reading = read_on();
  std::future<Entries> parsing;
  while (image.next() < end) {
    std::future<Entries> next;
    if (begin < end) {
      Bytes bytes = reading.get();
      const Position first = std::exchange(begin, bytes.ok() ? begin + bytes->size() : end);
      if (begin < end) reading = read_on();
      next = std::async(launch, [&image, first, bytes = std::move(bytes)]() -> Entries {
        RETURN_IF_ERROR(bytes.status());
        return CommittedEntries::Parse(image.state(), first, *bytes);
      });
    }
    if (parsing.valid()) {
      ASSIGN_OR_RETURN(CommittedEntries page, parsing.get());
      RETURN_IF_ERROR((image.*fold)(page));
    }
    parsing = std::move(next);
  }
  return absl::OkStatus();
}

absl::Status CheckSigned(const Image& image, const Head& head, const SigningKeys& keys) {
  const absl::Status named = keys.CheckNamed(image.named_keys());
  const absl::Status sealed = CheckSeal(head, keys.MaySeal(head.size, image.named_keys()));
  if (sealed.ok() || named.ok()) return sealed.ok() ? named : sealed;
  // Who was given another key than the log names is told so, if one that may be the log's has sealed it.
  std::vector<VerifierKey> known(keys.verifiers().begin(), keys.verifiers().end());
  for (const auto& [position, key] : image.named_keys()) known.push_back(key);
  return CheckSeal(head, known).ok() ? named : sealed;
}

}  // namespace

absl::Status FoldTo(Image& image, Position end, ReadPage read) {
  return FoldPages(image, end, read, &Image::FoldCommitted);
}

absl::Status CheckTree(const Image& image, const Head& head) {
  const bool whole = image.folded_whole_commands() && image.folded().size() == head.size;
  if (!whole || image.folded().ToBytes() != head.frontier) {
    return errors::LogCorrupt(head.size, "the head's frontier is not that of the entries");
  }
  if (image.folded_recorded_at_micros() == head.recorded_at_micros) return absl::OkStatus();
  return errors::LogCorrupt(head.size, "the head's time is not that of its last entry");
}

absl::Status FoldTo(Image& image, const Head& head, const SigningKeys& keys, ReadPage read) {
  if (head.size < image.published()) {
    return errors::LogCorrupt(head.size, absl::StrCat("the log has ", head.size, " entries and had ",
                                                      image.published(), ": an older copy was restored"));
  }
  absl::Status folded = FoldPages(image, head.size, read, &Image::FoldUnpublished);
  if (folded.ok()) folded = CheckTree(image, head);
  if (folded.ok()) folded = CheckSigned(image, head, keys);
  if (folded.ok()) {
    image.PublishFolded();
  } else {
    image.Truncate(image.published());
  }
  return folded;
}

}  // namespace seisaku::ledger
