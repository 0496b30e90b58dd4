/** The Lambda function: wires the handler to AWS. The only module with side effects on import. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { EC2Client } from '@aws-sdk/client-ec2';
import { parseCompiledBaseline } from '@portcullis/baseline';
import { logSink, metricSink, powertoolsReporting, type Invocation } from '@portcullis/finding';
import { ec2Reader } from '@portcullis/security-groups';
import { createHandler, type Outcome } from './handler.js';
import type { Measure } from './ports.js';
import { readSettings } from './settings.js';

const settings = readSettings(process.env);
const baselinePath = settings.baselinePath ?? fileURLToPath(new URL('baseline.json', import.meta.url));
const serviceName = process.env.POWERTOOLS_SERVICE_NAME ?? 'cloudtrail-detector';
const logger = new Logger({ serviceName });
const metrics = new Metrics({ namespace: process.env.POWERTOOLS_METRICS_NAMESPACE ?? 'Portcullis', serviceName });
const reporting = powertoolsReporting<Measure>(logger, metrics, [logSink(logger), metricSink(metrics)]);

const handle = createHandler(parseCompiledBaseline(readFileSync(baselinePath, 'utf8')), settings, {
  securityGroups: ec2Reader(new EC2Client({})),
  reporting,
  now: () => new Date(),
});

/** Lambda's entry. The context is absent only where a person calls it. */
export const handler = (event: unknown, context?: Invocation): Promise<Outcome> =>
  reporting.during(context, () => handle(event));
