import { readFileSync } from 'node:fs';
import { detectFormat } from '../../lambdas/core/edge/format';
import type { SuspectRule } from '../../lambdas/core/guard/suspect';
import { Recount } from '../../lambdas/core/recount';
import { parseConfig } from '../../lib/config';
import { dataPath, describeWithData } from '../support/data';

/**
 * Goal: attackers that others found in a log are suspects, and nobody else of the log is. Method: the web
 * access logs of CrowdSec's scenarios, each through a recount with its guard; the sources that a scenario
 * names against the suspects. Each miss and each suspect that no scenario names has its reason here.
 */
const FOLDER = 'attack-crowdsec-hub';

/** Logs with requests that Turnout does not read, by the type of the log. */
const UNREAD: Readonly<Record<string, string>> = {
  'aws-alb': 'logs of load balancers',
  'upsun-httplog': 'JSON of its own',
  caddy: 'JSON of its own',
  containerd: 'JSON of Envoy behind the words of a container',
  haproxy: 'the format of HAProxy',
  modsecurity: 'alerts of a firewall, in an error log',
  nginx: 'lines of syslog, or of an error log',
  syslog: 'lines of syslog',
  traefik: 'JSON of its own',
  zoraxy: 'a format of its own',
};

/** How many sources of a test are no suspects, and why. */
const MISSED: Readonly<Record<string, readonly [number, string]>> = {
  'apache-cve-2021-41773': [1, 'its line is of an error log'],
  'apache2-malformed': [1, '11 requests without a path: S4 asks for 5 paths'],
  'apache_log4j2_cve-2021-44228': [3, 'in the user agent or referer: S6 looks at path and query'],
  'bunkerweb-bad-user-agent': [1, 'a host before the address: no line of it is read'],
  'bunkerweb-http-path-traversal': [1, 'a host before the address: no line of it is read'],
  'bunkerweb-http-sensitive-files': [1, 'a host before the address: no line of it is read'],
  'http-bf-wordpress-bf': [1, 'syslog before the address: no line of it is read'],
  'http-dos-invalid-http-versions': [2, 'one request each, of a version that an edge refuses'],
  'http-dos-switching-ua': [1, '14 requests in a quarter minute'],
  'http-generic-test': [1, 'one request, which says that it is a test'],
  'http-wordpress-scan': [2, '4 requests each: S4 asks for 10'],
  'http-wordpress_user-enum': [1, '6 requests: S3 asks for 15'],
  'nginx-bad-user-agent': [1, '3 requests: its agent makes its hits invalid, S8 asks for 20'],
  'nginx-cve-2021-41773': [2, 'a host before the address: no line of it is read'],
  'nginx-http-malformed': [1, '12 requests without a path: S4 asks for 5 paths'],
  'nginx-http-open-proxy': [2, 'one request each, which an edge refuses'],
  'nginx-proxy-manager-malformed': [1, '12 requests without a path: S4 asks for 5 paths'],
  'spring4shell_cve-2022-22965': [2, 'a host before the address: no line of it is read'],
};

/** Suspects that no scenario names: how many, by which rule, and why they are rightly suspects. */
const BESIDE: Readonly<Record<string, readonly [number, SuspectRule, string]>> = {
  'CVE-2024-38475': [1, 'S6_probe', 'asks for the passwords of the host'],
  'http-dos-bypass-cache': [4, 'S3_cache_busting', '18 to 29 queries made of digits at once'],
  // Of these two nothing is stated.
  'apache2-logs': [1, 'S6_probe', 'asks for the administration of Solr'],
  'nginx_http-logs': [1, 'S6_probe', 'asks for the administration of Solr'],
};

interface Attack {
  readonly test: string;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** lines with an HTTP method */
  readonly requests: number;
  /** Sources that a scenario names; undefined if nothing is stated. */
  readonly named: ReadonlySet<string> | undefined;
}

function readRows(file: string): string[][] {
  const text = readFileSync(dataPath(FOLDER, file)!, 'utf8').trim();
  return text
    .split('\n')
    .slice(1)
    .map((row) => row.split('\t'));
}

