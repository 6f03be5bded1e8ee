#include "tools/policyctl/interruption.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "fmt/format.h"

namespace seisaku::policyctl {
namespace {

constexpr Text kInterrupted{"policyctl: interrupted", "policyctl: 中断しました"};
constexpr Text kNothingSent{"policyctl: interrupted; no change was sent",
                            "policyctl: 中断しました。何も登録・変更していません"};
constexpr Text kAgain{"  next: run the same command again when you like",
                      "  対処: 必要なときに、同じコマンドをもう一度実行してください"};
constexpr Text kNext{
    "  next: run the same command again: it finishes the work, and what is recorded is not added twice",
    "  対処: "
    "同じコマンドをもう一度実行すると残りが処理されます（記録済みのものが二重に登録されることはありません）"};

bool IsIgnored(int signal) {
  struct sigaction current = {};
  return sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

}  // namespace

std::string DescribeInterruption(Language language, const SentChanges& changes) {
  const std::string sent = changes.Describe(language);
  if (sent.empty()) return fmt::format("{}\n{}\n", In(language, kNothingSent), In(language, kAgain));
  return fmt::format("{}\n{}{}\n", In(language, kInterrupted), sent, In(language, kNext));
}

void TellWhenInterrupted(Language language, const SentChanges& changes) {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGTERM}) {
    if (!IsIgnored(signal)) sigaddset(&awaited, signal);
  }
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::thread([language, awaited, &changes] {
    int signal = 0;
    if (sigwait(&awaited, &signal) != 0) return;  // none is awaited
    if (isatty(STDERR_FILENO) != 0) std::cerr << '\n';
    std::cerr << DescribeInterruption(language, changes) << std::flush;
    _exit(128 + signal);
  }).detach();
}

}  // namespace seisaku::policyctl
