/** Tells what happens in the sandbox, as it happens. */
import type { Finding, Severity } from '@portcullis/finding';
import type { Call } from '../aws/call.js';
import { listOf, objectOf, parseObject, textOf } from '../json.js';
import type { Delivery, DeliveryKind } from '../delivery/delivery.js';
import type { Sandbox } from '../sandbox.js';
import { callText } from './call-text.js';
import type { Colour, Stage } from './stage.js';

const WRITES = /^(Authorize|Revoke|Modify|Update|Create|Delete)SecurityGroup|^(Modify|Restore)ManagedPrefixList/;

const SEVERITY_COLOURS: Record<Severity, Colour> = {
  critical: 'red',
  high: 'red',
  medium: 'yellow',
  low: 'yellow',
  info: 'plain',
};

/** Who hands an event to a function. Of our functions the detector alone invokes another. */
const SOURCES: Record<DeliveryKind, string> = {
  config: 'AWS Config',
  cloudtrail: 'CloudTrail',
  invoke: 'the detector',
};

/** Narrates on the stage until the returned function is called; `wholeEvents` shows each event as JSON. */
export function narrate(sandbox: Sandbox, stage: Stage, { wholeEvents = false }: { readonly wholeEvents?: boolean } = {}): () => void {
  return sandbox.onEvent((event) => {
    // What a function calls is told with its delivery.
    if (event.type === 'call' && event.call.during === undefined && isWrite(event.call))
      tellCall(event.call, stage, event.call.caller.name);
    if (event.type === 'not-delivered') stage.line('not sent', event.reason, 'yellow');
    if (event.type !== 'delivery-finished') return;
    if (wholeEvents) stage.line('', JSON.stringify(event.delivery.event, null, 2).split('\n'), 'dim');
    tellDelivery(event.delivery, sandbox, stage);
  });
}

function isWrite({ service, operation }: Call): boolean {
  return service === 'ec2' && WRITES.test(operation);
}

function tellCall(call: Call, stage: Stage, label: string): void {
  stage.line(label, callText(call), call.errorCode === undefined ? 'cyan' : 'yellow');
}

function tellDelivery(delivery: Delivery, sandbox: Sandbox, stage: Stage): void {
  const milliseconds = delivery.attempts.reduce((sum, attempt) => sum + attempt.milliseconds, 0);
  const source = SOURCES[delivery.kind];
  stage.line('event', `${source}: ${titleOf(delivery)} → ${delivery.functionName}, ${milliseconds.toFixed(0)} ms`);
  for (const call of sandbox.calls) if (call.during === delivery.id && isWrite(call)) tellCall(call, stage, '  calls');
  if (delivery.error !== undefined) stage.line('  failed', `${delivery.error.errorType}: ${delivery.error.errorMessage}`, 'red');
  const findings = findingsOf(delivery.result);
  for (const finding of findings) tellFinding(finding, stage);
  if (findings.length === 0 && delivery.error === undefined) stage.line('  finding', 'none', 'dim');
  for (const { deliveryId, compliance, annotation } of sandbox.evaluations) {
    if (deliveryId !== delivery.id) continue;
    stage.line('  to Config', `${compliance}: ${annotation ?? ''}`, compliance === 'NON_COMPLIANT' ? 'yellow' : 'green');
  }
}

function tellFinding({ kind, severity, summary, actor, outlook }: Finding, stage: Stage): void {
  stage.line('  finding', `${kind}, ${severity}: ${summary}`, SEVERITY_COLOURS[severity]);
  const { type, arn, invokedBy, sourceIp } = actor ?? {};
  if (actor !== null) stage.line('  by', `${type ?? 'somebody'} ${arn ?? invokedBy ?? ''} from ${sourceIp ?? 'nowhere known'}`, 'dim');
  if (outlook !== undefined) stage.line('  outlook', outlook, 'dim');
}

/** What the event is about: the call that CloudTrail recorded, the message that AWS Config sent, or what the detector asks for. */
function titleOf({ event, kind }: Delivery): string {
  if (kind === 'cloudtrail') return textOf(objectOf(event, 'detail'), 'eventName') ?? 'an event';
  if (kind === 'invoke') return `restore ${textOf(objectOf(event, 'group'), 'id') ?? 'a group'}`;
  return textOf(parseObject(textOf(event, 'invokingEvent') ?? ''), 'messageType') ?? 'an event';
}

/** Returns the findings that a function resolved to. */
export const findingsOf = (result: unknown): readonly Finding[] => listOf(result, 'findings') as readonly Finding[];
