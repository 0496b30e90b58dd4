/** Shows what happens in the sandbox, as it happens. */
import { describeRules, type Finding, type Severity } from '@portcullis/finding';
import { readRules } from '@portcullis/permission-diff';
import type { Call } from '../aws/call.js';
import { listOf, objectOf, parseObject, textOf } from '../json.js';
import type { Delivery, DeliveryKind } from '../delivery/delivery.js';
import type { Sandbox } from '../sandbox.js';
import type { Colour, Stage } from './stage.js';

const WRITES = /^(Authorize|Revoke|Modify|Update|Create|Delete)SecurityGroup|^(Modify|Restore)ManagedPrefixList/;

const SEVERITY_COLOURS: Record<Severity, Colour> = { critical: 'red', high: 'red', medium: 'yellow', low: 'yellow', info: 'plain' };

/** Who hands an event to a function. Of our functions the detector alone invokes another. */
const SOURCES: Record<DeliveryKind, string> = { config: 'AWS Config', cloudtrail: 'CloudTrail', invoke: 'the detector' };

/** Narrates on the stage until the returned function is called; `wholeEvents` shows each event as JSON. */
export function narrate(sandbox: Sandbox, stage: Stage, { wholeEvents }: { readonly wholeEvents: boolean }): () => void {
  return sandbox.onEvent((event) => {
    // The calls of a function are shown with its delivery.
    if (event.type === 'call' && event.call.during === undefined) tellWrite(event.call, stage, event.call.caller.name);
    if (event.type === 'not-delivered') stage.line('not sent', event.reason, 'yellow');
    if (event.type !== 'delivery-finished') return;
    if (wholeEvents) stage.line('', JSON.stringify(event.delivery.event, null, 2).split('\n'), 'dim');
    tellDelivery(event.delivery, sandbox, stage);
  });
}

/** Shows e.g. `AuthorizeSecurityGroupIngress: tcp/445 from 0.0.0.0/0` or `RevokeSecurityGroupIngress: sgr-1, sgr-2`; and whether it was refused. */
function tellWrite({ service, operation, parameters, errorCode }: Call, stage: Stage, label: string): void {
  if (service !== 'ec2' || !WRITES.test(operation)) return;
  const direction = operation.endsWith('Egress') ? 'egress' : 'ingress';
  const permissions = listOf(parameters, 'IpPermissions');
  const rules = permissions.length > 0 ? readRules(permissions, { direction, descriptions: 'trusted' }) : undefined;
  const asked = rules?.ok === true ? describeRules(rules.value) : listOf(parameters, 'SecurityGroupRuleIds').map(String).join(', ');
  const refused = errorCode === undefined ? '' : `, refused with ${errorCode}`;
  stage.line(label, `${operation}${asked === '' ? '' : `: ${asked}`}${refused}`, errorCode === undefined ? 'cyan' : 'yellow');
}

function tellDelivery({ id, attempts, kind, event, functionName, error, result }: Delivery, sandbox: Sandbox, stage: Stage): void {
  const milliseconds = attempts.reduce((sum, attempt) => sum + attempt.milliseconds, 0);
  stage.line('event', `${SOURCES[kind]}: ${TITLES[kind](event)} → ${functionName}, ${milliseconds.toFixed(0)} ms`);
  for (const call of sandbox.calls) if (call.during === id) tellWrite(call, stage, '  calls');
  if (error !== undefined) stage.line('  failed', `${error.errorType}: ${error.errorMessage}`, 'red');
  const findings = findingsOf(result);
  for (const finding of findings) tellFinding(finding, stage);
  if (findings.length === 0 && error === undefined) stage.line('  finding', 'none', 'dim');
  for (const { during, compliance, annotation } of sandbox.evaluations)
    if (during === id)
      stage.line('  to Config', `${compliance ?? ''}: ${annotation ?? ''}`, compliance === 'NON_COMPLIANT' ? 'yellow' : 'green');
}

function tellFinding({ kind, severity, summary, actor, outlook }: Finding, stage: Stage): void {
  stage.line('  finding', `${kind}, ${severity}: ${summary}`, SEVERITY_COLOURS[severity]);
  const { type, arn, invokedBy, sourceIp } = actor ?? {};
  if (actor !== null) stage.line('  by', `${type ?? 'somebody'} ${arn ?? invokedBy ?? ''} from ${sourceIp ?? 'nowhere known'}`, 'dim');
  if (outlook !== undefined) stage.line('  outlook', outlook, 'dim');
}

/** What the event is about: the call that CloudTrail recorded, the message that AWS Config sent, or what the detector asks for. */
const TITLES: Record<DeliveryKind, (event: unknown) => string> = {
  config: (event) => textOf(parseObject(textOf(event, 'invokingEvent') ?? ''), 'messageType') ?? 'an event',
  cloudtrail: (event) => textOf(objectOf(event, 'detail'), 'eventName') ?? 'an event',
  invoke: (event) => `restore ${textOf(objectOf(event, 'group'), 'id') ?? 'a group'}`,
};

/** Returns the findings that a function resolved to. */
export function findingsOf(result: unknown): readonly Finding[] {
  return listOf(result, 'findings') as readonly Finding[];
}
