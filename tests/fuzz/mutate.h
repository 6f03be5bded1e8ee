// Changes of logs that keep their form: bytes changed at random break the lengths of all that is around them,
// and nothing behind the first parser would be reached.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

// libFuzzer's own change of bytes.
extern "C" size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t max_size);

namespace seisaku::fuzz {

// Changes one thing in the log `bytes` (ReadLog): an entry's place, or a field of an entry, of its event, or
// of an entry that the event copies. Where there is no entry the bytes stay as they are.
std::string MutateLog(const std::string& bytes, std::minstd_rand& random);

// LLVMFuzzerCustomMutator for inputs that are logs; now and then bytes change at random all the same.
size_t MutateLogInPlace(uint8_t* data, size_t size, size_t max_size, unsigned seed);

}  // namespace seisaku::fuzz
