import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Candidate } from '../../bench/candidates';
import { checkAnswer } from '../../bench/candidates';
import type { EdgeRequest } from '../../bench/edge-log';
import { makeRequests } from '../../bench/edge-log';
import { ALL_FIELDS, LOG_FIELDS, STANDARD_FIELDS } from '../../bench/edge-log-data';
import {
  renderAllFields,
  renderRealtime,
  renderStandard,
  writeLogs,
} from '../../bench/edge-log-files';
import { QUICK, type RecountResults, run } from '../../bench/recount.bench';
import { renderResults } from '../../bench/results';
import { EDGE_FIELDS, TURNOUT_FIELDS } from '../../lambdas/core/edge/edge-fields';
import { STANDARD_FIELDS as CORE_STANDARD_FIELDS } from '../../lambdas/core/edge/format';

const BENCH = join(__dirname, '../../bench');
const MACHINE = {
  model: 'a machine',
  cores: 2,
  node: 'v20',
  commit: 'abc + changes',
  date: '2026',
};

describe('the benchmark of recount', () => {
  const folder = mkdtempSync(join(tmpdir(), 'turnout-bench-test-'));
  let results: RecountResults;

  beforeAll(() => {
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = folder;
    try {
      results = run(QUICK);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
    }
  }, 60_000);

  afterAll(() => rmSync(folder, { recursive: true }));

  test('every candidate counts a tiny log, and all agree', () => {
    const ids = results.rows.map(({ id }) => id).filter((id) => id !== 'goaccess');
    expect(ids).toEqual([
      ...['turnout', 'turnout-1', 'turnout-2', 'long-1', 'long-2', 'turnout-71', 'plain'],
      ...['split', 'newlines'],
    ]);
    for (const { best, median } of results.rows) {
      expect(median).toBeGreaterThan(0);
      expect(best).toBeGreaterThanOrEqual(median);
    }
  });

  test('weighs the state', () => {
    const [state] = results.states;
    expect(state!.entries).toBeGreaterThan(300);
    expect(state!.serialisedBytes / state!.entries).toBeGreaterThan(20);
    expect(state!.memoryBytes / state!.entries).toBeGreaterThan(72);
  });

  test('the shares of the profile make a whole', () => {
    const sum = results.stages.reduce((total, { share }) => total + share, 0);
    expect(sum).toBeCloseTo(1, 6);
  });

  test('RESULTS.md states goal and floor beside what was measured', () => {
    const text = renderResults(results, MACHINE);
    for (const part of ['1,000,000', '400,000', 'abc + changes', results.input.sha256]) {
      expect(text).toContain(part);
    }
    expect(renderResults({ ...results, goAccess: undefined }, MACHINE)).toContain('not installed');
  });

  test('leaves nothing behind', () => {
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an answer', () => {
  const right: Answer = { lines: 3, outcomes: { served: 3 }, streams: {}, report: '{}' };

  test('may leave out what a candidate does not count', () => {
    expect(() => checkAnswer('x', { lines: 3 }, right)).not.toThrow();
  });

  test.each([
    ['lines', { lines: 2 }],
    ['outcomes', { lines: 3, outcomes: { served: 2, '4xx': 1 } }],
    ['report', { ...right, report: '{ }' }],
  ])('with wrong %s is an error', (key, answer) => {
    expect(() => checkAnswer('x', answer, right)).toThrow(`x has other ${key}`);
  });

  test('that is wrong ends the benchmark, and is no fast result', () => {
    const candidate = (id: string, answer: Answer): Candidate => ({
      ...{ id, name: id, lines: 10 },
      run: () => ({ answer, wallMs: 1, cpuMs: 1 }),
    });
    const options = { ...QUICK, lines: 10, viewers: 5, stateViewers: [], profile: false };
    const good = candidate('good', { lines: 10, outcomes: { served: 10 } });
    const bad = candidate('bad', { lines: 10, outcomes: { served: 9, '4xx': 1 } });
    expect(() => run({ ...options, candidates: () => [good, bad] })).toThrow('bad has other');
    expect(() => run({ ...options, candidates: () => [good, good] })).not.toThrow();
    const short = candidate('short', { lines: 9 });
    expect(() => run({ ...options, candidates: () => [short] })).toThrow('short has other lines');
  });
});

describe('the edge log', () => {
  test('has the fields of CloudFront in its order', () => {
    expect(ALL_FIELDS).toEqual(EDGE_FIELDS);
    expect(LOG_FIELDS).toEqual(TURNOUT_FIELDS);
    expect(STANDARD_FIELDS).toEqual(CORE_STANDARD_FIELDS);
    for (const request of makeRequests({ seed: 5, lines: 500, viewers: 50 })) {
      expect(renderRealtime(request, 1).split('\t')).toHaveLength(LOG_FIELDS.length);
      expect(renderAllFields(request, 1).split('\t')).toHaveLength(ALL_FIELDS.length);
      expect(renderStandard(request, 1).split('\t')).toHaveLength(STANDARD_FIELDS.length);
    }
  });

  test('says the same in both real-time forms', () => {
    for (const request of makeRequests({ seed: 6, lines: 500, viewers: 50 })) {
      const all = renderAllFields(request, 1).split('\t');
      const short = LOG_FIELDS.map((name) => all[ALL_FIELDS.indexOf(name)]);
      expect(renderRealtime(request, 1).split('\t')).toEqual(short);
    }
  });

  test('is in the order of time, and of many sorts', () => {
    const seen = { agents: new Set(), edges: new Set(), hosts: new Set(), statuses: new Set() };
    let lastMs = 0;
    for (const request of makeRequests({ seed: 7, lines: 20_000, viewers: 500 })) {
      expect(request.tMs).toBeGreaterThanOrEqual(lastMs);
      lastMs = request.tMs;
      note(seen, request);
    }
    expect(seen.agents.size).toBeGreaterThanOrEqual(30);
    expect(seen.edges.size).toBeGreaterThanOrEqual(20);
    expect(seen.hosts.size).toBe(2);
    const statuses = ['200', '206', '304', '403', '404', '409', '502', '503', '000'];
    expect([...seen.statuses].sort()).toEqual(statuses.sort());
  });

  test('is the same for the same seed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'turnout-edge-log-'));
    const options = { seed: 8, lines: 300, viewers: 30 };
    const first = writeLogs(folder, options).sha256;
    expect(writeLogs(folder, options).sha256).toBe(first);
    expect(writeLogs(folder, { ...options, seed: 9 }).sha256).not.toBe(first);
    rmSync(folder, { recursive: true });
  });
});

test.each(['edge-log.ts', 'edge-log-data.ts', 'edge-log-files.ts', 'plain-recount.ts'])(
  '%s imports nothing of what is measured',
  (file) => {
    const text = readFileSync(join(BENCH, file), 'utf8');
    const imports = [...text.matchAll(/(?:from|import|require\()\s*\(?'([^']+)'/g)];
    expect(imports.map(([, name]) => name!).filter((name) => !allowed(name))).toEqual([]);
  },
);

function allowed(name: string): boolean {
  return name.startsWith('node:') || name.startsWith('./edge-log');
}

function note(seen: Record<string, Set<unknown>>, request: EdgeRequest): void {
  seen['agents']!.add(request.agent);
  seen['edges']!.add(request.edge);
  seen['hosts']!.add(request.host);
  seen['statuses']!.add(request.status);
}
