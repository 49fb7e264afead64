#!/usr/bin/env node
// Compiles the command line as it stands in the checkout, and runs it. One file for each thread:
// calls between modules then cost nothing, as in the Lambda bundles.
const { buildSync } = require('esbuild');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

// Of the AWS SDK: what it runs on is said in package.json.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

const outdir = join(__dirname, '..', 'node_modules', '.cache', 'turnout');
const { outputFiles } = buildSync({
  entryPoints: {
    turnout: join(__dirname, 'turnout.ts'),
    'recount-worker': join(__dirname, 'commands', 'recount-worker.ts'),
  },
  bundle: true,
  // Loaded by the commands that ask AWS, and by no other.
  external: ['@aws-sdk/*', '@smithy/*'],
  platform: 'node',
  target: 'node20',
  outdir,
  write: false,
});
mkdirSync(outdir, { recursive: true });
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  // Renamed into place, so that two commands that start at once never see half a file.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
require(join(outdir, 'turnout.js'));
