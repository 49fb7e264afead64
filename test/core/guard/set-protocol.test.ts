import { observe } from '../../../lambdas/core/guard/observe';
import type { Block } from '../../../lambdas/core/guard/plan';
import { announceCall, intend, refuseCall, settleCall } from '../../../lambdas/core/guard/push';
import {
  EMPTY_TRUTH,
  type SetTruth,
  needsCall,
  wantedCidrs,
} from '../../../lambdas/core/guard/set-truth';
import { decodeTruth, encodeTruth } from '../../../lambdas/core/guard/set-record';
import { Prng, seeds } from '../../support/prng';

/**
 * Goal: no interleaving of writers, crashes and others makes the truth of a set lie about whose an entry is.
 * Method: two writers play the steps of a push on one set, each step whole, in any order; calls arrive late, answers
 * are lost, writers die between any two steps and begin anew. The model knows who added what.
 */
interface Writer {
  truth: SetTruth | undefined;
  token: string;
  before: SetTruth | undefined;
  step: 'load' | 'look' | 'announce' | 'call' | 'settle';
  answer: string | 'conflict' | 'lost' | undefined;
  addresses: readonly string[];
}

class Model {
  stored = EMPTY_TRUTH;
  readonly addresses = new Set<string>();
  readonly foreign = new Set<string>();
  token = 't0';
  readonly late: { readonly token: string; readonly addresses: readonly string[] }[] = [];
  readonly wrong: string[] = [];
  wanted = new Map<string, Block>();
  private tokens = 0;

  constructor(
    readonly prng: Prng,
    private readonly isFenced: boolean,
  ) {}

  update(token: string, addresses: readonly string[]): string | 'conflict' {
    if (token !== this.token) return 'conflict';
    for (const cidr of this.foreign) {
      if (!addresses.includes(cidr)) this.wrong.push(`foreign ${cidr} was removed`);
    }
    this.addresses.clear();
    for (const cidr of addresses) this.addresses.add(cidr);
    return this.move();
  }

  move(): string {
    this.tokens += 1;
    return (this.token = `t${this.tokens}`);
  }

  save(truth: SetTruth, before: SetTruth): SetTruth | undefined {
    if (this.isFenced && this.stored.version !== before.version) return undefined;
    const version = before.version + 1;
    // Through its bytes, so that what is not stored is not relied upon.
    this.stored = decodeTruth(encodeTruth({ ...truth, version }), version);
    return this.stored;
  }
}

const fresh = (): Writer => ({
  ...{ truth: undefined, token: '', before: undefined, step: 'load' as const },
  ...{ answer: undefined, addresses: [] },
});

function blockOf(cidr: string): Block {
  const facts = { strikes: 1, attackHits: 5, verifiedViewers: 0, suspects: 1 };
  return { cidr, rule: 'S1_flood', author: 'guard', sinceMs: 1_000, untilMs: 2_000, ...facts };
}

/** One step of a writer. It begins anew when somebody came between. */
function step(model: Model, writer: Writer, mayFail: boolean): void {
  const again = () => void Object.assign(writer, fresh());
  switch (writer.step) {
    case 'load':
      Object.assign(writer, { truth: model.stored, step: 'look' });
      return;
    case 'look': {
      const seen = { token: model.token, cidrs: new Set(model.addresses) };
      const { truth, isStale } = observe(writer.truth!, seen);
      if (isStale) return again();
      const saved = truth === writer.truth ? truth : model.save(truth, writer.truth!);
      if (saved === undefined) return again();
      Object.assign(writer, { truth: saved, token: model.token, step: 'announce' });
      return;
    }
    case 'announce': {
      const intended = intend(writer.truth!, model.wanted);
      if (!needsCall(intended)) return again();
      const announced = announceCall(intended);
      const saved = model.save(announced, writer.truth!);
      if (saved === undefined) return again();
      const addresses = wantedCidrs(saved);
      Object.assign(writer, { truth: saved, before: intended, addresses, step: 'call' });
      return;
    }
    case 'call': {
      const { token, addresses } = writer;
      const fate = mayFail ? model.prng.int(6) : 9;
      if (fate === 0) model.late.push({ token, addresses });
      const answer = fate === 0 ? 'lost' : model.update(token, addresses);
      writer.answer = fate === 1 && answer !== 'conflict' ? 'lost' : answer;
      writer.step = 'settle';
      return;
    }
    case 'settle': {
      const { answer, truth, before } = writer;
      if (answer === 'lost') return again();
      if (answer !== 'conflict') model.save(settleCall(truth!, answer!), truth!);
      else model.save(refuseCall(truth!, before!), truth!);
      return again();
    }
  }
}

function changeByOthers(model: Model): void {
  const { prng, addresses, foreign } = model;
  const cidr = `192.0.2.${prng.int(4)}/32`;
  if (prng.bool(0.5)) {
    if (addresses.has(cidr)) return;
    addresses.add(cidr);
    foreign.add(cidr);
  } else {
    if (!foreign.has(cidr)) return;
    addresses.delete(cidr);
    foreign.delete(cidr);
  }
  model.move();
}

function play(seed: number, isFenced = true): string[] {
  const prng = new Prng(seed);
  const model = new Model(prng, isFenced);
  const writers = [fresh(), fresh()];
  for (let n = 0; n < 120; n += 1) {
    const kind = prng.int(20);
    if (kind === 0) changeByOthers(model);
    else if (kind === 1) {
      const cidrs = Array.from({ length: prng.int(4) }, () => `198.51.100.${prng.int(5)}/32`);
      model.wanted = new Map(cidrs.map((cidr) => [cidr, blockOf(cidr)]));
    } else if (kind === 2) writers[prng.int(2)] = fresh();
    else if (kind === 3 && model.late.length > 0) {
      const [{ token, addresses }] = model.late.splice(prng.int(model.late.length), 1) as [
        { token: string; addresses: string[] },
      ];
      model.update(token, addresses);
    } else step(model, prng.pick(writers), true);
  }
  for (const { token, addresses } of model.late) model.update(token, addresses);
  const last = fresh();
  for (let n = 0; n < 20; n += 1) step(model, last, false);
  const ours = [...model.addresses].filter((cidr) => !model.foreign.has(cidr)).sort();
  const wanted = [...model.wanted.keys()].sort();
  if (ours.join() !== wanted.join()) model.wrong.push(`holds ${ours}, expected ${wanted}`);
  return model.wrong;
}

describe('the truth of a set', () => {
  it('survives thousands of interleavings', () => {
    const wrong = seeds(3_000).flatMap((seed) => play(seed).map((text) => `SEED=${seed}: ${text}`));
    expect(wrong).toEqual([]);
  });

  it('would not without the condition on its version (canary)', () => {
    expect(seeds(500).some((seed) => play(seed, false).length > 0)).toBe(true);
  });
});
