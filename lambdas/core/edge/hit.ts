/**
 * A hit: a line, parsed and classified. One object is made for each reader and written over, hit by
 * hit, so what outlives the line copies it. Numbers stand for the names of closed lists (classes.ts).
 */
export interface Hit {
  tMs: number;
  /** position in CLASSES */
  class: number;
  /** position in OUTCOMES */
  outcome: number;
  /** position in OBJECTS */
  object: number;
  /** GET on manifest, media, init, entry or page: touches a viewer (VIEW_DEFINITION H5) */
  relevant: boolean;
  /** media or a page that the edge delivered (H4) */
  delivered: boolean;
  /** number of the content in the reader's contents */
  content: number;
  /** number of the edge location in the reader's edges */
  edge: number;
  /** milliseconds that delivered media proves (P1) */
  durationMs: number;
  /** two letters as c0 * 256 + c1, 0 if unknown */
  country: number;
  /** position in DEVICES */
  device: number;
  /** -1, or the CMCD session id mod K (I2) */
  session: number;
  /** the viewer's network: IPv6 /64, or 0000:ffff and the IPv4 address */
  addressHi: number;
  addressLo: number;
  /** from a data centre by list or ASN, whatever its agent; neither relays nor verified crawlers */
  hosted: boolean;
  /** number of the viewer's autonomous system, 0 if unknown */
  asn: number;
  /** keyed hash of the decoded user agent */
  agentHi: number;
  agentLo: number;
  /** public hash of the decoded user agent: the order of VIEW_DEFINITION B1 */
  agentRank: number;
}

export function makeHit(): Hit {
  return {
    tMs: 0,
    class: 0,
    outcome: 0,
    object: 0,
    relevant: false,
    delivered: false,
    content: 0,
    edge: 0,
    durationMs: 0,
    country: 0,
    device: 0,
    session: -1,
    addressHi: 0,
    addressLo: 0,
    hosted: false,
    asn: 0,
    agentHi: 0,
    agentLo: 0,
    agentRank: 0,
  };
}

/** A country number as its two letters. */
export function countryName(country: number): string {
  return country === 0 ? 'ZZ' : String.fromCharCode(country >>> 8, country & 0xff);
}
