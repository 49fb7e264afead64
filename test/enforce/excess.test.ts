import { BLOCKS } from '../sim/guard-world';
import { guardScene, suspect, tell } from '../support/guard-scene';

/** Goal: whence the excess comes is measured, and stands in the status. Method: suspects told to a quiet enforcer. */
const told = (n: number, attackHits: number, asn: number, content: string) => ({
  ...suspect(`198.51.100.${n}/32`, attackHits),
  origin: { asn, content },
});

describe('excess by network and content', () => {
  it('is in metrics and status, while suspects are told and a minute longer', async () => {
    const world = guardScene();
    await tell(world, [
      ...[
        told(1, 600, 64_500, 'final'),
        told(2, 500, 64_501, 'final'),
        told(3, 400, 64_500, 'page'),
      ],
      told(4, 2_000, 0, 'page'),
    ]);
    await world.play(10_000);
    expect(world.values.get('ExcessHits')).toBe(3_500);
    // Network 0 is that of whom the log does not say it.
    expect(world.values.get('ExcessNetworkHits')).toBe(1_000);
    expect(world.values.get('ExcessContentHits')).toBe(2_400);
    const { body } = world.dynamo
      .items(BLOCKS)
      .find(({ pk, sk }) => pk!.S === 'enforce' && sk!.S === 'status')!;
    expect(JSON.parse(body!.S!)).toMatchObject({
      excess: {
        ...{ hits: 3_500, suspects: 4 },
        byNetwork: [
          { name: 0, hits: 2_000, suspects: 1 },
          { name: 64_500, hits: 1_000, suspects: 2 },
          { name: 64_501, hits: 500, suspects: 1 },
        ],
        byContent: [
          { name: 'page', hits: 2_400, suspects: 2 },
          { name: 'final', hits: 1_100, suspects: 2 },
        ],
      },
    });
    await world.play(61_000);
    await tell(world, [told(5, 7, 64_502, 'final')]);
    await world.play(10_000);
    expect(world.values.get('ExcessHits')).toBe(7);
    expect(world.values.get('ExcessNetworkHits')).toBe(7);
  }, 30_000);
});
