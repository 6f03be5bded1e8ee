#include "services/rpc/process/status_pages.h"

#include <civetweb.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "fmt/format.h"
#include "services/base/status.h"
#include "services/rpc/transport/listening.h"

namespace seisaku::rpc {
namespace {

// How long a client that sends nothing may occupy a thread.
constexpr char kPatienceMillis[] = "3000";
constexpr char kThreads[] = "4";
constexpr std::chrono::milliseconds kPause(10);
constexpr char kLoopback[] = "127.0.0.1";

struct Answer {
  int code = 200;
  std::string text;
};

bool IsPort(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// "" has no port to listen at.
std::string WithHost(const std::string& listen) {
  const std::string port = listen.starts_with(':') ? listen.substr(1) : listen;
  return IsPort(port) ? fmt::format("{}:{}", kLoopback, port) : listen;
}

class CivetPages final : public StatusPages {
 public:
  explicit CivetPages(Contents contents) : contents_(std::move(contents)) { mg_init_library(0); }
  ~CivetPages() override {
    Stop();
    mg_exit_library();
  }

  absl::Status Listen(const std::string& listen) {
    std::array<const char*, 11> options = {"listening_ports",
                                           listen.c_str(),
                                           "num_threads",
                                           kThreads,
                                           "request_timeout_ms",
                                           kPatienceMillis,
                                           "enable_keep_alive",
                                           "no",
                                           "enable_directory_listing",
                                           "no",
                                           nullptr};
    mg_callbacks callbacks{};
    callbacks.log_message = [](const mg_connection*, const char*) { return 1; };  // not on our stderr
    server_ = mg_start(&callbacks, this, options.data());
    mg_server_port port{};
    if (server_ == nullptr || mg_get_server_ports(server_, 1, &port) < 1) {
      return CannotListen(listen, "in use, or no address of this machine");
    }
    port_ = port.port;
    address_ = WithPort(listen, port_);
    mg_set_request_handler(server_, "/metrics$", Serve<&CivetPages::Metrics>, this);
    mg_set_request_handler(server_, "/healthz$", Serve<&CivetPages::Alive>, this);
    mg_set_request_handler(server_, "/readyz$", Serve<&CivetPages::Ready>, this);
    return absl::OkStatus();
  }

  const std::string& address() const override { return address_; }

 private:
  // The accepting thread checks only every two seconds whether it should end, unless a connection arrives.
  void Stop() {
    if (server_ == nullptr) return;
    std::atomic<bool> stopped = false;
    std::thread stopping([&] {
      mg_stop(server_);
      stopped = true;
    });
    const std::string host = address_.substr(0, address_.rfind(':'));
    while (!stopped) {
      char why[1];
      mg_connection* caller = mg_connect_client(host.c_str(), port_, /*use_ssl=*/0, why, sizeof why);
      if (caller != nullptr) mg_close_connection(caller);
      std::this_thread::sleep_for(kPause);
    }
    stopping.join();
  }

  Answer Metrics() const { return {.text = contents_.metrics()}; }
  Answer Alive() const { return {.text = "alive\n"}; }
  Answer Ready() const {
    const absl::Status ready = contents_.ready();
    if (ready.ok()) return {.text = "ready\n"};
    const std::string reason = ReasonOf(ready);
    return {.code = 503,
            .text = fmt::format("not ready: {}\n",
                                reason.empty() ? absl::StatusCodeToString(ready.code()) : reason)};
  }

  template <Answer (CivetPages::*Page)() const>
  static int Serve(mg_connection* connection, void* pages) {
    const char* method = mg_get_request_info(connection)->request_method;
    const bool head = std::strcmp(method, "HEAD") == 0;
    Answer answer{.code = 405, .text = "GET\n"};
    if (head || std::strcmp(method, "GET") == 0) answer = (static_cast<const CivetPages*>(pages)->*Page)();
    std::string sent = fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        "Content-Length: {}\r\nConnection: close\r\n\r\n",
        answer.code, mg_get_response_code_text(connection, answer.code), answer.text.size());
    if (!head) sent += answer.text;
    mg_write(connection, sent.data(), sent.size());
    return answer.code;
  }

  const Contents contents_;
  mg_context* server_ = nullptr;
  int port_ = 0;
  std::string address_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<StatusPages>> StatusPages::Start(const std::string& listen,
                                                                Contents contents) {
  auto pages = std::make_unique<CivetPages>(std::move(contents));
  RETURN_IF_ERROR(pages->Listen(WithHost(listen)));
  return pages;
}

}  // namespace seisaku::rpc
