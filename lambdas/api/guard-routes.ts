import type { OpenAPIHono } from '@hono/zod-openapi';
import { isAuditPlace } from '../adapters/audit-reader';
import { auditCsv, blocksCsv } from './answer-csv';
import { ANSWERS } from './answer-schemas';
import { addRoute } from './api-route';
import { decodeCursor } from './cursor';
import {
  type GuardSource,
  answerAddress,
  answerAudit,
  answerBlocks,
  isBlockPlace,
} from './guard-answers';
import { PARAMS, QUERIES } from './query-schemas';

/** Addresses and who blocked them: a permission of its own. */
export function addGuardRoutes(app: OpenAPIHono, source: GuardSource): void {
  addRoute(
    app,
    {
      ...{ path: '/v1/blocks', summary: 'What the sets hold, the worst first', csv: true },
      ...{ query: QUERIES.blocks, schema: ANSWERS.blocks },
    },
    async ({ query: { list, limit, cursor } }) => {
      const of = JSON.stringify(['blocks', list]);
      const after = decodeCursor(cursor, of, isBlockPlace);
      const answer = await answerBlocks(source, { list, limit, after });
      const { next: place, listed, nowMs, ...json } = answer;
      void [listed, nowMs];
      const next = place === undefined ? undefined : { of, place };
      return { json, csv: () => blocksCsv(answer), next };
    },
  );
  addRoute(
    app,
    {
      ...{ path: '/v1/blocks/{address}', summary: 'Why an address is blocked, or is not' },
      ...{ query: QUERIES.address, params: PARAMS.address, schema: ANSWERS.address },
    },
    async ({ query: { days }, params: { address } }) => ({
      json: await answerAddress(source, address.trim(), days),
    }),
  );
  addRoute(
    app,
    {
      ...{ path: '/v1/audit', summary: 'What was written down, oldest first', csv: true },
      ...{ query: QUERIES.audit, schema: ANSWERS.audit },
    },
    async ({ query: { from, to, limit, cursor } }) => {
      // The end belongs to the request: without one it would move between two pages.
      const toMs = to ?? endIn(cursor) ?? source.now();
      const of = JSON.stringify(['audit', from, toMs]);
      const after = decodeCursor(cursor, of, isAuditPlace);
      const { next: place, ...json } = await answerAudit(source, { from, to: toMs, limit, after });
      const next = place === undefined ? undefined : { of, place };
      return { json, csv: () => auditCsv({ ...json, next: undefined }), next };
    },
  );
}

/** The end of the window that a cursor was made for, if it is one. */
function endIn(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const [, end] =
    /^\["\[\\"audit\\",(?:\d+|null),(\d{1,14})\]"/.exec(
      Buffer.from(cursor, 'base64url').toString('utf8'),
    ) ?? [];
  return end === undefined ? undefined : Number(end);
}
