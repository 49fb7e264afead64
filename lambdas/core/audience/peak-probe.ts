import type { Audience } from './audience';
import { PEAK_SLOTS } from './concurrency';
import { SLOT_MS } from './rules';
import { BUCKETS, type FigureRules, groupOf } from './viewer-figures';
import { RUN_WORDS } from './viewer-table';

/** Who was there at a peak: slots of presence in its window by bucket. Their sum / slots = average. */
export interface PeakCrowd {
  /** first slot of the window, -1 for none */
  readonly slot: number;
  readonly slots: number;
  readonly buckets: Float64Array;
}

export interface PeakProbe extends PeakCrowd {
  readonly content: number;
}

/** The peak is found among verified viewers; its record needs everyone else at the same moment. */
export class PeakProbes {
  private readonly probes: PeakProbe[] = [];

  add(content: number, slot: number): PeakProbe {
    const probe = { content, slot, slots: PEAK_SLOTS, buckets: new Float64Array(BUCKETS) };
    this.probes.push(probe);
    return probe;
  }

  addAll(probe: PeakProbe | undefined): void {
    if (probe !== undefined) this.probes.push(probe);
  }

  /** One pass over all viewers for all probes. */
  measure({ table, contents, days }: Audience, rules: FigureRules): void {
    const byContent = new Map<number, PeakProbe[]>();
    for (const probe of this.probes) {
      if (probe.slot < 0) continue;
      byContent.set(probe.content, [...(byContent.get(probe.content) ?? []), probe]);
    }
    if (byContent.size === 0) return;
    const starts = new Map<number, number>();
    table.each((entry) => {
      const content = table.contentOf(entry);
      const probes = byContent.get(content);
      if (probes === undefined) return;
      const day = table.dayOf(entry);
      let dayStart = starts.get(day);
      if (dayStart === undefined) starts.set(day, (dayStart = days.startOf(day) / SLOT_MS));
      const words = table.runWords(entry);
      const at = table.runAt(entry);
      const end = at + table.runsOf(entry) * RUN_WORDS;
      for (const { slot, slots, buckets } of probes) {
        let present = 0;
        for (let run = at; run < end; run += RUN_WORDS) {
          const first = Math.max(dayStart + words[run]!, slot);
          const last = Math.min(dayStart + words[run + 1]!, slot + slots - 1);
          if (last >= first) present += last - first + 1;
        }
        if (present > 0) buckets[groupOf(table, entry, contents.list[content]!, rules)]! += present;
      }
    });
  }
}
