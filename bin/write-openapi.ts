import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { openApiText } from '../lambdas/api/openapi-text';

/** docs/openapi.json, which a test keeps equal to the schemas in the code. */
async function writeOpenApi(): Promise<void> {
  const text = await format(openApiText(), { parser: 'json', printWidth: 100 });
  writeFileSync(join(__dirname, '../docs/openapi.json'), text);
}

void writeOpenApi();
