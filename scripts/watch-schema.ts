/** Writes watch/watch.schema.json from the schema in src/service: `npx tsx scripts/watch-schema.ts`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { watchJsonSchema } from '../src/service/configuration/schema.js';

const file = fileURLToPath(new URL('../watch/watch.schema.json', import.meta.url));
const options = (await prettier.resolveConfig(file)) ?? {};
await writeFile(file, await prettier.format(JSON.stringify(watchJsonSchema()), { ...options, parser: 'json' }));
