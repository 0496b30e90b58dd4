/** Simulates the effects of calls that tamper with the guard: a disabled rule sends no events, and a stopped recorder records nothing. */
import type { ConfigRecorder } from './config-recorder.js';
import type { Deployment } from '../deployment/deployment.js';
import { json } from '../json.js';
import type { PendingCall } from './call.js';

/** Changes the deployments as the successful call requires. */
export function simulateTampering(call: PendingCall, deployments: readonly Deployment[], recorder: ConfigRecorder): void {
  const { service, operation, account, region, input } = call;
  const name = ['Name', 'Rule', 'ConfigRuleName', 'FunctionName'].map((key) => json.text(input, key)).find((each) => each !== undefined);
  const isNamed = (each: { readonly name: string }): boolean => each.name === name;
  const remove = (all: { readonly name: string }[]): void => void all.splice(0, all.length, ...all.filter((each) => !isNamed(each)));
  for (const deployment of deployments.filter((each) => each.accountId === account && each.region === region)) {
    const { configRules, eventRules, functions } = deployment;
    switch (`${service}:${operation}`) {
      case 'config:StopConfigurationRecorder':
      case 'config:DeleteConfigurationRecorder':
        deployment.isRecording = false;
        break;
      case 'config:StartConfigurationRecorder':
        deployment.isRecording = true;
        recorder.discover(deployment);
        break;
      case 'config:PutConfigRule':
        recorder.evaluate(json.text(json.object(input, 'ConfigRule'), 'ConfigRuleName') ?? '');
        break;
      case 'config:DeleteConfigRule':
        remove(configRules);
        break;
      case 'cloudtrail:StartLogging':
      case 'cloudtrail:StopLogging':
      case 'cloudtrail:DeleteTrail':
        deployment.hasTrail = operation === 'StartLogging';
        break;
      case 'events:EnableRule':
      case 'events:DisableRule':
        for (const rule of eventRules.filter(isNamed)) rule.isEnabled = operation === 'EnableRule';
        break;
      case 'events:RemoveTargets':
        for (const rule of eventRules.filter(isNamed)) rule.targets.length = 0;
        break;
      case 'events:DeleteRule':
        remove(eventRules);
        break;
      case 'lambda:PutFunctionConcurrency':
      case 'lambda:DeleteFunctionConcurrency':
      case 'lambda:DeleteFunction':
        for (const each of functions.filter(isNamed))
          each.isStopped = operation === 'DeleteFunction' || input.ReservedConcurrentExecutions === 0;
        break;
      default:
    }
  }
}
