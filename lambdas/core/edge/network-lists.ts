import type { Crawler } from './agent-rule';
import crawlers from './data/crawlers.json';
import datacentres from './data/datacentres.json';
import relay from './data/relay.json';
import type { Settings } from '../settings';
import type { NetworkLists } from './network';

/** What every list says about itself, so that a figure can name the list it was made with. */
interface ListHead {
  readonly source: string;
  readonly date: string;
  readonly licence: string;
  readonly note: string;
}

/** The files that `npm run lists` writes, here or into a folder for the caller to read. */
export interface ListFiles {
  readonly crawlers: ListHead & { readonly ranges: Readonly<Record<Crawler, readonly string[]>> };
  readonly relay: ListHead & { readonly ranges: readonly string[] };
  readonly datacentres: ListHead & {
    readonly asns: readonly number[];
    readonly ranges?: readonly string[];
  };
}

/** The names of the files, for who reads them from a folder. */
export const LIST_FILES = {
  crawlers: 'crawlers.json',
  relay: 'relay.json',
  datacentres: 'datacentres.json',
} as const satisfies Record<keyof ListFiles, string>;

/** The lists that are shipped: abridged, see the note in each. */
export const SHIPPED_FILES: ListFiles = { crawlers, relay, datacentres };

export function listsOf(files: ListFiles): NetworkLists {
  return {
    crawlers: files.crawlers.ranges,
    relay: files.relay.ranges,
    datacentre: { asns: files.datacentres.asns, ranges: files.datacentres.ranges ?? [] },
  };
}

/** The lists with the networks that turnout.json adds. */
export function networksOf(files: ListFiles, { networks }: Settings): NetworkLists {
  const lists = listsOf(files);
  return {
    ...lists,
    relay: [...lists.relay, ...networks.people],
    datacentre: {
      ...lists.datacentre,
      ranges: [...lists.datacentre.ranges, ...networks.datacentre],
    },
  };
}
