/**
 * Writes metrics as log lines in CloudWatch's embedded metric format (EMF).
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { WriteLine } from './structured-log.js';

/** The maximum number of values that one line can contain for one metric. Source: EMF specification, "Target members". */
const MAX_VALUES = 100;

export interface EmfMetrics {
  /** Stores a value of a metric until `flush` is called. */
  add(name: string, value: number): void;
  /** Writes the stored values as one line, and clears the store. */
  flush(): void;
  /** Writes one value immediately, with these dimensions in addition to the dimension `service`. */
  writeSingle(name: string, value: number, dimensions: Readonly<Record<string, string>>): void;
}

/**
 * Returns an object that writes the metrics of a service. The unit of a metric is `Seconds` if its name ends in `Seconds`, otherwise
 * `Count`.
 */
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
