/// \file
/// How a client reaches the service.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

#include <nunu/api_key.hpp>
#include <nunu/export.hpp>
#include <nunu/poll_cadence.hpp>
#include <nunu/proxy_url.hpp>
#include <nunu/request_attempt.hpp>
#include <nunu/run.hpp>

namespace nunu {

/// How the server proves who it is, and the client too where it must.
/// TLS 1.2 or newer; the host's name or address is always verified.
struct tls_config {
  /// The CAs to trust instead of the system's, in PEM. Empty: the system's.
  std::string ca_pem{};
  /// A client certificate with its chain, and its private key without a passphrase, in PEM. Empty:
  /// none. A server that does not like it says so before the request is sent in TLS 1.2, and after
  /// it in TLS 1.3: then a start ends in `errc::start_outcome_unknown`.
  std::string certificate_pem{};
  std::string private_key_pem{};
};

/// Everything a client needs to know. Plain values; the client keeps its own copy.
struct client_config {
  /// `https://host[:port][/prefix]`. A path that does not end in `/v1` gets it, after `/api` where
  /// that is missing too, and `/project/<id>` at the end sets `project_id`.
  /// Source of the default: API reference.
  std::string base_url = "https://nunu.ai/api/v1";

  /// Required.
  nunu::api_key api_key{};

  /// Not empty: project-scoped paths, `/project/<id>/jobs/…`; else the unscoped ones.
  std::string project_id{};

  /// Allows `http://` to hosts other than loopback; the key then crosses the network in the clear.
  bool allow_plain_http = false;

  tls_config tls{};

  /// The proxy that connections to an https `base_url` go through, by CONNECT: what is said in the
  /// tunnel, the key above all, it cannot read. Empty: none. With a plain http `base_url` it is not
  /// used, since it would read the key.
  proxy_url proxy{};
  /// What goes past the proxy: names (with all below them), addresses, ranges of addresses such as
  /// `10.0.0.0/8`, each with `:port` where only that is meant, or `*` for all; between them commas
  /// or spaces. Names are not resolved.
  std::string no_proxy{};

  /// At most this many connections are open at once. At least 1.
  std::size_t max_connections = 16;
  /// A connection older than this takes no further request, so that DNS changes are noticed. Many
  /// servers resume a TLS session for 300 s from its handshake: a connection that lasted as long
  /// would be followed by one that begins anew.
  std::chrono::milliseconds max_connection_age{240'000};
  /// A connection that was unused for this long takes no further request.
  std::chrono::milliseconds idle_timeout{30'000};

  /// For one attempt, in turn: to open a connection where there is none to use, and from the first
  /// byte written to the last byte read. How long an attempt may wait for its turn, when all
  /// connections are in use, only `operation_timeout` bounds.
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds response_timeout{30'000};
  /// For one operation with all its attempts, but a start that was sent is given its whole
  /// `response_timeout`, and then `reconcile_window`. Waiting for jobs has its own:
  /// `wait_options::timeout`.
  std::chrono::milliseconds operation_timeout{120'000};

  /// How long a start whose outcome is unknown is looked for by its launch tag, from when it became
  /// unknown: this comes on top of `operation_timeout`, and so may the `response_timeout` of the
  /// last listing.
  std::chrono::milliseconds reconcile_window{60'000};
  /// What was started is known when two listings in a row agree that are at least so far apart: as
  /// long as the service may take from one job of a start to the next. The API reference does not
  /// say how long that is. At most a quarter of the time there is.
  std::chrono::milliseconds reconcile_interval{1'000};

  /// Called when a run turns out to have started although its `start_run` was cancelled after the
  /// request was written: by the answer, for which there is still `response_timeout`, or else by
  /// the look-up, for which there is `reconcile_window`. It is given what `start_run` would have
  /// given. Where the look-up saw some jobs but cannot tell whether they are all, it is given
  /// those, and `message` says so. Nothing is told of what did not start, or cannot be found.
  ///
  /// It runs on the client's own strand, so it must be brief; it may call the client. It should not
  /// throw: what it throws leaves through the function that runs the client's executor. No call
  /// follows once `close()` or the destructor has returned, which also ends the wait for such
  /// answers; one that another thread is in, or about to make, at that moment goes on. Until then
  /// they keep the execution context busy.
  std::function<void(const started_run&)> on_late_start{};

  /// Called after each attempt to send a request, polls and look-ups included, also when there was
  /// no connection to send it on. What an operation has sent it tells before it ends, but for a
  /// start that was cancelled after it was written: it is told of when its answer comes. So are
  /// polls that nobody waits for any more. What `close()` cuts short is not told of.
  ///
  /// It runs on the client's own strand, so it must be brief; it may call the client. It should not
  /// throw: what it throws leaves through the function that runs the client's executor, and changes
  /// nothing for the request. No call follows once `close()` or the destructor has returned; one
  /// that another thread is in, or about to make, at that moment goes on.
  std::function<void(const request_attempt&)> on_attempt{};

  poll_cadence polling{};

  /// Refreshes jobs of one group or test plan execution a hundred at a time through `GET /jobs`,
  /// whenever that takes fewer requests than asking for each. Where the service refuses that (403),
  /// or its listing keeps missing jobs, they are asked for one by one all the same.
  bool batch_polls = true;

  /// The group of starts that name none: lower-case letters, digits and `-`, at most 38 characters.
  /// Empty: one of the client's own, which it makes up.
  std::string group{};
};

/// What the process's environment says: `NUNU_API_TOKEN`, `NUNU_PROJECT_ID` and `NUNU_API_URL`, the
/// names that nunu's own command-line tool uses, and `https_proxy` and `no_proxy`, or else
/// `HTTPS_PROXY` and `NO_PROXY`, as curl reads them. What is not set keeps its default, so the key
/// may be empty.
///
/// A proxy of the environment is for the way out of the machine: `no_proxy` then begins with
/// loopback (`localhost`, 127.0.0.0/8, `::1`). One that a caller sets itself is used for loopback,
/// too.
NUNU_EXPORT client_config config_from_environment();

}  // namespace nunu
