import { emfMetrics } from './emf-metrics.js';
import type { Finding, Severity } from './finding.js';
import { functionReporting } from './reporting.js';
import { emitFindings } from './sinks/emit.js';
import { loaded } from './sinks/loaded.js';
import { logSink } from './sinks/log-sink.js';
import { metricSink } from './sinks/metric-sink.js';
import type { FindingSink } from './sinks/sink.js';
import { structuredLog, type Environment } from './structured-log.js';
import { example, large } from './testing/example.js';

const { signal } = new AbortController();
const finding = (id: string, severity: Severity = 'critical'): Finding =>
  example({ id, severity, summary: 'tcp/22 from 0.0.0.0/0 must be revoked' });

const written = (environment: Environment = {}) => {
  const lines: Record<string, unknown>[] = [];
  const streams: string[] = [];
  const writeLine = (text: string, stream: string): void => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
    streams.push(stream);
  };
  return {
    lines,
    streams,
    log: structuredLog('test', environment, writeLine),
    metrics: emfMetrics('test', 'Portcullis', writeLine),
    open: (sinks: readonly FindingSink[] = []) =>
      functionReporting<'RulesRevoked' | 'EventAgeSeconds'>('test', environment, sinks, writeLine),
  };
};

describe('the log', () => {
  it('writes one JSON line with the keys of Powertools', () => {
    const { lines, log } = written({ _X_AMZN_TRACE_ID: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1' });

    log.setRequestId('r-1');
    log.write('info', 'working', { groupId: 'sg-1', vpcId: null });

    expect(lines).toEqual([
      {
        level: 'INFO',
        message: 'working',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
        service: 'test',
        function_request_id: 'r-1',
        sampling_rate: 0,
        xray_trace_id: '1-5759e988-bd862e3fe1be46a994272793',
        groupId: 'sg-1',
      },
    ]);
  });

  it.each<[string, Environment, string[]]>([
    ['INFO without a variable', {}, ['INFO', 'WARN', 'ERROR']],
    ['the level of Powertools', { POWERTOOLS_LOG_LEVEL: 'debug' }, ['DEBUG', 'INFO', 'WARN', 'ERROR']],
    ['the level of Lambda, whatever that of Powertools is', { AWS_LAMBDA_LOG_LEVEL: 'ERROR', POWERTOOLS_LOG_LEVEL: 'DEBUG' }, ['ERROR']],
    ['nothing at SILENT', { POWERTOOLS_LOG_LEVEL: 'SILENT' }, []],
    ['INFO at an unknown level', { POWERTOOLS_LOG_LEVEL: 'LOUD' }, ['INFO', 'WARN', 'ERROR']],
  ])('writes %s', (_, environment, levels) => {
    const { lines, streams, log } = written(environment);

    for (const level of ['debug', 'info', 'warn', 'error'] as const) log.write(level, 'message');

    expect(lines.map(({ level }) => level)).toEqual(levels);
    expect(streams).toEqual(levels.map((level) => (level === 'WARN' || level === 'ERROR' ? 'stderr' : 'stdout')));
  });
});

describe('the log sink', () => {
  it.each([
    ['critical', 'ERROR'],
    ['high', 'ERROR'],
    ['medium', 'WARN'],
    ['low', 'INFO'],
    ['info', 'INFO'],
  ] as const)('writes a %s finding whole, as one line at %s', async (severity, level) => {
    const { lines, log } = written();

    await logSink(log).emit([finding('e:sg-1', severity)], signal);

    expect(lines).toMatchObject([{ level, message: 'tcp/22 from 0.0.0.0/0 must be revoked', finding: finding('e:sg-1', severity) }]);
  });
});

describe('of a group with a thousand rules, the log', () => {
  it('has the record to undo by on lines of its own, none longer than CloudWatch Logs takes', async () => {
    const { lines, log } = written();
    const told = large(900);

    await logSink(log).emit([told], signal);

    const { rules, ...rest } = told;
    expect(lines).toMatchObject([
      { message: told.summary, finding: { ...rest, omitted: ['rules'] } },
      { message: 'the rules before: ingress', findingId: told.id, rules: rules?.before.ingress },
      { message: 'the rules before: egress', rules: [] },
      { message: 'the rules after: ingress', rules: [] },
      { message: 'the rules after: egress', rules: rules?.after.egress },
    ]);
    expect(lines[0]).not.toHaveProperty('finding.rules');
    for (const line of lines) expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(262_144);
  });
});

describe('the metric sink', () => {
  it('counts a finding by kind and severity', async () => {
    const { lines, metrics } = written();

    await metricSink(metrics).emit([finding('e:sg-1')], signal);

    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number) as number,
          CloudWatchMetrics: [
            { Namespace: 'Portcullis', Dimensions: [['service', 'kind', 'severity']], Metrics: [{ Name: 'Findings', Unit: 'Count' }] },
          ],
        },
        service: 'test',
        kind: 'drift',
        severity: 'critical',
        Findings: 1,
      },
    ]);
  });
});

