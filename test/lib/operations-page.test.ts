import { textOf } from '../support/source-files';
import { resourcesOf, synthTemplate } from './stack-support';

/**
 * Goal: whoever an alarm wakes finds what to do. Method: the anchors that the descriptions of the deployed alarms name,
 * and those of the page.
 */

const PAGE = textOf('docs/OPERATIONS.md');
const ALARMS = PAGE.slice(PAGE.indexOf('## Alarms'));
/** Chapters of the part on alarms, each with the anchors in its head. */
const CHAPTERS = ALARMS.split(/^### /m)
  .slice(1)
  .map((text) => {
    const [head = ''] = text.split('\n');
    const body = text.slice(head.length).split(/^## /m)[0]!;
    return { head, body, anchors: [...head.matchAll(/<a id="([\w-]+)">/g)].map(([, id]) => id!) };
  });

const anchors = resourcesOf(synthTemplate())
  .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
  .map(([, { Properties }]) => {
    const { AlarmDescription: text } = Properties as unknown as { AlarmDescription: string };
    return /docs\/OPERATIONS\.md#(alarm-[a-z-]+)$/.exec(text)?.[1] ?? text;
  });

describe('docs/OPERATIONS.md', () => {
  it('has a place for each alarm, once, and an alarm for each place', () => {
    const told = CHAPTERS.flatMap((chapter) => chapter.anchors);
    expect(anchors.length).toBeGreaterThan(20);
    expect(told.sort()).toEqual([...anchors].sort());
  });

  it.each(CHAPTERS.map(({ head, body, anchors: own }) => [head.split('<')[0]!.trim(), body, own]))(
    '%s: has three first steps',
    (_, body, own) => {
      expect(own.length).toBeGreaterThan(0);
      const steps = [...(body as string).matchAll(/^(\d)\. /gm)].map(([, n]) => n);
      expect(steps).toEqual(['1', '2', '3']);
    },
  );
});
