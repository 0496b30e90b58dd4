import { MetricUnit, type Metrics } from '@aws-lambda-powertools/metrics';
import type { FindingSink } from './sink.js';

/** Counts findings in the CloudWatch metric `Findings`, by kind and severity. */
export function metricSink(metrics: Pick<Metrics, 'singleMetric'>): FindingSink {
  return {
    name: 'metric',
    emit: (findings) => {
      for (const { kind, severity } of findings) {
        const metric = metrics.singleMetric();
        metric.addDimension('kind', kind);
        metric.addDimension('severity', severity);
        metric.addMetric('Findings', MetricUnit.Count, 1);
      }
      return Promise.resolve([]);
    },
  };
}
