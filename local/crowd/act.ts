import { addressOf } from './addresses';
import type { Answer } from './answer';
import type { Chance } from './chance';
import type { Client } from './client';

export type ContentId = 'live' | 'event-page';

/** What is asked for, and what the generator means by it. Reused by many acts. */
export interface Wanted {
  readonly content: ContentId;
  readonly object: 'entry' | 'manifest' | 'init' | 'media' | 'page' | 'asset';
  readonly path: string;
  readonly contentType: string;
  /** CMCD object type, for clients that send it. */
  readonly objectType: 'm' | 'i' | 'a' | 'v' | 'av' | 'o';
  /** Media: milliseconds that the object holds. */
  readonly lengthMs: number;
}

/** One request that the edge answered: what the generator intended, before any line is written. */
export interface Act {
  /** when the response ended */
  readonly atMs: number;
  readonly client: Client;
  readonly wanted: Wanted;
  readonly answer: Answer;
  readonly method: 'GET' | 'HEAD';
  /** Bytes asked for, as `0-1`; undefined: all. */
  readonly range: string | undefined;
  /** Whether a page or media arrived in the hands of the client. */
  readonly isDelivered: boolean;
}

interface Manner {
  readonly method?: 'GET' | 'HEAD';
  readonly range?: string | undefined;
}

/** A probe for two bytes sees whether ranges work, and brings nothing. */
export const PROBE = '0-1';

export function act(
  client: Client,
  atMs: number,
  wanted: Wanted,
  answer: Answer,
  { method = 'GET', range }: Manner = {},
): Act {
  const isPlayable = wanted.object === 'media' || wanted.object === 'page';
  const isDelivered = isPlayable && answer.isWhole && method === 'GET' && range !== PROBE;
  return { atMs, client, wanted, answer, method, range, isDelivered };
}

/** 000 to 999, as they stand behind the seconds. */
const MILLISECONDS = Array.from({ length: 1000 }, (_, ms) => String(ms).padStart(3, '0'));
const PAGE_HOST = 'www.example.com';

/** A line as CloudFront delivers it to Kinesis, with its newline. */
export function renderLine(one: Act, chance: Chance): string {
  const { atMs, client, wanted, answer, method, range } = one;
  const isStream = wanted.content === 'live';
  const sendsCmcd = isStream && client.sessionId !== '';
  const duration = sendsCmcd && wanted.object === 'media' ? String(wanted.lengthMs) : '-';
  const type = sendsCmcd ? wanted.objectType : '-';
  const query = sendsCmcd && client.sendsQuery ? cmcdQuery(client, duration, type) : '-';
  const [first, last] = range === undefined ? ['-', '-'] : range.split('-');
  return (
    `${Math.floor(atMs / 1000)}.${MILLISECONDS[atMs % 1000]}\t${addressOf(client.network, chance)}\t` +
    `${answer.status}\t${method}\t${isStream ? client.host : PAGE_HOST}\t` +
    // The trap of real-time logs: the stem holds the query as well.
    `${wanted.path}${query === '-' ? '' : `?${query}`}\t${client.columns.edgeAndAgent}\t${query}\t` +
    `${answer.contentType ?? wanted.contentType}\t${first}\t${last}\t${answer.detail}\t` +
    `${client.columns.countryAndAsn}\t${duration}\t${type}\t${sendsCmcd ? client.sessionId : '-'}\n`
  );
}

function cmcdQuery({ sessionId }: Client, duration: string, type: string): string {
  const told = duration === '-' ? '' : `od%3D${duration}%2C`;
  return `CMCD=${told}ot%3D${type}%2Csid%3D%22${sessionId}%22`;
}
