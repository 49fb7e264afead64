import { News, type NewsDeps } from '../../lambdas/enforce/news';

/**
 * Goal: whom a lane told after people had said block is not forgotten by the hold before (night 26584 of
 * the simulation). Method: people say block while lanes are read.
 */
describe('News', () => {
  it('knows what people had said before the newest that lanes told', async () => {
    let mode = 'hold';
    const deps = {
      lanes: 2,
      blocks: {
        loadStatus: async () => undefined,
        readBatches: async () => {
          mode = 'block';
          return [];
        },
      },
      manual: { load: async () => ({ blocks: [], allows: [], heldBack: [], mode: { mode } }) },
      telemetry: { count: () => {} },
      now: () => 0,
      uptime: () => 0,
    } as unknown as NewsDeps;
    const news = new News(deps);
    await news.read();
    expect(news.manual?.mode?.mode).toBe('block');
  });
});
