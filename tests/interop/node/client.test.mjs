// The example client against a city (in_city.py): what other systems of the city need of Seisaku.
import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import { queueFull, scriptedCatalog } from './scripted_catalog.mjs';
import { City, Refused, load } from './seisaku_client.mjs';

const { SEISAKU_CATALOG: catalog, SEISAKU_PROGRESS: progress, SEISAKU_CERTIFICATES: certificates } = process.env;
const includeDirs = [fileURLToPath(new URL('../../../proto', import.meta.url)), '/usr/share/gocode/src/github.com/gogo/googleapis'];
const STRATEGY = 'plans/strategy';
// Of the department dept-001, whose reporter the tests have a certificate of, and of another.
const [OWN, OTHERS] = ['製造業の事業所数', '創業相談件数'];
const REQUEST_ID = '0192f4a0-0000-7000-8000-000000000002';

function identity(role) {
  return { certificate: `${certificates}/${role}.crt`, key: `${certificates}/${role}.key`, ca: `${certificates}/ca.crt` };
}

function connect(t, role = 'planner', more = {}) {
  const city = new City({ catalog, progress, identity: identity(role), includeDirs, ...more });
  t.after(() => city.close());
  return city;
}

const newPlan = (planId) => ({ planId, plan: { title: '子ども計画', levels: ['政策'] } });

