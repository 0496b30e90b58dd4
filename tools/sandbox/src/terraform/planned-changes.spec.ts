import { plannedChanges } from './planned-changes.js';

const lines = (...messages: readonly unknown[]): string =>
  messages.map((message) => (typeof message === 'string' ? message : JSON.stringify(message))).join('\n');

describe('the changes of a plan', () => {
  it('are what Terraform would do to resources and to outputs', () => {
    const output = lines(
      { type: 'version', terraform: '1.11.4' },
      { type: 'refresh_start', hook: { resource: { addr: 'aws_sqs_queue.a' } } },
      { type: 'planned_change', change: { resource: { addr: 'aws_lambda_function.f' }, action: 'update' } },
      { type: 'planned_change', change: { resource: { addr: 'aws_sqs_queue.q' }, action: 'delete' } },
      { type: 'change_summary', changes: { add: 0, change: 1, remove: 1 } },
      { type: 'outputs', outputs: { same: { action: 'noop' }, rule: { action: 'create' } } },
    );

    expect(plannedChanges(output)).toEqual([
      'update aws_lambda_function.f',
      'delete aws_sqs_queue.q',
      'create output.rule',
    ]);
  });

  it('are none when Terraform only looks', () => {
    const output = lines(
      'Warning: something',
      { type: 'resource_drift', change: {} },
      { type: 'outputs', outputs: {} },
    );

    expect(plannedChanges(output)).toEqual([]);
  });
});
