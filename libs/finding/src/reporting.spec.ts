import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { driftOf } from './drift.js';
import type { Finding, Severity } from './finding.js';
import { logSink } from './log-sink.js';
import { metricSink } from './metric-sink.js';
import { powertoolsReporting } from './reporting.js';
import type { FindingSink } from './sinks.js';

const finding = (id: string, severity: Severity = 'critical'): Finding => ({
  schemaVersion: 1,
  id,
  kind: 'drift',
  severity,
  summary: 'tcp/22 from 0.0.0.0/0 must be revoked',
  group: { id: 'sg-1', name: 'web', vpcId: 'vpc-1', accountId: '111122223333', region: 'eu-west-1' },
  baseline: 'web',
  ...driftOf([], []),
  actor: null,
  event: { source: 'config', id: 'e', name: null, time: null, errorCode: null },
  basis: 'live',
});

/** Powertools writes through a console of its own; here its lines are kept. */
const written = () => {
  const lines: Record<string, unknown>[] = [];
  const keep = (text: string): void => {
    lines.push(JSON.parse(text) as Record<string, unknown>);
  };
  const console = { log: keep, info: keep, warn: keep, error: keep, debug: keep };
  const logger = new Logger({ serviceName: 'test', logLevel: 'INFO' });
  const metrics = new Metrics({
    namespace: 'Portcullis',
    serviceName: 'test',
    logger: { debug: keep, info: keep, warn: keep, error: keep },
  });
  Object.assign(logger, { console });
  Object.assign(metrics, { console });
  return { lines, logger, metrics };
};

describe('the log sink', () => {
  it.each([
    ['critical', 'ERROR'],
    ['high', 'ERROR'],
    ['medium', 'WARN'],
    ['low', 'INFO'],
    ['info', 'INFO'],
  ] as const)('writes a %s finding whole, as one line at %s', async (severity, level) => {
    const { lines, logger } = written();

    await logSink(logger).emit(finding('e:sg-1', severity));

    expect(lines).toMatchObject([
      { level, message: 'tcp/22 from 0.0.0.0/0 must be revoked', finding: finding('e:sg-1', severity) },
    ]);
  });
});

describe('the metric sink', () => {
  it('counts a finding by kind and severity', async () => {
    const { lines, metrics } = written();

    await metricSink({ singleMetric: () => metrics }).emit(finding('e:sg-1'));
    metrics.publishStoredMetrics();

    expect(lines).toMatchObject([{ Findings: 1, kind: 'drift', severity: 'critical' }]);
  });
});

describe('reporting', () => {
  const failing: FindingSink = { name: 'broken', emit: () => Promise.reject(new Error('no route')) };
  const keeping = () => {
    const kept: string[] = [];
    const sink: FindingSink = {
      name: 'kept',
      emit: ({ id }) => {
        kept.push(id);
        return Promise.resolve();
      },
    };
    return { kept, sink };
  };

  it('gives every finding to every sink, also when one of them fails, and says so', async () => {
    const { lines, logger, metrics } = written();
    const { kept, sink } = keeping();

    await powertoolsReporting(logger, metrics, [failing, sink]).findings([finding('a'), finding('b')]);

    expect(kept).toEqual(['a', 'b']);
    expect(lines).toMatchObject([
      { sink: 'broken', findingId: 'a', message: 'the sink broken did not take a finding: no route' },
      { sink: 'broken', findingId: 'b' },
    ]);
  });

  it('writes the request id on every line and the metrics when the invocation ends, however it ends', async () => {
    const { lines, logger, metrics } = written();
    const reporting = powertoolsReporting<'RulesRevoked' | 'EventAgeSeconds'>(logger, metrics, []);

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
    const { lines, logger, metrics } = written();
    const reporting = powertoolsReporting(logger, metrics, []);

    await reporting.during(undefined, () => {
      reporting.verbose();
      reporting.log('debug', 'seen');
      return Promise.resolve();
    });
    reporting.log('debug', 'not seen');

    expect(lines.map(({ message }) => message)).toEqual(['seen']);
  });
});
