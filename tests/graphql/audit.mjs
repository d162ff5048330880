// Runs the server audits of graphql-http: node audit.mjs URL. It prints each that does
// not pass, then how many do, and fails unless all do.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const ok = results.filter((r) => r.status === 'ok');
for (const r of results) {
  if (r.status === 'ok') continue;
  const body = r.response ? await r.response.text().catch(() => '') : '';
  console.log(`${r.id} ${r.status}: ${r.name}: ${r.reason} ${r.response?.status ?? ''} ${body}`);
}
console.log(`${ok.length} of ${results.length}`);
process.exit(ok.length === results.length ? 0 : 1);