describe('the metrics', () => {
  it('are one line with the unit that a name tells', () => {
    const { lines, metrics } = written();

    metrics.add('RulesRevoked', 2);
    metrics.add('EventAgeSeconds', 1);
    metrics.add('EventAgeSeconds', 7);
    metrics.flush();
    metrics.flush();

    const Metrics = [
      { Name: 'RulesRevoked', Unit: 'Count' },
      { Name: 'EventAgeSeconds', Unit: 'Seconds' },
    ];
    expect(lines).toMatchObject([
      { _aws: { CloudWatchMetrics: [{ Dimensions: [['service']], Metrics }] }, RulesRevoked: 2, EventAgeSeconds: [1, 7] },
    ]);
  });

  it('are another line for every hundred values, which is what CloudWatch reads of one', () => {
    const { lines, metrics } = written();

    for (let i = 0; i < 201; i++) metrics.add('RulesRevoked', i);
    metrics.flush();

    expect(lines.map(({ RulesRevoked }) => (Array.isArray(RulesRevoked) ? RulesRevoked.length : RulesRevoked))).toEqual([100, 100, 200]);
  });
});

describe('reporting', () => {
  const failing: FindingSink = { name: 'broken', emit: () => Promise.reject(new Error('no route')) };
  const keeping = () => {
    const kept: string[] = [];
    const sink: FindingSink = {
      name: 'kept',
      emit: (findings) => {
        kept.push(...findings.map(({ id }) => id));
        return Promise.resolve([]);
      },
    };
    return { kept, sink };
  };

  it('gives every finding to every sink, also when one of them fails, and says so', async () => {
    const { lines, open } = written();
    const { kept, sink } = keeping();
    const reporting = open([failing, sink]);

    await reporting.during(undefined, () => reporting.findings([finding('a'), finding('b')]));

    expect(kept).toEqual(['a', 'b']);
    expect(lines).toMatchObject([
      { finding: { id: 'a' } },
      { finding: { id: 'b' } },
      { Findings: 1 },
      { Findings: 1 },
      { sink: 'broken', findingId: 'a', message: 'the sink broken did not take a finding: no route' },
      { sink: 'broken', findingId: 'b' },
      { SinkFailures: 2 },
    ]);
  });

  it.each<[string, FindingSink]>([
    [
      'throws at once',
      {
        name: 'broken',
        emit: () => {
          throw new Error('no route');
        },
      },
    ],
    ['rejects', failing],
    ['cannot be loaded', loaded('broken', () => Promise.reject(new Error('no route')))],
  ])('a sink that %s took nothing', async (_, broken) => {
    const { kept, sink } = keeping();

    const failures = await emitFindings([broken, sink], [finding('a'), finding('b')]);

    expect(failures).toEqual(['a', 'b'].map((findingId) => ({ sink: 'broken', findingId, reason: 'no route' })));
    expect(kept).toEqual(['a', 'b']);
  });

  it('a sink that never answers is told to stop, and waited for no longer', async () => {
    const stopped: boolean[] = [];
    const silent: FindingSink = {
      name: 'silent',
      emit: (_, ends) => {
        ends.addEventListener('abort', () => stopped.push(ends.aborted));
        return new Promise(() => undefined);
      },
    };
    const { kept, sink } = keeping();

    const failures = await emitFindings([silent, sink], [finding('a')], 1);

    expect(failures).toEqual([{ sink: 'silent', findingId: 'a', reason: 'no answer within 1 ms' }]);
    expect([kept, stopped]).toEqual([['a'], [true]]);
  });

  it('nothing is left ticking when all have answered: it would keep the function from its end', async () => {
    jest.useFakeTimers();
    try {
      const { sink } = keeping();
      await emitFindings([sink, failing], [finding('a')]);

      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });

  it('a sink that took some says which it did not', async () => {
    const picky: FindingSink = {
      name: 'picky',
      emit: () => Promise.resolve([{ findingId: 'b', reason: 'too large' }]),
    };

    expect(await emitFindings([picky], [finding('a'), finding('b')])).toEqual([{ sink: 'picky', findingId: 'b', reason: 'too large' }]);
  });

  it('the log has everything before any other sink is waited for', () => {
    const { lines, log } = written();
    const silent: FindingSink = { name: 'silent', emit: () => new Promise(() => undefined) };

    void emitFindings([logSink(log), silent], [finding('a'), finding('b')], 1);

    expect(lines).toHaveLength(2);
  });

  it('what is loaded is loaded once, and only when there is something to deliver', async () => {
    const { kept, sink } = keeping();
    let loads = 0;
    const lazy = loaded('lazy', () => {
      loads += 1;
      return Promise.resolve(sink);
    });

    await emitFindings([lazy], []);
    expect(loads).toBe(0);
    await emitFindings([lazy], [finding('a')]);
    await emitFindings([lazy], [finding('b')]);
    expect([kept, loads]).toEqual([['a', 'b'], 1]);
  });

  it('writes the request id on every line and the metrics when the invocation ends, however it ends', async () => {
    const { lines, open } = written();
    const reporting = open();

    const invocation = reporting.during({ awsRequestId: 'r-1' }, async () => {
      reporting.log('info', 'working');
      reporting.measure('RulesRevoked', 2);
      reporting.measure('EventAgeSeconds', 7);
      await Promise.resolve();
      throw new Error('the end');
    });

    await expect(invocation).rejects.toThrow('the end');
    expect(lines[0]).toMatchObject({ message: 'working', function_request_id: 'r-1' });
    expect(lines[1]).toMatchObject({ RulesRevoked: 2, EventAgeSeconds: 7 });
  });

  it('is verbose for one invocation only', async () => {
    const { lines, open } = written();
    const reporting = open();

    await reporting.during(undefined, () => {
      reporting.verbose();
      reporting.log('debug', 'seen');
      return Promise.resolve();
    });
    reporting.log('debug', 'not seen');

    expect(lines.map(({ message }) => message)).toEqual(['seen']);
  });
});
