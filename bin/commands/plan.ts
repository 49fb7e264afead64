import { formatWhole } from '../../lambdas/core/plain-words';
import { readFile } from 'node:fs/promises';
import { SHIPPED_FILES } from '../../lambdas/core/edge/network-lists';
import { type ExemptTable, makeExempt } from '../../lambdas/core/guard/exempt';
import { parsePrefix, prefixText, widen } from '../../lambdas/core/guard/prefix';
import { type Claim, type PrefixPlan, planPrefixes } from '../../lambdas/core/guard/prefix-plan';
import { LIMITS } from '../../lambdas/core/settings';
import { formatHundredths, layTable } from './text-table';

export interface PlanOptions {
  readonly capacity: number;
  readonly weight: number;
  readonly json?: boolean;
}

export interface PlanIo {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
}

/** One IP set of AWS WAF, and the weight of a configuration without any. */
export const PLAN_DEFAULTS = { capacity: 10_000, weight: LIMITS.viewerWeight.fallback };

/** What is compared with: the networks that people block by hand. */
const NETWORK_BITS = { 4: 24, 6: 48 } as const;
const COLUMNS = 100;

interface FamilyPlan {
  readonly version: 4 | 6;
  readonly claims: readonly Claim[];
  readonly plan: PrefixPlan<Claim>;
}

/**
 * `turnout plan`: what the guard would block of a list of addresses. Published ranges of crawlers and
 * of relays are exempt as they are shipped; private addresses are not, for lists of rehearsals.
 */
export async function runPlan(file: string, options: PlanOptions, io: PlanIo): Promise<void> {
  const text = file === '-' ? await textOf(io.stdin) : await readFile(file, 'utf8');
  const claims = parseClaims(text, file === '-' ? 'standard input' : file);
  const { crawlers, relay } = SHIPPED_FILES;
  const lists = { crawlers: crawlers.ranges, relay: relay.ranges, blockPrivate: true };
  const exempt = makeExempt({ allow: [], own: [], ...lists });
  const limits = { capacity: options.capacity, viewerWeight: options.weight, exempt };
  const families = ([4, 6] as const).flatMap((version): FamilyPlan[] => {
    const own = claims.filter(({ prefix }) => prefix.version === version);
    return own.length === 0 ? [] : [{ version, claims: own, plan: planPrefixes(own, limits) }];
  });
  const render = options.json === true ? renderJson : renderText;
  io.stdout.write(render(families, options, exempt));
}

