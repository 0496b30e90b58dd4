import {
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  type ComparisonOperator,
  type Statistic,
} from '@aws-sdk/client-cloudwatch';
import { differencesOf, given, resourceType, unlessAbsent } from '../resource-type.js';

/** Of an alarm that is not said to be otherwise, as Terraform makes it. */
const byDefault = { treatMissingData: 'missing' } as const;

const alarm = resourceType({
  read: (args) => ({
    alarmName: args.text('alarm_name'),
    alarmDescription: args.optionalText('alarm_description'),
    namespace: args.optionalText('namespace'),
    metricName: args.optionalText('metric_name'),
    dimensions: args.optionalMapping('dimensions'),
    statistic: args.optionalText('statistic'),
    comparisonOperator: args.text('comparison_operator'),
    threshold: args.optionalNumber('threshold'),
    period: args.optionalNumber('period'),
    evaluationPeriods: args.optionalNumber('evaluation_periods'),
    treatMissingData: args.optionalText('treat_missing_data') ?? byDefault.treatMissingData,
    alarmActions: args.optionalTexts('alarm_actions') ?? [],
    okActions: args.optionalTexts('ok_actions') ?? [],
  }),
  attributes: ['arn', 'id'],
  find: async (args, { clients: { cloudWatch } }) => {
    const { MetricAlarms = [] } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [args.alarmName] }));
    const [found] = MetricAlarms;
    if (found === undefined) return undefined;
    const actual = {
      alarmName: found.AlarmName,
      alarmDescription: found.AlarmDescription,
      namespace: found.Namespace,
      metricName: found.MetricName,
      dimensions: Object.fromEntries((found.Dimensions ?? []).map(({ Name = '', Value = '' }) => [Name, Value])),
      statistic: found.Statistic,
      comparisonOperator: found.ComparisonOperator,
      threshold: found.Threshold,
      period: found.Period,
      evaluationPeriods: found.EvaluationPeriods,
      treatMissingData: found.TreatMissingData ?? byDefault.treatMissingData,
      alarmActions: found.AlarmActions ?? [],
      okActions: found.OKActions ?? [],
    };
    return {
      attributes: { arn: given(found.AlarmArn, 'AlarmArn'), id: args.alarmName },
      differences: differencesOf(args, actual),
    };
  },
  create: async (args, { clients: { cloudWatch } }) => {
    await cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: args.alarmName,
        AlarmDescription: args.alarmDescription,
        Namespace: args.namespace,
        MetricName: args.metricName,
        Dimensions: Object.entries(args.dimensions ?? {}).map(([Name, Value]) => ({ Name, Value })),
        Statistic: args.statistic as Statistic | undefined,
        ComparisonOperator: args.comparisonOperator as ComparisonOperator,
        Threshold: args.threshold,
        Period: args.period,
        EvaluationPeriods: args.evaluationPeriods,
        TreatMissingData: args.treatMissingData,
        AlarmActions: [...args.alarmActions],
        OKActions: [...args.okActions],
      }),
    );
  },
  remove: async ({ alarmName }, { clients: { cloudWatch } }) => {
    await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [alarmName] }));
  },
});

const dashboard = resourceType({
  read: (args) => ({ dashboardName: args.text('dashboard_name'), dashboardBody: args.json('dashboard_body') }),
  attributes: ['dashboard_arn', 'id'],
  find: async (args, { clients: { cloudWatch } }) => {
    const get = new GetDashboardCommand({ DashboardName: args.dashboardName });
    const found = await unlessAbsent(cloudWatch.send(get), 'ResourceNotFound', 'DashboardNotFoundError');
    if (found === undefined) return undefined;
    const actual = {
      dashboardName: found.DashboardName,
      dashboardBody: JSON.parse(given(found.DashboardBody, 'DashboardBody')) as unknown,
    };
    return {
      attributes: { dashboard_arn: given(found.DashboardArn, 'DashboardArn'), id: args.dashboardName },
      differences: differencesOf(args, actual),
    };
  },
  create: async ({ dashboardName, dashboardBody }, { clients: { cloudWatch } }) => {
    const DashboardBody = JSON.stringify(dashboardBody);
    await cloudWatch.send(new PutDashboardCommand({ DashboardName: dashboardName, DashboardBody }));
  },
  remove: async ({ dashboardName }, { clients: { cloudWatch } }) => {
    await cloudWatch.send(new DeleteDashboardsCommand({ DashboardNames: [dashboardName] }));
  },
});

export const cloudWatchResources = { aws_cloudwatch_dashboard: dashboard, aws_cloudwatch_metric_alarm: alarm };
