import type { ManualStore } from '../adapters/manual-store';
import type { Telemetry } from '../adapters/telemetry';
import type { AuditEntry } from '../core/guard/audit';
import {
  type ControlRequest,
  parseRequest,
  refuseBlock,
  wrongParts,
} from '../core/guard/control-request';
import type { ExemptTable } from '../core/guard/exempt';
import type { Block } from '../core/guard/plan';

/** The part of an event of a function URL (payload 2.0) with AWS_IAM that counts. */
export interface ControlEvent {
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean;
  readonly requestContext?: {
    readonly http?: { readonly method?: string };
    readonly authorizer?: { readonly iam?: { readonly userArn?: string | null } | null } | null;
  };
}

export interface ControlAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface ControlDeps {
  readonly exempt: ExemptTable;
  readonly manual: ManualStore;
  readonly telemetry: Telemetry;
  readonly now: () => number;
  /** differs each time */
  readonly makeId: () => string;
}

const BODY_CHARS_MAX = 10_000;

/** Makes the control handler. The author is who signed the request, as Lambda tells it; nothing of the body names one. */
export function makeControl(deps: ControlDeps) {
  return async (event: ControlEvent): Promise<ControlAnswer> => {
    const { telemetry } = deps;
    try {
      const author = event.requestContext?.authorizer?.iam?.userArn;
      if (!author) return refuse(deps, 403, ['expected a request signed with IAM, got none']);
      const method = event.requestContext?.http?.method;
      if (method !== 'POST') return refuse(deps, 405, [`expected POST, got ${method}`]);
      const json = readBody(event);
      if (json === undefined) return refuse(deps, 400, ['body: expected JSON']);
      const parsed = parseRequest(json, deps.now());
      if (!parsed.ok) return refuse(deps, 400, parsed.problems);
      return await carryOut(deps, parsed.request, author);
    } finally {
      telemetry.flush();
    }
  };
}

function readBody({ body = '', isBase64Encoded }: ControlEvent): unknown {
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  if (text.length > BODY_CHARS_MAX) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function carryOut(
  deps: ControlDeps,
  request: ControlRequest,
  author: string,
): Promise<ControlAnswer> {
  const { manual, now, makeId, exempt } = deps;
  const nowMs = now();
  if (request.action === 'block') {
    const { allows } = await manual.load(nowMs);
    const why = refuseBlock(request.cidr, exempt, allows);
    if (why !== undefined) return refuse(deps, 409, [why], ['cidr']);
  }
  // Written first: what is done and not written down would be worse than the other way round.
  await manual.writeAudit(entryOf(request, author, nowMs, makeId()));
  await write(manual, request, author, nowMs);
  const { untilMs } = request;
  return answer(200, { ...request, author, untilMs, until: new Date(untilMs).toISOString() });
}

async function write(
  manual: ManualStore,
  request: ControlRequest,
  author: string,
  sinceMs: number,
): Promise<void> {
  const { reason, untilMs } = request;
  switch (request.action) {
    case 'block':
      await manual.putBlock({ cidr: request.cidr, author, reason, sinceMs, untilMs });
      return;
    case 'unblock':
      // The guard would block it again for what it saw, so it is spared for the same time.
      // Who said that it is spared longer still means it.
      await manual.spare({ cidr: request.cidr, author, reason, untilMs });
      await manual.removeBlock(request.cidr);
      return;
    case 'allow':
      await manual.putAllow({ cidr: request.cidr, author, reason, untilMs });
      return;
    case 'disallow':
      await manual.removeAllow(request.cidr);
      return;
    case 'mode':
      await manual.putMode({ mode: request.mode, author, reason, untilMs });
  }
}

function entryOf(request: ControlRequest, author: string, atMs: number, id: string): AuditEntry {
  const { action, reason, untilMs } = request;
  const facts = { strikes: 0, attackHits: 0, verifiedViewers: 0, suspects: 0 };
  const block: Block | undefined =
    request.action === 'block'
      ? { cidr: request.cidr, rule: 'manual', author, reason, sinceMs: atMs, untilMs, ...facts }
      : undefined;
  return {
    ...{ id: `${action}.${id}`, atMs, author, kind: action, set: '', previous: '' },
    ...{ versionBefore: 0, version: 0, token: '', planHash: '', reason, untilMs },
    ...(request.action === 'mode' ? { mode: request.mode } : { cidr: request.cidr }),
    added: block === undefined ? [] : [block],
    ...{ removed: [], foreignAdded: [], foreignRemoved: [] },
  };
}

function refuse(
  { telemetry }: ControlDeps,
  statusCode: number,
  problems: readonly string[],
  parts = wrongParts(problems),
): ControlAnswer {
  telemetry.count('PeopleRefused', 1);
  // Who sent it reads the problems, which may name addresses. A log names none.
  telemetry.warn('a request was refused', { statusCode, parts });
  return answer(statusCode, { problems });
}

function answer(statusCode: number, body: object): ControlAnswer {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}
