import { CloudwatchDashboard } from '@cdktf/provider-aws/lib/cloudwatch-dashboard/index.js';
import { Construct } from 'constructs';
import type { Deployment } from './deployment.js';

export interface DashboardProps {
  readonly deployment: Deployment;
  /** The names of the functions, keyed by the value of `service` in the functions' metrics. */
  readonly functions: Readonly<Record<string, string>>;
  /** The queues of failed and undelivered events. */
  readonly queueNames: readonly string[];
}

export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { deployment, functions, queueNames }: DashboardProps) {
    super(scope, id);
    const { name, region } = deployment;
    const services = Object.keys(functions);
    const functionNames = Object.values(functions);
    const ofServices = (metric: string): Line[] => services.map((service) => ['Portcullis', metric, 'service', service]);
    const ofFunctions = (metric: string): Line[] =>
      functionNames.map((functionName) => ['AWS/Lambda', metric, 'FunctionName', functionName]);

    const graphs: readonly Graph[] = [
      {
        title: 'Drifts, and restored rules',
        lines: ['DriftFound', 'RulesAuthorized', 'RulesRevoked'].map(
          (metric) => ['Portcullis', metric, 'service', 'config-remediator'] as const,
        ),
      },
      // The graph searches for the metrics, because synthesis does not know which kinds and severities findings will have.
      {
        title: 'Findings',
        lines: [[{ expression: `SEARCH('{Portcullis,service,kind,severity} MetricName="Findings"', 'Sum')`, id: 'findings' }]],
      },
      { title: 'Age of an event when a function receives it, in seconds', stat: 'p90', lines: ofServices('EventAgeSeconds') },
      { title: 'Failed calls and failed sinks', lines: [...ofServices('CallFailures'), ...ofServices('SinkFailures')] },
      { title: 'Invocations', lines: ofFunctions('Invocations') },
      { title: 'Errors and throttles', lines: [...ofFunctions('Errors'), ...ofFunctions('Throttles')] },
      { title: 'Duration in milliseconds', stat: 'p90', lines: ofFunctions('Duration') },
      {
        title: 'Events that a person must look at',
        stat: 'Maximum',
        lines: queueNames.map((queue) => ['AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'QueueName', queue] as const),
      },
    ];
    new CloudwatchDashboard(this, 'page', {
      // The name contains the region, because a dashboard's name must be unique in all regions of the account.
      dashboardName: `${name}-${region}`,
      dashboardBody: JSON.stringify({ widgets: graphs.map((graph, i) => dashboardWidget(graph, i, region)) }),
    });
  }
}

type Line = readonly (string | { readonly expression: string; readonly id: string })[];

interface Graph {
  readonly title: string;
  /** @default Sum */
  readonly stat?: string;
  readonly lines: readonly Line[];
}

const WIDTH = 12;
const HEIGHT = 6;

/** Places two graphs in each row. Source: CloudWatch API reference, "Dashboard body structure and syntax": 24 columns. */
function dashboardWidget({ title, stat = 'Sum', lines }: Graph, index: number, region: string): object {
  return {
    type: 'metric',
    x: (index % 2) * WIDTH,
    y: Math.floor(index / 2) * HEIGHT,
    width: WIDTH,
    height: HEIGHT,
    properties: { title, region, stat, period: 300, view: 'timeSeries', metrics: lines },
  };
}
