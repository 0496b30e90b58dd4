import { emfMetrics } from './emf-metrics.js';
import { functionReporting } from './reporting.js';
import { logSink } from './log-sink.js';
import { metricSink } from './metric-sink.js';
import type { FindingSink } from './sink.js';
import { structuredLog, type Environment } from './structured-log.js';
import { example, large } from '../testing/example.js';
import { keepingSink } from '../testing/sinks.js';

const { signal } = new AbortController();

function written(environment: Environment = {}) {
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
}

it('the log writes a message as one line of JSON with the keys of Powertools', () => {
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
  ['from INFO upwards by default', {}, ['INFO', 'WARN', 'ERROR']],
  ['from the level of Powertools upwards', { POWERTOOLS_LOG_LEVEL: 'debug' }, ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  [
    "from Lambda's level upwards, even if Powertools has another",
    { AWS_LAMBDA_LOG_LEVEL: 'ERROR', POWERTOOLS_LOG_LEVEL: 'DEBUG' },
    ['ERROR'],
  ],
  ['of no level if the configured level is SILENT', { POWERTOOLS_LOG_LEVEL: 'SILENT' }, []],
  ['from INFO upwards if the level is unknown', { POWERTOOLS_LOG_LEVEL: 'LOUD' }, ['INFO', 'WARN', 'ERROR']],
])('the log writes messages %s', (_, environment, levels) => {
  const { lines, streams, log } = written(environment);

  for (const level of ['debug', 'info', 'warn', 'error'] as const) log.write(level, 'message');

  expect(lines.map(({ level }) => level)).toEqual(levels);
  expect(streams).toEqual(levels.map((level) => (level === 'WARN' || level === 'ERROR' ? 'stderr' : 'stdout')));
});

it.each([
  ['critical', 'ERROR'],
  ['high', 'ERROR'],
  ['medium', 'WARN'],
  ['low', 'INFO'],
  ['info', 'INFO'],
] as const)('the log sink writes a finding of severity %s as one line of level %s', async (severity, level) => {
  const { lines, log } = written();
  const finding = example({ severity });

  await logSink(log).emit([finding], signal);

  expect(lines).toMatchObject([{ level, message: finding.summary, finding }]);
});

it('if a finding is too large for CloudWatch Logs, the log sink writes the rules before and after the change on separate lines', async () => {
  const { lines, log } = written();
  const finding = large(900);

  await logSink(log).emit([finding], signal);

  const { rules, ...rest } = finding;
  expect(lines).toMatchObject([
    { message: finding.summary, finding: { ...rest, omitted: ['rules'] } },
    { message: 'ingress rules before the change', findingId: finding.id, rules: rules?.before.ingress },
    { message: 'egress rules before the change', rules: [] },
    { message: 'ingress rules after the change', rules: [] },
    { message: 'egress rules after the change', rules: rules?.after.egress },
  ]);
  expect(lines[0]).not.toHaveProperty('finding.rules');
  for (const line of lines) expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThan(262_144);
});

it('the metric sink counts findings with the dimensions kind and severity', async () => {
  const { lines, metrics } = written();

  await metricSink(metrics).emit([example()], signal);

  const Metrics = [{ Name: 'Findings', Unit: 'Count' }];
  const CloudWatchMetrics = [{ Namespace: 'Portcullis', Dimensions: [['service', 'kind', 'severity']], Metrics }];
  const _aws = { Timestamp: expect.any(Number) as number, CloudWatchMetrics };
  expect(lines).toEqual([{ _aws, service: 'test', kind: 'drift', severity: 'critical', Findings: 1 }]);
});

it('`flush` writes each stored value once, in lines of at most a hundred values, with the unit `Seconds` or `Count`', () => {
  const { lines, metrics } = written();

  for (let i = 0; i < 201; i++) metrics.add('RulesRevoked', i);
  metrics.add('EventAgeSeconds', 7);
  metrics.flush();
  metrics.flush();

  const units = [
    { Name: 'RulesRevoked', Unit: 'Count' },
    { Name: 'EventAgeSeconds', Unit: 'Seconds' },
  ];
  expect(lines.at(-1)).toMatchObject({ _aws: { CloudWatchMetrics: [{ Dimensions: [['service']], Metrics: units }] }, EventAgeSeconds: 7 });
  expect(lines.map(({ RulesRevoked }) => (Array.isArray(RulesRevoked) ? RulesRevoked.length : RulesRevoked))).toEqual([100, 100, 200]);
});

it('`functionReporting` sends every finding to every sink, and logs and counts the findings that a sink did not deliver', async () => {
  const { lines, open } = written();
  const { kept, sink } = keepingSink();
  const reporting = open([{ name: 'broken', emit: () => Promise.reject(new Error('no route')) }, sink]);

  await reporting.during(undefined, () => reporting.findings([example({ id: 'a' }), example({ id: 'b' })]));

  expect(kept).toEqual(['a', 'b']);
  expect(lines).toMatchObject([
    { finding: { id: 'a' } },
    { finding: { id: 'b' } },
    { Findings: 1 },
    { Findings: 1 },
    { sink: 'broken', findingId: 'a', message: 'the sink broken did not deliver a finding: no route' },
    { sink: 'broken', findingId: 'b' },
    { SinkFailures: 2 },
  ]);
});

it('if an invocation fails, every log line has the request id, and at the end `during` writes the metrics and stops verbose logging', async () => {
  const { lines, open } = written();
  const reporting = open();

  const invocation = reporting.during({ awsRequestId: 'r-1' }, async () => {
    reporting.verbose();
    reporting.log('debug', 'seen');
    reporting.measure('RulesRevoked', 2);
    await Promise.resolve();
    throw new Error('the end');
  });

  await expect(invocation).rejects.toThrow('the end');
  reporting.log('debug', 'not seen');
  expect(lines).toMatchObject([{ message: 'seen', function_request_id: 'r-1' }, { RulesRevoked: 2 }]);
});