async function textOf(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

/** Throws at the first line that is not understood: half a list is no list. */
export function parseClaims(text: string, name: string): Claim[] {
  const claims: Claim[] = [];
  for (const [n, whole] of text.split('\n').entries()) {
    const line = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    if (line === '' || line.startsWith('#')) continue;
    const [address = '', ...counts] = line.split('\t');
    if (n === 0 && /^(address|cidr|ip)$/i.test(address)) continue;
    const wrong = (what: string) => new Error(`${name}, line ${n + 1}: expected ${what}`);
    const got = JSON.stringify(line.slice(0, 80));
    if (counts.length !== 2) {
      throw wrong(`address, attackHits and verifiedViewers with tabs between, got ${got}`);
    }
    const prefix = parsePrefix(address);
    if (prefix === undefined) throw wrong(`an address or a range, got ${JSON.stringify(address)}`);
    const [attackHits, verifiedViewers] = counts.map((own) =>
      /^\d{1,15}$/.test(own) ? Number(own) : NaN,
    ) as [number, number];
    if (Number.isNaN(attackHits + verifiedViewers)) throw wrong(`two whole numbers, got ${got}`);
    claims.push({ prefix, attackHits, verifiedViewers });
  }
  return claims;
}

interface Sums {
  readonly cidrs: number;
  readonly attackHits: number;
  readonly verifiedViewers: number;
}

function sumsOf(items: readonly Omit<Sums, 'cidrs'>[]): Sums {
  let [attackHits, verifiedViewers] = [0, 0];
  for (const item of items) {
    attackHits += item.attackHits;
    verifiedViewers += item.verifiedViewers;
  }
  return { cidrs: items.length, attackHits, verifiedViewers };
}

/** As many whole networks, those with the most attack hits: what the plan must be better than. */
function topNetworks({ version, claims }: FamilyPlan, capacity: number): Sums {
  const networks = new Map<string, { attackHits: number; verifiedViewers: number }>();
  for (const { prefix, attackHits, verifiedViewers } of claims) {
    const text = prefixText(widen(prefix, Math.min(prefix.bits, NETWORK_BITS[version])));
    const sum = networks.get(text) ?? { attackHits: 0, verifiedViewers: 0 };
    sum.attackHits += attackHits;
    sum.verifiedViewers += verifiedViewers;
    networks.set(text, sum);
  }
  const worst = [...networks.values()].filter(({ attackHits }) => attackHits > 0);
  worst.sort((a, b) => b.attackHits - a.attackHits || a.verifiedViewers - b.verifiedViewers);
  return sumsOf(worst.slice(0, capacity));
}

function renderText(families: readonly FamilyPlan[], options: PlanOptions): string {
  const { capacity, weight } = options;
  const cidrs = families.flatMap(({ plan }) =>
    plan.chosen.map(({ prefix, attackHits, verifiedViewers, suspects }) =>
      [prefixText(prefix), attackHits, verifiedViewers, suspects.length].join('\t'),
    ),
  );
  const tables = families.map((family) => {
    const { version, claims, plan } = family;
    const all = sumsOf(claims);
    const overflow = sumsOf(plan.overflow);
    const spared = sumsOf(plan.spared.map(({ claim }) => claim));
    const share = (part: number, whole: number) =>
      whole === 0 ? '' : `${formatHundredths((100 * part) / whole)} %`;
    const row = (label: string, { cidrs: count, attackHits, verifiedViewers }: Sums) => ({
      label,
      cells: [
        ...[formatWhole(count), formatWhole(attackHits), share(attackHits, all.attackHits)],
        ...[formatWhole(verifiedViewers), share(verifiedViewers, all.verifiedViewers)],
        formatWhole(attackHits - weight * verifiedViewers),
      ],
    });
    const rows = [
      row('chosen', sumsOf(plan.chosen)),
      row(`top /${NETWORK_BITS[version]}`, topNetworks(family, capacity)),
      row('overflow', overflow),
      row('spared', spared),
      row('all', all),
    ];
    const heads = [`IPv${version}`, 'attack hits', '', 'verified viewers', '', 'value'];
    const bound = `at most ${formatWhole(plan.bound)} can be had with ${formatWhole(capacity)} CIDRs`;
    return [...layTable(heads, rows, COLUMNS), bound].join('\n');
  });
  if (families.length === 0) return 'no addresses\n';
  return [...(cidrs.length === 0 ? [] : [cidrs.join('\n')]), ...tables].join('\n\n') + '\n';
}

function renderJson(
  families: readonly FamilyPlan[],
  { capacity, weight }: PlanOptions,
  exempt: ExemptTable,
): string {
  const factsOf = ({ prefix, attackHits, verifiedViewers }: Omit<Claim, 'bonus'>) => {
    return { cidr: prefixText(prefix), attackHits, verifiedViewers };
  };
  const told = families.map((family) => {
    const { version, claims, plan } = family;
    const all = sumsOf(claims);
    const chosen = sumsOf(plan.chosen);
    const { attackHits, verifiedViewers } = all;
    const body = {
      suspects: claims.filter((claim) => claim.attackHits > 0).length,
      ...{ attackHits, verifiedViewers },
      totals: {
        ...chosen,
        suspects: plan.chosen.reduce((sum, own) => sum + own.suspects.length, 0),
      },
      collateral: {
        viewers: chosen.verifiedViewers,
        percent: verifiedViewers === 0 ? 0 : (100 * chosen.verifiedViewers) / verifiedViewers,
      },
      topNetworks: { bits: NETWORK_BITS[version], ...topNetworks(family, capacity) },
      ...{ value: plan.value, bound: plan.bound },
      chosen: plan.chosen.map((own) => ({ ...factsOf(own), suspects: own.suspects.length })),
      spared: plan.spared.map(({ claim, why }) => {
        const list = why === 'exempt' ? exempt.nameOf(claim.prefix) : undefined;
        return { ...factsOf(claim), why, ...(list === undefined ? {} : { list }) };
      }),
      overflow: plan.overflow.map(factsOf),
    };
    return [`ipv${version}`, body] as const;
  });
  return `${JSON.stringify({ capacity, viewerWeight: weight, ...Object.fromEntries(told) })}\n`;
}
