import { randomBytes } from 'node:crypto';
import { detectFormat } from '../../lambdas/core/edge/format';
import { Recount } from '../../lambdas/core/recount';
import type { ViewsReport } from '../../lambdas/core/road/views-report';
import { type MixedEvent, type MixedLine, mixEvent } from '../../local/attacks/mix-event';
import type { TemplateRoad } from '../../local/template-plan';
import { type AttackFacts, attackersCounted, compareAttack } from './start-attack-compare';
import { type CountedFacts, attackFigures, guardLines } from './start-attack-truth';
import { type AttackPlan, attackSpan } from './start-attack-plan';
import { compareTruth, countedOf } from './start-compare';
import { GuardWatch } from './start-guard-watch';
import type { FeedLine, FeedSource } from './start-feed';
import { configFor } from './start-from';
import type { CrowdPlan } from './start-plan';
import type { Show, Verdict } from './start-show';
import { describeShapes, hasBots, mixedShapes, warningsOf } from './start-shapes';
import { clockText } from './start-screen';
import { ledgerLines, truthLines } from './start-truth';

const ATTACKED = {
  words: {
    against: 'a recount of the same lines',
    besides:
      'in every figure that the guard does not change, and no figure of the crowd is lower than its truth',
  },
  compare: compareAttack,
  figures: attackFigures,
};
const CROWD = {
  words: { against: 'the truth of the crowd' },
  compare: ({ truth, report }: AttackFacts) => compareTruth(truth, report),
  figures: ({ truth, counted }: CountedFacts, columns: number) =>
    truthLines(truth, counted, columns),
};

const KEY_BYTES = 16;
const CHUNK_CHARS = 256 * 1_024;

interface Scene {
  readonly event: MixedEvent;
  readonly guard: GuardWatch;
  readonly recount: LineRecount;
}

/** A made-up live event that is attacked, in front of an edge that obeys the guard. */
export function makeAttackShow(
  plan: CrowdPlan & { readonly attack: AttackPlan },
  warn: (text: string) => void,
  template?: TemplateRoad,
): Show {
  const { seed, viewers, minutes, startAtMs, speed, attack } = plan;
  const { fromSecond, seconds } = attackSpan(attack, minutes);
  for (const text of warningsOf(attack.shapes, seconds)) warn(text);
  const event = mixEvent({
    ...{ seed, viewers, minutes, startAtMs },
    // Whose views are known exactly, whatever the shape.
    crowd: 'exact',
    shapes: mixedShapes(attack, attack.fromSecond, seconds),
  });
  const { mode } = attack;
  // Windows are by the clock of the event, and the guard's clock is that on the wall.
  const config = { ...event.config, guard: { blockPrivate: true, mode, outsideEvents: mode } };
  const { settings, settingsText } = configFor(config, template);
  const isAttacked = hasBots(attack.shapes);
  const guard = new GuardWatch({
    ...{ event, settings, mode },
    propagationMs: attack.propagationSeconds * 1_000,
    shapes: describeShapes(attack, viewers, seconds),
    hasBots: isAttacked,
    secondsMax: Math.ceil((minutes * 60) / speed),
    now: Date.now,
  });
  const recount = new LineRecount(new Recount({ settings, key: randomBytes(KEY_BYTES) }));
  const scene = { event, guard, recount };
  const names = attack.shapes.join(', ');
  return {
    title: `${minutes} min, ${viewers} viewers, seed ${seed}, ${names} from ${clockText(fromSecond)} on`,
    settings,
    settingsText,
    environment: {},
    speed,
    guard,
    span: { startAtMs: event.startAtMs, endAtMs: event.endAtMs },
    source: sourceOf(scene),
    judge: (report) => judge(scene, isAttacked, report),
  };
}

function sourceOf({ event, guard, recount }: Scene): FeedSource {
  const lines = event.lines(guard.judge());
  let isWhole = true;
  return {
    endAtMs: event.endAtMs,
    // Behind a line of the attack the crowd has made one that is still to come.
    isWhole: () => isWhole,
    next() {
      const { done, value } = lines.next();
      isWhole = done === true || !value.isAttack;
      if (done === true) return undefined;
      guard.takeLine(value);
      recount.take(value.line);
      return feedLine(value);
    },
  };
}

async function judge(
  { event, guard, recount }: Scene,
  isAttacked: boolean,
  report: ViewsReport,
): Promise<Verdict> {
  const truth = event.truth().crowd!;
  const counted = countedOf(truth, report);
  const found = await guard.report(attackersCounted(truth, counted));
  const facts = { truth, counted, recount: recount.finish(), report };
  // Where nobody attacks there is nobody to be taken out or added: the truth is the crowd's.
  const { words, compare, figures } = isAttacked ? ATTACKED : CROWD;
  return {
    ...{ truth, counted, guard: found, ...words },
    differences: compare(facts),
    render: (columns) => [
      ...figures(facts, columns),
      '',
      ...ledgerLines(report.ledger, columns),
      '',
      ...guardLines(found, columns),
    ],
  };
}

function feedLine({ n, atMs, line, isAttack }: MixedLine): FeedLine {
  const key = String(n);
  return isAttack ? { key, atMs, line, attackAtMs: atMs } : { key, atMs, line };
}

/** A recount of lines as they come. */
class LineRecount {
  private pending: string[] = [];
  private chars = 0;
  private hasBegun = false;

  constructor(private readonly recount: Recount) {}

  take(line: string): void {
    this.pending.push(line);
    this.chars += line.length;
    if (this.chars >= CHUNK_CHARS) this.feed();
  }

  finish() {
    this.feed();
    this.recount.end();
    return this.recount.report();
  }

  private feed(): void {
    const chunk = Buffer.from(this.pending.join(''));
    [this.pending, this.chars] = [[], 0];
    if (!this.hasBegun) {
      this.recount.begin(detectFormat(chunk, this.recount.settings.realtimeFields)!);
      this.hasBegun = true;
    }
    this.recount.feed(chunk);
  }
}