async function all(items) {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

async function refusal(call) {
  let refused;
  await assert.rejects(call, (error) => (refused = error) instanceof Refused);
  return refused;
}

// A KPI's name. Reads take its title instead, where that is unique in the plan; changes need the name.
async function kpiCalled(city, title) {
  const { kpi } = await city.progress.call('GetEvaluation', { name: `${STRATEGY}/kpis/${title}/evaluations/2022` });
  return kpi.name;
}

const actual = (kpi, value, unit) => ({
  kpi, reportingYear: 2022, value: { number: { value: { value }, unit }, printed: `${value}${unit}` },
});

test('reads the tree', async (t) => {
  const items = await all(connect(t).catalog.each('GetTree', { parent: STRATEGY, pageSize: 50 }, 'items'));
  const titles = items.filter(({ kpi }) => kpi).map(({ kpi }) => kpi.title);
  assert.equal(titles.length, 41);
  assert.ok(titles.includes(OWN));
});

test('pages show every row once', async (t) => {
  const city = connect(t);
  const sheet = { parent: STRATEGY, reportingYear: 2022 };
  const inPages = await all(city.progress.each('GetProgressSheet', { ...sheet, pageSize: 7 }, 'rows'));
  const atOnce = await city.progress.call('GetProgressSheet', sheet);
  assert.equal(inPages.length, 41);
  assert.deepEqual(inPages, atOnce.rows);
});

test('reporter records an actual and reads its evaluation', async (t) => {
  const city = connect(t, 'reporter');
  const kpi = await kpiCalled(city, OWN);
  const answer = await city.progress.call('RecordActual', { actual: actual(kpi, '187', '事業所'), reason: '試験' });
  assert.equal(answer.actual.value.printed, '187事業所');
  const found = await city.progress.call('GetEvaluation', { name: `${kpi}/evaluations/2022` });
  assert.ok(BigInt(found.position) >= BigInt(answer.receipt.position));
  assert.equal(found.evaluation.judgement, 'JUDGEMENT_MOSTLY_ON_TRACK');
});

test('the same request id is done once', async (t) => {
  const city = connect(t);
  const request = { ...newPlan('once'), requestId: REQUEST_ID };
  const first = await city.catalog.call('CreatePlan', request);
  const again = await city.catalog.call('CreatePlan', request);
  assert.equal(again.receipt.position, first.receipt.position);
  assert.deepEqual([first.receipt.repeated, again.receipt.repeated], [false, true]);
});

test('progress sees what was just created in catalog', async (t) => {
  const city = connect(t);
  await city.catalog.call('CreatePlan', newPlan('seen'));
  const sheet = { parent: 'plans/seen', reportingYear: 2022 };
  assert.deepEqual(await all(city.progress.each('GetProgressSheet', sheet, 'rows')), []);
});

test('positions carry over to another process', async (t) => {
  const city = connect(t);
  await city.catalog.call('CreatePlan', newPlan('carried'));
  const another = connect(t, 'auditor', { positions: { ...city.positions } });
  const { plan } = await another.catalog.call('GetPlan', { name: 'plans/carried' });
  assert.equal(plan.title, '子ども計画');
});

test('a wrong field is named', async (t) => {
  const city = connect(t);
  const wrong = { actual: actual(await kpiCalled(city, OWN), '1e5', '事業所') };
  const refused = await refusal(city.progress.call('RecordActual', wrong));
  assert.deepEqual([refused.code, refused.reason], [grpc.status.INVALID_ARGUMENT, 'INVALID_DECIMAL']);
  assert.deepEqual(Object.keys(refused.fields), ['actual.value.number.value.value']);
});

test('the fact is in the metadata', async (t) => {
  const refused = await refusal(connect(t).catalog.call('GetPlan', { name: 'plans/none' }));
  assert.deepEqual([refused.code, refused.reason], [grpc.status.NOT_FOUND, 'RESOURCE_NOT_FOUND']);
  assert.deepEqual(refused.metadata, { resource: 'plans/none' });
});

test('a reporter is told whose figure it is', async (t) => {
  const city = connect(t, 'reporter');
  const others = { actual: actual(await kpiCalled(city, OTHERS), '1', '件') };
  assert.equal((await refusal(city.progress.call('RecordActual', others))).reason, 'DEPARTMENT_SCOPE');
});

test('a position that does not come is waited for until the deadline', async (t) => {
  const never = { name: STRATEGY, minPosition: '1099511627776' };
  const refused = await refusal(connect(t).catalog.call('GetPlan', never, 500));
  assert.deepEqual([refused.code, refused.reason], [grpc.status.DEADLINE_EXCEEDED, 'POSITION_NOT_REACHED']);
});

test('waits as long as asked and keeps the request id', async (t) => {
  const types = load(includeDirs);
  const answers = [queueFull(types, 300), queueFull(types, 300), { plan: { name: 'plans/late' }, receipt: { position: 1 } }];
  const scripted = await scriptedCatalog(types, identity('catalog'), answers);
  t.after(scripted.close);
  const city = connect(t, 'planner', { catalog: scripted.address });
  const { plan } = await city.catalog.call('CreatePlan', newPlan('late'), 20_000);
  assert.equal(plan.name, 'plans/late');
  const [first, second, third] = scripted.asked;
  assert.ok(first.request.requestId);
  assert.equal(second.request.requestId, first.request.requestId);
  assert.equal(third.request.requestId, first.request.requestId);
  assert.ok(second.at - first.at >= 300 && third.at - second.at >= 300);
  assert.ok(scripted.asked.every(({ left }) => left < 11_000));
});

test('goes on soon after a catalog that was away is back', async (t) => {
  const types = load(includeDirs);
  const answer = { plan: { name: 'plans/late' }, receipt: { position: 1 } };
  const before = await scriptedCatalog(types, identity('catalog'), [answer]);
  const city = connect(t, 'planner', { catalog: before.address });
  await city.catalog.call('CreatePlan', newPlan('late'));
  before.close();
  let tries = 0;
  const away = new Promise((resolve) => {
    city.catalog.onRetry = () => ++tries === 2 && resolve();
  });
  const call = city.catalog.call('CreatePlan', newPlan('late'), 60_000);
  // The second repetition waits for the connection, or has found out again that there is none.
  await Promise.race([away, pause(1_500)]);
  const back = await scriptedCatalog(types, identity('catalog'), [answer], before.port);
  t.after(back.close);
  const began = Date.now();
  assert.equal((await call).plan.name, 'plans/late');
  assert.ok(Date.now() - began < 5_000, `${Date.now() - began} ms: gRPC's own wait would be longer`);
});
