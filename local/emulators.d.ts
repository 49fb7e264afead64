/** The part of the emulators that the rig uses; neither brings types. */

declare module 'kinesalite' {
  import type { Server } from 'node:http';
  export default function kinesalite(options: {
    readonly createStreamMs: number;
    readonly deleteStreamMs: number;
    readonly updateStreamMs: number;
    readonly shardLimit: number;
    readonly path?: string;
  }): Server;
}

declare module 'kinesalite/db' {
  export interface SequenceParts {
    readonly shardCreateTime: number;
    readonly shardIx?: number;
    readonly seqIx?: string | number | null;
    readonly seqTime?: number;
    readonly byte1?: string;
    readonly version?: number;
  }
  const db: {
    parseSequence(sequence: string): SequenceParts;
    stringifySequence(parts: SequenceParts): string;
    partitionKeyToHashKey(key: string): {
      comparedTo(text: string): number | null;
      toFixed(): string;
    };
  };
  export default db;
}

declare module 'dynalite' {
  import type { Server } from 'node:http';
  export default function dynalite(options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
    readonly path?: string;
  }): Server;
}
