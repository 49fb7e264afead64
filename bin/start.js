#!/usr/bin/env node
// Compiles what `npm start` runs as it stands in the checkout, and runs it.
const { build } = require('esbuild');
const { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const outdir = join(__dirname, '..', 'node_modules', '.cache', 'turnout');

// Of the AWS SDK: what it runs on is said in package.json.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Sources that look for files beside them are to find them there, wherever the bundle lies.
const placesOfSources = {
  name: 'places-of-sources',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/](local|lib)[\\/][^\\/]+\.ts$/ }, ({ path }) => {
      const place = JSON.stringify(dirname(path));
      const contents = readFileSync(path, 'utf8').replace(/\b__dirname\b/g, () => place);
      return { contents, loader: 'ts' };
    });
  },
};

async function compile() {
  const { outputFiles } = await build({
    entryPoints: { start: join(__dirname, 'start.ts') },
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    outdir,
    write: false,
    plugins: [placesOfSources],
  });
  const [{ path, contents }] = outputFiles;
  if (existsSync(path) && readFileSync(path).equals(contents)) return path;
  mkdirSync(outdir, { recursive: true });
  // Renamed into place, so that two that start at once never see half a file.
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
  return path;
}

compile().then(require, () => process.exit(1)); // esbuild has said why
