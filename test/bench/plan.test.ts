import {
  PLAN_GAP_PERCENT_MAX,
  PLAN_MS_MAX,
  PLANS_FULL,
  PLANS_QUICK,
  renderPlans,
  runPlans,
} from '../../bench/plan.bench';

describe('the benchmark of the plan', () => {
  const rows = runPlans(PLANS_QUICK);

  test('fills the room wherever the addresses are, near the bound', () => {
    expect(rows).toHaveLength(4);
    for (const { chosen, capacity, gapPercent, claims } of rows) {
      expect([chosen, capacity, claims]).toEqual([100, 100, 5_000]);
      expect(gapPercent).toBeLessThanOrEqual(PLAN_GAP_PERCENT_MAX);
    }
  });

  test('states its goals, and says when they are missed', () => {
    expect(renderPlans(rows)).toContain('| below the bound | 0.1 % |');
    const slow = renderPlans(rows.map((row) => ({ ...row, medianMs: PLAN_MS_MAX + 1 })));
    expect(slow).toContain('| 2,001 | not reached |');
    expect(PLANS_FULL).toMatchObject({ suspects: 200_000, viewers: 500_000 });
  });
});
