import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A variable that the function cannot do without. */
export function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`environment variable ${name} is not set`);
}

export function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** Memory of the function in bytes; without a limit that of a small one. */
export function memoryBytes(): number {
  return Number(optional('AWS_LAMBDA_FUNCTION_MEMORY_SIZE') ?? 1_024) * 1_048_576;
}

/** turnout.json as it was deployed beside the code, parsed as JSON and no further. */
export function readConfiguration(): unknown {
  const path = join(optional('LAMBDA_TASK_ROOT') ?? '.', 'turnout.json');
  return JSON.parse(readFileSync(path, 'utf8')) as unknown;
}
