// A catalog that answers CreatePlan with each of the answers in turn, and remembers what it was asked.
import { readFileSync } from 'node:fs';
import grpc from '@grpc/grpc-js';

const packed = (types, name, detail) => ({ type_url: `type.googleapis.com/${name}`, value: types[name].serialize(detail) });

export function queueFull(types, delayMs) {
  const details = [
    packed(types, 'google.rpc.ErrorInfo', { reason: 'QUEUE_FULL', domain: 'seisaku' }),
    packed(types, 'google.rpc.RetryInfo', { retryDelay: { seconds: 0, nanos: delayMs * 1e6 } }),
  ];
  const metadata = new grpc.Metadata();
  metadata.set('grpc-status-details-bin', types['google.rpc.Status'].serialize({ code: grpc.status.RESOURCE_EXHAUSTED, details }));
  return { code: grpc.status.RESOURCE_EXHAUSTED, details: 'more commands are waiting', metadata };
}

// At this port; 0: the system chooses.
export async function scriptedCatalog(types, identity, answers, at = 0) {
  const asked = [];
  const server = new grpc.Server();
  server.addService(types['seisaku.catalog.v1.CatalogService'], {
    CreatePlan(call, callback) {
      asked.push({ request: call.request, at: Date.now(), left: call.getDeadline() - Date.now() });
      const answer = answers.shift();
      if (answer.code) callback(answer);
      else callback(null, answer);
    },
  });
  const [ca, key, chain] = [identity.ca, identity.key, identity.certificate].map((file) => readFileSync(file));
  const credentials = grpc.ServerCredentials.createSsl(ca, [{ private_key: key, cert_chain: chain }], true);
  const port = await new Promise((resolve, reject) => {
    server.bindAsync(`localhost:${at}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  return { address: `localhost:${port}`, port, asked, close: () => server.forceShutdown() };
}
