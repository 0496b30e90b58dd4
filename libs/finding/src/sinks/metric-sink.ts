import type { EmfMetrics } from './emf-metrics.js';
import type { FindingSink } from './sink.js';

/** Returns a sink that counts findings in the CloudWatch metric `Findings`, with the dimensions `kind` and `severity`. */
export function metricSink(metrics: Pick<EmfMetrics, 'writeSingle'>): FindingSink {
  return {
    name: 'metric',
    emit: (findings) => {
      for (const { kind, severity } of findings) metrics.writeSingle('Findings', 1, { kind, severity });
      return Promise.resolve([]);
    },
  };
}
