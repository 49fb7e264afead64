import { type CountName, METRICS } from '../../lambdas/adapters/metrics';
import { makeTelemetry, METRICS_NAMESPACE } from '../../lambdas/adapters/telemetry';

interface EmfLine {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  readonly [name: string]: unknown;
}

/** What work writes to standard output and error, line by line. */
function written(work: () => void): string[] {
  const texts: string[] = [];
  const take = (text: unknown) => {
    texts.push(String(text));
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) =>
    jest.spyOn(stream, 'write').mockImplementation(take),
  );
  try {
    work();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  return texts.join('').split('\n').filter(Boolean);
}

const emf = (work: () => void) => written(work).map((line) => JSON.parse(line) as EmfLine);

describe('METRICS', () => {
  it('says of each what it means', () => {
    for (const [name, { meaning }] of Object.entries(METRICS)) {
      expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(meaning.length).toBeGreaterThan(10);
    }
  });
});

describe('makeTelemetry', () => {
  it('counts each metric in the unit that METRICS says', () => {
    const units = Object.entries(METRICS).filter(([, { unit }]) => unit !== 'Milliseconds');
    const lines = emf(() => {
      const telemetry = makeTelemetry('enforce');
      for (const [name] of units) telemetry.count(name as CountName, 1);
      telemetry.flush();
    });
    const told = lines.flatMap(({ _aws }) => _aws.CloudWatchMetrics[0]!.Metrics);
    expect(new Map(told.map(({ Name, Unit }) => [Name, Unit]))).toEqual(
      new Map(units.map(([name, { unit }]) => [name, unit])),
    );
    expect(new Set(told.map(({ Unit }) => Unit))).toEqual(new Set(['Count', 'Bytes', 'Seconds']));
  });

  it('writes all values of an invocation as one line that CloudWatch understands', () => {
    const lines = emf(() => {
      const telemetry = makeTelemetry('intake');
      telemetry.count('LinesReceived', 5_000);
      telemetry.count('LinesReceived', 12);
      telemetry.value('LineToCountMs', 830, 'Milliseconds');
      telemetry.value('PacketBytes', 4_096, 'Bytes');
      telemetry.flush();
    });
    expect(lines).toHaveLength(1);
    const [line] = lines;
    expect(line!._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: METRICS_NAMESPACE,
        Dimensions: [['service']],
        Metrics: [
          { Name: 'LinesReceived', Unit: 'Count' },
          { Name: 'LineToCountMs', Unit: 'Milliseconds' },
          { Name: 'PacketBytes', Unit: 'Bytes' },
        ],
      },
    ]);
    expect(line).toMatchObject({
      service: 'intake',
      LinesReceived: [5_000, 12],
      LineToCountMs: 830,
      PacketBytes: 4_096,
    });
  });

  it('writes under the name of the stack: two stacks of an account stay apart', () => {
    process.env['POWERTOOLS_METRICS_NAMESPACE'] = 'Turnout-prod';
    try {
      const [line] = emf(() => {
        const telemetry = makeTelemetry('watch');
        telemetry.count('OpenHoles', 0);
        telemetry.flush();
      });
      expect(line!._aws.CloudWatchMetrics[0]!.Namespace).toBe('Turnout-prod');
    } finally {
      delete process.env['POWERTOOLS_METRICS_NAMESPACE'];
    }
  });

  it.each([99, 100, 101, 250])('loses none of %i values of one metric', (n) => {
    const lines = emf(() => {
      const telemetry = makeTelemetry('tally');
      for (let at = 1; at <= n; at += 1) telemetry.count('PacketsFolded', at);
      telemetry.flush();
    });
    const values = lines.map((line) => [line['PacketsFolded']].flat() as number[]);
    for (const part of values) expect(part.length).toBeLessThanOrEqual(100);
    expect(values.flat()).toEqual(Array.from({ length: n }, (_, at) => at + 1));
  });

  it('writes nothing when nothing was measured, and nothing twice', () => {
    const lines = emf(() => {
      const telemetry = makeTelemetry('watch');
      telemetry.flush();
      telemetry.count('OpenHoles', 0);
      telemetry.flush();
      telemetry.flush();
    });
    expect(lines.map((line) => line['OpenHoles'])).toEqual([0]);
  });

  it('logs facts and errors as JSON under the name of the service', () => {
    const [info, warn, error] = written(() => {
      const telemetry = makeTelemetry('tally');
      telemetry.info('state was loaded', { lane: 3, blobs: 2 });
      telemetry.warn('hole');
      telemetry.error('could not publish', { error: new Error('slow down') });
    }).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(info).toMatchObject({
      level: 'INFO',
      service: 'tally',
      message: 'state was loaded',
      lane: 3,
      blobs: 2,
    });
    expect(warn).toMatchObject({ level: 'WARN', message: 'hole' });
    expect(error).toMatchObject({ level: 'ERROR', error: { message: 'slow down' } });
  });

  it('knows its metrics and their units when it is compiled', () => {
    const telemetry = makeTelemetry('intake');
    // @ts-expect-error no such metric
    expect(() => telemetry.count('LinesRecieved', 1)).toThrow();
    // @ts-expect-error milliseconds do not add up
    void (() => telemetry.count('LineToCountMs', 1));
    // @ts-expect-error not in this unit
    void (() => telemetry.value('LineToCountMs', 1, 'Bytes'));
  });
});
