import { DEFAULT_SETTINGS } from '../core/settings';
import { makeApi, makeDocument } from './api';
import type { GuardSource } from './guard-answers';
import { makeViewsSource } from './views-source';

/** docs/openapi.json. No setting and no table changes it, so nothing is asked of any. */
export function openApiText(): string {
  const nothing = async () => {
    throw new Error('the document of the API asks no table');
  };
  const now = () => 0;
  const settings = DEFAULT_SETTINGS;
  const contents = { loadContents: nothing, loadSpan: nothing };
  const views = makeViewsSource({ reader: { query: nothing }, contents, settings, now });
  const readers = { guard: {}, manual: {}, audit: {} } as Pick<
    GuardSource,
    'guard' | 'manual' | 'audit'
  >;
  const app = makeApi({ views, guard: { ...readers, settings, now }, onError: () => undefined });
  return `${JSON.stringify(makeDocument(app), null, 2)}\n`;
}
