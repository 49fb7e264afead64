import type { Removal, Simulation } from './build';

const limit = (file: string, name: string, value: string, small: string): Removal => ({
  file,
  text: `const ${name} = ${value};`,
  becomes: `const ${name} = ${small};`,
});

/** Limits so small that a night of some hundred suspects meets each of them. */
export const GUARD_NIGHT: Simulation = {
  entry: 'guard-night.ts',
  limits: [
    limit('lambdas/core/guard/set-truth.ts', 'SET_SIZE_MAX', '10_000', '24'),
    limit('lambdas/core/guard/observe.ts', 'RESTORED_MIN', '10', '4'),
    limit('lambdas/core/guard/guard-memory.ts', 'MEMORY_PARTS', '16', '2'),
    limit('lambdas/core/guard/audit.ts', 'AUDIT_PART_CHARS_MAX', '300_000', '2_000'),
  ],
};

/** The mechanisms of docs/GUARD.md, "Enforce", each taken out of the module that holds it. */
export const GUARD_REMOVALS: Readonly<Record<string, Removal>> = {
  'the record of what is ours before the call': {
    file: 'lambdas/enforce/set-writer.ts',
    text: 'await this.save(key, { ...announced, version: intended.version + 1 });',
    becomes: 'this.know(key, announced);',
  },
  'the plan anew after a conflict': {
    file: 'lambdas/enforce/set-writer.ts',
    text: `      telemetry.count('SetConflicts', 1);
      this.looked.delete(key);`,
    becomes: `      return this.deps.waf.read(set).then(({ token }) => {
        const looked = this.looked.get(key)!;
        this.know(key, { ...this.set(key).truth, seenToken: token });
        this.looked.set(key, { ...looked, content: { ...looked.content, token } });
        return 'again';
      });`,
  },
  'the pace': {
    file: 'lambdas/enforce/set-writer.ts',
    text: '    await pace.wait();',
    becomes: '',
  },
  'the fence of the lease': {
    file: 'lambdas/enforce/set-writer.ts',
    text: "if (lease === undefined) throw new Overtaken('somebody else has the lease');",
    becomes: 'if (lease === undefined) return;',
  },
  'what others added': {
    file: 'lambdas/core/guard/set-truth.ts',
    text: "if (record.state === 'foreign' || isWanted(record)) cidrs.push(record.cidr);",
    becomes: 'if (isWanted(record)) cidrs.push(record.cidr);',
  },
  'the telling of ours from others': {
    file: 'lambdas/core/guard/observe.ts',
    text: "records.set(cidr, { cidr, state: 'foreign', isTouched: false, block: undefined });",
    becomes: '',
  },
  'the allow for what others removed': {
    file: 'lambdas/enforce/set-writer.ts',
    text: 'manual.spare({ cidr, untilMs, ...said }),',
    becomes: 'Promise.resolve(void [cidr, untilMs, said]),',
  },
  'the restoring of a set that was emptied': {
    file: 'lambdas/core/guard/observe.ts',
    text: 'const isMass = lost.size >= restoredMin(lost.size, gone) && lost.size * 2 > gone.heldBefore;',
    becomes: 'const isMass = false as boolean;',
  },
  'the question whether there was a deploy': {
    file: 'lambdas/enforce/set-writer.ts',
    text: 'return observe(truth, seen, true);',
    becomes: 'return observation;',
  },
  'the memory of calls that nobody saw end': {
    file: 'lambdas/core/guard/push.ts',
    text: "return record.isTouched ? { ...record, state: 'leaving' } : undefined;",
    becomes: 'return undefined;',
  },
  'the waiting for batches that come late': {
    file: 'lambdas/enforce/news.ts',
    text: 'if (nowMs - atMs < LATE_MS) break;',
    becomes: '',
  },
  'the audit of a push': {
    file: 'lambdas/enforce/set-writer.ts',
    text: `    await this.deps.manual.writeAudit(
      pushEntry(`,
    becomes: `    await Promise.resolve(
      pushEntry(`,
  },
  'the end of blocks': {
    file: 'lambdas/core/guard/decide.ts',
    text: 'const { wanted, noRoom } = assignBlocks(sets, blocks, listOf);',
    becomes: 'const { wanted, noRoom } = assignBlocks(sets, [...blocks, ...plan.expired], listOf);',
  },
};
