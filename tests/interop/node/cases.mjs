// A reporter for node --test that writes cases down as GoogleTest does, so that tests/run counts them.
const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export default async function* cases(source) {
  yield '<testsuites><testsuite>\n';
  for await (const { type, data } of source) {
    // A file is reported as a test around its tests.
    const isFile = data?.name?.endsWith('.mjs') || data?.details?.type === 'suite';
    if ((type !== 'test:pass' && type !== 'test:fail') || (isFile && type === 'test:pass')) continue;
    const seconds = (data.details.duration_ms / 1000).toFixed(3);
    yield `<testcase classname="node" name="${escaped(data.name)}" time="${seconds}">`;
    if (type === 'test:fail') yield `<failure>${escaped(String(data.details.error?.cause ?? data.details.error))}</failure>`;
    yield '</testcase>\n';
  }
  yield '</testsuite></testsuites>\n';
}
