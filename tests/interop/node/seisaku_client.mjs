// How another system of the city talks to Seisaku from Node: an example to copy. Needs @grpc/grpc-js,
// @grpc/proto-loader and the .proto files, with those of google/rpc: `proto/stubs OUT` puts them into OUT/node/proto,
// which is all that includeDirs needs.
//
//   const city = new City({ catalog: '127.0.0.1:7443', progress: '127.0.0.1:7444', identity, includeDirs });
//   await city.catalog.call('CreatePlan', { planId: 'kodomo', plan: { title: '子ども計画', levels: ['政策'] } });
//   for await (const row of city.progress.each('GetProgressSheet', { parent: 'plans/kodomo', reportingYear: 2022 }, 'rows')) …
//
// Such a sheet shows the plan: each call asks for the positions that the calls before it answered with.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';

const FILES = [
  'seisaku/catalog/v1/catalog_service.proto',
  'seisaku/progress/v1/progress_service.proto',
  'google/rpc/status.proto',
  'google/rpc/error_details.proto',
];
const OPTIONS = {
  'grpc.max_receive_message_length': 20 << 20,
  // To look for a service that is away after 0.1 s, and then every two seconds: gRPC's own wait grows to two minutes, and
  // until it is over every call without waitForReady fails, though the service is long back.
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 2_000,
  // To notice a connection that is dead. The service ends one that is asked more often than every 30 s.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
};
// A try that nobody answers ends so soon that there is time for another one.
const MS_PER_TRY = 10_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const WORTH_REPEATING = [grpc.status.UNAVAILABLE, grpc.status.DEADLINE_EXCEEDED];

// The contracts. Positions are 64 bits wide, so they come as text and are compared as BigInt.
export function load(includeDirs) {
  return protoLoader.loadSync(FILES, { includeDirs, longs: String, enums: String, defaults: true, oneofs: true });
}

// Why a call failed. `reason` is one of proto/REASONS.md, and empty where the service was not reached; `fields` has
// what would be right for each field that is wrong; `retryAfterMs` is set where the same request may be repeated.
export class Refused extends Error {
  constructor(error, types) {
    super(error.details);
    Object.assign(this, { code: error.code, reason: '', metadata: {}, fields: {}, retryAfterMs: undefined });
    for (const bytes of error.metadata?.get('grpc-status-details-bin') ?? []) {
      for (const any of types['google.rpc.Status'].deserialize(bytes).details) this.#take(any, types);
    }
  }

  #take({ type_url, value }, types) {
    const name = type_url.split('/').pop();
    const detail = types[name]?.deserialize(value);
    if (name === 'google.rpc.ErrorInfo') {
      this.reason = detail.reason;
      this.metadata = { ...detail.metadata };
    } else if (name === 'google.rpc.BadRequest') {
      this.fields = Object.fromEntries(detail.fieldViolations.map((v) => [v.field, v.description]));
    } else if (name === 'google.rpc.RetryInfo') {
      this.retryAfterMs = Number(detail.retryDelay.seconds) * 1000 + detail.retryDelay.nanos / 1e6;
    }
  }
}

// One of the two services.
class Service {
  #name; #client; #definition; #types; #positions;
  onRetry = () => {}; // told of each repetition

  constructor(name, service, address, credentials, types, positions) {
    this.#name = name;
    this.#types = types;
    this.#definition = types[service];
    this.#positions = positions;
    const Client = grpc.makeGenericClientConstructor(this.#definition, service);
    this.#client = new Client(address, credentials, OPTIONS);
  }

  // The response, after repetitions where they make sense; else throws Refused. Takes at most `ms`.
  async call(method, request, ms = 30_000) {
    const completed = this.#completed(method, request);
    const end = Date.now() + ms;
    let waitForReady = false; // the first try fails at once where there is no connection, so that onRetry is told
    for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(2 * longest, LONGEST_PAUSE_MS), waitForReady = true) {
      try {
        const deadline = Math.min(Date.now() + MS_PER_TRY, end);
        return this.#remember(await this.#once(method, completed, { deadline, waitForReady }));
      } catch (error) {
        if (!Number.isInteger(error.code)) throw error; // not gRPC's
        const refused = new Refused(error, this.#types);
        if (refused.retryAfterMs === undefined && !WORTH_REPEATING.includes(refused.code)) throw refused;
        // At least as long as the service asks, and not all callers at once.
        const wait = (refused.retryAfterMs ?? 0) + (longest / 2) * (1 + Math.random());
        if (Date.now() + wait >= end) throw refused;
        this.onRetry(refused);
        await pause(wait);
      }
    }
  }

  // The items of all pages, each asked for when the one before is used up. All pages show the same state.
  async *each(method, request, items, ms = 30_000) {
    const completed = this.#completed(method, request);
    do {
      const response = await this.call(method, completed, ms);
      yield* response[items];
      completed.pageToken = response.nextPageToken;
    } while (completed.pageToken);
  }

  close() {
    this.#client.close();
  }

  #once(method, request, { deadline, waitForReady }) {
    const metadata = new grpc.Metadata({ waitForReady });
    return new Promise((resolve, reject) => {
      this.#client[method](request, metadata, { deadline }, (error, response) => (error ? reject(error) : resolve(response)));
    });
  }

  // A copy with a request id, so that a repetition changes nothing twice, and with what the caller has seen.
  #completed(method, request) {
    const known = this.#definition[method].requestType.type.field.map((field) => field.name);
    const own = { requestId: randomUUID(), minPosition: `${this.#positions[this.#name]}`, minCatalogPosition: `${this.#positions.catalog}` };
    return { ...Object.fromEntries(Object.entries(own).filter(([name]) => known.includes(name))), ...request };
  }

  #remember(response) {
    const seen = BigInt(response.receipt?.position ?? response.position);
    if (seen > this.#positions[this.#name]) this.#positions[this.#name] = seen;
    return response;
  }
}

// Both services of a city, as one caller. `identity` names PEM files: { certificate, key, ca }. `positions`, how
// much of each log the caller has seen, may be kept with a user's session for the next process.
export class City {
  constructor({ catalog, progress, identity, includeDirs, positions = { catalog: 0n, progress: 0n } }) {
    const types = load(includeDirs);
    const [ca, key, chain] = [identity.ca, identity.key, identity.certificate].map((file) => readFileSync(file));
    const credentials = grpc.credentials.createSsl(ca, key, chain);
    this.positions = positions;
    this.catalog = new Service('catalog', 'seisaku.catalog.v1.CatalogService', catalog, credentials, types, positions);
    this.progress = new Service('progress', 'seisaku.progress.v1.ProgressService', progress, credentials, types, positions);
  }

  close() {
    this.catalog.close();
    this.progress.close();
  }
}
