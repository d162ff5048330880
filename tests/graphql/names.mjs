// Prints the names that the schema of @valueflows/vf-graphql has, one a line: facts, not
// its texts. web/graphql/testdata/vf-graphql.txt is what it prints.
import { createRequire } from 'node:module';
import { buildSchema } from 'graphql';

const sdl = createRequire(import.meta.url)('@valueflows/vf-graphql/ALL_VF_SDL');
const types = buildSchema(sdl, { assumeValid: true }).getTypeMap();
for (const name of Object.keys(types).sort()) {
  if (name.startsWith('__')) continue;
  const t = types[name];
  console.log(`${name} ${t.constructor.name.replace('GraphQL', '').replace('Type', '').toLowerCase()}`);
  for (const v of t.getValues?.() ?? []) console.log(`${name}.${v.name}`);
  for (const m of t.getTypes?.() ?? []) console.log(`${name}|${m}`);
  for (const f of Object.values(t.getFields?.() ?? {})) {
    console.log(`${name}.${f.name} ${f.type}`);
    for (const a of f.args ?? []) console.log(`${name}.${f.name}(${a.name}) ${a.type}`);
  }
}
