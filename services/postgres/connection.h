// Private to this folder: libpqxx's connection, with the connection of libpq that it holds.
#pragma once

#include <pqxx/connection>
#include <string>

namespace seisaku::postgres {

// How libpqxx connects, remembering what it connected.
class ConnectionPolicy final : public pqxx::connect_direct {
 public:
  using connect_direct::connect_direct;
  handle do_startconnect(handle original) override {
    return connected_ = connect_direct::do_startconnect(original);
  }
  handle connected() const { return connected_; }

 private:
  handle connected_ = nullptr;
};

// As pqxx::connection, which keeps what it holds to itself.
class Connection final : public pqxx::connection_base {
 public:
  // Throws what libpqxx throws.
  explicit Connection(const std::string& options) : connection_base(policy_), policy_(options) { init(); }
  ~Connection() noexcept { close(); }

  // Valid while is_open(), and free between two calls of libpqxx.
  pqxx::connectionpolicy::handle handle() const { return policy_.connected(); }

 private:
  ConnectionPolicy policy_;
};

}  // namespace seisaku::postgres
