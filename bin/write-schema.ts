import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { format } from 'prettier';

import { makeJsonSchema } from '../lib/config';

/** Writes lib/turnout.schema.json, which a test keeps equal to the schema in the code. */
async function writeSchema(): Promise<void> {
  const text = JSON.stringify(makeJsonSchema());
  const options = { parser: 'json', printWidth: 100 };
  writeFileSync(join(__dirname, '../lib/turnout.schema.json'), await format(text, options));
}

void writeSchema();
