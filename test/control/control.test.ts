import { makeManualStore } from '../../lambdas/adapters/manual-store';
import { type ControlEvent, makeControl } from '../../lambdas/control/control';
import { exemptList } from '../../lambdas/core/guard/exempt';
import { decodeAudit } from '../../lambdas/core/guard/audit';
import { FakeDynamo } from '../sim/fake-dynamo';
import type { Facts } from '../../lambdas/adapters/telemetry';
import { TelemetryLog } from '../support/handler-rig';

const NOW_MS = Date.UTC(2026, 10, 24, 18);
const ARN = 'arn:aws:sts::123456789012:assumed-role/operate/eva';
const BLOCK = { action: 'block', cidr: '198.51.100.7', reason: 'floods us' };

/** With what is said of each warning, as it goes into a log. */
class WarningLog extends TelemetryLog {
  readonly facts: Facts[] = [];

  override warn(message: string, facts: Facts = {}): void {
    super.warn(message);
    this.facts.push(facts);
  }
}

function scene() {
  const dynamo = new FakeDynamo({ tables: ['Blocks'] });
  const patience = { pause: async () => {}, random: () => 0 };
  const manual = makeManualStore({ dynamo, table: 'Blocks', keepDays: 90, patience });
  const telemetry = new WarningLog();
  let ids = 0;
  const control = makeControl({
    ...{ manual, telemetry, now: () => NOW_MS, makeId: () => `id${(ids += 1)}` },
    exempt: exemptList('own', ['203.0.113.0/24']),
  });
  const ask = (body: object, more: object = {}) => control({ ...signed(body), ...more });
  const audit = () =>
    decodeAudit(
      dynamo
        .items('Blocks')
        .filter(({ pk }) => pk!.S!.startsWith('audit#'))
        .map(({ body }) => body!.S!),
    );
  return { control, ask, manual, audit, telemetry, dynamo };
}

function signed(body: unknown): ControlEvent {
  return {
    body: JSON.stringify(body),
    requestContext: { http: { method: 'POST' }, authorizer: { iam: { userArn: ARN } } },
  };
}

describe('control', () => {
  it('writes a block with the identity of the caller, and one entry of the audit', async () => {
    const { ask, manual, audit } = scene();
    const { statusCode, body } = await ask(BLOCK);
    expect(statusCode).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ cidr: '198.51.100.7/32', author: ARN });
    const untilMs = NOW_MS + 3_600_000;
    const block = { cidr: '198.51.100.7/32', author: ARN, reason: 'floods us', untilMs };
    expect((await manual.load(NOW_MS)).blocks).toEqual([{ ...block, sinceMs: NOW_MS }]);
    expect(audit()).toMatchObject([{ kind: 'block', author: ARN, added: [block] }]);
  });

  it('forgets what has ended', async () => {
    const { ask, manual } = scene();
    await ask({ ...BLOCK, forMinutes: 1 });
    expect((await manual.load(NOW_MS + 59_999)).blocks).toHaveLength(1);
    expect((await manual.load(NOW_MS + 60_000)).blocks).toHaveLength(0);
  });

  it('spares who is unblocked, so that the guard does not block it again', async () => {
    const { ask, manual } = scene();
    await ask(BLOCK);
    await ask({ ...BLOCK, action: 'unblock' });
    const { blocks, allows } = await manual.load(NOW_MS);
    expect([blocks, allows.map(({ cidr }) => cidr)]).toEqual([[], ['198.51.100.7/32']]);
    await ask({ ...BLOCK, action: 'disallow' });
    expect((await manual.load(NOW_MS)).allows).toEqual([]);
  });

  it('sets a mode for a time', async () => {
    const { ask, manual } = scene();
    await ask({ action: 'mode', mode: 'off', reason: 'it goes wrong' });
    const untilMs = NOW_MS + 3_600_000;
    const said = { author: ARN, reason: 'it goes wrong', untilMs };
    expect((await manual.load(NOW_MS)).mode).toEqual({ mode: 'off', ...said });
  });

  it('reads a body that comes in base 64', async () => {
    const { ask } = scene();
    const body = Buffer.from(JSON.stringify(BLOCK)).toString('base64');
    expect((await ask({}, { body, isBase64Encoded: true })).statusCode).toBe(200);
  });

  it.each([
    ['nobody signed it', { requestContext: { http: { method: 'POST' } } }, 403],
    ['it is signed by nobody', { requestContext: { authorizer: { iam: { userArn: null } } } }, 403],
    [
      'it only asks',
      { requestContext: { ...signed({}).requestContext, http: { method: 'GET' } } },
      405,
    ],
    ['its body is no JSON', { body: '{' }, 400],
    ['its body is too long', { body: JSON.stringify({ ...BLOCK, x: 'x'.repeat(10_000) }) }, 400],
    ['it names an author', { body: JSON.stringify({ ...BLOCK, author: 'me' }) }, 400],
    ['it is exempt', { body: JSON.stringify({ ...BLOCK, cidr: '203.0.113.1' }) }, 409],
    ['it is too wide', { body: JSON.stringify({ ...BLOCK, cidr: '198.0.0.0/8' }) }, 409],
  ])('refuses a request and writes nothing when %s', async (_, more, status) => {
    const { ask, dynamo, telemetry } = scene();
    const { statusCode, body } = await ask(BLOCK, more);
    expect(statusCode).toBe(status);
    expect((JSON.parse(body) as { problems: string[] }).problems).not.toEqual([]);
    expect(dynamo.items('Blocks')).toEqual([]);
    expect([telemetry.counts['PeopleRefused'], telemetry.flushed]).toEqual([1, 1]);
    expect(telemetry.facts).toHaveLength(1);
    // More people read logs than may read who is blocked.
    expect(JSON.stringify(telemetry.facts)).not.toMatch(/198\.|203\.0|floods/);
  });

  it('refuses a block of what people allowed', async () => {
    const { ask } = scene();
    await ask({ ...BLOCK, action: 'allow', cidr: '198.51.100.0/24' });
    const { statusCode, body } = await ask(BLOCK);
    expect([statusCode, body]).toEqual([409, expect.stringContaining('list allow')]);
  });
});

describe('unblock', () => {
  it.each([
    [120, 60, 120],
    [30, 60, 60],
  ])('leaves an allow of %i minutes, for %i, at %i', async (allowed, unblocked, left) => {
    const { ask, manual } = scene();
    await ask({ ...BLOCK, action: 'allow', forMinutes: allowed });
    await ask({ ...BLOCK, action: 'unblock', forMinutes: unblocked });
    const { allows } = await manual.load(NOW_MS);
    expect(allows.map(({ untilMs }) => untilMs)).toEqual([NOW_MS + left * 60_000]);
  });
});

describe('spare', () => {
  const allow = { cidr: '198.51.100.7/32', author: 'guard', reason: 'somebody removed it' };

  it.each([
    [60, 60],
    [61, 61],
    [59, 60],
  ])(
    'of %i minutes leaves an allow of 60 at %i: what people said is not shortened',
    async (minutes, left) => {
      const { ask, manual } = scene();
      await ask({ ...BLOCK, action: 'allow' });
      await manual.spare({ ...allow, untilMs: NOW_MS + minutes * 60_000 });
      const { allows } = await manual.load(NOW_MS);
      expect(allows.map(({ untilMs }) => untilMs)).toEqual([NOW_MS + left * 60_000]);
    },
  );
});
