import { objectOf, parseObject, textOf } from '../json.js';

/**
 * The changes in the output of `terraform plan -json`, as `update aws_sqs_queue.failures`: of resources and of outputs.
 * Source: https://developer.hashicorp.com/terraform/internals/machine-readable-ui
 */
export const plannedChanges = (output: string): readonly string[] =>
  output.split('\n').flatMap((line) => {
    const message = parseObject(line);
    if (message?.type === 'planned_change') {
      const change = objectOf(message, 'change');
      return [
        `${textOf(change, 'action') ?? 'change'} ${textOf(objectOf(change, 'resource'), 'addr') ?? 'a resource'}`,
      ];
    }
    if (message?.type !== 'outputs') return [];
    return Object.entries(objectOf(message, 'outputs')).flatMap(([name, value]) => {
      const action = textOf(value, 'action') ?? 'noop';
      return action === 'noop' ? [] : [`${action} output.${name}`];
    });
  });
