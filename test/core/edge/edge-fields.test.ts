import { EDGE_FIELDS, TURNOUT_FIELDS, sortFields } from '../../../lambdas/core/edge/edge-fields';
import { spanOfField } from '../../../lambdas/core/edge/spans';

describe('TURNOUT_FIELDS', () => {
  it('is exactly what the reader reads of real-time lines, in canonical order', () => {
    // The distribution's own name stands in only where a list lacks the Host header.
    const read = EDGE_FIELDS.filter((name) => spanOfField(name, true) >= 0);
    expect(read.filter((name) => name !== 'x-host-header')).toEqual(TURNOUT_FIELDS);
  });

  it('has fewer than 40 of the 71 fields', () => {
    expect(EDGE_FIELDS).toHaveLength(71);
    expect(new Set(EDGE_FIELDS).size).toBe(71);
    expect(TURNOUT_FIELDS.length).toBeLessThan(40);
    expect(sortFields([...TURNOUT_FIELDS].reverse())).toEqual(TURNOUT_FIELDS);
  });
});
