// Ctrl-C, and being asked to end.
#pragma once

#include "tools/policyctl/messages.h"
#include "tools/policyctl/sent_changes.h"

namespace seisaku::policyctl {

// What a person who interrupts a command is told: what is recorded, what is not known, how to go on.
std::string DescribeInterruption(Language language, const SentChanges& changes);

// From now on SIGINT and SIGTERM end the process with DescribeInterruption on standard error and the exit
// code that a shell expects, 130 or 143; one that the caller ignores (nohup) stays ignored. Call it once,
// before any other thread is started; `changes` lives as long as the process.
void TellWhenInterrupted(Language language, const SentChanges& changes);

}  // namespace seisaku::policyctl
