import { FUNCTION_NAMES } from '../../lib/pipeline';
import { sourcesUnder, textOf } from '../support/source-files';
import { resourceOf, resourcesOf, synthTemplate } from './stack-support';

/**
 * Goal: who looks at the dashboard sees figures that are written and knows what they mean. Method: its
 * body in the template, against the metrics of the code and the rules of the documents.
 */
const template = synthTemplate();
const dashboard = resourceOf(
  template,
  'AWS::CloudWatch::Dashboard',
  'TurnoutMonitoring',
).Properties;

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
  };
}

/** References become their logical ids. */
function bodyOf(): { readonly widgets: readonly Widget[] } {
  const { DashboardBody } = dashboard as {
    readonly DashboardBody: { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
  };
  const parts = DashboardBody['Fn::Join'][1].map((part) => {
    if (typeof part === 'string') return part;
    const { Ref, 'Fn::GetAtt': attribute } = part as { Ref?: string; 'Fn::GetAtt'?: string[] };
    return Ref ?? attribute![0]!;
  });
  return JSON.parse(parts.join('')) as { readonly widgets: readonly Widget[] };
}

const { widgets } = bodyOf();
const texts = widgets.flatMap(({ properties: p }) => p.markdown ?? []);
const metrics = widgets.flatMap(({ properties: p }) => p.metrics ?? []);
/** Namespace, name, then dimension and value. */
const plain = metrics.filter(([namespace]) => typeof namespace === 'string') as string[][];

describe('the dashboard', () => {
  it('is named like the stack, and answers what one asks in an event', () => {
    expect(dashboard['DashboardName']).toBe('Turnout');
    expect(texts.map((text) => text.split('\n')[0])).toEqual([
      '## How many watch',
      '## Who was turned away',
      '## Who was blocked, and whom it hit',
      '## What the guard does',
      '## How fresh the figures are',
      '## Whether the ledger is balanced',
      '## Errors and throttles',
    ]);
  });

  it('shows metrics of ours that are written, by those who write them', () => {
    const own = plain.filter(([namespace]) => namespace === 'Turnout');
    expect(own.length).toBeGreaterThan(30);
    for (const [, name, dimension, by] of own) {
      expect(textOf('lambdas/adapters/metrics.ts')).toContain(`  ${name}: { unit: '`);
      expect(dimension).toBe('service');
      const text = sourcesUnder(`lambdas/${by}/`).map(textOf).join('');
      expect([name, text.includes(`'${name}'`)]).toEqual([name, true]);
    }
  });

  it('shows every figure that an alarm looks at', () => {
    const shown = new Set(plain.map(([, name]) => name));
    const inAlarms = resourcesOf(template)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([, { Properties: p }]) => p['MetricName'] as string | undefined)
      .filter((name) => name !== undefined && !shown.has(name));
    // Whether a function runs at all is for its alarm alone.
    expect([...new Set(inAlarms)]).toEqual(['Invocations']);
  });

  it('shows errors and throttles of each function, stream and table', () => {
    const of = (name: string) => plain.filter(([, metric]) => metric === name).length;
    expect([of('Errors'), of('Throttles')]).toEqual([FUNCTION_NAMES.length, FUNCTION_NAMES.length]);
    expect([of('IteratorAge'), of('WriteProvisionedThroughputExceeded')]).toEqual([2, 2]);
    expect([of('ReadThrottleEvents'), of('WriteThrottleEvents')]).toEqual([3, 3]);
  });

  it('shows all alarms', () => {
    const alarms = resourcesOf(template).filter(
      ([, { Type }]) => Type === 'AWS::CloudWatch::Alarm',
    );
    const shown = widgets.flatMap(({ properties: p }) => p.alarms ?? []);
    expect([...shown].sort()).toEqual(alarms.map(([id]) => id).sort());
    expect(shown.length).toBeLessThanOrEqual(100); // CloudWatch takes no more
  });

  it('finds requests of AWS WAF under the names that the rules have', () => {
    const searches = metrics.flatMap(
      (it) => (it[0] as { readonly expression?: string }).expression ?? [],
    );
    const rules = searches.flatMap((text) => /Rule="([^"]+)"/.exec(text)?.[1] ?? []);
    expect(rules).toEqual(['Turnout-block', 'Turnout-count']);
    const group = JSON.stringify(resourceOf(template, 'AWS::WAFv2::RuleGroup', 'Turnout'));
    for (const rule of rules) expect(group).toContain(`"MetricName":"${rule}"`);
  });

  it('explains its figures by rules that the documents have', () => {
    const documents = textOf('docs/VIEW_DEFINITION.md') + textOf('docs/GUARD.md');
    const named = texts.flatMap((text) => text.match(/\b[A-Z]\d+_[a-z_]+/g) ?? []);
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((id) => !documents.includes(id))).toEqual([]);
    for (const text of texts) expect(text.split('\n').length).toBeGreaterThan(1);
  });

  it('has a place for each widget, and no two in one', () => {
    const taken = new Set<string>();
    for (const { x, y, width, height } of widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column += 1) {
        for (let line = y; line < y + height; line += 1) {
          expect(taken.has(`${column},${line}`)).toBe(false);
          taken.add(`${column},${line}`);
        }
      }
    }
  });
});
