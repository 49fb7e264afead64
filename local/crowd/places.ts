/** Where people are: country (empty if the edge does not know), its share, edge locations, networks. */
export interface Place {
  readonly country: string;
  readonly edges: readonly string[];
  /** Autonomous systems of access networks, none of which is a hoster's. */
  readonly asns: readonly number[];
}

const SHARES: readonly (readonly [number, Place])[] = [
  [34, { country: 'US', edges: ['IAD89-C1', 'LAX50-P3', 'ORD58-P4'], asns: [7922, 701, 7018] }],
  [14, { country: 'GB', edges: ['LHR50-P1', 'MAN51-P1'], asns: [2856, 5089] }],
  [14, { country: 'DE', edges: ['FRA56-P1', 'DUS51-P2'], asns: [3320, 3209] }],
  [8, { country: 'FR', edges: ['CDG52-P2'], asns: [3215] }],
  [8, { country: 'IN', edges: ['BOM78-P1', 'DEL54-P5'], asns: [55836, 45609] }],
  [7, { country: 'BR', edges: ['GRU1-C1'], asns: [26599, 28573] }],
  [6, { country: 'CA', edges: ['YTO50-C1'], asns: [577, 812] }],
  [5, { country: 'JP', edges: ['NRT57-P3'], asns: [4713] }],
  [3, { country: 'AU', edges: ['SYD62-P1'], asns: [1221] }],
  [1, { country: '', edges: ['FRA56-P1'], asns: [0] }],
];

/** The places of 100 people. */
export const PLACES: readonly Place[] = SHARES.flatMap(([share, place]) =>
  Array.from({ length: share }, () => place),
);

/** Hosters of the shipped list: Hetzner, Amazon, OVH, DigitalOcean, Google. */
export const DATACENTRE_ASNS: readonly number[] = [24940, 16509, 16276, 14061, 15169];
