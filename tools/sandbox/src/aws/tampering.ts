/** What calls on the guard itself do to it: a rule that is disabled sends nothing more, a recorder that is stopped records nothing. */
import type { ConfigRecorder } from '../config/recorder.js';
import type { Deployment } from '../deployment/deployment.js';
import { objectOf, textOf } from '../json.js';
import type { PendingCall } from './call.js';

/** Changes what is deployed as the call does that has just succeeded. */
export function tamper(
  { service, operation, account, region, input }: PendingCall,
  deployments: readonly Deployment[],
  recorder: ConfigRecorder,
): void {
  const here = deployments.filter((each) => each.accountId === account && each.region === region);
  const name = textOf(input, 'Name') ?? textOf(input, 'Rule');
  for (const deployment of here) {
    switch (`${service}:${operation}`) {
      case 'config:StopConfigurationRecorder':
      case 'config:DeleteConfigurationRecorder':
        deployment.isRecording = false;
        break;
      case 'config:StartConfigurationRecorder':
        deployment.isRecording = true;
        recorder.discover(deployment);
        break;
      case 'config:DeleteConfigRule':
        remove(deployment.configRules, (rule) => rule.name === textOf(input, 'ConfigRuleName'));
        break;
      case 'cloudtrail:StartLogging':
      case 'cloudtrail:StopLogging':
      case 'cloudtrail:DeleteTrail':
        deployment.hasTrail = operation === 'StartLogging';
        break;
      case 'events:DisableRule':
      case 'events:EnableRule':
        for (const rule of deployment.eventRules) if (rule.name === name) rule.isEnabled = operation === 'EnableRule';
        break;
      case 'events:DeleteRule':
      case 'events:RemoveTargets':
        remove(deployment.eventRules, (rule) => rule.name === name);
        break;
      case 'lambda:PutFunctionConcurrency':
      case 'lambda:DeleteFunctionConcurrency':
      case 'lambda:DeleteFunction':
        for (const each of deployment.functions)
          if (each.name === textOf(input, 'FunctionName'))
            each.isStopped = operation === 'DeleteFunction' || input.ReservedConcurrentExecutions === 0;
        break;
      case 'config:PutConfigRule':
        recorder.evaluate(textOf(objectOf(input, 'ConfigRule'), 'ConfigRuleName') ?? '');
        break;
      default:
    }
  }
}

function remove<T>(list: T[], isGone: (each: T) => boolean): void {
  list.splice(0, list.length, ...list.filter((each) => !isGone(each)));
}
