/** What times the API in a process of its own, with the heap that Lambda gives the function. Prints the result. */
import { type ApiWish, runApi } from './api.bench';

void runApi(JSON.parse(process.argv[2]!) as ApiWish, (text) =>
  process.stderr.write(`${text}\n`),
).then((result) => process.stdout.write(JSON.stringify(result)));
