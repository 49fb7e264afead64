import { serve } from '@hono/node-server';
import type { AddressInfo } from 'node:net';
import { REAL_PATIENCE } from '../../lambdas/adapters/backoff';
import { makeAuditReader } from '../../lambdas/adapters/audit-reader';
import { makeContentsReader } from '../../lambdas/adapters/contents-reader';
import { makeGuardReader } from '../../lambdas/adapters/guard-reader';
import { makeViewsReader } from '../../lambdas/adapters/views-reader';
import { makeApi } from '../../lambdas/api/api';
import { makeViewsSource } from '../../lambdas/api/views-source';
import type { Settings } from '../../lambdas/core/settings';
import { Scene } from '../bin/blocks-scene';

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** of what is JSON */
  readonly json: Json;
}

export type Json = Readonly<Record<string, never>> & Record<string, unknown>;

/** The API over HTTP on loopback, on emulated tables. */
export class ApiScene {
  readonly errors: Error[] = [];

  private constructor(
    readonly scene: Scene,
    readonly app: ReturnType<typeof makeApi>,
    readonly url: string,
    private readonly stop: () => Promise<void>,
  ) {}

  static async start(settings: Settings): Promise<ApiScene> {
    const scene = await Scene.start();
    const { dynamo } = scene;
    const now = () => scene.nowMs;
    const blocks = { dynamo, table: scene.table, patience: REAL_PATIENCE };
    const errors: Error[] = [];
    const app = makeApi({
      views: makeViewsSource({
        reader: makeViewsReader(dynamo, 'views'),
        contents: makeContentsReader(dynamo, 'views'),
        ...{ settings, now },
      }),
      guard: {
        guard: makeGuardReader(blocks),
        manual: scene.manual,
        audit: makeAuditReader(blocks),
        ...{ settings, now },
      },
      onError: (error) => errors.push(error),
    });
    const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    const stop = async () => {
      await new Promise((resolve) => server.close(resolve));
      await scene.close();
    };
    const made = new ApiScene(scene, app, `http://127.0.0.1:${port}`, stop);
    return Object.assign(made, { errors });
  }

  async get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Asked> {
    const answer = await fetch(`${this.url}${path}`, { headers, method });
    const text = await answer.text();
    const isJson = /\bjson\b|\+json/.test(answer.headers.get('content-type') ?? '');
    const json = (isJson && text !== '' ? JSON.parse(text) : {}) as Json;
    return { status: answer.status, headers: answer.headers, text, json };
  }

  /** All pages, as a caller follows `next`. */
  async pages(path: string): Promise<Json[]> {
    const pages: Json[] = [];
    let cursor: unknown;
    do {
      const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(String(cursor))}`;
      const { status, text, json } = await this.get(`${path}${more}`);
      if (status !== 200) throw new Error(`got ${status}, expected 200: ${text}`);
      pages.push(json);
      cursor = json['next'];
    } while (cursor !== undefined);
    return pages;
  }

  close(): Promise<void> {
    return this.stop();
  }
}
