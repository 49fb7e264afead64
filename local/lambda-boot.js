/**
 * What runs in the child process of an execution environment: loads the handler that _HANDLER names
 * and calls it, once at a time, for each event that comes over the channel to the parent. Plain
 * JavaScript, because a child starts without the compiler.
 *
 * In:  { id, event, deadlineMs }
 * Out: { isReady: true }, { initError } or { id, result } or { id, error }; errors as { name, message, stack }
 */
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const environment = process.env;
// The parent is gone, even if it was killed: nobody waits for an answer any more.
process.on('disconnect', () => process.exit(1));
// Ctrl-C goes to all processes of a terminal. What is under way ends; the parent says when to go.
process.on('SIGINT', () => undefined);

const asText = (error) =>
  error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { name: 'Error', message: String(error) };

function makeContext(id, deadlineMs) {
  const name = environment.AWS_LAMBDA_FUNCTION_NAME;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${environment.AWS_REGION}:000000000000:function:${name}`,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: id,
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: `${process.pid}`,
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - Date.now()),
  };
}

async function load() {
  const at = environment._HANDLER.lastIndexOf('.');
  const [stem, name] = [environment._HANDLER.slice(0, at), environment._HANDLER.slice(at + 1)];
  const paths = ['.mjs', '.js', '.cjs'].map((end) =>
    join(environment.LAMBDA_TASK_ROOT, stem + end),
  );
  const path = paths.find(existsSync);
  if (path === undefined) throw new Error(`no module ${paths.join(' or ')}`);
  const handler = (await import(pathToFileURL(path).href))[name];
  if (typeof handler !== 'function') throw new Error(`${path} exports no function ${name}`);
  return handler;
}

load().then(
  (handler) => {
    process.on('message', async ({ id, event, deadlineMs }) => {
      try {
        process.send({ id, result: await handler(event, makeContext(id, deadlineMs)) });
      } catch (error) {
        process.send({ id, error: asText(error) });
      }
    });
    process.send({ isReady: true });
  },
  (error) => process.send({ initError: asText(error) }, () => process.exit(1)),
);
