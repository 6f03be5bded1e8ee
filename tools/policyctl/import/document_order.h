// Where things stand among those beside them, as a document has them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace seisaku::policyctl::imports {

// One of several that stand in an order: by `order`, ties by id.
struct Placed {
  std::string name;               // of the resource; ends with its id
  uint32_t order = 0;             // 0: new
  std::optional<size_t> printed;  // its place in the document
  bool moved = false;             // set by Arrange: the document has it elsewhere among those that are there
  bool operator==(const Placed&) const = default;
};

// Whether `kept`, which the document does not print and which stands behind `before`, goes before `added`.
using StaysBefore = std::function<bool(const Placed& before, const Placed& kept, const Placed& added)>;

// Puts what a document adds among what is there (`existing`, in its order): behind what the document has
// before it, and behind what stays with that. With `follows`, what is there and printed takes the document's
// order too, with what is not printed behind the same as before; else nothing that is there changes. Returns
// all of it, in order, each with the `order` that it is to have; 0 where a new one simply goes last. As few
// as possible change.
std::vector<Placed> Arrange(const std::vector<Placed>& existing, const std::vector<Placed>& added,
                            bool follows, const StaysBefore& stays_before);

}  // namespace seisaku::policyctl::imports
