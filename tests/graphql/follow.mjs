// Follows a subscription with the client of graphql-sse: node follow.mjs URL MODE COUNT
// QUERY. It prints each answer on a line, and ends after so many. MODE is distinct or
// single.
import { createClient } from 'graphql-sse';

const [url, mode, count, query] = process.argv.slice(2);
const client = createClient({ url, singleConnection: mode === 'single' });
let seen = 0;
for await (const result of client.iterate({ query })) {
  console.log(JSON.stringify(result));
  if (++seen === Number(count)) break;
}
client.dispose();
process.exit(0);
