/**
 * Writes metrics as log lines in CloudWatch's embedded metric format (EMF).
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { WriteLine } from './structured-log.js';

/** The maximum number of values of one metric on one line. Source: EMF specification, "Target members". */
const MAX_VALUES = 100;

export interface EmfMetrics {
  /** Stores a value until `flush`. */
  add(name: string, value: number): void;
  /** Writes the stored values. */
  flush(): void;
  /** Writes one value immediately, with other dimensions besides the service. */
  writeSingle(name: string, value: number, dimensions: Readonly<Record<string, string>>): void;
}

/** Returns the metrics of a service. The unit is seconds if the name ends in `Seconds`, otherwise a count. */
export function emfMetrics(service: string, namespace: string, writeLine: WriteLine): EmfMetrics {
  const kept = new Map<string, number[]>();

  function write(metrics: ReadonlyMap<string, readonly number[]>, more: Readonly<Record<string, string>> = {}): void {
    const dimensions = { service, ...more };
    const definitions = [...metrics.keys()].map((Name) => ({ Name, Unit: Name.endsWith('Seconds') ? 'Seconds' : 'Count' }));
    const values = [...metrics].map(([name, all]) => [name, all.length === 1 ? all[0] : all]);
    const directive = { Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics: definitions };
    const _aws = { Timestamp: Date.now(), CloudWatchMetrics: [directive] };
    writeLine(JSON.stringify({ _aws, ...dimensions, ...Object.fromEntries(values) }), 'stdout');
  }

  function flush(): void {
    if (kept.size > 0) write(kept);
    kept.clear();
  }

  return {
    add: (name, value) => {
      const values = kept.get(name) ?? [];
      kept.set(name, values);
      if (values.push(value) === MAX_VALUES) flush();
    },
    flush,
    writeSingle: (name, value, dimensions) => {
      write(new Map([[name, [value]]]), dimensions);
    },
  };
}
