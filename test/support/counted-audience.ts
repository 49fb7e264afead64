import { detectFormat } from '../../lambdas/core/edge/format';
import { Recount } from '../../lambdas/core/recount';
import type { ViewsItem } from '../../lambdas/core/road/ports';
import { parseConfig } from '../../lib/config';
import { renderRealtime } from './edge-lines';
import { Prng } from './prng';
import { randomAudience } from './random-audience';
import { LANES, viewsOf } from './views-of-recount';

export interface CountedAudience {
  readonly prng: Prng;
  /** lanes of a deployment that has several groups */
  readonly recount: Recount;
  /** all that Views hold of it */
  readonly items: readonly ViewsItem[];
  /** as they come from the edge */
  readonly rows: readonly string[];
  readonly firstMs: number;
  readonly lastMs: number;
}

/** A random audience as a recount has it, and as the table has it. Half of them have no content configured. */
export function countedAudience(seed: number): CountedAudience {
  const prng = new Prng(seed);
  const { config, lines } = randomAudience(prng);
  const changes = seed % 2 === 0 ? {} : { contents: [], events: [] };
  const settings = parseConfig({ ...config, ...changes, lanes: LANES });
  const recount = new Recount({ settings, key: new Uint8Array(16).fill(seed) });
  const rows = lines.map((line, n) => renderRealtime(line, `id-${n}`, config.realtimeFields));
  const input = new TextEncoder().encode(`${rows.join('\n')}\n`);
  recount.begin(detectFormat(input, settings.realtimeFields)!);
  recount.feed(input);
  recount.end();
  const { items, contents, ledger } = viewsOf(recount, prng);
  const times = lines.map(({ tMs }) => tMs);
  return {
    ...{ prng, recount, rows, items: [...items, ...contents, ...ledger] },
    ...{ firstMs: Math.min(...times), lastMs: Math.max(...times) },
  };
}
