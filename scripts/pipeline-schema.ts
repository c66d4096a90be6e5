/** Writes pipelines/pipeline.schema.json from the schema in src/plan: `npx tsx scripts/pipeline-schema.ts`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { pipelineJsonSchema } from '../src/plan/pipeline-schema.js';

const file = fileURLToPath(new URL('../pipelines/pipeline.schema.json', import.meta.url));
const options = (await prettier.resolveConfig(file)) ?? {};
await writeFile(file, await prettier.format(JSON.stringify(pipelineJsonSchema()), { ...options, parser: 'json' }));