function readAttacks(): Attack[] {
  const named = new Map<string, Set<string>>();
  for (const [test, , scenario, source] of readRows('expected.tsv')) {
    if (scenario === '(no statement)') continue;
    named.set(test!, (named.get(test!) ?? new Set()).add(source!));
  }
  return readRows('tests.tsv').map(([test, file, type, , requests]) => ({
    ...{ test: test!, type: type!, requests: Number(requests), named: named.get(test!) },
    bytes: readFileSync(dataPath(FOLDER, test!, file!)!),
  }));
}

// Two sources of three are private or loopback addresses.
const settings = () => parseConfig({ guard: { blockPrivate: true } });
const formatOf = ({ bytes }: Attack) => detectFormat(bytes, settings().realtimeFields);

/** Suspects of a log with their rules. */
function judge(attack: Attack): Map<string, SuspectRule> {
  const recount = new Recount({ settings: settings(), key: new Uint8Array(16), guard: true });
  recount.begin(formatOf(attack)!);
  recount.feed(attack.bytes);
  recount.end();
  recount.guard!.finish();
  const { suspects } = recount.guard!;
  return new Map([...suspects].map(([cidr, { rule }]) => [cidr.replace(/\/32$/, ''), rule]));
}

interface Judged extends Attack {
  readonly suspects: ReadonlyMap<string, SuspectRule>;
}

const missedOf = ({ named = new Set<string>(), suspects }: Judged) =>
  [...named].filter((source) => !suspects.has(source));
const besideOf = ({ named, suspects }: Judged) =>
  [...suspects].filter(([source]) => !named?.has(source));

describeWithData('attack-crowdsec-hub', () => {
  let attacks: readonly Attack[];
  let read: readonly Attack[];
  let judged: readonly Judged[];
  beforeAll(() => {
    attacks = readAttacks();
    read = attacks.filter((attack) => formatOf(attack) !== undefined);
    judged = read.map((attack) => ({ ...attack, suspects: judge(attack) }));
  });

  it('is read, but for logs of types that are listed, or without requests', () => {
    const unread = attacks.filter((it) => !read.includes(it) && it.requests > 0);
    expect(unread.filter(({ type }) => UNREAD[type] === undefined)).toEqual([]);
    expect([...new Set(unread.map(({ type }) => type))].sort()).toEqual(Object.keys(UNREAD).sort());
    expect([attacks.length, read.length, unread.length]).toEqual([102, 69, 20]);
  });

  it('has 95 sources that scenarios name, and 70 of them are suspects', () => {
    const named = judged.reduce((sum, attack) => sum + (attack.named?.size ?? 0), 0);
    const missed = judged.reduce((sum, attack) => sum + missedOf(attack).length, 0);
    const reasons = Object.entries(MISSED).map(([test, [n, why]]) => `  ${n} of ${test}: ${why}`);
    process.stderr.write(
      `attack-crowdsec-hub: ${named - missed} of ${named} found; missed:\n${reasons.join('\n')}\n`,
    );
    expect([named, named - missed]).toEqual([95, 70]);
  });

  it('misses nobody but for the reasons listed', () => {
    const missed = judged.map((attack) => [attack.test, missedOf(attack).length] as const);
    expect(Object.fromEntries(missed.filter(([, n]) => n > 0))).toEqual(
      Object.fromEntries(Object.entries(MISSED).map(([test, [n]]) => [test, n])),
    );
  });

  it('suspects nobody else but for the reasons listed', () => {
    const beside = judged.map((attack) => [attack.test, besideOf(attack)] as const);
    expect(
      Object.fromEntries(
        beside
          .filter(([, suspects]) => suspects.length > 0)
          .map(([test, suspects]) => [test, [suspects.length, suspects[0]![1]]]),
      ),
    ).toEqual(
      Object.fromEntries(Object.entries(BESIDE).map(([test, [n, rule]]) => [test, [n, rule]])),
    );
  });
});
