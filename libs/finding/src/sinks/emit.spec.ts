import { findingClosesDrift } from '../formats/finding-record.js';
import { example } from '../testing/example.js';
import { keepingSink } from '../testing/sinks.js';
import { emitFindings } from './emit.js';
import { sinkFromSeverity, lazyFindingSink, type FindingSink } from './sink.js';

const findings = [example({ id: 'a' }), example({ id: 'b' })];

function silentSink(stopped: boolean[] = []): FindingSink {
  return {
    name: 'silent',
    emit: (_, signal) => {
      signal.addEventListener('abort', () => stopped.push(signal.aborted));
      return new Promise(() => undefined);
    },
  };
}

it.each<[string, FindingSink['emit']]>([
  [
    'throws',
    () => {
      throw new Error('no route');
    },
  ],
  ['rejects', () => Promise.reject(new Error('no route'))],
  ['cannot be loaded', (...args) => lazyFindingSink('broken', () => Promise.reject(new Error('no route'))).emit(...args)],
])('`emitFindings` still sends the findings to the other sinks if one sink %s', async (_, emit) => {
  const { kept, sink } = keepingSink();

  const failures = await emitFindings([{ name: 'broken', emit }, sink], findings);

  expect(failures).toEqual(['a', 'b'].map((findingId) => ({ sink: 'broken', findingId, reason: 'no route' })));
  expect(kept).toEqual(['a', 'b']);
});

it('if a sink does not answer before the timeout, `emitFindings` aborts the requests of the sink and returns every finding as a failure', async () => {
  const stopped: boolean[] = [];
  const { kept, sink } = keepingSink();

  const failures = await emitFindings([silentSink(stopped), sink], [example({ id: 'a' })], 1);

  expect(failures).toEqual([{ sink: 'silent', findingId: 'a', reason: 'no answer within 1 ms' }]);
  expect([kept, stopped]).toEqual([['a'], [true]]);
});

it('`emitFindings` clears its timers after the sinks have answered, so that no timer keeps the function running', async () => {
  jest.useFakeTimers();
  try {
    await emitFindings([keepingSink().sink, { name: 'broken', emit: () => Promise.reject(new Error('no route')) }], findings);

    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});

it('`emitFindings` returns the findings that a sink reports as undelivered', async () => {
  const picky: FindingSink = { name: 'picky', emit: () => Promise.resolve([{ findingId: 'b', reason: 'too large' }]) };

  expect(await emitFindings([picky], findings)).toEqual([{ sink: 'picky', findingId: 'b', reason: 'too large' }]);
});

it('`emitFindings` gives the findings to all sinks before it waits for any sink', () => {
  const { kept, sink } = keepingSink();

  void emitFindings([silentSink(), sink], findings, 1);

  expect(kept).toEqual(['a', 'b']);
});

it('`lazyFindingSink` loads the sink once, before it delivers the first finding', async () => {
  const { kept, sink } = keepingSink();
  let loads = 0;
  const lazy = lazyFindingSink('lazy', () => {
    loads += 1;
    return Promise.resolve(sink);
  });

  await emitFindings([lazy], []);
  expect(loads).toBe(0);
  await emitFindings([lazy], findings.slice(0, 1));
  await emitFindings([lazy], findings.slice(1));
  expect([kept, loads]).toEqual([['a', 'b'], 1]);
});

it('`sinkFromSeverity` delivers only findings of at least the minimum severity', async () => {
  const emit = jest.fn<ReturnType<FindingSink['emit']>, Parameters<FindingSink['emit']>>(() => Promise.resolve([]));
  const sink = sinkFromSeverity('high', { name: 'kept', emit });
  const all = (['info', 'low', 'medium', 'high', 'critical'] as const).map((severity) => example({ severity }));
  const { signal } = new AbortController();

  await sink.emit(all, signal);
  await sink.emit(all.slice(0, 3), signal);

  expect(emit.mock.calls.map(([emitted]) => emitted.map(({ severity }) => severity))).toEqual([['high', 'critical']]);
});

it('with `findingClosesDrift`, `sinkFromSeverity` delivers a finding that closes a drift, even below the minimum severity', async () => {
  const closing = example({ kind: 'change', severity: 'info', atBaseline: true });
  const { kept, sink } = keepingSink();

  await sinkFromSeverity('high', sink, findingClosesDrift).emit(
    [closing, example({ id: 'dull', kind: 'attempt', severity: 'info' })],
    new AbortController().signal,
  );
  expect(kept).toEqual([closing.id]);
});
